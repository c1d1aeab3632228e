// Draws commands for the differential tester and others from the rows of command_rows.h: mostly right ones, few keys and members, numbers
// near the borders of their types, and now and then a word too many, too few or of the wrong kind.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/drawn/command_pattern.h"
#include "tests/support/drawn/command_rows.h"

namespace redoubt {

// A command to run, and its row.
struct Step {
  const CommandRow* row = nullptr;
  WordList words;
};

// What the commands of one run have in common.
struct RunSettings {
  int resp_version = 2;
  enum class Members : uint8_t { mixed, integers, texts } members = Members::mixed;
  uint64_t pool = 12;         // how many different members
  uint64_t value_limit = 64;  // lengths around it are drawn often
  bool equal_scores = false;
  bool minus_zero = false;  // as a score: a listpack forgets its sign, and encodings may differ (known_differences.h)
  std::vector<std::pair<std::string, std::string>> directives;      // for CONFIG SET on both
  std::vector<std::pair<std::string, std::string>> our_directives;  // the oracle does not know them
};
RunSettings draw_settings(Pick& pick);

class CommandDrawer {
 public:
  // `exists(name)`: whether there is such a command; rows of others are left out.
  explicit CommandDrawer(const std::function<bool(std::string_view full_name)>& exists);
  Step draw(Pick& pick, const RunSettings& settings) const;
  size_t rows() const { return rows_.size(); }

 private:
  struct Row {
    const CommandRow* row;
    CommandPattern pattern;
    std::string family;
    int until;  // the sum of the weights so far
  };
  std::vector<Row> rows_;
};

// A word of that kind; throws std::logic_error when there is no such kind.
std::string draw_word(Pick& pick, const RunSettings& settings, std::string_view family, std::string_view kind);

}  // namespace redoubt

// What a salvage had to leave out: where, why, and as far as the bytes tell it, which commands and keys. Lists are cut at a length
// that a person can read, and counted on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "check-aof/command_book.h"
#include "common/aof/aof_reader.h"

namespace redoubt {

// The database is not certain after a dropped stretch until the next SELECT.
struct DatabaseDoubt {
  uint64_t number = 0;            // taken for it
  bool found_in_stretch = false;  // a SELECT in the stretch names it; else it is the one from before
  uint64_t commands = 0;          // that were kept in it
};

struct AofLoss {
  static constexpr size_t most_keys = 100;
  static constexpr size_t longest_key = 256;

  std::string reason;
  uint64_t offset = 0, end = 0;                             // of the stretch in the file
  uint64_t bytes = 0;                                       // that were dropped in it
  uint64_t commands = 0;                                    // that were whole: parts of a transaction that is not
  std::map<std::string, uint64_t, std::less<>> recognised;  // commands by name, whole or not; most_keys names
  std::set<std::string, std::less<>> keys;                  // that these may have changed; of long ones the beginning
  uint64_t more_keys = 0;                                   // beyond most_keys; some may be counted twice
  std::optional<DatabaseDoubt> database;
};

// Gathers commands and keys of a stretch.
class AofLossCollector final : public AofSkipVisitor {
 public:
  explicit AofLossCollector(CommandBook& book) : book_(book) {}

  // Forgets everything.
  void clear();
  void add_command(std::span<const std::string_view> args);
  // The damaged part ends here; the last command in it is complete.
  void end_of_skipped() { finish_run(false); }
  // Adds what was gathered.
  void move_to(AofLoss& loss);
  // Of the damaged part.
  std::optional<uint64_t> last_select() const { return last_select_; }

  void skipped_header(uint64_t args) override;
  void skipped_argument(std::string_view bytes) override;
  void skipped_bytes() override { finish_run(true); }

 private:
  static constexpr size_t most_arguments = 64;  // of a damaged command: the first ones
  static constexpr size_t longest_argument = 1024;

  void finish_run(bool by_damage);
  void note_name(const std::string& name);
  void note_key(std::string_view key);

  CommandBook& book_;
  std::map<std::string, uint64_t, std::less<>> recognised_;
  std::set<std::string, std::less<>> found_;
  uint64_t more_keys_ = 0;
  std::optional<uint64_t> last_select_;

  // Whole arguments that stand together
  std::vector<std::string> run_;
  bool after_header_ = false;  // they begin with the name of a command
  bool name_damaged_ = false;  // they are the arguments of a command whose name is damaged
  std::vector<std::string_view> keys_;
};

}  // namespace redoubt

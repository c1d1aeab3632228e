// A feed that keeps what it is told, for tests of what commands do to logs: see server/dispatch/propagation.h.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/persistence/command_executor.h"
#include "server/persistence/command_feed.h"

namespace redoubt {

// One command as it was told, and the database it was told for.
struct ToldCommand {
  int db = 0;
  std::vector<std::string> words;
};

class RecordingFeed : public CommandFeed {
 public:
  void feed(int db, std::span<const std::string_view> args) override {
    told.push_back({db, std::vector<std::string>(args.begin(), args.end())});
  }
  // All since the last call as one line: words with a blank between them, commands with " | ", in front of each its database
  // when that is not 0 ("3: SET a 1"), none for what needs none.
  std::string take_line();
  // All of it as a log would have it, with the SELECTs.
  std::vector<std::vector<std::string>> as_log() const;

  std::vector<ToldCommand> told;
};

// Carries out such a log, `at_once` commands in each call (0: by the call for one). Throws std::runtime_error when one is
// refused.
void carry_out_log(CommandExecutor& executor, const std::vector<std::vector<std::string>>& log, size_t at_once);

}  // namespace redoubt

// What the parts of persistence work with, for their tests: files in memory, a clock that stands, a log that can be read, no
// threads.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "common/aof/aof_writer.h"
#include "common/base/log.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/command_executor.h"
#include "server/persistence/surroundings.h"
#include "tests/support/simulated_files.h"

namespace redoubt {

// One command as a log has it.
inline std::string logged_command(std::initializer_list<std::string_view> words) {
  std::string out;
  AofWriter(out).command(words);
  return out;
}

// Remembers commands, each as its words with blanks between. Knows MULTI and EXEC, and that NONSENSE is no command.
class RecordingExecutor final : public CommandExecutor {
 public:
  std::vector<std::string> done;
  size_t begun = 0;

  void begin_log() override {
    ++begun;
    queue_.clear();
    in_transaction_ = false;
  }
  Status execute_logged(Arguments args) override {
    if (args[0] == "NONSENSE") return Error{"Unknown command 'NONSENSE'"};
    if (args[0] == "MULTI") {
      in_transaction_ = true;
    } else if (args[0] == "EXEC") {
      done.insert(done.end(), queue_.begin(), queue_.end());
      queue_.clear();
      in_transaction_ = false;
    } else {
      std::string text;
      for (const std::string_view word : args) text.append(text.empty() ? "" : " ").append(word);
      (in_transaction_ ? queue_ : done).push_back(std::move(text));
    }
    return {};
  }
  size_t execute_logged(std::span<const Arguments> commands, Status& refused) override {
    for (size_t i = 0; i < commands.size(); ++i) {
      if (refused = execute_logged(commands[i]); !refused) return i;
    }
    return commands.size();
  }
  bool in_transaction() const override { return in_transaction_; }

 private:
  std::vector<std::string> queue_;
  bool in_transaction_ = false;
};

class PersistenceTest : public testing::Test {
 protected:
  PersistenceTest() { keyspace_.set_now(1'700'000'000'000); }
  ~PersistenceTest() override { std::filesystem::remove(log_path_); }

  // What was logged so far.
  std::string lines() const {
    std::ifstream in(log_path_);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }
  bool logged(std::string_view text) const { return lines().find(text) != std::string::npos; }

  const std::string log_path_ = testing::TempDir() + "persistence_test." + std::to_string(getpid());
  Log log_{{LogLevel::notice, log_path_}};
  Config config_;
  Keyspace keyspace_{16};
  SimulatedFiles files_;
  int wakes_ = 0;
  PersistenceSurroundings surroundings_{keyspace_, config_, files_, log_, [this] { ++wakes_; }, false};
};

}  // namespace redoubt

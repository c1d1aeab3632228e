// A program that a test starts, watches and ends: its standard streams stand in files of a temporary directory of its own,
// so that nothing blocks and everything can be looked at later. What is waited for is polled with a deadline. A program
// that still runs when the object goes is killed, and it dies with the test. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

// Asks until it is true, for at most that long; what it was at the end.
bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds patience = std::chrono::seconds(20));

std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view text);
int free_loopback_port();

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct RunOptions {
  std::string input = {};                     // what it finds on stdin
  std::vector<std::string> environment = {};  // NAME=value, in addition
};

class ProcessRun {
 public:
  // words[0] is the program, looked for in PATH when it has no slash. Its working directory is directory().
  explicit ProcessRun(std::vector<std::string> words, const RunOptions& options = {});
  ~ProcessRun();
  ProcessRun(const ProcessRun&) = delete;
  ProcessRun& operator=(const ProcessRun&) = delete;

  pid_t pid() const { return pid_; }
  const std::string& directory() const { return directory_.path(); }
  std::string out() const { return read_file(directory() + "/stdout"); }
  std::string err() const { return read_file(directory() + "/stderr"); }

  // Until stdout holds the text so many times; false when it ends first, or after a while.
  bool wait_for_out(std::string_view text, size_t times = 1);
  void signal(int number) const;
  // The exit code; minus the signal that ended it; -1000 when it goes on running.
  int wait_for_exit(std::chrono::milliseconds patience = std::chrono::seconds(60));
  bool running();

 private:
  static constexpr int unknown = -1000;
  TemporaryDirectory directory_;
  pid_t pid_ = -1;
  int status_ = unknown;
};

}  // namespace redoubt

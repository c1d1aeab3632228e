// A server program for a test: started on a free loopback port, in a temporary directory of its own, and ended with the
// object. The oracle is Debian's redis-server, which the package redis-tools carries as redis-check-rdb. Failures to
// start throw std::runtime_error with what the program printed. Not thread-safe; each object belongs to one test.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace redoubt {

class Program {
 public:
  // Waits until it answers and has loaded its data. `arguments` are directives in addition to port, bind, dir and no save points.
  static Program start_oracle(std::vector<std::string> arguments = {});
  static Program start_server(std::vector<std::string> arguments = {});

  Program(Program&& other) noexcept;
  Program& operator=(Program&&) = delete;
  ~Program();

  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  const std::string& directory() const { return directory_; }
  // What it has written to stdout and stderr so far.
  std::string output() const;

 private:
  Program() = default;
  void start(const std::string& path, std::vector<std::string> arguments);
  void wait_until_ready();
  bool wait_for_exit(int milliseconds);

  int port_ = 0;
  pid_t pid_ = -1;
  std::string directory_;
};

}  // namespace redoubt

// Our server as a process, for tests that look at the process: started like a user starts it, and waited for until it says
// that it is ready. Throws std::runtime_error with its output when it does not get there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/link.h"
#include "tests/support/process_run.h"

namespace redoubt {

std::string server_program();  // its path

class ServerRun {
 public:
  // `words` come after --port and --bind 127.0.0.1.
  explicit ServerRun(std::vector<std::string> words = {}, const RunOptions& options = {});

  int port() const { return port_; }
  ProcessRun& process() { return process_; }
  const std::string& directory() const { return process_.directory(); }
  // True when it ended with 0 and wrote nothing on stderr.
  bool stop();

 private:
  int port_;
  ProcessRun process_;
};

// Of INFO; empty when there is no such field.
std::string info_field(Link& link, std::string_view name);
int64_t info_number(Link& link, std::string_view name);

}  // namespace redoubt

// redoubt-benchmark run against a server of ours, which each test has for itself.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/process_run.h"
#include "tests/support/server_run.h"

namespace redoubt {

inline const char* const benchmark_program = REDOUBT_BIN_DIR "/redoubt-benchmark";

class BenchmarkFixture : public testing::Test {
 protected:
  // Its exit status; what it wrote is in out_ and err_.
  int run(std::vector<std::string> words, const std::string& input = "") {
    words.insert(words.begin(), {benchmark_program, "-p", std::to_string(port_)});
    RunOptions options;
    options.input = input;
    ProcessRun process(words, options);
    const int status = process.wait_for_exit();
    out_ = process.out();
    err_ = process.err();
    return status;
  }
  int64_t calls(const std::string& command) {
    const std::string line = info_field(link_, "cmdstat_" + command);
    return line.empty() ? 0 : std::stoll(line.substr(line.find('=') + 1));
  }

  ServerRun server_{{"--enable-debug-command", "yes"}};
  int port_ = server_.port();
  Link link_{port_};
  std::string out_, err_;
};

}  // namespace redoubt

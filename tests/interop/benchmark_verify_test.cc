// redoubt-benchmark --verify finds nothing on Debian's redis-server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process_run.h"
#include "tests/support/program.h"

namespace redoubt {
namespace {

TEST(BenchmarkVerifyInterop, FindsNothingOnRedis) {
  const Program redis = Program::start_oracle();
  const std::vector<std::vector<std::string>> forms = {
      {"-n", "50000", "-P", "16", "--threads", "2"},
      {"-n", "50000", "-P", "16", "--threads", "2", "-3", "--enable-tracking", "--sizes", "26-3000"},
      {"-n", "5000", "-r", "1", "-c", "4"}};
  for (const auto& form : forms) {
    std::vector<std::string> words = {std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "-p",
                                      std::to_string(redis.port()), "--verify", "-q"};
    words.insert(words.end(), form.begin(), form.end());
    ProcessRun process(words);
    EXPECT_EQ(process.wait_for_exit(), 0);
    EXPECT_EQ(process.err(), "");
    EXPECT_THAT(process.out(), testing::ContainsRegex("\nverified [0-9]+ replies: all as expected\n$"));
  }
}

}  // namespace
}  // namespace redoubt

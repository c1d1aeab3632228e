// redoubt-benchmark against Debian's redis-server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/process_run.h"
#include "tests/support/program.h"

namespace redoubt {
namespace {

TEST(BenchmarkInterop, AllTestsRunAgainstRedisWithoutAnError) {
  const Program redis = Program::start_oracle();
  ProcessRun process({std::string(REDOUBT_BIN_DIR) + "/redis-benchmark", "-p", std::to_string(redis.port()), "-q", "-n",
                      "300", "-r", "100", "-P", "4", "--threads", "2", "-3", "--enable-tracking"});
  EXPECT_EQ(process.wait_for_exit(), 0);
  EXPECT_EQ(process.err(), "");
  std::string out = process.out();
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 21) << out;
}

TEST(BenchmarkInterop, AServerThatRefusesConfigIsNoError) {
  const Program redis = Program::start_oracle({"--rename-command", "CONFIG", ""});
  ProcessRun process({std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "-p", std::to_string(redis.port()), "-n",
                      "100", "-t", "set"});
  EXPECT_EQ(process.wait_for_exit(), 0);
  EXPECT_EQ(process.err(), "WARNING: Could not fetch server CONFIG\n");
  EXPECT_THAT(process.out(), testing::Not(testing::HasSubstr("host configuration")));
}

}  // namespace
}  // namespace redoubt

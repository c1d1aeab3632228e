// redoubt-benchmark --blocking against our server, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/support/benchmark_fixture.h"

namespace redoubt {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class BenchmarkHandoff : public BenchmarkFixture {};

TEST_F(BenchmarkHandoff, EachPushedValueIsHandedOverOnce) {
  EXPECT_EQ(run({"--blocking", "10", "-c", "4", "-n", "2000", "-r", "3", "-d", "100"}), 0) << err_;
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_, StartsWith("====== BLOCKING ======\n  2000 requests completed in "));
  EXPECT_THAT(out_, HasSubstr("\n  4 parallel clients\n  100 bytes payload\n"));
  EXPECT_THAT(out_,
              ContainsRegex("\nHand-offs:\n  4 clients that push \\(-c\\), 10 that wait in BLPOP, 3 lists \\(-r\\)\n"
                            "  2000 pushed, [0-9.]+ per second\n  2000 handed over, [0-9.]+ per second\n"
                            "  lost: 0, twice: 0, out of order: any\n"));
  EXPECT_EQ(calls("lpush"), 2000);
  EXPECT_EQ(link_.run({"DBSIZE"}).integer, 0);
}

TEST_F(BenchmarkHandoff, ManyValuesCanBeUnderWayInBothProtocols) {
  EXPECT_EQ(run({"--blocking", "2", "-c", "3", "-n", "3000", "-P", "20", "-3", "-q"}), 0) << err_;
  EXPECT_EQ(err_, "");
  EXPECT_TRUE(std::regex_match(out_, std::regex("BLOCKING: [0-9.]+ requests per second, p50=[0-9.]+ msec\n"))) << out_;
  EXPECT_EQ(calls("lpush"), 3000);
}

TEST_F(BenchmarkHandoff, WithARateLatencyCountsFromWhenAValueWasDue) {
  EXPECT_EQ(run({"--blocking", "5", "-c", "2", "--rate", "500", "--duration", "0.4"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("service time summary (msec):"));
  EXPECT_THAT(out_, HasSubstr("  500 requests per second were due: "));
}

TEST_F(BenchmarkHandoff, AnInterruptEndsItAndStillReports) {
  ProcessRun process({benchmark_program, "-p", std::to_string(port_), "--blocking", "2", "-n", "1000000000", "-q"});
  ASSERT_TRUE(eventually([this] { return calls("lpush") > 100; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0) << process.err();
  EXPECT_EQ(process.err(), "");
  EXPECT_THAT(process.out(), StartsWith("BLOCKING: "));
}

TEST_F(BenchmarkHandoff, AServerWithoutTheCommandIsToldInOneSentence) {
  EXPECT_EQ(run({"--pubsub", "3", "-n", "10", "-q"}), 1);
  EXPECT_THAT(err_, ContainsRegex("^Error: 127\\.0\\.0\\.1:[0-9]+: ERR unknown command 'SUBSCRIBE'"));
  EXPECT_EQ(out_, "");
}

TEST_F(BenchmarkHandoff, ErrorsOfPushesAreCountedAndNotLosses) {
  link_.run({"CONFIG", "SET", "maxmemory", "1"});
  link_.run({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  EXPECT_EQ(run({"--blocking", "2", "-c", "2", "-n", "10", "-q"}), 1);
  EXPECT_THAT(err_, StartsWith("Error from server: OOM command not allowed when used memory > 'maxmemory'"));
  EXPECT_THAT(err_, testing::Not(HasSubstr("did not come")));
}

TEST_F(BenchmarkHandoff, ContradictionsAreRefused) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--blocking", "3", "--pubsub", "3"}, "--pubsub has no use for --blocking"},
      {{"--blocking", "3", "-t", "get"}, "--blocking has no use for -t"},
      {{"--blocking", "3", "-r", "4"}, "each of the 4 lists needs somebody who waits for it: --blocking 4"},
      {{"--blocking", "3", "-d", "10"}, "--blocking sends values that carry a stamp: -d must be 64 or more"},
      {{"--blocking", "0"}, "--blocking must be a number from 1 to 1000000, not '0'"},
      {{"--blocking", "3", "GET", "a"}, "--blocking sends requests of its own, and no command"},
      {{"--pattern"}, "--pattern needs subscribers: --pubsub"},
      {{"--pubsub", "3", "--pattern", "--sharded"}, "--pattern and --sharded both say how to subscribe"},
      {{"--pubsub", "3", "--replay", "x"}, "--replay has no use for --pubsub"},
  };
  for (const auto& [words, sentence] : cases) {
    EXPECT_EQ(run(words), 1);
    EXPECT_THAT(err_, HasSubstr(sentence));
  }
}

}  // namespace
}  // namespace redoubt

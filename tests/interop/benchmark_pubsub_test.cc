// redoubt-benchmark --pubsub against Debian's redis-server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/link.h"
#include "tests/support/process_run.h"
#include "tests/support/program.h"

namespace redoubt {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

struct PubsubCase {
  std::vector<std::string> words;
  std::string title;
  int deliveries;
};

class PubsubInterop : public testing::TestWithParam<PubsubCase> {};

TEST_P(PubsubInterop, EachMessageComesToEachSubscriberInOrder) {
  const Program redis = Program::start_oracle();
  std::vector<std::string> words = {std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark",
                                    "-p",
                                    std::to_string(redis.port()),
                                    "-c",
                                    "4",
                                    "-n",
                                    "1000",
                                    "-P",
                                    "5"};
  words.insert(words.end(), GetParam().words.begin(), GetParam().words.end());
  ProcessRun process(words);
  EXPECT_EQ(process.wait_for_exit(), 0);
  EXPECT_EQ(process.err(), "");
  const std::string out = process.out();
  const std::string deliveries = std::to_string(GetParam().deliveries);
  EXPECT_THAT(out, StartsWith("====== " + GetParam().title + " ======\n  " + deliveries + " requests completed in "));
  EXPECT_THAT(out, ContainsRegex("\n  1000 published, [0-9.]+ per second\n  " + deliveries +
                                 " delivered, [0-9.]+ per second\n  lost: 0, twice: 0, out of order: 0\n"));
}

INSTANTIATE_TEST_SUITE_P(
    All, PubsubInterop,
    testing::Values(PubsubCase{{"--pubsub", "7"}, "PUBSUB", 7000}, PubsubCase{{"--pubsub", "7", "-3"}, "PUBSUB", 7000},
                    PubsubCase{{"--pubsub", "8", "-r", "4", "-d", "300"}, "PUBSUB", 2000},
                    PubsubCase{{"--pubsub", "3", "-r", "4", "--pattern"}, "PUBSUB (patterns)", 3000},
                    PubsubCase{{"--pubsub", "3", "--sharded", "-3"}, "PUBSUB (sharded)", 3000},
                    PubsubCase{{"--pubsub", "2", "--rate", "5000"}, "PUBSUB", 2000}));

TEST(BenchmarkPubsubInterop, ASubscriberThatTheServerDropsEndsTheRun) {
  const Program redis = Program::start_oracle();
  Link link(redis.port());
  ProcessRun process({std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "-p", std::to_string(redis.port()),
                      "--pubsub", "3", "-c", "2", "-n", "100000000", "-q"});
  ASSERT_TRUE(eventually([&] {
    return link.run({"PUBSUB", "NUMPAT"}).kind == ':' && link.run({"CLIENT", "LIST", "TYPE", "pubsub"}).text.size() > 3;
  }));
  link.run({"CLIENT", "KILL", "TYPE", "pubsub"});
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_THAT(process.err(), HasSubstr("Server closed the connection"));
}

TEST(BenchmarkPubsubInterop, AnotherNumberOfReceiversIsTold) {
  const Program redis = Program::start_oracle();
  Link other(redis.port());
  other.send_only({"PSUBSCRIBE", "*"});
  ASSERT_TRUE(other.readable(10'000));
  ProcessRun process({std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "-p", std::to_string(redis.port()),
                      "--pubsub", "2", "-c", "1", "-n", "10", "-q"});
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_EQ(process.err(), "10 replies of PUBLISH told another number of receivers than there are subscribers\n");
}

TEST(BenchmarkBlockingInterop, ValuesOfRedisListsAreHandedOverOnce) {
  const Program redis = Program::start_oracle();
  ProcessRun process({std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "-p", std::to_string(redis.port()),
                      "--blocking", "6", "-c", "4", "-r", "2", "-P", "4", "-n", "2000", "-q"});
  EXPECT_EQ(process.wait_for_exit(), 0);
  EXPECT_EQ(process.err(), "");
  EXPECT_THAT(process.out(), StartsWith("BLOCKING: "));
}

TEST(BenchmarkBlockingInterop, AValueThatSomebodyElseTookIsLost) {
  const Program redis = Program::start_oracle();
  Link watcher(redis.port());
  watcher.run({"MONITOR"});
  ProcessRun process({std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "-p", std::to_string(redis.port()),
                      "--blocking", "1", "-c", "1", "--rate", "100", "--duration", "60", "-q"});
  std::string line;
  while (line.find("\"LPUSH\" \"") == std::string::npos) {
    ASSERT_TRUE(watcher.readable(20'000));
    line = watcher.receive_raw();
  }
  const size_t begin = line.find("\"LPUSH\" \"") + 9;
  Link thief(redis.port());
  EXPECT_EQ(thief.run({"BLPOP", line.substr(begin, line.find('"', begin) - begin), "0"}).items.size(), 2u);
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_EQ(process.err(), "1 values were pushed and did not come\n");
}

}  // namespace
}  // namespace redoubt

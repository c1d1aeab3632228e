// Sequences, delayed links and presets of redoubt-benchmark.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <regex>

#include "tests/support/benchmark_fixture.h"

namespace redoubt {
namespace {

namespace json = boost::json;
using testing::ContainsRegex;
using testing::HasSubstr;

class BenchmarkSequence : public BenchmarkFixture {};

TEST_F(BenchmarkSequence, SendsItsCommandsAsOftenAsEachOtherAndTellsCalls) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  EXPECT_EQ(run({"-q", "-n", "3000", "-r", "100000", "-c", "7", "--threads", "2", "--json", file, "--sequence",
                 "SET token:{key} {int}; GETDEL token:{key}; INCR calls"}),
            0);
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_, ContainsRegex("INCR calls: [0-9.]+ requests per second, p50=[0-9.]+ msec, [0-9.]+ calls of 3 per "
                                  "second\n  SET token:[^ ]+ [^ ]+: 33.[0-9] % of all"));
  EXPECT_EQ(calls("set") + calls("getdel") + calls("incr"), 3000);
  EXPECT_NEAR(static_cast<double>(calls("incr")), 1000, 7) << "each client may be in the middle of it at the end";
  EXPECT_LE(link_.run({"DBSIZE"}).integer, 1 + 7) << "what a unit sets it deletes again, by the same key";
  const json::value document = json::parse(read_file(file));
  const json::value& one = document.at("measurements").at(0);
  EXPECT_EQ(one.at("requests_per_call"), 3);
  EXPECT_NEAR(one.at("calls_per_second").as_double() * 3, one.at("requests_per_second").as_double(), 0.01);
}

TEST_F(BenchmarkSequence, ADelayedLinkMakesEveryRoundTripLonger) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  EXPECT_EQ(run({"-q", "-n", "60", "-c", "2", "--link-latency", "5", "--json", file, "set", "a", "b"}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(calls("set"), 60);
  const json::value document = json::parse(read_file(file));
  EXPECT_GE(document.at("measurements").at(0).at("latency_ns").at("min").to_number<int64_t>(), 5'000'000);
}

TEST_F(BenchmarkSequence, LargeBatchesGoThroughADelayedLinkWhole) {
  EXPECT_EQ(run({"-q", "-n", "2000", "-c", "5", "-P", "50", "-d", "20000", "--reconnect", "100", "--link-latency",
                 "0.3", "-t", "set,get"}),
            0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(calls("get"), 2000);
  EXPECT_EQ(link_.run({"GET", "key:__rand_int__"}).text, std::string(20000, 'x'));
}

TEST_F(BenchmarkSequence, AServerThatGoesAwayBehindADelayedLinkIsToldInOneSentence) {
  EXPECT_EQ(run({"-q", "-n", "10", "--link-latency", "1", "SHUTDOWN", "NOSAVE"}), 1);
  EXPECT_EQ(err_, "Error: 127.0.0.1:" + std::to_string(port_) + ": Server closed the connection\n");
}

TEST_F(BenchmarkSequence, ALineThatMakesNoSenseIsRefused) {
  const struct {
    std::vector<std::string> words;
    const char* err;
  } cases[] = {
      {{"--sequence", "PING", "-t", "get"},
       "--mix, --sequence, -t and a command all say what to send: give one of them"},
      {{"--sequence", "PING", "PING"}, "all say what to send"},
      {{"--sequence", ""}, "--sequence: it has no commands"},
      {{"--sequence", "GET {key}"}, "--sequence: {key}, {int} and __rand_int__ need a key space: -r"},
      {{"--link-latency", "0"}, "--link-latency must be a number of milliseconds above 0 and up to 10000, not '0'"},
      {{"--link-latency", "x"}, "--link-latency must be a number"},
      {{"--link-latency", "1", "-I"}, "-I waits, and has no use for --link-latency"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(run(row.words), 1);
    EXPECT_THAT(err_, HasSubstr(row.err));
    EXPECT_EQ(out_, "");
  }
}

}  // namespace
}  // namespace redoubt

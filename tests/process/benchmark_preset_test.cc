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

class BenchmarkPreset : public BenchmarkFixture {
 protected:
  json::value measured(std::vector<std::string> words) {
    const TemporaryDirectory directory;
    const std::string file = directory.path() + "/run.json";
    words.insert(words.end(), {"--json", file});
    EXPECT_EQ(run(words), 0) << err_;
    return json::parse(read_file(file));
  }
};

TEST_F(BenchmarkPreset, EachPrintsItsRows) {
  const struct {
    const char* name;
    size_t rows;
    const char* last;
  } cases[] = {{"elixir-simple-server", 5, "SET +15 +1 +- +[0-9,.]+ +- "},
               {"edis", 11, "LRANGE_100 .first 100 elements. +50 +1 +- +[0-9,.]+ +- "},
               {"redis-in-action-4.10", 15, "LRANGE_450 .first 450 elements. +1 +1 +11,062 +[0-9,.]+ +[0-9.]+ "},
               {"redis-in-action-4.4", 6, "update_token_pipeline, link of 48 ms +1 +5 +18.20 +[0-9,.]+ +[0-9.]+ "}};
  for (const auto& row : cases) {
    const json::value document = measured({"--preset", row.name, "-n", "20"});
    EXPECT_THAT(out_, ContainsRegex(std::string("\n") + row.last)) << row.name;
    EXPECT_EQ(document.at("preset"), row.name);
    EXPECT_EQ(document.at("measurements").as_array().size(), row.rows);
    EXPECT_EQ(document.at("measurements").at(0).at("requests"), 20);
  }
}

TEST_F(BenchmarkPreset, TheUnixSocketThatTheServerTellsOfIsUsed) {
  const TemporaryDirectory directory;
  ServerRun server({"--unixsocket", directory.path() + "/s"});
  port_ = server.port();
  const json::value document = measured({"--preset", "redis-in-action-4.4", "-n", "20", "-q"});
  EXPECT_EQ(err_, "");
  const json::array& rows = document.at("measurements").as_array();
  ASSERT_EQ(rows.size(), 8u);
  EXPECT_EQ(rows[0].at("test"), "update_token, unix socket");
  EXPECT_EQ(rows[0].at("published_calls_per_second"), 3761.0);
  for (size_t i = 0; i < rows.size(); ++i) {
    const int64_t least_ns = i < 4 ? 0 : i < 6 ? 271'000 : 48'000'000;
    EXPECT_GE(rows[i].at("latency_ns").at("min").to_number<int64_t>(), least_ns) << i;
    EXPECT_EQ(rows[i].at("pipeline"), i % 2 == 0 ? 1 : 5);
  }
}

TEST_F(BenchmarkPreset, AWayToTheServerThatThereIsNotIsLeftOut) {
  EXPECT_EQ(run({"--preset", "redis-in-action-4.4", "-n", "5", "--csv"}), 0);
  EXPECT_EQ(err_,
            "update_token, unix socket is left out: the server has no unix socket (unixsocket)\n"
            "update_token_pipeline, unix socket is left out: the server has no unix socket (unixsocket)\n");
  EXPECT_THAT(out_, ContainsRegex("^\"test\",\"clients\",\"pipeline\",\"requests_per_call\",\"calls_per_second\","
                                  "\"published_calls_per_second\",\"avg_latency_ms\",[^\n]+\n"
                                  "\"update_token, localhost\",\"1\",\"1\",\"5\",\"[0-9.]+\",\"3257.00\",\""));
}

TEST_F(BenchmarkPreset, OptionsComeBeforeWhatItSays) {
  const json::value document = measured({"--preset", "elixir-simple-server", "-n", "50", "-c", "3", "-d", "10", "-q"});
  EXPECT_TRUE(std::regex_match(out_, std::regex("SET clients=3: [0-9.]+ requests per second, p50=[0-9.]+ msec\n")))
      << out_;
  EXPECT_EQ(document.at("data_bytes"), 10);
  EXPECT_EQ(calls("set"), 50);
}

TEST_F(BenchmarkPreset, QuietHasThePublishedFigureInItsLine) {
  EXPECT_EQ(run({"--preset", "redis-in-action-4.10", "-n", "10", "-q"}), 0);
  EXPECT_THAT(out_, ContainsRegex("\nSET: [0-9.]+ requests per second, p50=[0-9.]+ msec, published: 32467.53\n"));
}

TEST_F(BenchmarkPreset, TheListTellsSources) {
  EXPECT_EQ(run({"--preset", "list"}), 0);
  for (const char* const name : {"elixir-simple-server\n", "edis\n", "redis-in-action-4.10\n", "redis-in-action-4.4\n",
                                 "Redis in Action (Manning 2013), listing 4.10", "could not be looked up"}) {
    EXPECT_THAT(out_, HasSubstr(name));
  }
}

TEST_F(BenchmarkPreset, ALineThatMakesNoSenseIsRefused) {
  const struct {
    std::vector<std::string> words;
    const char* err;
  } cases[] = {
      {{"--preset", "redis"},
       "there is no preset 'redis'; there are: elixir-simple-server edis redis-in-action-4.10 redis-in-action-4.4"},
      {{"--preset", "edis", "-t", "get"}, "-t is of no use with --preset"},
      {{"--preset", "edis", "-l"}, "-l is of no use with --preset"},
      {{"--preset", "edis", "PING"}, "--preset says what to send, and takes no command"},
      {{"--preset", "redis-in-action-4.4", "-P", "2"},
       "-P is said by the preset redis-in-action-4.4: leave one of them out"},
      {{"--preset", "redis-in-action-4.4", "--link-latency", "2"}, "--link-latency is said by the preset"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(run(row.words), 1);
    EXPECT_THAT(err_, HasSubstr(row.err));
    EXPECT_EQ(out_, "");
  }
}

}  // namespace
}  // namespace redoubt

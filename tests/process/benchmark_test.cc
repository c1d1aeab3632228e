// redoubt-benchmark as scripts start it: its texts, its exit status, and what it does when the server does not do its part.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <regex>
#include <thread>

#include "common/base/file.h"
#include "tests/support/benchmark_fixture.h"

namespace redoubt {
namespace {

namespace json = boost::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class Benchmark : public BenchmarkFixture {};

std::string mix_of(size_t commands) {
  std::string mix;
  while (commands-- > 0) mix += "1 PING;";
  return mix;
}

MATCHER_P(MatchesStdRegex, regex, "") { return std::regex_match(arg, std::regex(regex)); }

TEST_F(Benchmark, TheFullReportHasTheLinesThatScriptsParse) {
  EXPECT_EQ(run({"-t", "set", "-n", "1000", "-c", "7", "-d", "20"}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_, StartsWith("====== SET ======\n  1000 requests completed in "));
  EXPECT_THAT(
      out_,
      HasSubstr(" seconds\n  7 parallel clients\n  20 bytes payload\n  keep alive: 1\n  host configuration "
                "\"save\": 3600 1 300 100 60 10000\n  host configuration \"appendonly\": no\n  multi-thread: no\n"));
  EXPECT_THAT(out_, ContainsRegex("\n0\\.000% <= [0-9.]+ milliseconds \\(cumulative count [0-9]+\\)\n50\\.000% <= "));
  EXPECT_THAT(out_, ContainsRegex("\n100\\.000% <= [0-9.]+ milliseconds \\(cumulative count 1000\\)\n\nCumulative "
                                  "distribution of latencies:\n"));
  EXPECT_THAT(out_, ContainsRegex("\nSummary:\n  throughput summary: [0-9.]+ requests per second\n  latency summary "
                                  "\\(msec\\):\n +avg +min +p50 +p95 +p99 +max\n( +[0-9]+\\.[0-9][0-9][0-9])+\n"
                                  "  CPU: client [0-9]+ % of 1 thread( \\(lag p99 [0-9.]+ ms\\))?, server [0-9]+ %: "));
  EXPECT_EQ(calls("set"), 1000);
}

TEST_F(Benchmark, QuietIsALinePerTest) {
  EXPECT_EQ(run({"-q", "-t", "ping,get", "-n", "500", "-P", "16"}), 0);
  EXPECT_TRUE(std::regex_match(out_, std::regex("PING_INLINE: [0-9.]+ requests per second, p50=[0-9.]+ msec\n"
                                                "PING_MBULK: [0-9.]+ requests per second, p50=[0-9.]+ msec\n"
                                                "GET: [0-9.]+ requests per second, p50=[0-9.]+ msec\n")))
      << out_;
}

TEST_F(Benchmark, CsvHasAHeaderAndQuotedFields) {
  EXPECT_EQ(run({"--csv", "-t", "lrange_100", "-n", "500"}), 0);
  const std::string numbers = "(,\"[0-9.]+\"){7}\n";
  EXPECT_TRUE(std::regex_match(
      out_,
      std::regex("\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\"p95_latency_ms\",\"p99_"
                 "latency_ms\",\"max_latency_ms\"\n\"LPUSH \\(needed to benchmark LRANGE\\)\"" +
                 numbers + "\"LRANGE_100 \\(first 100 elements\\)\"" + numbers)))
      << out_;
}

TEST_F(Benchmark, SendsExactlyAsManyRequestsAsAskedFor) {
  EXPECT_EQ(run({"-q", "-n", "1003", "-c", "9", "-P", "16", "--threads", "2", "incr", "counter"}), 0);
  EXPECT_EQ(link_.run({"GET", "counter"}).text, "1003");
}

TEST_F(Benchmark, RandomKeysStayBelowTheKeySpace) {
  EXPECT_EQ(run({"-q", "-t", "set", "-n", "5000", "-r", "10"}), 0);
  EXPECT_EQ(link_.run({"DBSIZE"}).integer, 10);
  EXPECT_EQ(link_.run({"GET", "key:000000000007"}).text, "xxx");
}

TEST_F(Benchmark, ACommandOfOnesOwnKeepsItsWordsWhateverTheyLookLike) {
  EXPECT_EQ(run({"-q", "-n", "1", "-c", "1", "SET", "-n", "-q"}), 0);
  EXPECT_THAT(out_, StartsWith("SET -n -q: "));
  EXPECT_EQ(link_.run({"GET", "-n"}).text, "-q");
  EXPECT_EQ(run({"-q", "-n", "1", "-x", "SET", "last"}, "from stdin\n"), 0);
  EXPECT_EQ(link_.run({"GET", "last"}).text, "from stdin");
}

TEST_F(Benchmark, ThePayloadOfACommandOfOnesOwnIsTheRequest) {
  EXPECT_EQ(run({"-n", "10", "-d", "77", "SET", "a", "b"}), 0);
  EXPECT_THAT(out_, HasSubstr("  27 bytes payload\n"));
}

TEST_F(Benchmark, EachConnectionBeginsWithWhatWasAskedFor) {
  link_.run({"CONFIG", "SET", "requirepass", "secret"});
  EXPECT_EQ(run({"-q", "-n", "10", "-t", "set"}), 1);
  EXPECT_THAT(err_, HasSubstr("Error from server: NOAUTH"));
  EXPECT_EQ(run({"-q", "-n", "10", "-a", "wrong", "-t", "set"}), 1);
  EXPECT_THAT(err_, HasSubstr("Error from server: WRONGPASS"));
  EXPECT_EQ(run({"-q", "-n", "10", "-a", "secret", "--dbnum", "3", "-3", "-t", "set"}), 0) << err_;
  EXPECT_EQ(link_.run({"SELECT", "3"}).text, "OK");
  EXPECT_EQ(link_.run({"DBSIZE"}).integer, 1);
}

TEST_F(Benchmark, ConnectsAnewForEachBatch) {
  const int64_t before = info_number(link_, "total_connections_received");
  EXPECT_EQ(run({"-q", "-n", "100", "-c", "5", "-k", "0", "-t", "get"}), 0);
  EXPECT_GE(info_number(link_, "total_connections_received") - before, 100);
}

TEST_F(Benchmark, ErrorRepliesAreCountedByKindAndMakeTheRunFail) {
  EXPECT_EQ(run({"-q", "-n", "100", "LPUSH"}), 1);
  EXPECT_THAT(out_, StartsWith("LPUSH: "));
  EXPECT_EQ(err_, "Error from server: ERR wrong number of arguments for 'lpush' command (100 times)\n");
}

TEST_F(Benchmark, AServerThatGoesAwayIsToldInOneSentence) {
  EXPECT_EQ(run({"-q", "-n", "10", "SHUTDOWN", "NOSAVE"}), 1);
  EXPECT_THAT(err_,
              ContainsRegex("^Error: 127\\.0\\.0\\.1:[0-9]+: (Server closed the connection|Connection re[a-z ]+)\n$"));
  EXPECT_EQ(run({"-q"}), 1);
  EXPECT_EQ(err_, "Could not connect to Redis at 127.0.0.1:" + std::to_string(port_) + ": Connection refused\n");
}

TEST_F(Benchmark, AnInterruptEndsTheRunAndStillReports) {
  ProcessRun process({benchmark_program, "-p", std::to_string(port_), "-q", "-n", "1000000000", "-t", "set,get"});
  ASSERT_TRUE(eventually([this] { return calls("set") > 1000; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0);
  EXPECT_TRUE(std::regex_match(process.out(), std::regex("SET: [0-9.]+ requests per second, p50=[0-9.]+ msec\n")))
      << process.out();
}

TEST_F(Benchmark, AServerThatIsNoneOfAClusterIsRefused) {
  EXPECT_EQ(run({"--cluster", "-q", "-n", "10"}), 1);
  EXPECT_EQ(out_, "");
  EXPECT_THAT(err_, ContainsRegex("^Cluster node 127\\.0\\.0\\.1:[0-9]+ replied with error:\nERR .*\n"
                                  "Failed to fetch cluster configuration from 127\\.0\\.0\\.1:[0-9]+\n$"));
}

int64_t requests_in(const std::string& report) {
  std::smatch found;
  return std::regex_search(report, found, std::regex("  ([0-9]+) requests completed in ")) ? std::stoll(found[1]) : -1;
}

double seconds_in(const std::string& report) {
  std::smatch found;
  return std::regex_search(report, found, std::regex(" completed in ([0-9.]+) seconds")) ? std::stod(found[1]) : -1;
}

double mean_in(const std::string& report, const std::string& summary) {
  std::smatch found;
  const std::regex line(summary + " \\(msec\\):\n[a-z0-9 ]+\n +([0-9.]+)");
  return std::regex_search(report, found, line) ? std::stod(found[1]) : -1;
}

TEST_F(Benchmark, ADurationEndsTheTest) {
  EXPECT_EQ(run({"--duration", "0.3", "-t", "set", "-P", "4"}), 0) << err_;
  EXPECT_EQ(calls("set"), requests_in(out_));
  EXPECT_GE(seconds_in(out_), 0.3);
  EXPECT_LT(seconds_in(out_), 5);
}

TEST_F(Benchmark, TheWarmupIsNotMeasured) {
  EXPECT_EQ(run({"--warmup", "0.2", "-n", "100", "-t", "set", "--threads", "2"}), 0) << err_;
  EXPECT_EQ(requests_in(out_), 100);
  EXPECT_GT(calls("set"), 100);
}

TEST_F(Benchmark, ARateIsKept) {
  EXPECT_EQ(run({"--rate", "1000", "-n", "500", "-t", "set", "--threads", "2", "-c", "5", "-P", "3"}), 0) << err_;
  EXPECT_EQ(calls("set"), 500);
  EXPECT_GT(seconds_in(out_), 0.49);
  EXPECT_LT(seconds_in(out_), 5);
}

// The server sleeps while requests become due: most of them wait, though each is answered at once when it is sent.
TEST_F(Benchmark, WithARateRequestsThatWaitAreLateFromWhenTheyWereDue) {
  ProcessRun process(
      {benchmark_program, "-p", std::to_string(port_), "--rate", "1000", "-n", "1000", "-c", "1", "-t", "set"});
  ASSERT_TRUE(eventually([this] { return calls("set") > 10; }));
  link_.run({"DEBUG", "SLEEP", "0.6"});
  EXPECT_EQ(process.wait_for_exit(), 0);
  const double late = mean_in(process.out(), "latency summary");
  const double served = mean_in(process.out(), "service time summary");
  EXPECT_GT(late, 50) << "about 180 ms when all that were due in the pause count";
  EXPECT_LT(served, late / 10) << "only one of them was on its way for long";
}

TEST_F(Benchmark, WithARateServiceTimeStandsBesideTheLatency) {
  const std::vector<std::string> load = {"--rate", "2000", "-n", "200", "-t", "set"};
  const auto with = [&load](std::vector<std::string> words) {
    words.insert(words.end(), load.begin(), load.end());
    return words;
  };
  EXPECT_EQ(run(with({})), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("\n  2000 requests per second were due: latency counts from the intended start of each"));
  EXPECT_EQ(run(with({"-q"})), 0) << err_;
  EXPECT_THAT(out_, MatchesStdRegex("SET: [0-9.]+ requests per second, p50=[0-9.]+ msec, service p50=[0-9.]+ msec\n"));
  EXPECT_EQ(run(with({"--csv"})), 0) << err_;
  EXPECT_THAT(out_, MatchesStdRegex("\"test\",[^\n]+,\"max_latency_ms\",\"avg_service_ms\",[^\n]+,\"max_service_ms\"\n"
                                    "\"SET\"(,\"[0-9.]+\"){14}\n"));
}

// The client stands still while connections are idle: it is late at what comes, and with what is due.
TEST_F(Benchmark, HowLateTheClientWasIsTold) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  for (const char* const rate : {"", "1000"}) {
    std::vector<std::string> words = {
        benchmark_program, "-p", std::to_string(port_), "--duration", "0.5", "-c", "2", "--json", file, "-t", "set"};
    if (*rate != 0) words.insert(words.end(), {"--rate", rate});
    const int64_t before = calls("set");
    ProcessRun process(words);
    ASSERT_TRUE(eventually([this, before] { return calls("set") > before + 10; }));
    process.signal(SIGSTOP);
    link_.run({"DEBUG", "SLEEP", "0.1"});
    process.signal(SIGCONT);
    EXPECT_EQ(process.wait_for_exit(), 0);
    EXPECT_THAT(process.out(), ContainsRegex("CPU: client [0-9]+ % of 1 thread \\(lag p99 [0-9.]+ ms\\), server"));
    const json::value lag = json::parse(read_file(file)).at("measurements").at(0).at("client_lag_ns");
    EXPECT_GT(lag.at("max").to_number<int64_t>(), 50'000'000);
    EXPECT_GE(lag.at("p99").to_number<int64_t>(), lag.at("p50").to_number<int64_t>());
  }
}

TEST_F(Benchmark, WhatWasDueAndNotAnsweredIsTold) {
  EXPECT_EQ(run({"-q", "--rate", "1000", "--duration", "0.3", "-c", "1", "DEBUG", "SLEEP", "0.1"}), 0);
  EXPECT_THAT(err_, ContainsRegex("^2[0-9][0-9] requests had no reply when the test ended\n$"));
}

TEST_F(Benchmark, AMixSendsItsCommandsByTheirWeights) {
  EXPECT_EQ(run({"-q", "-n", "10000", "-r", "50", "-P", "8", "--threads", "2", "--sizes", "20-30", "--unique", "--mix",
                 "80 GET k{key}; 20 SET k{key} {data}"}),
            0)
      << err_;
  EXPECT_THAT(out_, StartsWith("80 GET k{key}; 20 SET k{key} {data}: "));
  EXPECT_EQ(calls("get") + calls("set"), 10'000);
  EXPECT_NEAR(static_cast<double>(calls("get")), 8000, 300);
  EXPECT_EQ(link_.run({"DBSIZE"}).integer, 50);
  const std::string value = link_.run({"GET", "k000000000007"}).text;
  EXPECT_NE(value, link_.run({"GET", "k000000000008"}).text);
  EXPECT_GE(value.size(), 20u);
  EXPECT_LE(value.size(), 30u);
}

// What the one command is slow at and wrong with is not told of the other, whatever batches and threads they come in.
TEST_F(Benchmark, EachCommandOfAMixHasItsOwnFigures) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  link_.run({"SET", "text", "x"});
  for (const std::vector<std::string>& with : {std::vector<std::string>{"-P", "7"},
                                               {"-P", "1", "-3", "--threads", "2"},
                                               {"--dbnum", "0", "--reconnect", "3"}}) {
    std::vector<std::string> words = {"-q", "-n", "2000", "--json", file, "--mix", "3 GET text; 1 INCR text; 1 '' x"};
    words.insert(words.end(), with.begin(), with.end());
    EXPECT_EQ(run(words), 1);
    const json::value document = json::parse(read_file(file));
    const json::array& commands = document.at("measurements").at(0).at("commands").as_array();
    ASSERT_EQ(commands.size(), 3u);
    EXPECT_EQ(commands[0].at("command"), "GET text");
    EXPECT_EQ(commands[2].at("command"), "'' x");
    EXPECT_EQ(commands[0].at("errors"), 0);
    int64_t replies = 0;
    for (const json::value& one : commands) {
      EXPECT_GT(one.at("requests").to_number<int64_t>(), 0);
      EXPECT_GT(one.at("latency_ns").at("min").to_number<int64_t>(), 0);
      replies += one.at("requests").to_number<int64_t>();
    }
    EXPECT_EQ(replies, 2000);
    EXPECT_EQ(commands[1].at("errors"), commands[1].at("requests"));
    EXPECT_EQ(commands[2].at("errors"), commands[2].at("requests"));
    EXPECT_THAT(out_, MatchesStdRegex("[^\n]+: [0-9.]+ requests per second, p50=[0-9.]+ msec\n"
                                      "  GET text: [0-9.]+ % of all, [0-9.]+ requests per second, p50=[0-9.]+ msec, "
                                      "p99=[0-9.]+ msec, errors=0\n  INCR text: [^\n]+ errors=[1-9][0-9]*\n  '' x: "
                                      "[^\n]+\n"));
  }
}

TEST_F(Benchmark, TheFullReportHasATableOfTheCommandsOfAMix) {
  EXPECT_EQ(run({"-n", "1000", "--rate", "5000", "-c", "1", "--mix", "1 DEBUG SLEEP 0.02; 99 GET k"}), 0) << err_;
  std::smatch found;
  ASSERT_TRUE(std::regex_search(
      out_, found,
      std::regex("\n *share +requests/s +errors +avg ms[^\n]+ms  command\n *[0-9.]+ % [^\n]+  DEBUG SLEEP 0\\.02\n"
                 " *[0-9.]+ % +[0-9,]+ +0( +[0-9.]+){7}  GET k\n")))
      << out_;
}

TEST_F(Benchmark, KeysAreTakenOneAfterAnotherByAllThreads) {
  EXPECT_EQ(run({"-q", "-t", "set", "-n", "1000", "-r", "1000", "--keys", "sequential", "--threads", "2"}), 0) << err_;
  EXPECT_EQ(link_.run({"DBSIZE"}).integer, 1000);
}

TEST_F(Benchmark, TheTestsHaveValuesOfTheSizesAskedFor) {
  EXPECT_EQ(run({"-q", "-t", "set,mset", "-n", "500", "--sizes", "7", "--compressible", "0"}), 0) << err_;
  EXPECT_EQ(link_.run({"STRLEN", "key:__rand_int__"}).integer, 7);
  EXPECT_NE(link_.run({"GET", "key:__rand_int__"}).text, "xxxxxxx");
}

TEST_F(Benchmark, KeysAreThereBeforeTheFirstTest) {
  EXPECT_EQ(run({"-q", "--preload", "1001", "-r", "1001", "-d", "9", "-n", "1", "-t", "get", "--threads", "2"}), 0)
      << err_;
  EXPECT_THAT(out_, StartsWith("GET: "));
  EXPECT_EQ(calls("set"), 1001);
  EXPECT_EQ(link_.run({"DBSIZE"}).integer, 1001);
  EXPECT_EQ(link_.run({"GET", "key:000000001000"}).text, "xxxxxxxxx");
}

TEST_F(Benchmark, KeysThatCannotBePreloadedEndTheRun) {
  link_.run({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(run({"-q", "--preload", "10"}), 1);
  EXPECT_THAT(err_, StartsWith("Error from server while keys were preloaded: OOM "));
  EXPECT_EQ(out_, "");
}

TEST_F(Benchmark, ConnectsAnewAfterSoManyRequests) {
  const int64_t before = info_number(link_, "total_connections_received");
  EXPECT_EQ(run({"-q", "-n", "100", "-c", "1", "-P", "4", "--reconnect", "10", "-t", "get"}), 0) << err_;
  EXPECT_EQ(calls("get"), 100);
  EXPECT_EQ(info_number(link_, "total_connections_received") - before, 1 + 1 + 10)
      << "one that asks for the configuration, and one that was made when there was no more to do";
}

TEST_F(Benchmark, AnErrorEndsTheRunWhenItIsAskedTo) {
  EXPECT_EQ(run({"-q", "--stop-on-error", "-n", "100000000", "-c", "2", "LPUSH"}), 1);
  EXPECT_THAT(err_, StartsWith("Error from server: ERR wrong number of arguments for 'lpush' command ("));
}

TEST_F(Benchmark, TheLimitOfOpenFilesIsRaisedForManyClients) {
  const auto with_limit = [this](const std::string& limit) {
    return "ulimit " + limit + " 64; exec " + REDOUBT_BIN_DIR + "/redoubt-benchmark -q -t get -n 300 -c 150 -p " +
           std::to_string(port_);
  };
  ProcessRun raised({"sh", "-c", with_limit("-Sn")});
  EXPECT_EQ(raised.wait_for_exit(), 0) << raised.err();
  EXPECT_EQ(calls("get"), 300);
  ProcessRun refused({"sh", "-c", with_limit("-n")});
  EXPECT_EQ(refused.wait_for_exit(), 1);
  EXPECT_EQ(refused.err(), "150 clients need 190 open files, and the system allows 64: raise the limit (ulimit -n)\n");
}

TEST_F(Benchmark, IdleConnectionsAreOpenedAndHeld) {
  ProcessRun process({benchmark_program, "-p", std::to_string(port_), "-I", "-c", "20"});
  EXPECT_TRUE(eventually([this] { return info_number(link_, "connected_clients") == 21; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0);
}

TEST_F(Benchmark, AnErrorThatComesTogetherWithTheGreetingIsOneOfTheTest) {
  EXPECT_EQ(run({"-q", "-e", "--dbnum", "1", "-n", "10", "-c", "1", "nosuch"}), 1);
  EXPECT_THAT(err_, StartsWith("Error from server: ERR unknown command 'nosuch'"));
  EXPECT_THAT(out_, StartsWith("nosuch: "));
}

TEST_F(Benchmark, ALineThatMakesNoSenseIsRefused) {
  const struct {
    std::vector<std::string> words;
    const char* err;
  } cases[] = {
      {{"-c", "0"}, "-c must be a number from 1 to 1000000, not '0'"},
      {{"-n", "many"}, "-n must be a number from 1 to 9223372036854775807, not 'many'"},
      {{"-t", "nosuch"}, "there is no test 'nosuch'; there are: ping_inline"},
      {{"--cluster", "--dbnum", "2"}, "a cluster has no database but 0: it has no use for --dbnum"},
      {{"--cluster", "--compare", "redis://h"}, "--cluster is of no use with --compare"},
      {{"--user", "x"}, "--user needs a password: -a"},
      {{"-u", "redis://h"}, "-u and -p both say which server: give one of them"},
      {{"-I", "ping"}, "-I waits, and sends no command"},
      {{"-n", "5", "--duration", "1"}, "--duration and -n both say when to end: give one of them"},
      {{"--duration", "0"}, "--duration must be a number of seconds above 0, not '0'"},
      {{"--warmup", "long"}, "--warmup must be a number of seconds above 0, not 'long'"},
      {{"--rate", "0"}, "--rate must be a number from 1 to 100000000, not '0'"},
      {{"-I", "--rate", "5"}, "-I waits, and has no use for --rate"},
      {{"--keys", "normal"}, "--keys needs a key space: -r"},
      {{"--keys", "odd", "-r", "9"}, "--keys: keys are uniform, sequential, zipf:THETA or normal, not 'odd'"},
      {{"--sizes", "0"},
       "--sizes: sizes are 100, 10-1000 or 3:50,100:50 (from 1 to 1073741824 bytes, with weights), not '0'"},
      {{"--sizes", "9", "-d", "9"}, "--sizes and -d both say how large values are: give one of them"},
      {{"--compressible", "1.1"}, "--compressible must be a number from 0 to 1"},
      {{"--unique"}, "--unique needs values of 16 bytes: -d or --sizes"},
      {{"--sizes", "20", "SET", "a", "b"}, "--sizes has nothing to fill in a command; use --mix, with {data} in it"},
      {{"--mix", "1 PING", "-t", "get"}, "--mix, --sequence, -t and a command all say what to send: give one of them"},
      {{"--mix", "PING"}, "--mix: 'PING' is not a weight and a command, such as 80 GET key:{key}"},
      {{"--mix", mix_of(1001)}, "--mix: it has more than 1000 commands"},
      {{"-k", "0", "--reconnect", "5"}, "-k 0 and --reconnect both say when to connect anew: give one of them"},
      {{"--preload", "0"}, "--preload must be a number from 1 to"},
      {{"-x"}, "-x needs a command"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(run(row.words), 1);
    EXPECT_THAT(err_, HasSubstr(row.err));
    EXPECT_EQ(out_, "");
  }
}

}  // namespace
}  // namespace redoubt

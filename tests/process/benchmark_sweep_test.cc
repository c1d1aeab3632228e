// Sweeps of redoubt-benchmark, and the files that it writes.
#include <gmock/gmock.h>

#include <regex>

#include "tests/support/benchmark_fixture.h"

namespace redoubt {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class BenchmarkSweep : public BenchmarkFixture {};

TEST_F(BenchmarkSweep, EveryCombinationHasItsRowInOneTable) {
  EXPECT_EQ(run({"-t", "set,get", "-n", "500", "--clients", "5,1,2", "--pipelines", "16,1"}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(calls("set"), 3000);
  EXPECT_EQ(calls("get"), 3000);
  EXPECT_THAT(out_, ContainsRegex("^====== SET ======\nclients  pipeline +requests/s +avg ms +min ms +p50 ms +p95 ms "
                                  "+p99 ms +p99.9 ms +max ms +client CPU +server CPU +limit\n"));
  const std::string numbers = " +[0-9,]+( +[0-9.]+){7}( +[0-9]+ %){2}  [a-z]+\n";
  std::string rows;
  for (const char* row : {" +1 +1", " +2 +1", " +5 +1", " +1 +16", " +2 +16", " +5 +16"}) rows += row + numbers;
  const std::string knees = "With pipeline 1 [^\n]+\\.\nWith pipeline 16 [^\n]+\\.\n";
  EXPECT_THAT(out_, ContainsRegex("limit\n" + rows + knees));
  EXPECT_THAT(out_, ContainsRegex("\n\n====== GET ======\nclients"));
}

TEST_F(BenchmarkSweep, OneListIsEnough) {
  EXPECT_EQ(run({"-q", "-n", "100", "--pipelines", "1,8", "-c", "3", "incr", "counter"}), 0);
  const std::string figures = " [0-9.]+ requests per second, p50=[0-9.]+ msec, p99=[0-9.]+ msec\n";
  EXPECT_TRUE(std::regex_match(out_, std::regex("incr counter clients=3 pipeline=1:" + figures +
                                                "incr counter clients=3 pipeline=8:" + figures)))
      << out_;
  EXPECT_EQ(link_.run({"GET", "counter"}).text, "200");
}

TEST_F(BenchmarkSweep, CsvHasARowForEachCombination) {
  EXPECT_EQ(run({"--csv", "-t", "lrange_100", "-n", "200", "--clients", "1,4"}), 0);
  const std::string numbers = R"~(,"1","1","200","0"(,"[0-9.]+"){11},"(client|server|both|neither|unknown)")~"
                              "\n";
  const std::string header =
      R"~("test","clients","pipeline","threads","requests","errors","seconds","rps","avg_latency_ms","min_latency_ms",)~"
      R"~("p50_latency_ms","p95_latency_ms","p99_latency_ms","p99_9_latency_ms","max_latency_ms","client_busy",)~"
      R"~("server_busy","limit")~"
      "\n";
  const std::string title = R"~("LRANGE_100 \(first 100 elements\)")~";
  EXPECT_TRUE(std::regex_match(out_, std::regex(header + title + ",\"1\"" + numbers + title + ",\"4\"" + numbers)))
      << out_;
  EXPECT_EQ(calls("lpush"), 200) << "the list is filled once";
}

TEST_F(BenchmarkSweep, AServerThatDoesNotTellItsCpuIsNoError) {
  ServerRun silent({"--rename-command", "INFO", ""});
  port_ = silent.port();
  EXPECT_EQ(run({"-n", "100", "--clients", "1,2", "ping"}), 0) << err_;
  EXPECT_THAT(out_, ContainsRegex("% +-  (unknown|client)\n"));
}

TEST_F(BenchmarkSweep, AnInterruptStillPrintsWhatWasMeasured) {
  ProcessRun process(
      {benchmark_program, "-p", std::to_string(port_), "-n", "1000000000", "-t", "set", "--clients", "1,2,5"});
  ASSERT_TRUE(eventually([this] { return calls("set") > 1000; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0);
  EXPECT_THAT(process.out(), ContainsRegex("limit\n +1 +1 [^\n]+\n\n$"));
}

TEST_F(BenchmarkSweep, WhatIsLeftStandsThereWhenTheServerGoesAway) {
  EXPECT_EQ(run({"-n", "10", "--clients", "1,2", "SHUTDOWN", "NOSAVE"}), 1);
  EXPECT_THAT(err_, StartsWith("Error: 127.0.0.1:"));
  EXPECT_EQ(out_, "");
}

TEST_F(BenchmarkSweep, ALineThatMakesNoSenseIsRefused) {
  const struct {
    std::vector<std::string> words;
    const char* err;
  } cases[] = {
      {{"--clients", "1,,2"}, "--clients must be numbers from 1 to 1000000 with commas between them, not '1,,2'"},
      {{"--clients", ""}, "--clients must be numbers from 1 to 1000000"},
      {{"--pipelines", "0"}, "--pipelines must be numbers from 1 to 1000000 with commas between them, not '0'"},
      {{"--pipelines", "1,"}, "--pipelines must be numbers"},
      {{"--clients", "2,1,2"}, "--clients has a number twice: '2,1,2'"},
      {{"--clients", "1,2", "-c", "5"}, "-c is one of the --clients"},
      {{"--pipelines", "1,2", "-P", "5"}, "-P is one of the --pipelines"},
      {{"--clients", "1,2", "-l"}, "-l is of no use with --clients or --pipelines"},
      {{"--clients", "1,2", "-I"}, "-I is of no use with --clients or --pipelines"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(run(row.words), 1);
    EXPECT_THAT(err_, HasSubstr(row.err));
    EXPECT_EQ(out_, "");
  }
}

}  // namespace
}  // namespace redoubt

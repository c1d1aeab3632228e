// Sweeps of redoubt-benchmark, and the files that it writes.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <regex>

#include "common/base/file.h"
#include "tests/support/benchmark_fixture.h"
#include "tests/support/hdr_reader.h"
#include "tests/support/html_page_check.h"

namespace redoubt {
namespace {

namespace json = boost::json;
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

TEST_F(BenchmarkSweep, WithARateServiceTimeStandsBesideTheLatency) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  EXPECT_EQ(run({"--rate", "2000", "-n", "100", "--clients", "1,2", "--json", file, "ping"}), 0) << err_;
  EXPECT_THAT(out_, ContainsRegex("max ms +service p50 ms +service p99 ms +service max ms +client CPU"));
  EXPECT_THAT(out_, ContainsRegex("\n +2 +1 +[0-9,]+( +[0-9.]+){10} +[0-9]+ %"));
  EXPECT_THAT(out_,
              HasSubstr("\n2000 requests per second were due; latency counts from the intended start of each.\n"));
  const json::value document = json::parse(read_file(file));
  EXPECT_EQ(document.at("rate"), 2000);
  for (const json::value& one : document.at("measurements").as_array()) {
    EXPECT_GT(one.at("service_ns").at("p50").to_number<int64_t>(), 0);
  }
  EXPECT_EQ(run({"-q", "--rate", "2000", "-n", "100", "--clients", "1", "ping"}), 0) << err_;
  EXPECT_THAT(out_, ContainsRegex("msec, p99=[0-9.]+ msec, service p50=[0-9.]+ msec, p99=[0-9.]+ msec\n$"));
  EXPECT_EQ(run({"--csv", "--rate", "2000", "-n", "100", "--clients", "1", "ping"}), 0) << err_;
  EXPECT_THAT(out_, ContainsRegex("\"limit\",\"avg_service_ms\",[^\n]+\"max_service_ms\"\n\"ping\"[^\n]+\"[a-z]+\"(,"
                                  "\"[0-9.]+\"){7}\n$"));
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

// ---- files --------------------------------------------------------------------------------------------

TEST_F(BenchmarkSweep, TheJsonDocumentHasWhatWasMeasured) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  EXPECT_EQ(run({"-q", "-n", "300", "-t", "set,lrange_100", "--clients", "1,3", "--json", file}), 0);
  const json::value document = json::parse(read_file(file));
  EXPECT_EQ(document.at("server").as_string(), "127.0.0.1:" + std::to_string(port_));
  EXPECT_EQ(document.at("requests"), 300);
  EXPECT_EQ(document.at("whole"), true);
  EXPECT_EQ(document.at("measurements").as_array().size(), 4u) << "and not the one that only fills";
  EXPECT_EQ(document.at("knees").as_array().size(), 2u);
  const json::value& last = document.at("measurements").as_array().back();
  EXPECT_EQ(last.at("test"), "LRANGE_100 (first 100 elements)");
  EXPECT_EQ(last.at("clients"), 3);
  EXPECT_EQ(last.at("requests"), 300);
  EXPECT_GT(last.at("latency_ns").at("p50").to_number<uint64_t>(), 0u);
  EXPECT_GT(last.at("cpu").at("server_seconds").to_number<double>(), 0);
  EXPECT_FALSE(real_file_system().exists(file + ".tmp"));
}

TEST_F(BenchmarkSweep, TheSecondsOfARunAddUpToIt) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  EXPECT_EQ(run({"-q", "--duration", "1.1", "--warmup", "0.1", "--threads", "2", "-t", "get", "--json", file}), 0);
  const json::value document = json::parse(read_file(file));
  const json::value& one = document.at("measurements").at(0);
  int64_t replies = 0;
  int64_t second = 0;
  for (const json::value& stats : one.at("series").as_array()) {
    EXPECT_EQ(stats.at("second"), second++);
    EXPECT_GT(stats.at("max_ns").to_number<int64_t>(), 0);
    replies += stats.at("replies").to_number<int64_t>();
  }
  EXPECT_GE(second, 2);
  EXPECT_EQ(one.at("requests"), replies);
  EXPECT_EQ(document.at("requests"), 0);
}

TEST_F(BenchmarkSweep, FilesHaveWhatWasMeasuredWhenTheRunDoesNotComeToItsEnd) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  ProcessRun process(
      {benchmark_program, "-p", std::to_string(port_), "-q", "-n", "1000000000", "-t", "set,get", "--json", file});
  ASSERT_TRUE(eventually([this] { return calls("set") > 1000; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0);
  const json::value document = json::parse(read_file(file));
  EXPECT_EQ(document.at("whole"), false);
  ASSERT_EQ(document.at("measurements").as_array().size(), 1u);
  EXPECT_EQ(document.at("measurements").at(0).at("whole"), false);
}

TEST_F(BenchmarkSweep, TheHdrLogHasEachSecondOfEachTest) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.hdr";
  const std::string json_file = directory.path() + "/run.json";
  EXPECT_EQ(run({"-q", "--duration", "1.1", "--warmup", "0.1", "--threads", "2", "-t", "get,lrange_100", "--hdr-out",
                 file, "--json", json_file}),
            0)
      << err_;
  const json::value document = json::parse(read_file(json_file));
  std::map<std::string, uint64_t> replies;
  double end = 0;
  for (const HdrLine& line : read_hdr_log(read_file(file))) {
    replies[line.tag] += line.histogram.total();
    EXPECT_GE(line.start, end - 0.002);
    EXPECT_LE(line.length, 1);
    EXPECT_GT(line.max_ms, 0);
    end = line.start + line.length;
  }
  ASSERT_EQ(replies.size(), 2u) << "and not what only fills";
  EXPECT_EQ(document.at("measurements").at(0).at("requests"), replies["GET"]);
  EXPECT_EQ(document.at("measurements").at(1).at("requests"), replies["LRANGE_100_(first_100_elements)"]);
}

TEST_F(BenchmarkSweep, TheHdrLogTellsTheCombinationsOfASweepApart) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.hdr";
  EXPECT_EQ(run({"-q", "-n", "200", "--clients", "1,2", "-P", "4", "--hdr-out", file, "set", "a b", "c"}), 0) << err_;
  const std::vector<HdrLine> lines = read_hdr_log(read_file(file));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].tag, "set_a_b_c;clients=1;pipeline=4");
  EXPECT_EQ(lines[1].tag, "set_a_b_c;clients=2;pipeline=4");
  EXPECT_EQ(lines[1].histogram.total(), 200u);
  EXPECT_LT(lines[1].length, 1);
}

TEST_F(BenchmarkSweep, TheHdrLogOfAKilledRunHasTheSecondsThatWereOver) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.hdr";
  ProcessRun process(
      {benchmark_program, "-p", std::to_string(port_), "-q", "-l", "-n", "1000000000", "-t", "get", "--hdr-out", file});
  const auto has_a_second = [&file] {
    return real_file_system().exists(file) && read_file(file).find("\nTag=") != std::string::npos;
  };
  EXPECT_TRUE(eventually(has_a_second));
  process.signal(SIGKILL);
  process.wait_for_exit();
  const std::vector<HdrLine> lines = read_hdr_log(read_file(file));
  ASSERT_GE(lines.size(), 1u);
  EXPECT_EQ(lines[0].length, 1);
  EXPECT_GT(lines[0].histogram.total(), 0u);
}

TEST_F(BenchmarkSweep, AnHdrLogThatCannotBeWrittenIsToldBeforeMeasuring) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run({"-q", "-t", "set", "--hdr-out", directory.path()}), 1);
  EXPECT_EQ(err_, "cannot write " + directory.path() + ": Is a directory\n");
  EXPECT_EQ(calls("set"), 0);
}

TEST_F(BenchmarkSweep, ThePageIsWellFormedAndNeedsNothingElse) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/report.html";
  EXPECT_EQ(run({"-q", "-n", "200", "--clients", "1,2,3", "--pipelines", "1,16", "--html", file, "set",
                 "<script>alert(1)</script>\"'&", "x"}),
            0);
  ProcessRun check({"python3", "-c", html_page_check, file, "polyline == 14 and table == 1 and figure == 3",
                    "set <script>alert(1)</script>\"'& x", "127.0.0.1:" + std::to_string(port_), "With pipeline 16 ",
                    "latency, pipeline 1", "p99.9"});
  EXPECT_EQ(check.wait_for_exit(), 0) << check.err();
}

TEST_F(BenchmarkSweep, AFileThatCannotBeWrittenIsToldBeforeMeasuring) {
  EXPECT_EQ(run({"-q", "-t", "set", "--json", "/no/such/directory/run.json"}), 1);
  EXPECT_EQ(err_, "cannot write /no/such/directory/run.json: there is no directory /no/such/directory\n");
  EXPECT_EQ(calls("set"), 0);
  const TemporaryDirectory directory;
  EXPECT_EQ(run({"-q", "-t", "set", "-n", "10", "--html", directory.path()}), 1);
  EXPECT_THAT(err_, StartsWith("cannot write " + directory.path() + ": "));
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
      {{"--json", ""}, "--json needs the name of a file"},
      {{"--html", "x", "-l"}, "-l has no end, after which --html would be written"},
      {{"--json", "x", "--html", "x"}, "--json and --html name the same file"},
      {{"--hdr-out", ""}, "--hdr-out needs the name of a file"},
      {{"--hdr-out", "x", "-I"}, "-I measures nothing, and has no use for --hdr-out"},
      {{"--json", "x", "--hdr-out", "x"}, "--json and --hdr-out name the same file"},
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

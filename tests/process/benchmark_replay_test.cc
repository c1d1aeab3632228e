// redoubt-benchmark --replay against our server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <regex>

#include "tests/support/benchmark_fixture.h"

namespace redoubt {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class BenchmarkReplay : public BenchmarkFixture {
 protected:
  // At full speed, from standard input.
  int replay(const std::string& log, std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"--replay", "-", "--replay-speed", "max", "-q"});
    return run(words, log);
  }
};

TEST_F(BenchmarkReplay, RequestsOfAClientStayInOrderAndFindTheirDatabase) {
  EXPECT_EQ(replay("OK\n"
                   "1.000000 [0 a:1] \"SET\" \"k\" \"1\"\n"
                   "1.000001 [0 a:1] \"APPEND\" \"k\" \"2\"\n"
                   "1.000002 [3 a:1] \"APPEND\" \"k\" \"3\"\n"
                   "1.000003 [3 a:1] \"append\" \"k\" \"\\x004\"\n"
                   "1.000004 [0 a:1] \"APPEND\" \"k\" \"5\"\n"),
            0);
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_, StartsWith("REPLAY: "));
  EXPECT_EQ(link_.run({"GET", "k"}).text, "125");
  link_.run({"SELECT", "3"});
  EXPECT_EQ(link_.run({"GET", "k"}).text, std::string("3\0004", 3));
}

TEST_F(BenchmarkReplay, ASelectOfTheLogIsFollowed) {
  EXPECT_EQ(replay("1.000000 [0 a:1] \"SET\" \"k\" \"0\"\n"
                   "1.000001 [2 a:1] \"SELECT\" \"2\"\n"
                   "1.000002 [2 a:1] \"SET\" \"k\" \"2\"\n"),
            0);
  EXPECT_EQ(calls("select"), 1);
  EXPECT_EQ(link_.run({"GET", "k"}).text, "0");
}

TEST_F(BenchmarkReplay, PipelinedRequestsStayInOrder) {
  std::string log;
  std::string expected;
  for (int number = 0; number < 3000; ++number) {
    log +=
        "1.000000 [" + std::to_string(number % 2 * 5) + " a:1] \"APPEND\" \"k\" \"" + std::to_string(number) + ",\"\n";
    if (number % 2 == 0) expected += std::to_string(number) + ",";
  }
  EXPECT_EQ(replay(log, {"-P", "16"}), 0);
  EXPECT_EQ(link_.run({"GET", "k"}).text, expected);
}

TEST_F(BenchmarkReplay, EachClientIsAConnection) {
  std::string log;
  for (int client = 0; client < 150; ++client) {
    for (int turn = 0; turn < 3; ++turn) {
      log += "1.000000 [0 10.0.0.1:" + std::to_string(client) + "] \"INCR\" \"k\"\n";
    }
  }
  const int64_t before = info_number(link_, "total_connections_received");
  EXPECT_EQ(replay(log), 0);
  // One more asks for CPU times.
  EXPECT_EQ(info_number(link_, "total_connections_received") - before, 151);
  EXPECT_EQ(link_.run({"GET", "k"}).text, "450");
}

TEST_F(BenchmarkReplay, WhatMustNotBeSentIsLeftOutAndCounted) {
  EXPECT_EQ(run({"--replay", "-", "--replay-speed", "max"},
                "1.000000 [0 a:1] \"SHUTDOWN\"\n"
                "1.000000 [0 a:1] \"MONITOR\"\n"
                "1.000000 [0 a:1] \"AUTH\" \"(redacted)\"\n"
                "1.000000 [0 a:2] \"AUTH\" \"(redacted)\"\n"
                "1.000000 [0 lua] \"SET\" \"k\" \"script\"\n"
                "1.000000 [0 a:1] \"CLIENT\" \"REPLY\" \"OFF\"\n"
                "1.000000 [0 a:1] \"SET\" \"k\" \"v\"\n"),
            0);
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_, HasSubstr("  1 requests completed in "));
  EXPECT_THAT(out_, HasSubstr("  left out: 2 auth, 1 client reply, 1 monitor, 1 shutdown\n"
                              "  left out: 1 by scripts, which do them again\n"));
  EXPECT_THAT(out_, ContainsRegex("\n *100.0 % [^\n]* set\n"));
  EXPECT_EQ(link_.run({"GET", "k"}).text, "v");
}

TEST_F(BenchmarkReplay, LinesOfSomethingElseAreCountedAndTheFirstIsTold) {
  EXPECT_EQ(replay("OK\n1.000000 [0 a:1] \"PING\"\nsome\x1b text\nmore\n"), 0);
  EXPECT_EQ(err_,
            "standard input: 2 lines are no lines of a MONITOR log, the first of them is line 3: some\\x1b text\n");
}

TEST_F(BenchmarkReplay, AFileWithoutAnyRequestIsAnError) {
  EXPECT_EQ(replay("SET a b\n"), 1);
  EXPECT_EQ(err_,
            "standard input: 1 lines are no lines of a MONITOR log, the first of them is line 1: SET a b\n"
            "standard input has no lines of a MONITOR log\n");
  EXPECT_EQ(run({"--replay", "/dev/null"}), 1);
  EXPECT_EQ(err_, "/dev/null has no lines of a MONITOR log\n");
  EXPECT_EQ(run({"--replay", "/no/such/file"}), 1);
  EXPECT_EQ(err_, "cannot read /no/such/file: No such file or directory\n");
  EXPECT_EQ(run({"--replay", "/"}), 1);
  EXPECT_EQ(err_, "cannot read /: Is a directory\n");
}

TEST_F(BenchmarkReplay, ErrorsAreCountedByTheirText) {
  EXPECT_EQ(replay("1.000000 [0 a:1] \"INCR\"\n1.000000 [0 a:2] \"INCR\"\n1.000000 [0 a:2] \"PING\"\n"), 1);
  EXPECT_EQ(err_, "Error from server: ERR wrong number of arguments for 'incr' command (2 times)\n");
}

TEST_F(BenchmarkReplay, TheTimesOfTheLogAreKeptAndCanBeMadeShorter) {
  const std::string log =
      "5.000000 [0 a:1] \"SET\" \"k\" \"v\"\n5.200000 [0 b:1] \"GET\" \"k\"\n5.400000 [0 a:1] \"GET\" \"k\"\n";
  const auto seconds = [&](const std::string& speed) {
    EXPECT_EQ(run({"--replay", "-", "--replay-speed", speed}, log), 0);
    std::smatch found;
    EXPECT_TRUE(std::regex_search(out_, found, std::regex("requests completed in ([0-9.]+) seconds")));
    return std::stod(found[1]);
  };
  EXPECT_GE(seconds("1"), 0.39);
  EXPECT_THAT(out_, HasSubstr("  3 requests, logged in 0.40 seconds, over 2 connections, at their times\n"));
  EXPECT_THAT(out_, ContainsRegex("how late the client was itself \\(msec\\): p50=[0-9.]+ p99=[0-9.]+ max=[0-9.]+\n"));
  EXPECT_THAT(out_, HasSubstr("service time summary (msec):"));
  EXPECT_GE(seconds("2"), 0.19);
  EXPECT_THAT(out_, HasSubstr("over 2 connections, 2 times as fast\n"));
}

TEST_F(BenchmarkReplay, ABlockingRequestIsAnsweredByWhatAnotherClientPushes) {
  EXPECT_EQ(replay("1.000000 [0 a:1] \"BLPOP\" \"l\" \"0\"\n"
                   "1.000001 [0 b:1] \"RPUSH\" \"l\" \"v\"\n"
                   "1.000002 [0 a:1] \"SET\" \"after\" \"1\"\n"),
            0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(link_.run({"GET", "after"}).text, "1");
  EXPECT_EQ(link_.run({"EXISTS", "l"}).integer, 0);
}

TEST_F(BenchmarkReplay, ABlockingRequestThatNothingAnswersIsGivenUpWhenItsClientGoesOn) {
  EXPECT_EQ(replay("1.000000 [0 a:1] \"BLPOP\" \"nothing\" \"0\"\n"
                   "1.000001 [4 a:1] \"SET\" \"after\" \"1\"\n"
                   "1.000002 [0 b:1] \"BLPOP\" \"nothing\" \"0\"\n"),
            0);
  EXPECT_EQ(err_,
            "1 requests had no reply when the test ended\n"
            "1 requests that wait for other clients had no reply, and were given up with their connections\n");
  link_.run({"SELECT", "4"});
  EXPECT_EQ(link_.run({"GET", "after"}).text, "1");
}

TEST_F(BenchmarkReplay, AnInterruptEndsItAndStillReportsAndWritesTheFile) {
  TemporaryDirectory directory;
  write_file(directory.path() + "/log", "1.000000 [0 a:1] \"INCR\" \"k\"\n9999.000000 [0 a:1] \"INCR\" \"k\"\n");
  ProcessRun process({benchmark_program, "-p", std::to_string(port_), "--replay", directory.path() + "/log", "-q",
                      "--json", directory.path() + "/json"});
  ASSERT_TRUE(eventually([this] { return calls("incr") == 1; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0);
  EXPECT_THAT(process.out(), StartsWith("REPLAY: "));
  const std::string json = read_file(directory.path() + "/json");
  EXPECT_THAT(json, HasSubstr("\"test\":\"REPLAY\""));
  EXPECT_THAT(json, HasSubstr("\"whole\":false"));
}

TEST_F(BenchmarkReplay, ADurationEndsIt) {
  EXPECT_EQ(run({"--replay", "-", "-q", "--duration", "0.3"},
                "1.000000 [0 a:1] \"INCR\" \"k\"\n9999.000000 [0 a:1] \"INCR\" \"k\"\n"),
            0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(link_.run({"GET", "k"}).text, "1");
}

TEST_F(BenchmarkReplay, AServerThatGoesAwayIsToldInOneSentence) {
  EXPECT_EQ(replay("1.000000 [0 a:1] \"FAKE\"\n1.000000 [0 a:1] \"QUIT\"\n"), 1);
  server_.stop();
  EXPECT_EQ(replay("1.000000 [0 a:1] \"PING\"\n"), 1);
  EXPECT_EQ(err_, "Could not connect to Redis at 127.0.0.1:" + std::to_string(port_) + ": Connection refused\n");
}

TEST_F(BenchmarkReplay, OptionsThatContradictItAreRefused) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"-n", "5"}, "--replay has no use for -n"},
      {{"-t", "get"}, "--replay has no use for -t"},
      {{"-r", "5"}, "--replay has no use for -r"},
      {{"--rate", "5"}, "--replay has no use for --rate"},
      {{"--replay-speed", "0"}, "--replay-speed must be a number from 0.001 to 1000000, or max, not '0'"},
      {{"--replay-speed", "fast"}, "--replay-speed must be a number from 0.001 to 1000000, or max, not 'fast'"},
      {{"GET", "a"}, "--replay and a command both say what to send: give one of them"},
  };
  for (const auto& [more, sentence] : cases) {
    std::vector<std::string> words = {"--replay", "/dev/null"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(run(words), 1);
    EXPECT_THAT(err_, HasSubstr(sentence));
    EXPECT_THAT(out_, Not(HasSubstr("REPLAY")));
  }
  EXPECT_EQ(run({"--replay-speed", "2"}), 1);
  EXPECT_THAT(err_, HasSubstr("--replay-speed needs a log: --replay"));
}

}  // namespace
}  // namespace redoubt

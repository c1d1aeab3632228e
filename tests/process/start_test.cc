// How the server starts: what it prints, where its configuration comes from, when it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "common/base/system_check.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

Value config_value(Link& link, const std::string& name) {
  const Value got = link.run({"CONFIG", "GET", name});
  return got.items.size() == 2 ? got.items[1] : Value{};
}

TEST(Start, SaysWhoItIsAndThatItIsReady) {
  ServerRun server;
  const std::string out = server.process().out();
  const size_t banner = out.find(" PID: " + std::to_string(server.process().pid()) + "\n");
  const size_t initialized = out.find("Server initialized");
  const size_t ready = out.find("Ready to accept connections");
  ASSERT_NE(banner, std::string::npos) << out;
  ASSERT_NE(initialized, std::string::npos) << out;
  EXPECT_LT(banner, initialized);
  EXPECT_LT(initialized, ready);
  EXPECT_TRUE(server.stop()) << server.process().err();
}

TEST(Start, StopsWithALineWhenThePortIsTaken) {
  ServerRun first;
  const std::string pid_file = first.directory() + "/pid";
  write_file(pid_file, "1\n");
  ProcessRun second(
      {server_program(), "--port", std::to_string(first.port()), "--bind", "127.0.0.1", "--pidfile", pid_file});
  EXPECT_EQ(second.wait_for_exit(), 1);
  EXPECT_THAT(second.out(), HasSubstr("Failed listening on port " + std::to_string(first.port())));
  EXPECT_THAT(second.out(), HasSubstr("bind: Address already in use"));
  EXPECT_EQ(read_file(pid_file), "1\n") << "the file of the server that runs";
  Link still(first.port());
  EXPECT_EQ(still.run({"DBSIZE"}).kind, ':');
}

// ---- the sources of the configuration ------------------------------------------------------------

struct SourceCase {
  const char* name;
  std::string file;  // empty: none
  std::string input;
  Words options;
  std::string hz;
  std::string maxmemory;
};

class Sources : public testing::TestWithParam<SourceCase> {};

TEST_P(Sources, AreReadAndTheLastOneWins) {
  const SourceCase& c = GetParam();
  const TemporaryDirectory place;
  const int port = free_loopback_port();
  Words words = {server_program()};
  if (!c.file.empty()) {
    write_file(place.path() + "/redis.conf", c.file);
    words.push_back(place.path() + "/redis.conf");
  }
  words.insert(words.end(), {"--port", std::to_string(port), "--bind", "127.0.0.1"});
  words.insert(words.end(), c.options.begin(), c.options.end());
  if (!c.input.empty()) words.emplace_back("-");
  ProcessRun server(words, {.input = c.input});
  ASSERT_TRUE(server.wait_for_out("Ready to accept connections")) << server.out() << server.err();
  Link link(port);
  EXPECT_EQ(config_value(link, "hz").text, c.hz);
  EXPECT_EQ(config_value(link, "maxmemory").text, c.maxmemory);
}

INSTANTIATE_TEST_SUITE_P(
    Start, Sources,
    testing::Values(SourceCase{"Defaults", "", "", {}, "10", "0"},
                    SourceCase{"File", "# mine\nhz 20\nmaxmemory 64mb\n", "", {}, "20", "67108864"},
                    SourceCase{"Input", "", "hz 30\nmaxmemory '1gb'\n", {}, "30", "1073741824"},
                    SourceCase{"Options", "", "", {"--hz", "40", "--maxmemory", "1k"}, "40", "1000"},
                    SourceCase{"InputAfterFile", "hz 20\nmaxmemory 5mb\n", "hz 31\n", {}, "31", "5242880"},
                    SourceCase{
                        "OptionsLast", "hz 20\nmaxmemory 1\n", "hz 30\nmaxmemory 2\n", {"--hz", "41"}, "41", "2"},
                    SourceCase{"TheLastOfTwoLines", "hz 20\nhz 21\n", "", {}, "21", "0"}),
    [](const auto& tested) { return tested.param.name; });

struct RefusedCase {
  const char* name;
  std::string file;
  Words options;
  std::string error;
};

class Refused : public testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, StopsWithTheReasonOnStderr) {
  const RefusedCase& c = GetParam();
  const TemporaryDirectory place;
  write_file(place.path() + "/redis.conf", c.file);
  Words words = {server_program(), place.path() + "/redis.conf", "--port", std::to_string(free_loopback_port())};
  words.insert(words.end(), c.options.begin(), c.options.end());
  ProcessRun server(words);
  EXPECT_EQ(server.wait_for_exit(), 1);
  EXPECT_THAT(server.err(), HasSubstr("FATAL CONFIG FILE ERROR"));
  EXPECT_THAT(server.err(), HasSubstr(c.error));
  EXPECT_EQ(server.out(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Start, Refused,
    testing::Values(RefusedCase{"UnknownDirective", "hz 10\nno-such-thing 1\n", {}, ">>> 'no-such-thing 1'"},
                    RefusedCase{"BadValue", "maxclients many\n", {}, "argument couldn't be parsed into an integer"},
                    RefusedCase{"BadOption", "", {"--maxmemory-policy", "sometimes"}, "argument(s) must be one of"},
                    RefusedCase{"MissingInclude", "include /no/such/file.conf\n", {}, "/no/such/file.conf"},
                    RefusedCase{"UnbalancedQuotes", "logfile \"x\n", {}, "Unbalanced quotes"}),
    [](const auto& tested) { return tested.param.name; });

TEST(Start, AFileThatIsNotThereIsFatal) {
  ProcessRun server({server_program(), "/no/such/redis.conf"});
  EXPECT_EQ(server.wait_for_exit(), 1);
  EXPECT_THAT(server.out() + server.err(), HasSubstr("/no/such/redis.conf"));
}

// ---- questions that are answered instead of serving ----------------------------------------------

TEST(Start, PrintsItsVersionAndItsUsage) {
  for (const char* word : {"--version", "-v"}) {
    ProcessRun version({server_program(), word});
    EXPECT_EQ(version.wait_for_exit(), 0) << word;
    EXPECT_THAT(version.out(), HasSubstr("Redis server v=7.2.4")) << word;
    EXPECT_EQ(version.err(), "") << word;
  }
  for (const char* word : {"--help", "-h"}) {
    ProcessRun help({server_program(), word});
    EXPECT_EQ(help.wait_for_exit(), 0) << word;
    EXPECT_THAT(help.out(), HasSubstr("Usage:")) << word;
    EXPECT_EQ(help.err(), "") << word;
  }
}

TEST(Start, WarnsOfTheSystemUnlessToldNotTo) {
  std::string names;
  for (const SystemCheck& check : check_system()) names += check.name + " ";
  ServerRun warning;
  ServerRun silent({"--ignore-warnings", names});
  for (const SystemCheck& check : check_system()) {
    if (check.ok || !check.at_start) continue;
    EXPECT_THAT(warning.process().out(), HasSubstr(check.message));
    EXPECT_THAT(silent.process().out(), Not(HasSubstr(check.message)));
  }
}

TEST(Start, ChecksTheSystemWhenAsked) {
  ProcessRun check({server_program(), "--check-system"});
  const int code = check.wait_for_exit();
  EXPECT_TRUE(code == 0 || code == 1) << code;
  EXPECT_THAT(check.out(), HasSubstr("overcommit"));
  EXPECT_EQ(check.err(), "");
}

TEST(Start, TheOldNamesOfTheProgramsWork) {
  ProcessRun version({std::string(REDOUBT_BIN_DIR) + "/redis-server", "--version"});
  EXPECT_EQ(version.wait_for_exit(), 0);
  EXPECT_THAT(version.out(), HasSubstr("Redis server v=7.2.4"));
}

}  // namespace
}  // namespace redoubt

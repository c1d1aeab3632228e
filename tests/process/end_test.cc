// How the server ends: by signals, by SHUTDOWN, by a crash; and how it starts anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

const Words debugging = {"--enable-debug-command", "yes"};

struct SignalCase {
  const char* name;
  int number;
};
class Signals : public testing::TestWithParam<SignalCase> {};

TEST_P(Signals, EndItInOrder) {
  ServerRun server;
  RawLink client(server.port());
  client.send("DBSIZE\r\n");
  EXPECT_EQ(client.read_line(), ":0");
  server.process().signal(GetParam().number);
  EXPECT_EQ(server.process().wait_for_exit(), 0);
  EXPECT_THAT(server.process().out(),
              AllOf(HasSubstr(std::string("Received ") + GetParam().name + " scheduling shutdown"),
                    HasSubstr("ready to exit, bye bye")));
  EXPECT_EQ(server.process().err(), "");
  client.read_to_end();
  EXPECT_TRUE(client.closed());
}
INSTANTIATE_TEST_SUITE_P(End, Signals, testing::Values(SignalCase{"SIGTERM", SIGTERM}, SignalCase{"SIGINT", SIGINT}),
                         [](const auto& tested) { return tested.param.name; });

TEST(End, ASecondSigintDoesNotWait) {
  ServerRun server(debugging);
  RawLink client(server.port());
  client.send("DBSIZE\r\n");
  ASSERT_EQ(client.read_line(), ":0");
  client.send("DEBUG SLEEP 3600\r\n");
  // It sleeps when it answers nobody: with a command sent after the sleep no reply can come.
  ASSERT_TRUE(eventually([&] {
    const std::string state = read_file("/proc/" + std::to_string(server.process().pid()) + "/wchan");
    return state.find("nanosleep") != std::string::npos || !client.fill(200);
  }));
  server.process().signal(SIGINT);
  EXPECT_FALSE(client.fill(100));
  EXPECT_TRUE(server.process().running()) << "the first one waits for the command";
  server.process().signal(SIGINT);
  EXPECT_EQ(server.process().wait_for_exit(), 1);
  EXPECT_THAT(server.process().out(), HasSubstr("You insist... exiting now."));
}

TEST(End, SighupIsIgnored) {
  ServerRun server;
  server.process().signal(SIGHUP);
  Link link(server.port());
  EXPECT_EQ(link.run({"DBSIZE"}).kind, ':');
}

struct ShutdownCase {
  const char* name;
  const char* line;
};
class Shutdowns : public testing::TestWithParam<ShutdownCase> {};

TEST_P(Shutdowns, EndIt) {
  ServerRun server;
  RawLink client(server.port());
  client.send(GetParam().line);
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(server.process().wait_for_exit(), 0);
  EXPECT_THAT(server.process().out(), HasSubstr("ready to exit, bye bye"));
}
INSTANTIATE_TEST_SUITE_P(End, Shutdowns,
                         testing::Values(ShutdownCase{"Nosave", "SHUTDOWN NOSAVE\r\n"},
                                         ShutdownCase{"NosaveNow", "shutdown nosave now\r\n"},
                                         ShutdownCase{"NosaveForce", "SHUTDOWN NOSAVE FORCE\r\n"}),
                         [](const auto& tested) { return tested.param.name; });

TEST(End, ShutdownAbortWithoutAShutdownIsAnError) {
  ServerRun server;
  Link link(server.port());
  EXPECT_EQ(to_line(link.run({"SHUTDOWN", "ABORT"})), "-ERR No shutdown in progress.");
  EXPECT_THAT(to_line(link.run({"SHUTDOWN", "SAVE", "NOSAVE"})), StartsWith("-ERR syntax error"));
}

TEST(End, ClientsGetTheRepliesThatArePending) {
  ServerRun server(debugging);
  RawLink slow(server.port());
  RawLink other(server.port());
  other.send("DBSIZE\r\n");
  ASSERT_EQ(other.read_line(), ":0");
  slow.send("SET k v\r\nGET k\r\nDEBUG SLEEP 0.3\r\nGET k\r\nSHUTDOWN NOSAVE\r\nGET k\r\n");
  EXPECT_EQ(slow.read_to_end(), "+OK\r\n$1\r\nv\r\n+OK\r\n$1\r\nv\r\n");
  EXPECT_EQ(server.process().wait_for_exit(), 0);
}

// ---- crashes -------------------------------------------------------------------------------------

struct CrashCase {
  const char* name;
  Words words;
  Words options;
  int end;
  std::string title;
};
class Crashes : public testing::TestWithParam<CrashCase> {};

TEST_P(Crashes, LeaveAReportAndEndByTheSignal) {
#ifdef __SANITIZE_ADDRESS__
  if (GetParam().end == -SIGSEGV) GTEST_SKIP() << "the sanitizer reports these itself";
#endif
  Words options = debugging;
  options.insert(options.end(), GetParam().options.begin(), GetParam().options.end());
  ServerRun server(options);
  {
    Link link(server.port());
    EXPECT_ANY_THROW(link.run(GetParam().words));
  }
  EXPECT_EQ(server.process().wait_for_exit(), GetParam().end);
  const std::string out = server.process().out();
  EXPECT_THAT(out, HasSubstr(GetParam().title));
  for (const char* part :
       {"REDIS BUG REPORT START", "STACK TRACE", "redoubt::Executor", "INFO OUTPUT",
        "redis_version:", "CURRENT CLIENT INFO", "addr=127.0.0.1", "EXECUTING COMMAND", "REDIS BUG REPORT END"}) {
    EXPECT_THAT(out, HasSubstr(part));
  }
}
INSTANTIATE_TEST_SUITE_P(
    End, Crashes,
    testing::Values(CrashCase{"Segfault", {"DEBUG", "SEGFAULT"}, {}, -SIGSEGV, "crashed by signal: 11"},
                    CrashCase{"Panic", {"DEBUG", "PANIC"}, {}, -SIGABRT, "Guru Meditation"},
                    CrashCase{"Assert", {"DEBUG", "ASSERT"}, {}, -SIGABRT, "ASSERTION FAILED"},
                    CrashCase{
                        "PanicWithExit", {"DEBUG", "PANIC"}, {"--use-exit-on-panic", "yes"}, 1, "Guru Meditation"}),
    [](const auto& tested) { return tested.param.name; });

TEST(End, WithoutCrashLogACrashIsOnlyACrash) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer reports these itself";
#endif
  ServerRun server({"--enable-debug-command", "yes", "--crash-log-enabled", "no"});
  RawLink link(server.port());
  link.send("DEBUG SEGFAULT\r\n");
  EXPECT_EQ(server.process().wait_for_exit(), -SIGSEGV);
  EXPECT_EQ(server.process().out().find("BUG REPORT"), std::string::npos);
}

TEST(End, TheWatchdogShowsWhereTheServerHangs) {
  ServerRun server(debugging);
  Link link(server.port());
  ASSERT_EQ(to_line(link.run({"CONFIG", "SET", "watchdog-period", "200"})), "+OK");
  ASSERT_EQ(to_line(link.run({"DEBUG", "SLEEP", "0.8"})), "+OK");
  EXPECT_TRUE(server.process().wait_for_out("WATCHDOG TIMER EXPIRED"));
  EXPECT_THAT(server.process().out(), HasSubstr("redoubt8Executor"));
  ASSERT_EQ(to_line(link.run({"CONFIG", "SET", "watchdog-period", "0"})), "+OK");
  EXPECT_TRUE(server.stop());
}

// ---- starting anew -------------------------------------------------------------------------------

class Restarts : public testing::TestWithParam<const char*> {};

TEST_P(Restarts, ComeBackAsTheSameProcess) {
  ServerRun server({"--enable-debug-command", "yes", "--maxclients", "77"});
  for (size_t round = 2; round <= 3; ++round) {
    RawLink link(server.port());
    link.send("SET k v\r\n");
    ASSERT_EQ(link.read_line(), "+OK");
    link.send(std::string("DEBUG ") + GetParam() + "\r\n");
    EXPECT_EQ(link.read_to_end(), "");
    ASSERT_TRUE(server.process().wait_for_out("Ready to accept connections", round)) << server.process().out();
    Link again(server.port());
    EXPECT_EQ(info_number(again, "process_id"), server.process().pid());
    // In order, that is with the data; after a crash without.
    EXPECT_EQ(to_line(again.run({"DBSIZE"})), std::string(GetParam()).starts_with("RESTART") ? ":1" : ":0");
    EXPECT_EQ(to_line(again.run({"CONFIG", "GET", "maxclients"})), "*($maxclients $77)");
  }
  EXPECT_TRUE(server.stop()) << server.process().err();
}
INSTANTIATE_TEST_SUITE_P(End, Restarts, testing::Values("RESTART", "CRASH-AND-RECOVER", "RESTART 100"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::erase_if(name, [](char c) { return c == '-' || c == ' '; });
                           return name;
                         });

}  // namespace
}  // namespace redoubt

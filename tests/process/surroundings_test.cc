// The server among the processes of the machine: background, pid file, supervision, log, title.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using testing::Not;

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

TEST(Surroundings, DaemonizesWithAPidFileThatGoesWithIt) {
  const TemporaryDirectory place;
  const std::string pid_file = place.path() + "/pid";
  const std::string log = place.path() + "/log";
  const int port = free_loopback_port();
  ProcessRun starter({server_program(), "--port", std::to_string(port), "--bind", "127.0.0.1", "--daemonize", "yes",
                      "--pidfile", pid_file, "--logfile", log, "--dir", place.path()});
  ASSERT_EQ(starter.wait_for_exit(), 0) << starter.err();
  ASSERT_TRUE(eventually([&] { return read_file(log).find("Ready to accept") != std::string::npos; }))
      << read_file(log);
  EXPECT_EQ(starter.out() + starter.err(), "");
  const pid_t daemon = std::stoi(read_file(pid_file));
  EXPECT_NE(daemon, starter.pid());
  {
    Link link(port);
    EXPECT_EQ(info_number(link, "process_id"), daemon);
  }
  EXPECT_EQ(getsid(daemon), daemon) << "a session of its own";
  kill(daemon, SIGTERM);
  EXPECT_TRUE(eventually([&] { return kill(daemon, 0) != 0; }));
  EXPECT_FALSE(exists(pid_file));
  EXPECT_THAT(read_file(log), HasSubstr("ready to exit, bye bye"));
}

TEST(Surroundings, WritesAPidFileInTheForegroundWhenAsked) {
  const TemporaryDirectory place;
  const std::string pid_file = place.path() + "/pid";
  ServerRun server({"--pidfile", pid_file});
  EXPECT_EQ(std::stoi(read_file(pid_file)), server.process().pid());
  EXPECT_TRUE(server.stop());
  EXPECT_FALSE(exists(pid_file));
}

TEST(Surroundings, TellsSystemdThatItIsReady) {
  const TemporaryDirectory place;
  const std::string path = place.path() + "/notify";
  const int notifications = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(notifications, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  setsockopt(notifications, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const auto next = [notifications] {
    char text[512];
    const ssize_t size = recv(notifications, text, sizeof text, 0);
    return std::string(text, size > 0 ? static_cast<size_t>(size) : 0);
  };
  ServerRun server({"--supervised", "systemd", "--daemonize", "yes"}, {.environment = {"NOTIFY_SOCKET=" + path}});
  std::string all;
  while (all.find("READY=1") == std::string::npos) {
    const std::string message = next();
    ASSERT_FALSE(message.empty()) << "nothing more after: " << all;
    all += message + "\n";
  }
  EXPECT_TRUE(server.process().running()) << "a supervised server stays in the foreground";
  EXPECT_TRUE(server.stop());
  EXPECT_THAT(next(), HasSubstr("STOPPING=1"));
  close(notifications);
}

TEST(Surroundings, GoesOnInANewFileWhenTheLogHasBeenMovedAway) {
  const TemporaryDirectory place;
  const std::string log = place.path() + "/log";
  const int port = free_loopback_port();
  ProcessRun server(
      {server_program(), "--port", std::to_string(port), "--logfile", log, "--enable-debug-command", "yes"});
  ASSERT_TRUE(eventually([&] { return read_file(log).find("Ready to accept") != std::string::npos; })) << server.err();
  EXPECT_EQ(server.out(), "");
  ASSERT_EQ(rename(log.c_str(), (log + ".1").c_str()), 0);
  Link link(port);
  ASSERT_EQ(to_line(link.run({"DEBUG", "LOG", "after the rotation"})), "+OK");
  EXPECT_THAT(read_file(log), HasSubstr("after the rotation"));
  EXPECT_THAT(read_file(log + ".1"), Not(HasSubstr("after the rotation")));
}

TEST(Surroundings, ALogThatCannotBeOpenedIsFatal) {
  ProcessRun server(
      {server_program(), "--port", std::to_string(free_loopback_port()), "--logfile", "/no/such/place/log"});
  EXPECT_EQ(server.wait_for_exit(), 1);
  EXPECT_THAT(server.err(), HasSubstr("Can't open the log file"));
}

struct LevelCase {
  const char* level;
  bool notices;
};
class LogLevels : public testing::TestWithParam<LevelCase> {};

TEST_P(LogLevels, DecideWhatIsWritten) {
  const int port = free_loopback_port();
  ProcessRun server({server_program(), "--port", std::to_string(port), "--loglevel", GetParam().level,
                     "--enable-debug-command", "yes"});
  ASSERT_TRUE(eventually([&] {
    try {
      Link link(port);
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  })) << server.err();
  Link link(port);
  (void)link.run({"DEBUG", "LOG", "a warning"});
  EXPECT_EQ(server.out().find("Server initialized") != std::string::npos, GetParam().notices);
  EXPECT_EQ(server.out().find("a warning") != std::string::npos, std::string(GetParam().level) != "nothing");
}
INSTANTIATE_TEST_SUITE_P(Surroundings, LogLevels,
                         testing::Values(LevelCase{"debug", true}, LevelCase{"verbose", true},
                                         LevelCase{"notice", true}, LevelCase{"warning", false},
                                         LevelCase{"nothing", false}),
                         [](const auto& tested) { return tested.param.level; });

std::string title_of(pid_t pid) {
  ProcessRun ps({"ps", "-o", "args=", "-p", std::to_string(pid)});
  EXPECT_EQ(ps.wait_for_exit(), 0) << ps.err();
  return ps.out();
}

TEST(Surroundings, TheTitleNamesAddressAndPort) {
  ServerRun server;
  const std::string port = std::to_string(server.port());
  EXPECT_THAT(title_of(server.process().pid()), HasSubstr("redoubt-server 127.0.0.1:" + port));
  const std::string elsewhere = std::to_string(free_loopback_port());
  Link link(server.port());
  ASSERT_EQ(to_line(link.run({"CONFIG", "SET", "port", elsewhere})), "+OK");
  EXPECT_THAT(title_of(server.process().pid()), HasSubstr(" 127.0.0.1:" + elsewhere));
  ASSERT_EQ(to_line(link.run({"CONFIG", "SET", "proc-title-template", "mine {port}"})), "+OK");
  EXPECT_EQ(title_of(server.process().pid()), "mine " + elsewhere + "\n");
}

TEST(Surroundings, TheTitleOfOneThatListensEverywhereHasAStar) {
  const std::string port = std::to_string(free_loopback_port());
  ProcessRun server({server_program(), "--port", port});
  ASSERT_TRUE(server.wait_for_out("Ready to accept connections")) << server.out() << server.err();
  EXPECT_THAT(title_of(server.pid()), HasSubstr(" *:" + port));
}

TEST(Surroundings, TheTitleStaysAloneWhenAsked) {
  ServerRun server({"--set-proc-title", "no"});
  EXPECT_THAT(title_of(server.process().pid()), HasSubstr("--set-proc-title"));
}

}  // namespace
}  // namespace redoubt

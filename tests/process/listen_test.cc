// Where the server listens, and that it goes on doing so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>

#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

bool has_ipv6() {
  const int descriptor = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const bool works = descriptor >= 0 && bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (descriptor >= 0) close(descriptor);
  return works;
}

std::string answer(RawLink&& link) {
  link.send("DBSIZE\r\n");
  return link.read_line();
}

TEST(Listen, OnSeveralAddressesAndIpv6) {
  if (!has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  const int port = free_loopback_port();
  ProcessRun server({server_program(), "--port", std::to_string(port), "--bind", "127.0.0.1 127.0.0.2 ::1"});
  ASSERT_TRUE(server.wait_for_out("Ready to accept connections")) << server.out() << server.err();
  for (const char* host : {"127.0.0.1", "127.0.0.2", "::1"}) EXPECT_EQ(answer(RawLink(port, host)), ":0") << host;
  EXPECT_ANY_THROW(RawLink(port, "127.0.0.3"));
}

TEST(Listen, AnAddressWithADashMayBeMissing) {
  const int port = free_loopback_port();
  // 192.0.2.0/24 is for documentation: nobody has it.
  ProcessRun server({server_program(), "--port", std::to_string(port), "--bind", "127.0.0.1 -192.0.2.1"});
  ASSERT_TRUE(server.wait_for_out("Ready to accept connections")) << server.out() << server.err();
  EXPECT_EQ(answer(RawLink(port)), ":0");
  ProcessRun strict(
      {server_program(), "--port", std::to_string(free_loopback_port()), "--bind", "127.0.0.1 192.0.2.1"});
  EXPECT_EQ(strict.wait_for_exit(), 1);
  EXPECT_THAT(strict.out(), HasSubstr("Failed listening on port"));
}

TEST(Listen, OnAUnixSocketWithItsMode) {
  const TemporaryDirectory place;
  const std::string path = place.path() + "/s";
  ServerRun server({"--unixsocket", path, "--unixsocketperm", "700"});
  ASSERT_TRUE(server.process().wait_for_out("Ready to accept connections unix"));
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  EXPECT_EQ(answer(RawLink(path)), ":0");
  EXPECT_EQ(answer(RawLink(server.port())), ":0");
  EXPECT_TRUE(server.stop());
  EXPECT_NE(stat(path.c_str(), &facts), 0) << "the file stays when the server has gone";
}

TEST(Listen, PortZeroIsNoTcp) {
  const TemporaryDirectory place;
  const std::string path = place.path() + "/s";
  ProcessRun server({server_program(), "--port", "0", "--unixsocket", path});
  ASSERT_TRUE(server.wait_for_out("Ready to accept connections unix")) << server.out() << server.err();
  EXPECT_EQ(server.out().find("connections tcp"), std::string::npos);
  EXPECT_EQ(answer(RawLink(path)), ":0");
  ProcessRun nowhere({server_program(), "--port", "0"});
  EXPECT_EQ(nowhere.wait_for_exit(), 1);
  EXPECT_THAT(nowhere.out(), HasSubstr("Configured to not listen anywhere, exiting."));
}

TEST(Listen, ConfigSetPortMovesAndKeepsClients) {
  ServerRun server;
  Link old(server.port());
  const int next = free_loopback_port();
  RawLink mover(server.port());
  mover.send("DBSIZE\r\n");
  ASSERT_EQ(mover.read_line(), ":0");
  for (int round = 0; round < 20; ++round) {
    const int from = round % 2 == 0 ? server.port() : next;
    const int to = round % 2 == 0 ? next : server.port();
    // The command closes a socket for which there is an event in the same tick.
    server.process().signal(SIGSTOP);
    mover.send("CONFIG SET port " + std::to_string(to) + "\r\n");
    RawLink knock(from);
    server.process().signal(SIGCONT);
    ASSERT_EQ(mover.read_line(), "+OK");
  }
  ASSERT_EQ(to_line(old.run({"CONFIG", "SET", "port", std::to_string(next)})), "+OK");
  EXPECT_EQ(answer(RawLink(next)), ":0");
  EXPECT_ANY_THROW(RawLink{server.port()});
  EXPECT_EQ(old.run({"DBSIZE"}).kind, ':');
  EXPECT_EQ(info_number(old, "tcp_port"), next);
}

TEST(Listen, ConfigSetBindMovesAndKeepsClients) {
  ServerRun server;
  Link old(server.port());
  EXPECT_EQ(to_line(old.run({"CONFIG", "SET", "bind", "127.0.0.2"})), "+OK");
  EXPECT_EQ(answer(RawLink(server.port(), "127.0.0.2")), ":0");
  EXPECT_ANY_THROW(RawLink{server.port()});
  EXPECT_THAT(to_line(old.run({"CONFIG", "SET", "bind", "192.0.2.1"})), StartsWith("-ERR"));
  EXPECT_EQ(answer(RawLink(server.port(), "127.0.0.2")), ":0") << "the old address after a failure";
  EXPECT_EQ(old.run({"DBSIZE"}).kind, ':');
}

TEST(Listen, APortThatIsTakenLeavesThingsAsTheyWere) {
  ServerRun first;
  ServerRun second;
  Link link(second.port());
  EXPECT_THAT(to_line(link.run({"CONFIG", "SET", "port", std::to_string(first.port())})),
              HasSubstr("Unable to listen on this port"));
  EXPECT_EQ(answer(RawLink(second.port())), ":0");
  EXPECT_EQ(info_number(link, "tcp_port"), second.port());
}

// tcp-backlog: clients that all come at the start are queued, not turned away.
TEST(Listen, AStormOfClientsAtTheStartSeesNoReset) {
  constexpr int clients = 2000;
  constexpr int wave = 500;  // what fits into the queue that the directive asks for
  ServerRun server;
  // The server looks away while the clients come.
  server.process().signal(SIGSTOP);
  std::vector<int> descriptors;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < clients; ++i) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0 && errno == EMFILE) break;  // as many as this machine lets a test have
    ASSERT_GE(descriptor, 0);
    const int done = connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ASSERT_TRUE(done == 0 || errno == EINPROGRESS);
    descriptors.push_back(descriptor);
    if (i == wave) server.process().signal(SIGCONT);
  }
  server.process().signal(SIGCONT);
  size_t answered = 0;
  for (const int descriptor : descriptors) {
    pollfd wanted{.fd = descriptor, .events = POLLOUT, .revents = 0};
    ASSERT_EQ(poll(&wanted, 1, 30000), 1);
    ASSERT_EQ(send(descriptor, "DBSIZE\r\n", 8, MSG_NOSIGNAL), 8) << errno;
    wanted.events = POLLIN;
    ASSERT_EQ(poll(&wanted, 1, 30000), 1);
    char reply[16];
    if (recv(descriptor, reply, sizeof reply, 0) == 4) ++answered;
  }
  EXPECT_EQ(answered, descriptors.size());
  EXPECT_GT(answered, 500u);
  for (const int descriptor : descriptors) close(descriptor);
}

}  // namespace
}  // namespace redoubt

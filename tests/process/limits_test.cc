// The limits on clients: how many, how long idle, how much they send and how much they leave unread, and what they may say
// before they say who they are.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Limits, MaxclientsTurnsAwayWithAnError) {
  ServerRun server({"--maxclients", "5"});
  std::vector<RawLink> links;
  for (int i = 0; i < 5; ++i) {
    links.emplace_back(server.port());
    links.back().send("DBSIZE\r\n");
    ASSERT_EQ(links.back().read_line(), ":0");
  }
  RawLink one_more(server.port());
  EXPECT_EQ(one_more.read_to_end(), "-ERR max number of clients reached\r\n");
  EXPECT_TRUE(one_more.closed());
  links.pop_back();
  EXPECT_TRUE(eventually([&] {
    RawLink again(server.port());
    return again.try_send("DBSIZE\r\n") && again.read_line() == ":0";
  }));
  links.back().send("INFO\r\n");
  const std::string info = links.back().read(static_cast<size_t>(std::stoul(links.back().read_line().substr(1))));
  EXPECT_THAT(info, ContainsRegex("rejected_connections:[1-9]"));
  EXPECT_THAT(info, HasSubstr("maxclients:5\r\n"));
}

TEST(Limits, ConfigSetMaxclientsHoldsForNewClients) {
  ServerRun server;
  Link look(server.port());
  RawLink second(server.port());
  second.send("DBSIZE\r\n");
  ASSERT_EQ(second.read_line(), ":0");
  ASSERT_EQ(to_line(look.run({"CONFIG", "SET", "maxclients", "1"})), "+OK");
  RawLink third(server.port());
  EXPECT_EQ(third.read_to_end(), "-ERR max number of clients reached\r\n");
  second.send("DBSIZE\r\n");
  EXPECT_EQ(second.read_line(), ":0");
}

TEST(Limits, TimeoutClosesIdleClients) {
  ServerRun server;
  RawLink idle(server.port());
  Link busy(server.port());
  ASSERT_EQ(to_line(busy.run({"CONFIG", "SET", "timeout", "1"})), "+OK");
  EXPECT_TRUE(eventually([&] {
    (void)busy.run({"DBSIZE"});
    return !idle.fill(20) && idle.closed();
  }));
  EXPECT_EQ(idle.buffered(), "");
  EXPECT_EQ(busy.run({"DBSIZE"}).kind, ':') << "who is busy stays";
}

TEST(Limits, AKilledClientIsGoneWhenTheKillerHearsOfIt) {
  ServerRun server;
  Link killer(server.port());
  for (int round = 0; round < 50; ++round) {
    RawLink victim(server.port());
    victim.send("CLIENT ID\r\n");
    const std::string id = victim.read_line().substr(1);
    ASSERT_EQ(to_line(killer.run({"CLIENT", "KILL", "ID", id})), ":1");
    (void)victim.fill(0);
    ASSERT_TRUE(victim.closed()) << "round " << round;
  }
}

TEST(Limits, InputBeyondTheQueryBufferLimitClosesTheClient) {
  ServerRun server({"--client-query-buffer-limit", "1mb"});
  RawLink link(server.port());
  (void)link.try_send("*2\r\n$3\r\nGET\r\n$100000000\r\n");
  (void)link.try_send(std::string(4 << 20, 'x'));
  EXPECT_EQ(link.read_to_end(), "");
  EXPECT_TRUE(link.closed());
  Link look(server.port());
  EXPECT_EQ(info_number(look, "client_query_buffer_limit_disconnections"), 1);
  EXPECT_TRUE(server.process().wait_for_out("Closing client that reached max query buffer length"));
  // A request that fits is none of that limit's business.
  EXPECT_EQ(to_line(look.run({"SET", "k", std::string(500000, 'v')})), "+OK");
}

TEST(Limits, OutputBeyondTheHardLimitClosesTheClient) {
  ServerRun server;
  Link look(server.port());
  ASSERT_EQ(to_line(look.run({"CONFIG", "SET", "client-output-buffer-limit", "normal 1mb 0 0"})), "+OK");
  ASSERT_EQ(to_line(look.run({"SET", "big", std::string(200000, 'x')})), "+OK");
  RawLink lazy(server.port());
  lazy.shrink_receive_buffer(4096);
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += "GET big\r\n";
  (void)lazy.try_send(requests);
  EXPECT_TRUE(eventually([&] { return info_number(look, "client_output_buffer_limit_disconnections") == 1; }));
  EXPECT_LT(lazy.read_to_end().size(), size_t{50} << 20);
  EXPECT_TRUE(lazy.closed());
  EXPECT_THAT(server.process().out(), HasSubstr("output buffer limits"));
}

TEST(Limits, OutputBeyondTheSoftLimitMayStayForAWhile) {
  ServerRun server;
  Link look(server.port());
  ASSERT_EQ(to_line(look.run({"CONFIG", "SET", "client-output-buffer-limit", "normal 0 1mb 1"})), "+OK");
  ASSERT_EQ(to_line(look.run({"SET", "big", std::string(8 << 20, 'x')})), "+OK");
  RawLink quick(server.port());
  quick.send("GET big\r\n");
  EXPECT_EQ(quick.read_line(), "$8388608");
  EXPECT_EQ(quick.read((8 << 20) + 2).size(), size_t{(8 << 20) + 2}) << "over the limit, but not for long";
  RawLink lazy(server.port());
  lazy.shrink_receive_buffer(4096);
  for (int i = 0; i < 4; ++i) lazy.send("GET big\r\n");
  EXPECT_TRUE(eventually([&] { return info_number(look, "client_output_buffer_limit_disconnections") == 1; }));
  quick.send("STRLEN big\r\n");
  EXPECT_EQ(quick.read_line(), ":8388608");
}

// Runs `body` on a thread in a network of its own, whose loopback device also has an address that is not a loopback one;
// processes that it starts are there too. False when we may not make one.
bool in_own_network(const std::string& address, const std::function<void()>& body) {
  bool made = false;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) != 0) return;
    const int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq up{};
    strcpy(up.ifr_name, "lo");
    up.ifr_flags = IFF_UP;
    ifreq alias{};
    strcpy(alias.ifr_name, "lo:1");
    auto* in = reinterpret_cast<sockaddr_in*>(&alias.ifr_addr);
    in->sin_family = AF_INET;
    inet_pton(AF_INET, address.c_str(), &in->sin_addr);
    made = ioctl(control, SIOCSIFFLAGS, &up) == 0 && ioctl(control, SIOCSIFADDR, &alias) == 0;
    close(control);
    if (made) body();
  }).join();
  return made;
}

TEST(Limits, ProtectedModeTurnsAwayStrangersUnlessThereIsAPassword) {
  const std::string address = "192.0.2.1";  // of the block for documentation: nobody's
  const bool ran = in_own_network(address, [&address] {
    const int port = free_loopback_port();
    ProcessRun server({server_program(), "--port", std::to_string(port), "--bind", "127.0.0.1 " + address});
    ASSERT_TRUE(server.wait_for_out("Ready to accept connections")) << server.out() << server.err();
    RawLink stranger(port, address);
    EXPECT_THAT(stranger.read_to_end(), StartsWith("-DENIED Redis is running in protected mode"));
    Link local(port);
    EXPECT_EQ(info_number(local, "rejected_connections"), 1);
    ASSERT_EQ(to_line(local.run({"CONFIG", "SET", "protected-mode", "no"})), "+OK");
    RawLink guest(port, address);
    guest.send("DBSIZE\r\n");
    EXPECT_EQ(guest.read_line(), ":0");
    ASSERT_EQ(to_line(local.run({"CONFIG", "SET", "protected-mode", "yes", "requirepass", "secret"})), "+OK");
    RawLink knower(port, address);
    knower.send("DBSIZE\r\nAUTH secret\r\n");
    EXPECT_EQ(knower.read_line(), "-NOAUTH Authentication required.");
    EXPECT_EQ(knower.read_line(), "+OK");
  });
  if (!ran) GTEST_SKIP() << "a network namespace needs rights that we do not have";
}

TEST(Limits, BeforeAuthenticationLittleIsRead) {
  ServerRun server({"--requirepass", "secret"});
  RawLink stranger(server.port());
  stranger.send("GET k\r\n");
  EXPECT_EQ(stranger.read_line(), "-NOAUTH Authentication required.");
  stranger.send("*11\r\n");
  EXPECT_EQ(stranger.read_to_end(), "-ERR Protocol error: unauthenticated multibulk length\r\n");
  RawLink talker(server.port());
  talker.send("*2\r\n$3\r\nGET\r\n$16385\r\n");
  EXPECT_EQ(talker.read_to_end(), "-ERR Protocol error: unauthenticated bulk length\r\n");
}

TEST(Limits, AuthenticationOpensTheDoor) {
  ServerRun server({"--requirepass", "secret"});
  RawLink link(server.port());
  link.send("AUTH wrong\r\nGET k\r\n");
  EXPECT_EQ(link.read_line(), "-WRONGPASS invalid username-password pair or user is disabled.");
  EXPECT_EQ(link.read_line(), "-NOAUTH Authentication required.");
  // What follows in the same packet is read under the limits of those who have said who they are.
  std::string mget = "*12\r\n$4\r\nMGET\r\n";
  for (int i = 0; i < 11; ++i) mget += "$1\r\na\r\n";
  link.send("AUTH secret\r\n" + mget);
  EXPECT_EQ(link.read_line(), "+OK");
  EXPECT_EQ(link.read_line(), "*11");
  RawLink with_user(server.port());
  with_user.send("HELLO 3 AUTH default secret SETNAME me\r\nCLIENT GETNAME\r\n");
  EXPECT_THAT(with_user.read_line(), StartsWith("%"));
}

}  // namespace
}  // namespace redoubt

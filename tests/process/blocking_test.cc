// Clients that wait for keys, over real sockets.
#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "common/base/clock.h"
#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

bool some_wait(Link& look, int count) {
  return eventually([&] {
    return look.run({"INFO", "clients"}).text.find("blocked_clients:" + std::to_string(count) + "\r\n") !=
           std::string::npos;
  });
}

TEST(Blocking, APushReachesAClientThatWaits) {
  ServerRun server;
  Link look(server.port());
  RawLink waiter(server.port());
  waiter.send(request_of({"BLPOP", "k", "0"}) + request_of({"ECHO", "after"}));
  ASSERT_TRUE(some_wait(look, 1));
  ASSERT_EQ(to_line(look.run({"RPUSH", "k", "a"})), ":1");
  EXPECT_EQ(waiter.read(21 + 11), "*2\r\n$1\r\nk\r\n$1\r\na\r\n$5\r\nafter\r\n");
}

TEST(Blocking, ATimeoutEndsTheWaitInAnIdleServer) {
  ServerRun server;
  RawLink waiter(server.port());
  const int64_t start_ms = monotonic_ms();
  waiter.send(request_of({"BLPOP", "k", "0.03"}));
  EXPECT_EQ(waiter.read_line(), "*-1");
  EXPECT_GE(monotonic_ms() - start_ms, 30);
}

TEST(Blocking, AClientThatHangsUpIsForgotten) {
  ServerRun server;
  Link look(server.port());
  {
    RawLink waiter(server.port());
    waiter.send(request_of({"BLPOP", "k", "0"}));
    ASSERT_TRUE(some_wait(look, 1));
  }
  ASSERT_TRUE(some_wait(look, 0));
  ASSERT_EQ(to_line(look.run({"RPUSH", "k", "a"})), ":1");
  EXPECT_EQ(to_line(look.run({"LLEN", "k"})), ":1");
}

TEST(Blocking, InputSentWhileWaitingIsExecutedAfterwards) {
  ServerRun server;
  Link look(server.port());
  RawLink waiter(server.port());
  waiter.send(request_of({"BLPOP", "k", "0"}));
  ASSERT_TRUE(some_wait(look, 1));
  waiter.send(request_of({"RPUSH", "k", "mine"}));
  waiter.send(request_of({"LLEN", "k"}));
  ASSERT_EQ(to_line(look.run({"RPUSH", "k", "a"})), ":1");
  EXPECT_EQ(waiter.read_line(), "*2");
  for (const char* line : {"$1", "k", "$1", "a", ":1", ":1"}) EXPECT_EQ(waiter.read_line(), line);
}

TEST(Blocking, ThousandsThatWaitAreServedInTheirOrder) {
  constexpr int count = 2000;
  ServerRun server;
  Link look(server.port());
  std::deque<RawLink> waiters;
  for (int i = 0; i < count; ++i) {
    waiters.emplace_back(server.port());
    waiters.back().send(request_of({"BLPOP", "k", "0"}));
    // In order: the server may read two sockets in any order.
    if (i % 100 == 99) {
      ASSERT_TRUE(some_wait(look, i + 1));
    }
  }
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(to_line(look.run({"RPUSH", "k", std::to_string(i)})), ":1");
  }
  // Of each hundred that came together the order among themselves is not known.
  for (int i = 0; i < count; ++i) {
    for (const char* line : {"*2", "$1", "k"}) ASSERT_EQ(waiters[static_cast<size_t>(i)].read_line(), line);
    (void)waiters[static_cast<size_t>(i)].read_line();
    EXPECT_EQ(std::stoi(waiters[static_cast<size_t>(i)].read_line()) / 100, i / 100);
  }
  EXPECT_TRUE(some_wait(look, 0));
}

}  // namespace
}  // namespace redoubt

// What appendfsync always promises, looked at from outside: the log's file is in memory and its syncs end when the test says
// so; clients are real sockets. No reply leaves before the sync that covers it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "common/base/random.h"
#include "server/persistence/append_log.h"
#include "tests/support/raw_link.h"
#include "tests/support/simulated_files.h"
#include "tests/support/socket_server.h"

namespace redoubt {
namespace {

constexpr int a_while_ms = 100;  // after which what has not come is not under way

class HeldRepliesTest : public testing::Test {
 protected:
  explicit HeldRepliesTest(std::string_view policy = "always") : server_(config(policy), files_) {
    files_.add_directory("dir");
    files_.add_file("dir/log", "");
    server_.call([&](TestServer& parts) {
      auto file = files_.open("dir/log", OpenMode::append);
      AppendLog& log = parts.persistence().append_log();
      log.set_quick_sync(0);  // the loop must go on while the test holds a sync
      ASSERT_TRUE(log.switch_file(std::move(file.value()), 0, AppendLog::Whole::yes));
    });
  }
  ~HeldRepliesTest() override { files_.stop_holding_syncs(); }

  static std::string config(std::string_view policy) { return "appendfsync " + std::string(policy) + "\n"; }
  RawLink connect() { return RawLink(server_.path()); }
  // The server has carried out so many commands; what it was sent before is among them.
  void wait_for_commands(uint64_t count) {
    uint64_t done = 0;
    for (int i = 0; i < 2000 && done < count; ++i) {
      server_.call([&](TestServer& parts) { done = parts.stats().commands_processed; });
      if (done < count) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_GE(done, count);
  }
  void expect_nothing(RawLink& link) { EXPECT_FALSE(link.fill(a_while_ms)) << link.buffered(); }
  static std::string set(int i) { return request_of({"SET", "key:" + std::to_string(i), "v"}); }
  size_t syncs() const { return files_.operations(FileOperation::sync); }

  SimulatedFiles files_;
  SocketServer server_;
};

TEST_F(HeldRepliesTest, NoReplyLeavesBeforeItsSync) {
  files_.hold_syncs();
  RawLink link = connect();
  link.send(set(1));
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  expect_nothing(link);
  files_.release_syncs();
  EXPECT_EQ(link.read_line(), "+OK");
}

TEST_F(HeldRepliesTest, OneSyncServesManyClients) {
  constexpr int clients = 40;
  files_.hold_syncs();
  std::vector<RawLink> links;
  for (int i = 0; i < clients; ++i) links.push_back(connect());
  links[0].send(set(0));
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  for (int i = 1; i < clients; ++i) links[static_cast<size_t>(i)].send(set(i));
  wait_for_commands(clients);
  const size_t before = syncs();
  files_.release_syncs();
  EXPECT_EQ(links[0].read_line(), "+OK");
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  expect_nothing(links[1]);
  expect_nothing(links[clients - 1]);
  files_.release_syncs();
  for (int i = 1; i < clients; ++i) EXPECT_EQ(links[static_cast<size_t>(i)].read_line(), "+OK");
  EXPECT_EQ(syncs(), before + 1);
}

TEST_F(HeldRepliesTest, AClientThatGoesOnSendingIsNotStarved) {
  files_.hold_syncs();
  RawLink link = connect();
  link.send(set(0));
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  for (int i = 1; i <= 20; ++i) {
    // There is always more behind what waits.
    link.send(set(i));
    wait_for_commands(static_cast<uint64_t>(i) + 1);
    files_.release_syncs();
    ASSERT_EQ(link.read_line(), "+OK") << i;
    ASSERT_TRUE(files_.wait_for_held_syncs(1)) << i;
    EXPECT_EQ(link.buffered(), "") << "the last one is not synced";
  }
  files_.release_syncs();
  EXPECT_EQ(link.read_line(), "+OK");
}

TEST_F(HeldRepliesTest, WhatMayHaveSeenTheUnsyncedWaitsToo) {
  files_.hold_syncs();
  RawLink writer = connect();
  RawLink reader = connect();
  reader.send("PING\r\n");
  EXPECT_EQ(reader.read_line(), "+PONG") << "nothing is unsynced yet";
  writer.send(set(1));
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  reader.send(request_of({"GET", "key:1"}));
  wait_for_commands(3);
  expect_nothing(reader);
  files_.release_syncs();
  EXPECT_EQ(reader.read_line(), "$1");
  EXPECT_EQ(reader.read_line(), "v");
  EXPECT_EQ(writer.read_line(), "+OK");
  reader.send("PING\r\n");
  EXPECT_EQ(reader.read_line(), "+PONG");
}

TEST_F(HeldRepliesTest, ClientsThatAreServedByOthersWaitToo) {
  RawLink waiter = connect();
  waiter.send(request_of({"BLPOP", "list", "0"}));
  server_.call([](TestServer&) {});
  files_.hold_syncs();
  RawLink pusher = connect();
  pusher.send(request_of({"RPUSH", "list", "a"}));
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  expect_nothing(waiter);
  files_.release_syncs();
  EXPECT_EQ(waiter.read_line(), "*2");
  EXPECT_EQ(pusher.read_line(), ":1");
}

TEST_F(HeldRepliesTest, AClientThatIsToBeClosedIsAnsweredFirst) {
  files_.hold_syncs();
  RawLink link = connect();
  link.send(set(1) + request_of({"QUIT"}));
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  expect_nothing(link);
  EXPECT_FALSE(link.closed());
  files_.release_syncs();
  EXPECT_EQ(link.read_to_end(), "+OK\r\n+OK\r\n");
  EXPECT_TRUE(link.closed());
}

TEST_F(HeldRepliesTest, AClientMayGoWhileItIsHeld) {
  files_.hold_syncs();
  {
    RawLink link = connect();
    link.send(set(1));
    ASSERT_TRUE(files_.wait_for_held_syncs(1));
  }
  RawLink other = connect();
  other.send(request_of({"GET", "key:1"}));
  wait_for_commands(2);
  files_.release_syncs();
  EXPECT_EQ(other.read_line(), "$1");
}

TEST_F(HeldRepliesTest, LongRepliesWaitAndComeWhole) {
  const std::string value(3'000'000, 'x');
  RawLink link = connect();
  link.send(request_of({"SET", "long", value}));
  EXPECT_EQ(link.read_line(), "+OK");
  files_.hold_syncs();
  link.send(request_of({"GETSET", "long", "short"}) + request_of({"GET", "long"}));
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  expect_nothing(link);
  files_.release_syncs();
  EXPECT_EQ(link.read_line(), "$3000000");
  EXPECT_EQ(link.read(value.size() + 2), value + "\r\n");
  EXPECT_EQ(link.read_line(), "$5");
  EXPECT_EQ(link.read_line(), "short");
}

TEST_F(HeldRepliesTest, WaitaofAnswersWhatIsSynced) {
  server_.call([](TestServer& parts) {
    const_cast<Config&>(parts.config()).appendonly = true;  // the file is open already
  });
  files_.hold_syncs();
  RawLink link = connect();
  link.send(set(1) + request_of({"WAITAOF", "1", "0", "0"}));
  ASSERT_TRUE(files_.wait_for_held_syncs(1));
  expect_nothing(link);
  files_.release_syncs();
  EXPECT_EQ(link.read(13), "+OK\r\n*2\r\n:1\r\n");
  EXPECT_EQ(link.read_line(), ":0");
}

// What has been acknowledged is there after the power has been cut, at any moment.
TEST_F(HeldRepliesTest, WhatIsAcknowledgedSurvivesAPowerCut) {
  constexpr int clients = 4;
  constexpr int writes = 150;
  files_.hold_syncs();
  std::atomic<int> acknowledged[clients] = {};
  std::atomic<int> left = clients;
  std::vector<std::thread> threads;
  for (int c = 0; c < clients; ++c) {
    threads.emplace_back([&, c] {
      RawLink link = connect();
      for (int i = 0; i < writes; ++i) {
        link.send(set(c * writes + i));
        if (link.read_line() != "+OK") break;
        ++acknowledged[c];
      }
      --left;
    });
  }
  uint64_t cuts = 0;
  while (left > 0) {
    int seen[clients];
    for (int c = 0; c < clients; ++c) seen[c] = acknowledged[c];
    const std::string found = files_.after_power_cut(Kept::nothing)->content("dir/log");
    for (int c = 0; c < clients; ++c) {
      if (seen[c] == 0) continue;
      const std::string last = set(c * writes + seen[c] - 1);
      ASSERT_NE(found.find(last), std::string::npos) << last;
    }
    ++cuts;
    files_.release_syncs();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(cuts, 50u);
  for (const std::atomic<int>& each : acknowledged) EXPECT_EQ(each, writes);
}

class EverysecRepliesTest : public HeldRepliesTest {
 protected:
  EverysecRepliesTest() : HeldRepliesTest("everysec") {}
};

TEST_F(EverysecRepliesTest, LeaveAtOnce) {
  files_.hold_syncs();
  RawLink link = connect();
  link.send(set(1));
  EXPECT_EQ(link.read_line(), "+OK");
}

TEST_F(EverysecRepliesTest, LeaveWhenTheLogWasWritten) {
  RawLink link = connect();
  link.send(set(1));
  EXPECT_EQ(link.read_line(), "+OK");
  EXPECT_THAT(files_.content("dir/log"), testing::HasSubstr("key:1"));
}

}  // namespace
}  // namespace redoubt

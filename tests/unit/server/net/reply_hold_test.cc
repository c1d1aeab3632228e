#include "server/net/reply_hold.h"

#include <gtest/gtest.h>

#include <deque>

#include "common/base/random.h"

namespace redoubt {
namespace {

// A client's output and a log, as they meet at the end of ticks.
class ReplyHoldTest : public testing::Test {
 protected:
  // One tick: the log grows, the client is answered; what may leave leaves. Returns how much did.
  size_t tick(uint64_t logged, size_t answered) {
    log_.end += logged;
    pending_ += answered;
    return flush();
  }
  size_t flush() {
    const size_t size = hold_.sendable(log_, sent_, pending_);
    EXPECT_LE(size, pending_);
    sent_ += size;
    pending_ -= size;
    return size;
  }
  void begin_sync() { log_.syncing = log_.end; }
  size_t end_sync() {
    log_.synced = log_.syncing;
    return flush();
  }

  LogProgress log_{.hold = true};
  ReplyHold hold_;
  uint64_t sent_ = 0;
  size_t pending_ = 0;
};

TEST_F(ReplyHoldTest, NothingWaitsUnlessTheLogHolds) {
  log_.hold = false;
  EXPECT_EQ(tick(100, 5), 5u);
  EXPECT_FALSE(hold_.holding());
}

TEST_F(ReplyHoldTest, NothingWaitsWhileAllIsSynced) {
  EXPECT_EQ(tick(0, 5), 5u);
  EXPECT_FALSE(hold_.holding());
}

TEST_F(ReplyHoldTest, AReplyWaitsForTheSyncThatCoversIt) {
  EXPECT_EQ(tick(100, 5), 0u);
  EXPECT_TRUE(hold_.holding());
  begin_sync();
  EXPECT_EQ(flush(), 0u);
  EXPECT_EQ(end_sync(), 5u);
  EXPECT_FALSE(hold_.holding());
}

TEST_F(ReplyHoldTest, WhatComesDuringASyncWaitsForTheNext) {
  tick(100, 5);
  begin_sync();
  EXPECT_EQ(tick(100, 7), 0u);
  EXPECT_EQ(tick(100, 7), 0u);
  EXPECT_EQ(end_sync(), 5u);
  EXPECT_EQ(tick(100, 7), 0u);
  begin_sync();
  EXPECT_EQ(tick(100, 1), 0u);
  EXPECT_EQ(end_sync(), 21u);
  begin_sync();
  EXPECT_EQ(end_sync(), 1u);
}

TEST_F(ReplyHoldTest, AReplyToAReadWaitsForWhatItMayHaveSeen) {
  log_.end = 100;  // another client's
  EXPECT_EQ(tick(0, 5), 0u);
  begin_sync();
  EXPECT_EQ(tick(0, 3), 0u);  // this sync covers it too
  EXPECT_EQ(end_sync(), 8u);
}

TEST_F(ReplyHoldTest, WhatTheSocketDidNotTakeIsNotHeldAgain) {
  log_.hold = false;
  pending_ = 10;
  EXPECT_EQ(hold_.sendable(log_, sent_, pending_), 10u);
  hold_.release_until(10);  // and the socket was full
  log_.hold = true;
  log_.end = 100;
  pending_ = 15;
  EXPECT_EQ(hold_.sendable(log_, sent_, pending_), 10u);
}

TEST_F(ReplyHoldTest, WhatWasHeldStaysHeldWhenTheLogHoldsNoMore) {
  tick(100, 5);
  log_.hold = false;
  EXPECT_EQ(tick(100, 5), 0u);  // in order
  log_.syncing = log_.synced = 100;
  EXPECT_EQ(flush(), 10u);
  EXPECT_EQ(tick(100, 5), 5u);
}

// Against a model that remembers each answer by itself.
TEST_F(ReplyHoldTest, LeavesNotBeforeItsSyncAndNotLater) {
  struct Answer {
    uint64_t begin;
    uint64_t offset;
  };
  Random random(20);
  std::deque<Answer> waiting;
  uint64_t made = 0;
  bool syncing = false;
  for (int step = 0; step < 20000; ++step) {
    const uint64_t what = random.below(4);
    if (what == 0 && !syncing && log_.synced < log_.end) {
      begin_sync();
      syncing = true;
    } else if (what == 1 && syncing) {
      log_.synced = log_.syncing;
      syncing = false;
    } else {
      log_.end += random.below(3) == 0 ? random.below(50) : 0;
      if (const size_t size = random.below(3); size > 0) {
        waiting.push_back({made, log_.end});
        pending_ += size;
        made += size;
      }
    }
    (void)flush();
    while (!waiting.empty() && waiting.front().offset <= log_.synced) waiting.pop_front();
    ASSERT_EQ(sent_, waiting.empty() ? made : waiting.front().begin) << step;
  }
}

}  // namespace
}  // namespace redoubt

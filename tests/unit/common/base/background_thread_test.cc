#include "common/base/background_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <vector>

namespace redoubt {
namespace {

using Mode = BackgroundThread::Mode;

class BackgroundThreadModes : public testing::TestWithParam<Mode> {};
INSTANTIATE_TEST_SUITE_P(Modes, BackgroundThreadModes, testing::Values(Mode::threaded, Mode::by_hand));

TEST_P(BackgroundThreadModes, RunsJobsInOrderAndWakesAfterEach) {
  std::atomic<size_t> wakes{0};
  std::vector<int> ran;
  {
    BackgroundThread thread([&wakes] { ++wakes; }, GetParam());
    thread.drain();
    for (int i = 0; i < 500; ++i) thread.submit([&ran, i] { ran.push_back(i); });
    thread.drain();
    EXPECT_EQ(thread.pending(), 0U);
    EXPECT_EQ(ran.size(), 500U);
    for (int i = 500; i < 1000; ++i) thread.submit([&ran, i] { ran.push_back(i); });
  }
  ASSERT_EQ(ran.size(), 1000U);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(ran[static_cast<size_t>(i)], i);
  EXPECT_EQ(wakes, 1000U);
}

TEST_P(BackgroundThreadModes, AJobHandsOverTheNext) {
  std::vector<int> ran;
  BackgroundThread thread({}, GetParam());
  thread.submit([&] {
    ran.push_back(1);
    thread.submit([&] { ran.push_back(2); });
  });
  thread.drain();
  EXPECT_EQ(ran, (std::vector<int>{1, 2}));
}

TEST_P(BackgroundThreadModes, WhatAJobHoldsIsGoneWhenItIsNoLongerPending) {
  BackgroundThread thread({}, GetParam());
  auto held = std::make_shared<int>(1);
  thread.submit([copy = held] { static_cast<void>(copy); });
  thread.drain();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(BackgroundThread, ByHandNothingRunsByItself) {
  int ran = 0;
  size_t pending_at_wake = 9;
  BackgroundThread* self = nullptr;
  BackgroundThread thread([&] { pending_at_wake = self->pending(); }, Mode::by_hand);
  self = &thread;
  EXPECT_FALSE(thread.run_one());
  thread.submit([&ran] { ++ran; });
  thread.submit([&ran] { ++ran; });
  EXPECT_EQ(thread.pending(), 2U);
  EXPECT_EQ(ran, 0);
  EXPECT_TRUE(thread.run_one());
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(pending_at_wake, 1U);
  EXPECT_TRUE(thread.run_one());
  EXPECT_EQ(pending_at_wake, 0U);
  EXPECT_FALSE(thread.run_one());
  EXPECT_EQ(ran, 2);
}

TEST(BackgroundThread, AJobUnderWayIsPendingAndOthersAreTakenMeanwhile) {
  BackgroundThread thread;
  std::promise<void> started;
  std::promise<void> release;
  std::thread::id where;
  thread.submit([&] {
    where = std::this_thread::get_id();
    started.set_value();
    release.get_future().wait();
  });
  started.get_future().wait();
  EXPECT_EQ(thread.pending(), 1U);
  EXPECT_FALSE(thread.run_one());
  bool second = false;
  thread.submit([&second] { second = true; });
  EXPECT_EQ(thread.pending(), 2U);
  EXPECT_FALSE(second);
  release.set_value();
  thread.drain();
  EXPECT_TRUE(second);
  EXPECT_NE(where, std::this_thread::get_id());
}

}  // namespace
}  // namespace redoubt

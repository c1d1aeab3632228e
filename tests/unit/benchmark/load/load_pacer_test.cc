// When the requests of an open loop are due.
#include "benchmark/load/load_pacer.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

constexpr int64_t ms = 1'000'000;
constexpr int64_t begin = 5'000 * ms;

TEST(LoadPacer, TheFirstIsDueAtOnceAndTheOthersEvenlyAfterIt) {
  EventLoop loop;
  LoadPacer pacer(loop, 1000);
  EXPECT_EQ(pacer.due(begin), 1u);
  EXPECT_EQ(pacer.take(1), 0u);
  EXPECT_EQ(pacer.due(begin), 0u);
  EXPECT_EQ(pacer.due(begin + ms - 1), 0u);
  EXPECT_EQ(pacer.due(begin + ms), 1u);
  EXPECT_EQ(pacer.due(begin + 10 * ms), 10u);
}

TEST(LoadPacer, WhatIsNotTakenStaysDue) {
  EventLoop loop;
  LoadPacer pacer(loop, 1000);
  ASSERT_EQ(pacer.due(begin), 1u);
  ASSERT_EQ(pacer.due(begin + 9 * ms), 10u);
  EXPECT_EQ(pacer.take(4), 0u);
  EXPECT_EQ(pacer.take(2), 4u);
  EXPECT_EQ(pacer.due(begin + 9 * ms), 4u);
  EXPECT_EQ(pacer.start_of(4), begin + 4 * ms);
}

TEST(LoadPacer, IntervalsThatAreNoWholeNanosecondsDoNotDrift) {
  EventLoop loop;
  LoadPacer pacer(loop, 3'000'000);
  ASSERT_EQ(pacer.due(begin), 1u);
  pacer.take(3'000'000);
  EXPECT_EQ(pacer.start_of(3'000'000), begin + 1'000 * ms);
  EXPECT_EQ(pacer.due(begin + 1'000 * ms), 1u);
}

}  // namespace
}  // namespace redoubt

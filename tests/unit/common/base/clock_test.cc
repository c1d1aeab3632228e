#include "common/base/clock.h"

#include <gtest/gtest.h>
#include <time.h>

namespace redoubt {
namespace {

TEST(Clock, MonotonicNeverGoesBack) {
  int64_t last = monotonic_ns();
  for (int i = 0; i < 10000; ++i) {
    const int64_t now = monotonic_ns();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Clock, WallIsUnixTime) {
  const int64_t seconds = time(nullptr);
  EXPECT_NEAR(static_cast<double>(wall_us() / 1000000), static_cast<double>(seconds), 1.0);
  EXPECT_NEAR(static_cast<double>(wall_ms() / 1000), static_cast<double>(seconds), 1.0);
}

TEST(Clock, CyclesMeasureTime) {
  const double rate = cycles_per_us();
  EXPECT_GT(rate, 0);
  EXPECT_EQ(cycles_per_us(), rate);
  const int64_t start_us = monotonic_us();
  const uint64_t start = cycles();
  while (monotonic_us() - start_us < 20000) {
  }
  const double measured_us = static_cast<double>(cycles() - start) / rate;
  const auto passed_us = static_cast<double>(monotonic_us() - start_us);
  EXPECT_NEAR(measured_us, passed_us, 0.02 * passed_us + 100);
}

TEST(Clock, TickClockStandsStillBetweenUpdates) {
  TickClock clock;
  clock.update();
  const int64_t monotonic = clock.monotonic_us;
  EXPECT_NEAR(static_cast<double>(clock.wall_us), static_cast<double>(wall_us()), 1e6);
  while (monotonic_us() <= monotonic + 1000) {
  }
  EXPECT_EQ(clock.monotonic_us, monotonic);
  clock.update();
  EXPECT_GT(clock.monotonic_us, monotonic);
  EXPECT_EQ(clock.monotonic_ms(), clock.monotonic_us / 1000);
  EXPECT_EQ(clock.wall_ms(), clock.wall_us / 1000);
}

}  // namespace
}  // namespace redoubt

#include "server/keyspace/access_clock.h"

#include <gtest/gtest.h>

#include <memory>

namespace redoubt {
namespace {

class AccessClockTest : public testing::Test {
 protected:
  ~AccessClockTest() override { EntryMaker::free(entry_); }
  Entry* entry_ = EntryMaker::make_string("key", "value");
  AccessClock clock_;
  static constexpr int64_t minute = 60'000;
};

TEST_F(AccessClockTest, LruCountsSecondsSinceTheLastTouch) {
  clock_.set_now(1'000'000);
  clock_.start(*entry_);
  EXPECT_EQ(clock_.idle_seconds(*entry_), 0);
  clock_.set_now(1'090'999);
  EXPECT_EQ(clock_.idle_seconds(*entry_), 90);
  clock_.touch(*entry_);
  EXPECT_EQ(clock_.idle_seconds(*entry_), 0);
  clock_.set_idle(*entry_, 3'600);
  EXPECT_EQ(clock_.idle_seconds(*entry_), 3'600);
  clock_.set_idle(*entry_, 1'000'000'000);
  EXPECT_EQ(clock_.idle_seconds(*entry_), 0xffffff);
  clock_.set_idle(*entry_, -5);
  EXPECT_EQ(clock_.idle_seconds(*entry_), 0);
}

TEST_F(AccessClockTest, LruGoesOnWhenItsBitsWrap) {
  const int64_t wrap_ms = int64_t{1 << 24} * 1'000;
  clock_.set_now(100 * wrap_ms - 10'000);
  clock_.start(*entry_);
  clock_.set_now(100 * wrap_ms + 10'000);
  EXPECT_EQ(clock_.idle_seconds(*entry_), 20);
}

TEST_F(AccessClockTest, NothingIsTouchedWhileFrozen) {
  for (const bool lfu : {false, true}) {
    clock_.configure({lfu, 10, 1});
    clock_.set_now(1'000'000);
    clock_.start(*entry_);
    const uint32_t before = entry_->lru();
    clock_.set_frozen(true);
    clock_.set_now(1'000'000 + 10 * minute);
    for (int i = 0; i < 100; ++i) clock_.touch(*entry_);
    EXPECT_EQ(entry_->lru(), before);
    clock_.set_frozen(false);
    clock_.touch(*entry_);
    EXPECT_NE(entry_->lru(), before);
  }
}

TEST_F(AccessClockTest, LfuStartsAtFiveAndDecaysByTheMinute) {
  clock_.configure({true, 10, 1});
  clock_.set_now(1'000 * minute);
  clock_.start(*entry_);
  EXPECT_EQ(clock_.frequency(*entry_), 5);
  clock_.set_frequency(*entry_, 100);
  clock_.set_now(1'030 * minute);
  EXPECT_EQ(clock_.frequency(*entry_), 70);
  clock_.configure({true, 10, 10});
  EXPECT_EQ(clock_.frequency(*entry_), 97);
  clock_.configure({true, 10, 0});
  EXPECT_EQ(clock_.frequency(*entry_), 100);
  clock_.configure({true, 10, 1});
  clock_.set_now(2'000 * minute);
  EXPECT_EQ(clock_.frequency(*entry_), 0);
}

TEST_F(AccessClockTest, LfuGoesOnWhenItsMinutesWrap) {
  clock_.configure({true, 10, 1});
  clock_.set_now((100 * 65'536 - 3) * minute);
  clock_.set_frequency(*entry_, 50);
  clock_.set_now((100 * 65'536 + 4) * minute);
  EXPECT_EQ(clock_.frequency(*entry_), 43);
}

// The counter is logarithmic: after n touches at factor 10 about sqrt(n / 5) above its start.
TEST_F(AccessClockTest, LfuGrowsMoreSlowlyTheHigherItIs) {
  clock_.configure({true, 10, 0});
  clock_.set_now(1'000 * minute);
  uint8_t last = 0;
  struct Case {
    int touches, mean, tolerance;
  };
  for (const auto& [touches, expected, tolerance] : {Case{100, 10, 4}, Case{1'000, 18, 5}, Case{100'000, 142, 20}}) {
    int sum = 0;
    for (int round = 0; round < 20; ++round) {
      clock_.start(*entry_);
      for (int i = 0; i < touches; ++i) clock_.touch(*entry_);
      sum += clock_.frequency(*entry_);
    }
    const auto mean = static_cast<uint8_t>(sum / 20);
    EXPECT_GT(mean, last);
    last = mean;
    EXPECT_NEAR(mean, expected, tolerance);
  }
  clock_.configure({true, 0, 0});
  clock_.start(*entry_);
  for (int i = 0; i < 300; ++i) clock_.touch(*entry_);
  EXPECT_EQ(clock_.frequency(*entry_), 255);  // factor 0: each touch counts, up to the top
}

}  // namespace
}  // namespace redoubt

// Latencies of several recorders, second by second.
#include "benchmark/load/seconds_series.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

constexpr int64_t second = 1'000'000'000;

TEST(SecondsSeries, ASecondIsToldWhenAllArePastIt) {
  SecondsSeries series;
  LatencyRecorder a(series);
  LatencyRecorder b(series);
  const int64_t began = 77 * second / 2;
  series.begin(began);
  a.record(began, 100, 3);
  b.record(began + second - 1, 200);
  EXPECT_TRUE(series.told().empty());
  a.record(began + second, 300);
  EXPECT_TRUE(series.told().empty()) << "b may still have some";
  b.look(began + second);
  ASSERT_EQ(series.told().size(), 1u);
  const SecondStats first = series.told()[0];
  EXPECT_EQ(first.second, 0u);
  EXPECT_EQ(first.replies, 4u);
  EXPECT_EQ(first.p50_ns, 100u);
  EXPECT_EQ(first.max_ns, 200u);
  a.finish();
  EXPECT_EQ(series.told().size(), 1u);
  b.finish();
  ASSERT_EQ(series.told().size(), 2u);
  EXPECT_EQ(series.told(1).front().replies, 1u);
  EXPECT_EQ(a.total().count(), 4u);
  EXPECT_EQ(b.total().count(), 1u);
}

TEST(SecondsSeries, SecondsWithoutRepliesAreZero) {
  SecondsSeries series;
  LatencyRecorder one(series);
  series.begin(second);
  one.record(second, 5);
  one.record(second * 4, 7);
  one.finish();
  const auto told = series.told();
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[0].max_ns, 5u);
  EXPECT_EQ(told[1].replies + told[2].replies, 0u);
  EXPECT_EQ(told[3].second, 3u);
  EXPECT_EQ(told[3].max_ns, 7u);
}

TEST(SecondsSeries, LatenciesAreKeptUntilTheyAreTaken) {
  SecondsSeries series;
  LatencyRecorder one(series);
  LatencyRecorder two(series);
  series.keep_latencies();
  series.begin(0);
  one.record(1, 5, 2);
  two.record(2, 6);
  one.look(second);
  EXPECT_TRUE(series.take_latencies().empty()) << "the other is not past it";
  two.look(2 * second);
  one.record(2 * second, 7);
  auto taken = series.take_latencies();
  ASSERT_EQ(taken.size(), 2u);
  ASSERT_TRUE(taken[0]);
  EXPECT_EQ(taken[0]->count(), 3u);
  EXPECT_FALSE(taken[1]) << "nothing came in this one";
  one.finish();
  two.finish();
  taken = series.take_latencies();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0]->max(), 7u);
}

TEST(SecondsSeries, OneThatHasNothingHoldsNobodyUp) {
  SecondsSeries series;
  LatencyRecorder busy(series);
  LatencyRecorder lazy(series);
  series.begin(0);
  busy.record(1, 5);
  busy.look(2 * second);
  lazy.finish();
  EXPECT_EQ(series.told().size(), 2u);
  busy.finish();
  EXPECT_EQ(series.told().size(), 2u) << "the last second has nothing";
  EXPECT_EQ(lazy.total().count(), 0u);
}

}  // namespace
}  // namespace redoubt

#include "server/stats/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/base/random.h"

namespace redoubt {
namespace {

TEST(LatencyHistogram, AnEmptyOneTakesNoMemory) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.memory(), 0u);
  EXPECT_EQ(histogram.percentile(50), 0u);
  EXPECT_EQ(histogram.count_to(UINT64_MAX), 0u);
  histogram.record(1);
  EXPECT_GT(histogram.memory(), 0u);
  histogram.reset();
  EXPECT_EQ(histogram.memory(), 0u);
  EXPECT_EQ(histogram.total(), 0u);
}

TEST(LatencyHistogram, ErrsLessThanOnePercentAndNeverDownwards) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t value = random.next() >> (24 + random.below(40));
    LatencyHistogram histogram;
    histogram.record(value);
    const uint64_t told = histogram.percentile(100);
    ASSERT_GE(told, value);
    ASSERT_LE(static_cast<double>(told), static_cast<double>(value) * 1.01);
    ASSERT_EQ(histogram.count_to(told), 1u);
    ASSERT_EQ(histogram.count_to(value), 1u);
    if (value > 1'000) {
      ASSERT_EQ(histogram.count_to(value - value / 50), 0u);
    }
  }
}

TEST(LatencyHistogram, TooLongCountsAsTheLongest) {
  LatencyHistogram histogram;
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.percentile(50), (uint64_t{1} << 40) - 1);
}

TEST(LatencyHistogram, PercentilesOfAKnownSeries) {
  LatencyHistogram histogram;
  for (uint64_t i = 1; i <= 1'000; ++i) histogram.record(i * 1'000);
  for (const auto& [percent, value] : std::vector<std::pair<double, double>>{
           {0, 1'000}, {0.1, 1'000}, {50, 500'000}, {99, 990'000}, {99.9, 999'000}, {100, 1'000'000}}) {
    const auto told = static_cast<double>(histogram.percentile(percent));
    EXPECT_GE(told, value) << percent;
    EXPECT_LE(told, value * 1.01) << percent;
  }
}

// 99.9 % of 1000 is the 999th, although 99.9 / 100 * 1000 is a little more than 999 in binary.
TEST(LatencyHistogram, RanksAreNotRaisedByRounding) {
  LatencyHistogram histogram;
  histogram.record(10, 999);
  histogram.record(1'000'000);
  EXPECT_EQ(histogram.percentile(99.9), 10u);
  EXPECT_GE(histogram.percentile(100), 1'000'000u);
  EXPECT_EQ(histogram.total(), 1'000u);
}

TEST(LatencyHistogram, AgreesWithASortedListOnRandomValues) {
  Random random(2);
  LatencyHistogram histogram;
  std::vector<uint64_t> values;
  for (int i = 0; i < 10'001; ++i) {
    values.push_back(random.next() >> (30 + random.below(30)));
    histogram.record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double percent : {1.0, 25.0, 50.0, 90.0, 99.0}) {
    const auto rank = static_cast<size_t>(percent / 100 * 10'001 + 0.5);
    const uint64_t exact = values[rank - 1];
    EXPECT_GE(histogram.percentile(percent), exact);
    EXPECT_LE(static_cast<double>(histogram.percentile(percent)), static_cast<double>(exact) * 1.01);
  }
}

}  // namespace
}  // namespace redoubt

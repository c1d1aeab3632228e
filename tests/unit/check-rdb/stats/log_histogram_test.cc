#include "check-rdb/stats/log_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace redoubt {
namespace {

TEST(LogHistogram, OfNothingIsZero) {
  const LogHistogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.percentile(50), 0U);
  EXPECT_EQ(histogram.max(), 0U);
}

TEST(LogHistogram, SmallValuesAreExact) {
  LogHistogram histogram;
  for (uint64_t value = 1; value <= 200; ++value) histogram.add(value);
  EXPECT_EQ(histogram.percentile(50), 100U);
  EXPECT_EQ(histogram.percentile(99), 198U);
  EXPECT_EQ(histogram.percentile(100), 200U);
  EXPECT_EQ(histogram.percentile(0), 1U);
}

TEST(LogHistogram, PercentilesAreWithinHalfAPercent) {
  std::mt19937_64 random(5);
  LogHistogram histogram;
  std::vector<uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(random() >> (random() % 64));
    histogram.add(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double percent : {1.0, 10.0, 50.0, 90.0, 99.0, 99.9}) {
    const size_t rank = static_cast<size_t>(std::ceil(static_cast<double>(values.size()) * percent / 100)) - 1;
    const auto exact = static_cast<double>(values[rank]);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(percent)), exact, exact * 0.004 + 0.5) << percent;
  }
  EXPECT_EQ(histogram.max(), values.back());
}

TEST(LogHistogram, AnyValueHasAPlace) {
  for (const uint64_t value : {uint64_t{0}, uint64_t{255}, uint64_t{256}, uint64_t{257}, uint64_t{1} << 32,
                               (uint64_t{1} << 63) - 1, uint64_t{1} << 63, UINT64_MAX}) {
    LogHistogram histogram;
    histogram.add(value);
    EXPECT_EQ(histogram.max(), value);
    EXPECT_LE(histogram.percentile(50), value);
    EXPECT_GE(static_cast<double>(histogram.percentile(50)), static_cast<double>(value) * 0.995);
  }
}

TEST(LogHistogram, PowersOfTwo) {
  LogHistogram histogram;
  for (const uint64_t value : {0, 1, 2, 3, 4, 7, 255, 256, 511, 512}) histogram.add(value);
  histogram.add(UINT64_MAX);
  const auto powers = histogram.by_power();
  EXPECT_EQ(powers[0], 1U);
  EXPECT_EQ(powers[1], 1U);
  EXPECT_EQ(powers[2], 2U);
  EXPECT_EQ(powers[3], 2U);
  EXPECT_EQ(powers[8], 1U);
  EXPECT_EQ(powers[9], 2U);
  EXPECT_EQ(powers[10], 1U);
  EXPECT_EQ(powers[64], 1U);
}

TEST(LogHistogram, MergedIsAsIfAllHadBeenAddedToOne) {
  LogHistogram first;
  LogHistogram second;
  LogHistogram both;
  for (uint64_t value = 1; value < 100'000; value = value * 3 + 1) {
    (value % 2 == 0 ? first : second).add(value);
    both.add(value);
  }
  first.merge(second);
  EXPECT_EQ(first.count(), both.count());
  EXPECT_EQ(first.max(), both.max());
  EXPECT_EQ(first.by_power(), both.by_power());
}

}  // namespace
}  // namespace redoubt

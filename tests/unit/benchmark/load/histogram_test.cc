// The histogram against the sorted values themselves.
#include "benchmark/load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/base/random.h"

namespace redoubt {
namespace {

constexpr double precision = 0.001;

TEST(Histogram, OfNothingIsZero) {
  const Histogram empty;
  EXPECT_EQ(empty.count(), 0u);
  EXPECT_EQ(empty.min(), 0u);
  EXPECT_EQ(empty.max(), 0u);
  EXPECT_EQ(empty.percentile(99), 0u);
  EXPECT_EQ(empty.mean(), 0);
  EXPECT_EQ(empty.deviation(), 0);
}

TEST(Histogram, EveryValueStandsInABucketOfThreeDigits) {
  for (uint64_t value = 1; value < Histogram::highest_value; value += value / 7 + 1) {
    Histogram one;
    one.record(value);
    size_t buckets = 0;
    one.for_each_bucket([&](const Histogram::Bucket& bucket) {
      ++buckets;
      EXPECT_LE(bucket.lowest, value);
      EXPECT_GE(bucket.highest, value);
      EXPECT_LE(static_cast<double>(bucket.highest - bucket.lowest), static_cast<double>(value) * precision);
      EXPECT_EQ(bucket.count, 1u);
    });
    EXPECT_EQ(buckets, 1u);
    EXPECT_EQ(one.percentile(50), value);
  }
}

TEST(Histogram, WhatIsBeyondAnHourCountsAsAnHour) {
  Histogram one;
  one.record(UINT64_MAX, 3);
  EXPECT_EQ(one.count(), 3u);
  EXPECT_EQ(one.max(), Histogram::highest_value);
}

TEST(Histogram, PercentilesAreThoseOfTheSortedValues) {
  Random random(1);
  Histogram histogram, first, second;
  std::vector<uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t value = random.below(uint64_t{1} << random.below(40)) + 1;
    values.push_back(value);
    histogram.record(value);
    (i % 2 == 0 ? first : second).record(value);
  }
  std::sort(values.begin(), values.end());
  for (const double percent : {0.0, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto rank = static_cast<size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
    const auto expected = static_cast<double>(values[rank == 0 ? 0 : rank - 1]);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(percent)), expected, expected * precision + 1) << percent;
  }
  double sum = 0;
  for (const uint64_t value : values) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(values.size());
  EXPECT_NEAR(histogram.mean(), mean, mean * precision);
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
  EXPECT_EQ(histogram.count_to(values.back()), values.size());

  first.add(second);
  EXPECT_EQ(first.count(), histogram.count());
  EXPECT_EQ(first.percentile(99), histogram.percentile(99));
  first.clear();
  EXPECT_EQ(first.count(), 0u);
}

TEST(Histogram, ManyOfOneValueAtOnce) {
  Histogram histogram;
  histogram.record(10, 99);
  histogram.record(1000);
  EXPECT_EQ(histogram.percentile(99), 10u);
  EXPECT_EQ(histogram.percentile(99.1), 1000u);
  EXPECT_DOUBLE_EQ(histogram.mean(), 19.9);
  EXPECT_NEAR(histogram.deviation(), 98.504, 0.001);
}

}  // namespace
}  // namespace redoubt

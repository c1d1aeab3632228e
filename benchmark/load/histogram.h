// Counts of latencies in nanoseconds, with three significant digits from 1 ns to an hour, in constant time and memory: the
// buckets of HdrHistogram (http://hdrhistogram.org), where each power of two is cut into 1024 equal parts. Not thread-safe:
// each thread fills its own, and they are added up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace redoubt {

class Histogram {
 public:
  Histogram();

  // Values beyond an hour count as an hour.
  void record(uint64_t value_ns, uint64_t times = 1);
  void add(const Histogram& other);
  void clear();

  uint64_t count() const { return count_; }
  // All 0 while count() is.
  uint64_t min() const { return count_ == 0 ? 0 : min_; }
  uint64_t max() const { return max_; }
  double mean() const;
  double deviation() const;
  // The least value such that at least so many percent of what was recorded are not above it, with the precision of a bucket.
  uint64_t percentile(double percent) const;
  // How many are not above the value, with the precision of a bucket.
  uint64_t count_to(uint64_t value_ns) const;

  // The buckets that are not empty, in order.
  struct Bucket {
    uint64_t lowest;
    uint64_t highest;
    uint64_t count;
  };
  template <typename F>
  void for_each_bucket(F f) const {
    for (size_t index = 0; index < counts_.size(); ++index) {
      if (counts_[index] != 0) f(Bucket{lowest_of(index), highest_of(index), counts_[index]});
    }
  }

  // Of all buckets, in order: the layout of HdrHistogram's own for three digits and a lowest value of 1.
  std::span<const uint64_t> counts() const { return counts_; }

  static constexpr uint64_t highest_value = 3'600'000'000'000;

 private:
  static constexpr unsigned part_bits = 11;  // the first 2048 values have a bucket each
  static size_t index_of(uint64_t value);
  static uint64_t lowest_of(size_t index);
  static uint64_t highest_of(size_t index);

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t min_ = UINT64_MAX;
  uint64_t max_ = 0;
};

}  // namespace redoubt

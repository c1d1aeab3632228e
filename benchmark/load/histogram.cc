#include "benchmark/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace redoubt {

// Index: below 2048 the value itself. Above, a value with n more bits than 11 is shifted right by n, which leaves 1024 to 2047,
// and stands in the n-th stretch of 1024 buckets.
size_t Histogram::index_of(uint64_t value) {
  if (value < (uint64_t{1} << part_bits)) return static_cast<size_t>(value);
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - part_bits;
  return (static_cast<size_t>(shift) << (part_bits - 1)) + static_cast<size_t>(value >> shift);
}

uint64_t Histogram::lowest_of(size_t index) {
  if (index < (size_t{1} << part_bits)) return index;
  const size_t shift = (index >> (part_bits - 1)) - 1;
  const uint64_t part = index - (shift << (part_bits - 1));
  return part << shift;
}

uint64_t Histogram::highest_of(size_t index) { return lowest_of(index + 1) - 1; }

Histogram::Histogram() : counts_(index_of(highest_value) + 1) {}

void Histogram::record(uint64_t value_ns, uint64_t times) {
  const uint64_t value = std::min(value_ns, highest_value);
  counts_[index_of(value)] += times;
  count_ += times;
  if (value < min_) min_ = value;
  if (value > max_) max_ = value;
}

void Histogram::add(const Histogram& other) {
  for (size_t index = 0; index < counts_.size(); ++index) counts_[index] += other.counts_[index];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::clear() { *this = Histogram(); }

double Histogram::mean() const {
  double sum = 0;
  for_each_bucket([&sum](const Bucket& bucket) {
    sum += static_cast<double>(bucket.lowest + bucket.highest) / 2 * static_cast<double>(bucket.count);
  });
  return count_ == 0 ? 0 : sum / static_cast<double>(count_);
}

double Histogram::deviation() const {
  const double middle = mean();
  double sum = 0;
  for_each_bucket([&sum, middle](const Bucket& bucket) {
    const double distance = static_cast<double>(bucket.lowest + bucket.highest) / 2 - middle;
    sum += distance * distance * static_cast<double>(bucket.count);
  });
  return count_ == 0 ? 0 : std::sqrt(sum / static_cast<double>(count_));
}

uint64_t Histogram::percentile(double percent) const {
  if (count_ == 0) return 0;
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  const auto wanted =
      std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_) - 1e-9)));
  uint64_t seen = 0;
  for (size_t index = 0; index < counts_.size(); ++index) {
    seen += counts_[index];
    if (seen >= wanted) return std::clamp(highest_of(index), min(), max_);
  }
  return max_;
}

uint64_t Histogram::count_to(uint64_t value_ns) const {
  const size_t last = index_of(std::min(value_ns, highest_value));
  uint64_t seen = 0;
  for (size_t index = 0; index <= last; ++index) seen += counts_[index];
  return seen;
}

}  // namespace redoubt

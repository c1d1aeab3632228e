#include "check-rdb/stats/log_histogram.h"

#include <algorithm>
#include <cmath>

namespace redoubt {

uint64_t LogHistogram::first_of(size_t index) {
  if (index < exact) return index;
  const size_t shift = index / exact - 1;
  return (exact + index % exact) << shift;
}

uint64_t LogHistogram::last_of(size_t index) {
  if (index < exact) return index;
  return first_of(index) + ((uint64_t{1} << (index / exact - 1)) - 1);
}

uint64_t LogHistogram::percentile(double percent) const {
  if (count_ == 0) return 0;
  const double share = std::ceil(static_cast<double>(count_) * percent / 100);
  const uint64_t wanted = std::clamp<uint64_t>(static_cast<uint64_t>(share), 1, count_);
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(last_of(i), max_);
  }
  return max_;
}

std::array<uint64_t, LogHistogram::powers> LogHistogram::by_power() const {
  std::array<uint64_t, powers> sums{};
  // Steps never reach over a power of two.
  for (size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) sums.at(static_cast<size_t>(std::bit_width(first_of(i)))) += counts_[i];
  }
  return sums;
}

void LogHistogram::merge(const LogHistogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

}  // namespace redoubt

#include "server/stats/latency_histogram.h"

#include <cmath>

namespace redoubt {

uint64_t LatencyHistogram::upper_end(size_t bucket) {
  if (bucket < sub) return bucket;
  const size_t shift = bucket / sub - 1;
  return ((bucket % sub + sub + 1) << shift) - 1;
}

uint64_t LatencyHistogram::percentile(double percent) const {
  if (total_ == 0) return 0;
  // To the nearest whole, as HDR histograms do: 99.9 % of 1000 is 999, although the product is a little more.
  const auto wanted = static_cast<uint64_t>(std::llround(percent / 100 * static_cast<double>(total_)));
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < counts_->size(); ++bucket) {
    seen += (*counts_)[bucket];
    if (seen >= wanted && seen > 0) return upper_end(bucket);
  }
  return upper_end(counts_->size() - 1);
}

uint64_t LatencyHistogram::count_to(uint64_t nanoseconds) const {
  if (total_ == 0) return 0;
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket <= bucket_of(nanoseconds); ++bucket) seen += (*counts_)[bucket];
  return seen;
}

}  // namespace redoubt

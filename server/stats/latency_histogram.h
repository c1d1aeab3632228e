// How often which duration occurred, with a relative error under 1 %: buckets that double, each cut into 128 equal parts.
// One to about 17 minutes in nanoseconds, longer counts as the longest. 34 KiB when in use; empty ones take none.
// Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace redoubt {

class LatencyHistogram {
 public:
  void record(uint64_t nanoseconds, uint64_t times = 1) {
    if (counts_ == nullptr) [[unlikely]]
      counts_ = std::make_unique<Counts>();
    (*counts_)[bucket_of(nanoseconds)] += times;
    total_ += times;
  }
  uint64_t total() const { return total_; }
  // The upper end of the bucket below which `percent` (0..100) of what was recorded lies; 0 when empty.
  uint64_t percentile(double percent) const;
  // How many recorded values are <= nanoseconds, to the bucket's precision.
  uint64_t count_to(uint64_t nanoseconds) const;
  void reset() {
    counts_.reset();
    total_ = 0;
  }
  size_t memory() const { return counts_ == nullptr ? 0 : sizeof(Counts); }

 private:
  static constexpr int sub_bits = 7;
  static constexpr size_t sub = size_t{1} << sub_bits;
  static constexpr int top_bit = 40;
  using Counts = std::array<uint64_t, (top_bit - sub_bits + 1) * sub>;

  static size_t bucket_of(uint64_t value) {
    if (value < sub) return value;
    if (value >> top_bit != 0) return std::tuple_size_v<Counts> - 1;
    const int shift = 63 - __builtin_clzll(value) - sub_bits;
    return static_cast<size_t>(shift + 1) * sub + ((value >> shift) - sub);
  }
  // The largest value of a bucket.
  static uint64_t upper_end(size_t bucket);

  std::unique_ptr<Counts> counts_;
  uint64_t total_ = 0;
};

}  // namespace redoubt

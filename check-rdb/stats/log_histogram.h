// How values are spread, in bounded memory whatever they are: exact below 256, and above in steps of less than 0.4 % of the value.
// Grows to at most 118 KiB. Not thread-safe.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace redoubt {

class LogHistogram {
 public:
  // Of by_power(): the first is for 0, number n for values of n bits.
  static constexpr size_t powers = 65;

  void add(uint64_t value) {
    const size_t at = index_of(value);
    if (at >= counts_.size()) counts_.resize(at + at / 4 + 1);
    ++counts_[at];
    ++count_;
    if (value > max_) max_ = value;
  }

  uint64_t count() const { return count_; }
  uint64_t max() const { return max_; }
  // The smallest value that so many percent (0 to 100) of all do not exceed; 0 if there are none. At most max().
  uint64_t percentile(double percent) const;
  std::array<uint64_t, powers> by_power() const;
  void merge(const LogHistogram& other);

 private:
  static constexpr unsigned precision_bits = 8;
  static constexpr uint64_t exact = uint64_t{1} << precision_bits;

  static size_t index_of(uint64_t value) {
    if (value < exact) return static_cast<size_t>(value);
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - precision_bits - 1;
    return static_cast<size_t>(exact * (shift + 1) + ((value >> shift) - exact));
  }
  static uint64_t first_of(size_t index);
  static uint64_t last_of(size_t index);

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t max_ = 0;
};

}  // namespace redoubt

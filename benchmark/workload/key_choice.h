// Which keys a load asks for: how the numbers below the key space are chosen. Immutable; shared by all threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "common/base/random.h"
#include "common/base/result.h"

namespace redoubt {

class KeyChoice {
 public:
  // Every number is as likely as the others. `space` 0: there are no numbers to choose from.
  explicit KeyChoice(uint64_t space = 0) : space_(space) {}
  // "uniform"; "sequential": one after another, by all threads together, and again from 0; "zipf:THETA": number n comes with a
  // likelihood of 1 / (n + 1)^THETA; "normal": around the middle, with a sixth of the space as standard deviation.
  static Result<KeyChoice> parse(std::string_view text, uint64_t space);

  uint64_t space() const { return space_; }
  // A number below the space, which is not 0. `turn` counts those chosen one after another.
  uint64_t pick(Random& random, std::atomic<uint64_t>& turn) const {
    if (kind_ == Kind::uniform) [[likely]]
      return random.below(space_);
    return pick_unevenly(random, turn);
  }

 private:
  enum class Kind : uint8_t { uniform, sequential, zipf, normal };

  void prepare_zipf(double theta);
  uint64_t pick_unevenly(Random& random, std::atomic<uint64_t>& turn) const;
  uint64_t pick_zipf(Random& random) const;
  uint64_t pick_normal(Random& random) const;
  double likelihood(double x) const;
  double area_to(double x) const;
  double end_of(double area) const;

  Kind kind_ = Kind::uniform;
  uint64_t space_;
  double theta_ = 0;
  double least_area_ = 0;
  double whole_area_ = 0;
  double sure_distance_ = 0;
};

}  // namespace redoubt

// Which of the numbers 0, 1, 2, … have come: finds those that come twice or late. Keeps only the gaps. Not thread-safe.
#pragma once

#include <cstdint>
#include <set>

namespace redoubt {

class NumberCheck {
 public:
  enum class Seen : uint8_t { in_order, ahead, late, twice };

  // ahead: others before it have not come yet. late: it was one of those. `number` is one that was given out: gaps are kept.
  Seen see(uint64_t number) {
    if (number < next_) return missing_.erase(number) > 0 ? Seen::late : Seen::twice;
    const bool in_order = number == next_;
    for (; next_ < number; ++next_) missing_.insert(missing_.end(), next_);
    ++next_;
    return in_order ? Seen::in_order : Seen::ahead;
  }

 private:
  uint64_t next_ = 0;
  std::set<uint64_t> missing_;  // below next_
};

}  // namespace redoubt

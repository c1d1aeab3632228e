#include "benchmark/failover/written_history.h"

#include <algorithm>

namespace redoubt {

void NumberedKey::acknowledged() {
  if (!acknowledged_.empty() && acknowledged_.back().last + 1 == next_) {
    acknowledged_.back().last = next_;
  } else {
    acknowledged_.push_back({next_, next_});
  }
  ++next_;
}

Findings NumberedKey::found(uint64_t number) {
  Findings findings;
  if (number == next_) {
    // Its reply did not reach us. Somebody who read it may rely on it from now on.
    acknowledged();
    findings.unacknowledged = 1;
    return findings;
  }
  if (number > next_) number = 0;
  if (!acknowledged_.empty()) findings.expected = static_cast<int64_t>(acknowledged_.back().last);
  while (!acknowledged_.empty() && acknowledged_.back().last > number) {
    Range& range = acknowledged_.back();
    const uint64_t kept = std::max(number, range.first - 1);
    findings.lost += range.last - kept;
    range.last = kept;
    if (range.last < range.first) acknowledged_.pop_back();
  }
  return findings;
}

Findings WrittenCounter::replied(int64_t value) {
  if (value_ < INT64_MAX) ++value_;
  return found(value);
}

Findings WrittenCounter::found(int64_t value) {
  Findings findings;
  // Of any two numbers, also hostile ones, the difference fits.
  const auto distance = [](int64_t from, int64_t to) {
    return static_cast<uint64_t>(to) - static_cast<uint64_t>(from);
  };
  if (value < value_) {
    findings.lost = distance(value, value_);
    findings.expected = value_;
  } else {
    findings.unacknowledged = distance(value_, value);
  }
  value_ = value;
  return findings;
}

}  // namespace redoubt

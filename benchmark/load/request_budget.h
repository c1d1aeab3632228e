// The requests of a load that are yet to be sent, which its threads take a few at a time. Thread-safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace redoubt {

class RequestBudget {
 public:
  explicit RequestBudget(uint64_t requests) : left_(requests) {}

  // So many, or as many as are left.
  uint64_t take(uint64_t most) {
    uint64_t left = left_.load(std::memory_order_relaxed);
    uint64_t taken = 0;
    do {
      taken = std::min(left, most);
      if (taken == 0) return 0;
    } while (!left_.compare_exchange_weak(left, left - taken, std::memory_order_relaxed));
    return taken;
  }
  bool empty() const { return left_.load(std::memory_order_relaxed) == 0; }
  // There are none left.
  void clear() { left_ = 0; }

 private:
  std::atomic<uint64_t> left_;
};

}  // namespace redoubt

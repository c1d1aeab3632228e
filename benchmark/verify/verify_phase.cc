#include "benchmark/verify/verify_phase.h"

#include <chrono>

namespace redoubt {

void VerifyPhases::begin(VerifyPhase phase, size_t threads) {
  const std::scoped_lock lock(mutex_);
  working_ = threads;
  now_ = phase;
}

void VerifyPhases::done() {
  const std::scoped_lock lock(mutex_);
  if (--working_ == 0) all_done_.notify_all();
}

bool VerifyPhases::wait(int64_t patience_ns) {
  std::unique_lock lock(mutex_);
  return all_done_.wait_for(lock, std::chrono::nanoseconds(patience_ns), [this] { return working_ == 0; });
}

}  // namespace redoubt

// How long what is ready waits until a loop has time for it. A timer, every two milliseconds, stands in the same queue as the
// replies; how late its turn comes is how long a reply that came at its time waited in the client, which the latency of the reply
// includes. Costs nothing per reply or tick. Used by one thread, that of the loop.
#pragma once

#include <atomic>
#include <cstdint>

#include "benchmark/load/histogram.h"
#include "benchmark/load/loop_timer.h"

namespace redoubt {

class LagProbe final : public ReadyHandler {
 public:
  static constexpr int64_t interval_ns = 2'000'000;

  // Both outlive it. Nothing counts while `measuring` is false.
  LagProbe(EventLoop& loop, const std::atomic<bool>& measuring) : measuring_(measuring), timer_(loop, *this) {}

  void begin();
  // Something that the loop did so much later than it should have.
  void record(int64_t late_ns) {
    if (measuring_.load(std::memory_order_relaxed)) lag_.record(late_ns > 0 ? static_cast<uint64_t>(late_ns) : 0);
  }
  const Histogram& lag() const { return lag_; }

  void on_ready(bool readable, bool writable, bool hung_up) override;

 private:
  const std::atomic<bool>& measuring_;
  Histogram lag_;
  int64_t due_ns_ = 0;
  LoopTimer timer_;
};

}  // namespace redoubt

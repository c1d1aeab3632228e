// When the requests of an open loop are due: evenly spaced from begin on, whatever the server does. Each has a number, its
// slot, from which its time follows; so nothing is kept per request. A timer wakes the loop for the next one, more exactly
// than the loop's own milliseconds. Used by one thread, that of the loop.
#pragma once

#include <cstdint>

#include "benchmark/load/loop_timer.h"

namespace redoubt {

class LoadPacer final : public ReadyHandler {
 public:
  // `rate`: requests per second, above 0.
  LoadPacer(EventLoop& loop, double rate);

  // How many are due and not taken. The first is due when this is asked for the first time.
  uint64_t due(int64_t now_ns);
  // The slot of the first of so many that are sent now.
  uint64_t take(uint64_t count);
  int64_t start_of(uint64_t slot) const;
  int64_t next_start() const { return start_of(next_); }
  // The loop has a tick when the next is due.
  void wake_at_next();

  void on_ready(bool readable, bool writable, bool hung_up) override;

 private:
  double interval_ns_;
  int64_t began_ns_ = 0;
  uint64_t next_ = 0;
  LoopTimer timer_;
};

}  // namespace redoubt

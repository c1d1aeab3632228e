#include "benchmark/load/lag_probe.h"

#include "common/base/clock.h"

namespace redoubt {

void LagProbe::begin() {
  due_ns_ = monotonic_ns() + interval_ns;
  timer_.set(due_ns_, interval_ns);
}

// Of a long wait each time that was due counts: they are what replies that came meanwhile would have waited.
void LagProbe::on_ready(bool /*readable*/, bool /*writable*/, bool /*hung_up*/) {
  const int64_t now_ns = monotonic_ns();
  for (uint64_t left = timer_.take_expired(); left > 0; --left, due_ns_ += interval_ns) record(now_ns - due_ns_);
}

}  // namespace redoubt

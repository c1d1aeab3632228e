// The clocks. monotonic_* never goes back and has no relation to the calendar; wall_* is Unix time. TickClock
// is a cached pair for code that runs many times per tick of the event loop. cycles() is the cheap stamp for
// timing commands.
#pragma once

#include <cstdint>

namespace redoubt {

int64_t monotonic_ns();
inline int64_t monotonic_us() { return monotonic_ns() / 1000; }
inline int64_t monotonic_ms() { return monotonic_ns() / 1000000; }
int64_t wall_us();
inline int64_t wall_ms() { return wall_us() / 1000; }

// Both clocks as of the last update(). Not synchronised: one per thread.
struct TickClock {
  int64_t monotonic_us = 0;
  int64_t wall_us = 0;
  int64_t monotonic_ms() const { return monotonic_us / 1000; }
  int64_t wall_ms() const { return wall_us / 1000; }
  void update();
};

namespace detail {
extern const bool tsc_is_constant;  // asked of the processor once, before main
}

// A cheap counter (the time-stamp counter where it is constant, else monotonic_ns). Only differences mean
// something.
inline uint64_t cycles() {
#if defined(__x86_64__)
  if (detail::tsc_is_constant) [[likely]]
    return __builtin_ia32_rdtsc();
#endif
  return static_cast<uint64_t>(monotonic_ns());
}
// Cycles per microsecond; measured once at first use (takes some milliseconds), constant afterwards.
double cycles_per_us();

}  // namespace redoubt

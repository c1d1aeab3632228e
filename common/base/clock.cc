#include "common/base/clock.h"

#include <time.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace redoubt {
namespace {

int64_t read_clock_ns(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

bool has_constant_tsc() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  // Leaf 0x80000007, EDX bit 8: the counter runs at one rate in all power states.
  return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & (1u << 8)) != 0;
#else
  return false;
#endif
}

struct Stamp {
  int64_t ns;
  uint64_t cycles;
};

// Of several pairs of readings the one taken in the shortest time: an interrupt between the two would spoil
// it.
Stamp read_stamp() {
  Stamp best{};
  uint64_t best_width = UINT64_MAX;
  for (int i = 0; i < 16; ++i) {
    const uint64_t before = cycles();
    const int64_t ns = monotonic_ns();
    const uint64_t after = cycles();
    if (after - before < best_width) {
      best_width = after - before;
      best = {ns, before + (after - before) / 2};
    }
  }
  return best;
}

double measure_cycles_per_us() {
  if (!detail::tsc_is_constant) return 1000.0;
  const Stamp start = read_stamp();
  Stamp end = start;
  while (end.ns - start.ns < 5000000) end = read_stamp();
  return static_cast<double>(end.cycles - start.cycles) * 1000.0 / static_cast<double>(end.ns - start.ns);
}

}  // namespace

namespace detail {
const bool tsc_is_constant = has_constant_tsc();
}

int64_t monotonic_ns() { return read_clock_ns(CLOCK_MONOTONIC); }
int64_t wall_us() { return read_clock_ns(CLOCK_REALTIME) / 1000; }

void TickClock::update() {
  monotonic_us = monotonic_ns() / 1000;
  wall_us = redoubt::wall_us();
}

double cycles_per_us() {
  static const double value = measure_cycles_per_us();
  return value;
}

}  // namespace redoubt

// Thread-safe: no state.
#pragma once

#include <ctime>

namespace redoubt {

// The CPU time that all threads of this program have spent.
inline double process_cpu_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

}  // namespace redoubt

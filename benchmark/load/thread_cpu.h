// Thread-safe: no state.
#pragma once

#include <ctime>

namespace redoubt {

// The CPU time that the calling thread has spent.
inline double thread_cpu_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

}  // namespace redoubt

// What the system says of this process: processor time and memory. Each call asks anew. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redoubt {

struct CpuTime {
  int64_t system_us = 0;
  int64_t user_us = 0;
};
CpuTime process_cpu_time();
CpuTime children_cpu_time();
// Of the thread that calls.
CpuTime thread_cpu_time();

// Bytes of this process that are in memory; 0 when the system does not say.
size_t resident_memory();
// Bytes of memory of the whole machine.
size_t system_memory();

}  // namespace redoubt

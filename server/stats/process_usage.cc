#include "server/stats/process_usage.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace redoubt {
namespace {

CpuTime cpu_time_of(int who) {
  rusage usage{};
  if (getrusage(who, &usage) != 0) return {};
  return {usage.ru_stime.tv_sec * int64_t{1000000} + usage.ru_stime.tv_usec,
          usage.ru_utime.tv_sec * int64_t{1000000} + usage.ru_utime.tv_usec};
}

size_t system_value(int name) {
  const long value = sysconf(name);
  return value > 0 ? static_cast<size_t>(value) : 0;
}

}  // namespace

CpuTime process_cpu_time() { return cpu_time_of(RUSAGE_SELF); }
CpuTime children_cpu_time() { return cpu_time_of(RUSAGE_CHILDREN); }
CpuTime thread_cpu_time() { return cpu_time_of(RUSAGE_THREAD); }

// Without streams: it runs every 100 ms, and in crash reports.
size_t resident_memory() {
  const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[128] = {};
  const ssize_t size = read(fd, text, sizeof text - 1);
  close(fd);
  if (size <= 0) return 0;
  // Pages of the whole address space, then those that are resident.
  char* after_total = nullptr;
  strtoull(text, &after_total, 10);
  return strtoull(after_total, nullptr, 10) * system_value(_SC_PAGESIZE);
}

size_t system_memory() { return system_value(_SC_PHYS_PAGES) * system_value(_SC_PAGESIZE); }

}  // namespace redoubt

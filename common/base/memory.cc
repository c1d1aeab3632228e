#include "common/base/memory.h"

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

// The sanitizers' allocator answers for itself; mallinfo2 knows nothing of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REDOUBT_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define REDOUBT_SANITIZED
#endif
#endif
#ifdef REDOUBT_SANITIZED
extern "C" size_t __sanitizer_get_current_allocated_bytes();  // NOLINT(bugprone-reserved-identifier,cert-*)
#endif

namespace redoubt {
namespace {

// The one piece of process-wide state here mirrors the allocator's own, which is process-wide by nature.
struct ThreadCounters {
  uint64_t* allocated;
  uint64_t* deallocated;
};

struct Counters {
  std::atomic<int64_t> mapped{0};
  int64_t retired = 0;  // net bytes of threads that have ended
  std::mutex mutex;     // the counters of a thread must not go while they are read
  size_t count = 0;
  ThreadCounters threads[256];
};

Counters& counters() {
  static Counters instance;
  return instance;
}

#ifdef REDOUBT_JEMALLOC
uint64_t load(uint64_t* counter) { return __atomic_load_n(counter, __ATOMIC_RELAXED); }

// Takes the thread's share over when it ends: its counters live in thread-local memory.
struct Registration {
  ThreadCounters mine{};
  ~Registration() {
    Counters& all = counters();
    const std::scoped_lock lock(all.mutex);
    for (size_t i = 0; i < all.count; ++i) {
      if (all.threads[i].allocated != mine.allocated) continue;
      all.retired += static_cast<int64_t>(load(mine.allocated) - load(mine.deallocated));
      all.threads[i] = all.threads[--all.count];
      return;
    }
  }
};

template <typename T>
T read_mallctl(const char* name) {
  T value{};
  size_t size = sizeof value;
  mallctl(name, &value, &size, nullptr, 0);
  return value;
}
#elif defined(REDOUBT_SANITIZED)
size_t malloc_in_use() { return __sanitizer_get_current_allocated_bytes(); }
#else
size_t malloc_in_use() { return mallinfo2().uordblks; }
#endif

}  // namespace

void count_mapped(int64_t change) { counters().mapped.fetch_add(change, std::memory_order_relaxed); }

#ifdef REDOUBT_JEMALLOC

void register_allocating_thread() {
  thread_local Registration registration;
  if (registration.mine.allocated != nullptr) return;
  Counters& all = counters();
  const std::scoped_lock lock(all.mutex);
  if (all.count == std::size(all.threads)) throw std::bad_alloc();
  registration.mine = {read_mallctl<uint64_t*>("thread.allocatedp"), read_mallctl<uint64_t*>("thread.deallocatedp")};
  all.threads[all.count++] = registration.mine;
}

size_t used_memory() {
  Counters& all = counters();
  const std::scoped_lock lock(all.mutex);
  int64_t sum = all.mapped.load(std::memory_order_relaxed) + all.retired;
  for (size_t i = 0; i < all.count; ++i) {
    sum += static_cast<int64_t>(load(all.threads[i].allocated) - load(all.threads[i].deallocated));
  }
  return sum > 0 ? static_cast<size_t>(sum) : 0;
}

AllocatorStats allocator_stats() {
  uint64_t epoch = 1;
  size_t size = sizeof epoch;
  mallctl("epoch", &epoch, &size, &epoch, size);
  return {read_mallctl<size_t>("stats.allocated"), read_mallctl<size_t>("stats.active"),
          read_mallctl<size_t>("stats.resident"), read_mallctl<size_t>("stats.retained"), 0};
}

const char* allocator_name() {
  static const std::string name = [] {
    const std::string version = read_mallctl<const char*>("version");
    return "jemalloc-" + version.substr(0, version.find('-'));
  }();
  return name.c_str();
}

void purge_allocator() {
  const std::string name = "arena." + std::to_string(MALLCTL_ARENAS_ALL) + ".purge";
  mallctl(name.c_str(), nullptr, nullptr, nullptr, 0);
}

void set_background_purging(bool on) { mallctl("background_thread", nullptr, nullptr, &on, sizeof on); }

#else

void set_background_purging(bool /*on*/) {}
void register_allocating_thread() {}
size_t used_memory() {
  const int64_t sum = static_cast<int64_t>(malloc_in_use()) + counters().mapped.load();
  return sum > 0 ? static_cast<size_t>(sum) : 0;
}
AllocatorStats allocator_stats() {
  const size_t used = used_memory();
  return {used, used, used, 0, 0};
}
const char* allocator_name() { return "libc"; }
void purge_allocator() { malloc_trim(0); }

#endif

}  // namespace redoubt

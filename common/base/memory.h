// Sized allocation and an exact count of what is in use. allocate/deallocate are thin over jemalloc (over malloc in
// sanitizer builds); the caller remembers the size. The count costs nothing per allocation: jemalloc keeps two counters
// per thread, and MemoryCounter sums those of the threads that were registered. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#ifdef REDOUBT_JEMALLOC
#include <jemalloc/jemalloc.h>
#else
#include <malloc.h>

#include <cstdlib>
#endif

namespace redoubt {

// Never returns null: throws std::bad_alloc. size > 0.
inline void* allocate(size_t size) {
  void* memory = malloc(size);
  if (memory == nullptr) [[unlikely]]
    throw std::bad_alloc();
  return memory;
}

// `size` is what was asked for, or anything up to good_size of it.
inline void deallocate(void* memory, [[maybe_unused]] size_t size) {
#ifdef REDOUBT_JEMALLOC
  sdallocx(memory, size, 0);
#else
  free(memory);
#endif
}

// The size that an allocation of `size` really occupies; allocate(good_size(n)) wastes nothing.
inline size_t good_size(size_t size) {
  // The allocator's small classes are multiples of 16 up to 128, then four steps to each doubling.
  if (size <= 8) return 8;
  if (size <= 128) return (size + 15) & ~size_t{15};
  if (size > (size_t{1} << 60)) return size;
  const int top = 63 - __builtin_clzll(size - 1);
  const size_t step = size_t{1} << (top - 2);
  return (size + step - 1) & ~(step - 1);
}

// Bytes obtained with mmap beside the allocator (big hash tables) are reported here, so that used_memory is whole.
void count_mapped(int64_t change);

// Adds this thread's counters to those that used_memory sums; call once at the start of each thread that allocates for
// long; at most 256 at a time, else std::bad_alloc. What a thread that is not registered allocates is not counted.
void register_allocating_thread();

// Bytes in use: exact for registered threads, a few nanoseconds per thread.
size_t used_memory();

// What the allocator says of itself, in bytes (INFO memory, MEMORY STATS). Costs a refresh: not for the hot path.
struct AllocatorStats {
  size_t allocated = 0;
  size_t active = 0;
  size_t resident = 0;
  size_t retained = 0;
  size_t muzzy = 0;
};
AllocatorStats allocator_stats();
const char* allocator_name();  // "jemalloc-5.3.0" or "libc"

// Gives unused pages back to the system.
void purge_allocator();
// Lets a thread of the allocator give unused pages back as time goes by.
void set_background_purging(bool on);

}  // namespace redoubt

#include "server/dict/dict_table.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "common/base/memory.h"

namespace redoubt {
namespace {

constexpr size_t mapped_from = 4096;          // buckets: 256 KiB
constexpr size_t give_back_chunk = 4 * 1024;  // buckets: 256 KiB

constexpr DictBucket empty_bucket{};

DictBucket* allocate_buckets(size_t count) {
  void* memory = nullptr;
  if (posix_memalign(&memory, sizeof(DictBucket), count * sizeof(DictBucket)) != 0) throw std::bad_alloc();
  memset(memory, 0, count * sizeof(DictBucket));
  return static_cast<DictBucket*>(memory);
}

}  // namespace

uint64_t DictTable::first_position(size_t i) const {
  // The smallest p with p * count >= i * 2^48.
  const uint128 target = static_cast<uint128>(i) << position_bits;
  return static_cast<uint64_t>((target + count - 1) / count);
}

DictTable DictTable::empty() { return {const_cast<DictBucket*>(&empty_bucket), 1, true}; }

DictTable DictTable::make(size_t count) {
  if (count < mapped_from) return {allocate_buckets(count), count, false};
  const size_t bytes = count * sizeof(DictBucket);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  count_mapped(static_cast<int64_t>(bytes));
  return {static_cast<DictBucket*>(memory), count, false};
}

void DictTable::release() {
  if (buckets != nullptr && !shared) {
    if (count < mapped_from) {
      free(buckets);
    } else {
      munmap(buckets, count * sizeof(DictBucket));
      count_mapped(-static_cast<int64_t>(count * sizeof(DictBucket)));
    }
  }
  *this = {};
}

void DictTable::give_back(size_t moved) {
  if (count < mapped_from || moved % give_back_chunk != 0) return;
  madvise(buckets + (moved - give_back_chunk), give_back_chunk * sizeof(DictBucket), MADV_DONTNEED);
}

DictBucket* new_chained_bucket() { return allocate_buckets(1); }
void free_chained_bucket(DictBucket* bucket) { free(bucket); }

}  // namespace redoubt

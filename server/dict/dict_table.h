// The memory under a Dict: an array of buckets, one cache line each, zeroed when new. Small arrays are allocated, big ones
// mapped. See dict.h for what the bytes mean.
#pragma once

#include <cstddef>
#include <cstdint>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "common/base/int128.h"

namespace redoubt {

struct alignas(64) DictBucket {
  static constexpr int slots = 7;
  static constexpr uint8_t all = 0x7f;
  static constexpr uint8_t chain_bit = 0x80;
  static constexpr int link_slot = 6;

  uint8_t tags[slots];
  uint8_t meta;
  void* items[slots];

  bool chained() const { return (meta & chain_bit) != 0; }
  // The slots that hold items, as a mask.
  unsigned used() const { return chained() ? meta & 0x3fu : meta & 0x7fu; }
  DictBucket* link() const { return static_cast<DictBucket*>(items[link_slot]); }
  unsigned matches(uint8_t tag) const {
#ifdef __SSE2__
    const __m128i line = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(tags));
    const __m128i same = _mm_cmpeq_epi8(line, _mm_set1_epi8(static_cast<char>(tag)));
    return static_cast<unsigned>(_mm_movemask_epi8(same)) & used();
#else
    unsigned mask = 0;
    for (int i = 0; i < slots; ++i) mask |= static_cast<unsigned>(tags[i] == tag) << i;
    return mask & used();
#endif
  }
};
static_assert(sizeof(DictBucket) == 64);

struct DictTable {
  DictBucket* buckets = nullptr;
  size_t count = 0;
  bool shared = false;  // the one bucket of an empty dict, never written

  // The place of a hash in the order of buckets: its upper 48 bits.
  static uint64_t position(uint64_t hash) { return hash >> 16; }
  static constexpr int position_bits = 48;
  // The bucket that covers a position.
  size_t index(uint64_t position) const {
    return static_cast<size_t>((static_cast<uint128>(position) * count) >> position_bits);
  }
  // The first position of bucket i; of the end of the table (i == count) 2^48.
  uint64_t first_position(size_t i) const;

  static DictTable empty();
  static DictTable make(size_t count);
  void release();
  // The first `moved` buckets are not needed any more: gives whole chunks of them back to the system.
  void give_back(size_t moved);
};

DictBucket* new_chained_bucket();
void free_chained_bucket(DictBucket* bucket);

}  // namespace redoubt

// The memory under a Dict: an array of buckets, one cache line each, zeroed when new. Small arrays are allocated, big ones
// mapped. See dict.h for what the bytes mean.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "common/base/int128.h"

#if !(defined(__x86_64__) || defined(__aarch64__)) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the pointers of a DictBucket are those of user space on little-endian x86-64 and arm64"
#endif

namespace redoubt {

// A pointer is read with the two bytes before it, eight in all, and shifted down: no load leaves the line.
struct alignas(64) DictBucket {
  static constexpr int slots = 9;
  static constexpr int link_slot = 8;
  static constexpr unsigned all = (1u << slots) - 1;
  static constexpr size_t pointer_bytes = 6;
  static constexpr size_t slot_bytes = pointer_bytes + 1;

  // The tag of a hash, never 0.
  static uint8_t tag_of(uint64_t hash) {
    const auto low = static_cast<uint8_t>(hash);
    return static_cast<uint8_t>(low + (low == 0));
  }

  // What is in a slot, as long as its tag is not 0, or it is the link's.
  void* pointer(int slot) const { return load_pointer(pointer_at(slot)); }
  void set_pointer(int slot, const void* pointer) { store_pointer(pointer_at(slot), pointer); }
  uint8_t tag(int slot) const { return bytes[slot]; }
  void set(int slot, uint8_t tag, const void* pointer) {
    bytes[slot] = tag;
    set_pointer(slot, pointer);
  }
  void free_slot(int slot) { bytes[slot] = 0; }
  // As new: neither items nor a link.
  void clear() { memset(bytes, 0, chained_byte + 1); }

  bool chained() const { return bytes[chained_byte] != 0; }
  DictBucket* link() const { return static_cast<DictBucket*>(pointer(link_slot)); }
  // From now on the last slot is a link, whose tag is 0 so that no look-up takes it for an item.
  void set_link(DictBucket* link) {
    set(link_slot, 0, link);
    bytes[chained_byte] = 1;
  }
  void drop_link() { bytes[chained_byte] = 0; }

  // The slots with that tag, as a mask.
  unsigned matches(uint8_t tag) const {
#ifdef __SSE2__
    const __m128i tags = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
    const __m128i same = _mm_cmpeq_epi8(tags, _mm_set1_epi8(static_cast<char>(tag)));
    return static_cast<unsigned>(_mm_movemask_epi8(same)) & all;
#else
    return matches_by_words(tag);
#endif
  }
  // The slots that hold items, and those that may take one.
  unsigned used() const { return ~matches(0) & all; }
  unsigned free_slots() const { return matches(0) & (chained() ? all >> 1 : all); }
  // matches() without instructions of one machine.
  unsigned matches_by_words(uint8_t tag) const {
    constexpr uint64_t ones = 0x0101010101010101, sevens = 0x7f7f7f7f7f7f7f7f;
    uint64_t tags;
    memcpy(&tags, bytes, sizeof tags);
    const uint64_t differ = tags ^ tag * ones;
    // The upper bit of each byte that is zero, then those eight side by side.
    const uint64_t same = ~(((differ & sevens) + sevens) | differ | sevens);
    const auto low = static_cast<unsigned>(((same >> 7) * 0x0102040810204080) >> 56);
    return low | static_cast<unsigned>(bytes[link_slot] == tag) << link_slot;
  }

  // Where the eight bytes begin of which the upper six are a slot's pointer.
  uint8_t* pointer_at(int slot) { return bytes + first_pointer + static_cast<size_t>(slot) * pointer_bytes; }
  const uint8_t* pointer_at(int slot) const { return const_cast<DictBucket*>(this)->pointer_at(slot); }
  static void* load_pointer(const uint8_t* at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return reinterpret_cast<void*>(word >> unused_bits);
  }
  static void store_pointer(uint8_t* at, const void* pointer) {
    const auto word = reinterpret_cast<uint64_t>(pointer);
    assert(word >> (64 - unused_bits) == 0);
    memcpy(at + unused_bits / 8, &word, pointer_bytes);
  }

  uint8_t bytes[64];

 private:
  static constexpr int unused_bits = 16;
  static constexpr size_t chained_byte = 9;
  static constexpr size_t first_pointer = 8;  // the two bytes before the first are those of tag 8 and chained_byte
};
static_assert(sizeof(DictBucket) == 64 && sizeof(void*) == 8);

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

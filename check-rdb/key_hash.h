// Keyed hashes of 128 bits, so long that different things do not share one, and under a secret so that no file can be made in
// which they do.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/hash/keyed_hash.h"

namespace redoubt {

struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const Hash128&) const = default;
  bool operator<(const Hash128& other) const { return high != other.high ? high < other.high : low < other.low; }
  Hash128& operator+=(const Hash128& other) {
    high += other.high + (__builtin_add_overflow(low, other.low, &low) ? 1 : 0);
    return *this;
  }
};

inline Hash128 hash128(std::string_view bytes, const HashKey& key) {
  const XXH128_hash_t hash = XXH3_128bits_withSecret(bytes.data(), bytes.size(), key.secret, hash_secret_size);
  return {hash.low64, hash.high64};
}

// Of numbers and hashes, in their order.
template <typename... Parts>
Hash128 hash_of_parts(const HashKey& key, const Parts&... parts) {
  char bytes[(sizeof(Parts) + ...)];
  size_t at = 0;
  ((std::memcpy(bytes + at, &parts, sizeof parts), at += sizeof parts), ...);
  return hash128({bytes, sizeof bytes}, key);
}

inline Hash128 hash_of_key(uint64_t db, std::string_view name, const HashKey& key) {
  return hash_of_parts(key, db, hash128(name, key));
}

}  // namespace redoubt

// The hash function of dictionaries: XXH3 under a random secret, so that clients cannot choose keys that collide. Inline,
// because it runs for every key of every command (1-2 ns for 16 bytes). The values differ from run to run: they must not
// be stored or sent. Thread-safe: a HashKey does not change once made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace redoubt {

inline constexpr size_t hash_secret_size = 192;

struct HashKey {
  HashKey();                        // random, from the kernel
  explicit HashKey(uint64_t seed);  // the same for the same seed: for tests

  alignas(64) unsigned char secret[hash_secret_size];
};

inline uint64_t keyed_hash(std::string_view text, const HashKey& key) {
  return XXH3_64bits_withSecret(text.data(), text.size(), key.secret, hash_secret_size);
}

}  // namespace redoubt

// How small a collection must be to be kept in a compact encoding: the directives that types read. See redis.conf.
#pragma once

#include <cstdint>

namespace redoubt {

struct TypeLimits {
  uint64_t hash_max_listpack_entries = 512;
  uint64_t hash_max_listpack_value = 64;
  int list_max_listpack_size = -2;  // negative: bytes, -1 4 kB to -5 64 kB; positive: elements
  int list_compress_depth = 0;      // nodes at either end that are never compressed; 0: no compression
  uint64_t set_max_intset_entries = 512;
  uint64_t set_max_listpack_entries = 128;
  uint64_t set_max_listpack_value = 64;
  uint64_t zset_max_listpack_entries = 128;
  uint64_t zset_max_listpack_value = 64;
};
inline constexpr TypeLimits default_type_limits;

}  // namespace redoubt

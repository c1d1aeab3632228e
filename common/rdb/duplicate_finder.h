// Finds out whether a member was seen before, in 16 bytes for each that was: by hashes so long that different members do not
// share one, under a random secret so that nobody can arrange it. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/hash/keyed_hash.h"

namespace redoubt {

class DuplicateFinder {
 public:
  // Forgets all.
  void clear();
  // False: it was there.
  bool add(std::string_view member);

 private:
  struct Hash {
    uint64_t low = 0;
    uint64_t high = 0;
    bool operator==(const Hash&) const = default;
  };

  static constexpr size_t first_size = 64;
  static constexpr size_t kept_size = 4096;

  bool insert(Hash hash);
  void grow();

  std::optional<HashKey> key_;
  std::vector<Hash> slots_;  // a power of two; all zero: free
  size_t used_ = 0;
};

}  // namespace redoubt

// Finds out whether a member was seen before: by hashes of 16 bytes, so long that different members do not share one, under a
// random secret so that nobody can arrange it. Takes 32 to 64 bytes for each member, but never more than 32 MB: it remembers
// the first half million members, and compares those that come later with them only. Not thread-safe.
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
  static constexpr size_t most_slots = size_t{1} << 20;

  bool insert(Hash hash);
  bool find(Hash hash) const;
  void grow();

  std::optional<HashKey> key_;
  std::vector<Hash> slots_;  // a power of two; all zero: free
  size_t used_ = 0;
};

}  // namespace redoubt

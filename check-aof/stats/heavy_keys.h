// The keys with the most traffic, in bounded memory: exact while there are at most `capacity` keys. Then those with little
// traffic are forgotten again and again, each time the lower half, and how much that was is subtracted from the standing of
// the others (the Misra-Gries sketch, in batches): a key whose share of all bytes is above 2 / capacity is never lost. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

struct HeavyKey {
  std::string key;  // of a long one the beginning
  uint64_t database = 0;
  uint64_t commands = 0;  // since it is known
  uint64_t bytes = 0;
  uint64_t missed = 0;  // at most so many bytes came before it was known; 0: the figures are exact
};

class HeavyKeys {
 public:
  static constexpr size_t longest_key = 256;

  explicit HeavyKeys(size_t capacity = size_t{1} << 14);

  // `hash` is of the key and the database.
  void add(uint64_t hash, uint64_t database, std::string_view key, uint64_t bytes);
  // The first ones by bytes.
  std::vector<HeavyKey> top(size_t most) const;
  bool exact() const { return forgotten_ == 0; }

 private:
  struct Entry {
    HeavyKey key;
    uint64_t hash = 0;
    uint64_t standing = 0;
  };
  static constexpr uint32_t none = UINT32_MAX;

  uint32_t& slot_of(uint64_t hash);
  void forget_the_lower_half();

  size_t capacity_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // indices of entries
  uint64_t forgotten_ = 0;       // no key that is not known had more
};

}  // namespace redoubt

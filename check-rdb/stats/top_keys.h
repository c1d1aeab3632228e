// The largest keys of those that were offered, in memory for so many. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/rdb/rdb_visitor.h"

namespace redoubt {

struct TopKey {
  static constexpr size_t most_of_name = 512;

  uint64_t db = 0;
  std::string name;        // at most most_of_name bytes of it
  uint64_t name_size = 0;  // of all of it
  RdbKind kind{};
  RdbType type{};
  uint64_t elements = 0;
  uint64_t file_bytes = 0;
  uint64_t memory_bytes = 0;  // by which they are ordered
  int64_t expires_ms = RdbKey::never;
};

class TopKeys {
 public:
  explicit TopKeys(size_t most) : most_(most) {}

  // Whether a key of that size would be kept: ask before a TopKey is made.
  bool wants(uint64_t memory_bytes) const {
    return most_ != 0 && (keys_.size() < most_ || memory_bytes > keys_.front().memory_bytes);
  }
  void offer(TopKey key);
  // The largest first; of equal ones, the first by database and name.
  std::vector<TopKey> sorted() const;

 private:
  size_t most_;
  std::vector<TopKey> keys_;  // a heap, the smallest in front
};

}  // namespace redoubt

// What keys take by the beginnings of their names: "user:" has all that begin so, and below it "user:12:" those, to a depth of
// max_depth separators. A name without a separator counts at the root only.
//
// Bounded: when there are more than max_prefixes, the half that takes the least is folded into the prefixes above. Below these,
// a prefix that is not known is counted from then on if it takes more than the smallest that stayed, or else with one chance
// in `chances`: where there are millions of small ones, few are looked at, and those with many keys still come to be seen. So
// figures of prefixes can be too small when something was folded; the root's are exact. A prefix of more than max_segment bytes after the one above it counts as no prefix. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/hash/keyed_hash.h"

namespace redoubt {

struct PrefixSums {
  uint64_t keys = 0;
  uint64_t file_bytes = 0;
  uint64_t memory_bytes = 0;

  void add(const PrefixSums& other) {
    keys += other.keys;
    file_bytes += other.file_bytes;
    memory_bytes += other.memory_bytes;
  }
};

// A prefix for reports.
struct Prefix {
  std::string name;  // with its separator; empty for the root
  PrefixSums sums;
  // Of what stands in `sums` and not in a child. Keys whose name ends here, and what was folded.
  PrefixSums rest;
  bool folded = false;           // something was
  std::vector<Prefix> children;  // the largest memory first
};

class PrefixTree {
 public:
  static constexpr size_t max_depth = 6;
  static constexpr size_t max_prefixes = 8192;
  static constexpr size_t max_segment = 128;
  static constexpr uint64_t chances = 16;

  explicit PrefixTree(char separator);

  // A key.
  void add(std::string_view name, uint64_t file_bytes, uint64_t memory_bytes);
  bool folded() const { return folds_ != 0; }
  // The tree without children that take less than `least` of all memory (0 to 1), which count as rest.
  Prefix report(double least) const;

 private:
  static constexpr uint32_t root = 0;
  static constexpr uint32_t none = UINT32_MAX;

  struct Node {
    uint32_t parent = none;
    std::string segment;
    PrefixSums sums;
    bool folded = false;
  };

  struct Slot {
    uint32_t node = none;
    uint32_t tag = 0;  // the rest of the hash, so that most of what is not the same is never looked at
  };

  uint64_t hash_of(uint32_t parent, std::string_view segment) const;
  // none: it is not counted by itself.
  uint32_t child(uint32_t parent, std::string_view segment, size_t depth, uint64_t memory);
  void fold();
  void rebuild_index();

  char separator_;
  HashKey hash_key_;
  std::vector<Node> nodes_;                   // the root first, parents before their children
  std::vector<Slot> index_;                   // of the nodes by hash: each stands in the first free slot from there on
  std::array<uint32_t, max_depth> recent_{};  // nodes that were found last
  uint64_t least_kept_ = 0;                   // memory of the smallest that stayed
  uint64_t unknown_ = 0;                      // prefixes that were not known, below folded ones
  uint64_t folds_ = 0;
};

}  // namespace redoubt

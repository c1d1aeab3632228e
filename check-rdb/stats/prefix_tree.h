// What keys take by the beginnings of their names: "user:" has all that begin so, and below it "user:12:" those, to a depth of
// max_depth separators. A name without a separator counts at the root only.
//
// Bounded: when there are more than max_prefixes, the half that takes the least is folded into the prefixes above, each of
// which tells how much of it is not divided up (folded_*). A prefix that was folded and comes again begins anew, so that below
// the first fold the numbers of a prefix are what is known of it and can be too small; what is told of everything above is
// exact. A prefix of more than max_segment bytes after the one above it counts as no prefix. Not thread-safe.
#pragma once

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
  static constexpr size_t max_prefixes = 16384;
  static constexpr size_t max_segment = 128;

  explicit PrefixTree(char separator);

  void add(std::string_view name, const PrefixSums& sums);
  bool folded() const { return folds_ != 0; }
  // The tree without children that take less than `least` of all memory (0 to 1), which count as rest.
  Prefix report(double least) const;

 private:
  static constexpr uint32_t root = 0;
  static constexpr uint32_t none = UINT32_MAX;

  struct Node {
    uint32_t parent = none;
    uint32_t hash_next = none;
    uint64_t hash = 0;
    std::string segment;
    PrefixSums sums;
    bool folded = false;
  };

  uint32_t child(uint32_t parent, std::string_view segment);
  void fold();
  void rebuild_index();

  char separator_;
  HashKey hash_key_;
  std::vector<Node> nodes_;      // the root first, parents before their children
  std::vector<uint32_t> index_;  // chains of nodes by hash
  uint64_t folds_ = 0;
};

}  // namespace redoubt

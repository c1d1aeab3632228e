// The order of a big sorted set: a B+tree over (score, member bytes) that also counts, so that ranks are found both ways in
// O(log n). Scores stand in the nodes beside the pointers to members: a search reads members only where scores are equal.
//
//   leaf    count, capacity | scores of all | members of all           as big as it needs to be, up to leaf_max pairs
//   inner   count | for each child: first score in it, first member in it, child, how many members below
//
// All leaves are equally deep, and nodes know neither parent nor siblings: whoever needs the way up keeps the path that led
// down. The last leaf, when full, is followed by an empty one instead of being halved, and the first likewise, so that
// ascending and descending insertion fill the leaves.
//
// The tree owns its nodes, not the members. Node sizes are parameters so that tests can have deep trees of few members.
// Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/base/prefetch.h"
#include "server/types/score_member.h"

namespace redoubt {

// What the order is made of.
struct ScoreKey {
  double score;
  std::string_view member;
};

// A member with its score at hand.
struct ScoredMember {
  double score;
  ScoreMember* member;
};

template <size_t leaf_max = 63, size_t inner_max = 63>
class ScoreTree {
  static_assert(leaf_max >= 4 && inner_max >= 4);
  struct Leaf;
  struct Inner;

 public:
  ScoreTree() = default;
  ScoreTree(const ScoreTree&) = delete;
  ScoreTree& operator=(const ScoreTree&) = delete;
  ~ScoreTree() { clear(); }

  size_t size() const { return size_; }
  // Bytes of all nodes.
  size_t memory() const { return memory_; }

  // The key must not be present.
  void insert(ScoreMember* member, double score);
  // The member must be present with this score. Does not look at it afterwards.
  void erase(const ScoreMember* member, double score) { erase_at(find(member, score), 1); }
  // Moves a member that is present with score `before` to where `after` belongs.
  void move(ScoreMember* member, double before, double after);
  // Takes ranks [first, last) out.
  void erase_range(size_t first, size_t last);
  // Replaces everything by these, which must be in order.
  void build(std::span<const ScoredMember> members);
  void clear();

  // Brings the way to where a member with this score is or would be into the cache.
  void prefetch(double score) const { prefetch_paths(std::array{score}); }

  // The member must be present with this score.
  size_t rank(const ScoreMember* member, double score) const;
  // How many members there are for which before(score, member) holds; it must hold for a first part of the order only.
  template <typename F>
  size_t count_before(F&& before) const;
  // Calls f(double score, ScoreMember*) for ranks [first, last), in order or from the last down, until it returns false.
  template <typename F>
  void walk(size_t first, size_t last, bool reverse, F&& f) const;

  // Whether all that must hold does: for tests.
  bool check() const;

 private:
  static constexpr size_t leaf_min = leaf_max / 4;  // below, a leaf is joined with a sibling or filled from it
  static constexpr size_t inner_min = inner_max / 4 > 2 ? inner_max / 4 : 2;
  static constexpr size_t max_height = 40;

  struct Step {
    Inner* node;
    size_t index;  // of the child
  };
  // The way to a place in a leaf: steps[0] leads to the leaf, steps[height_ - 1] begins at the root.
  struct Path {
    Step steps[max_height];
    Leaf* leaf;
    size_t position;
  };
  struct Child {
    ScoredMember first;
    void* node;
    size_t members;
  };

  Path find(const ScoreMember* member, double score) const;
  template <size_t paths>
  void prefetch_paths(const std::array<double, paths>& scores) const;
  Path find_rank(size_t rank) const;
  template <typename Node>
  static size_t lower_bound(const Node* node, size_t from, const ScoreKey& key);
  static size_t lower_bound_of_equals(const double* scores, ScoreMember* const* members, size_t low, size_t count,
                                      const ScoreKey& key);
  static size_t child_of(const Inner* node, const ScoreKey& key);
  static size_t place_of(const Leaf* leaf, const ScoreMember* member, double score);
  // The part of a node that a search looks at, or all of a leaf.
  static constexpr size_t searched = 16 + sizeof(double) * (leaf_max > inner_max ? leaf_max : inner_max);
  static constexpr size_t whole_leaf = 16 + (sizeof(double) + sizeof(void*)) * leaf_max;
  static void prefetch_node(const void* node, size_t bytes) {
    for (size_t at = 0; at < bytes; at += 64) redoubt::prefetch(static_cast<const char*>(node) + at);
  }
  Path descend(const ScoreKey& key) const;

  Leaf* new_leaf(size_t members);
  void free_leaf(Leaf* leaf);
  Leaf* resized(Leaf* leaf, size_t members);
  Inner* new_inner();
  void free_inner(Inner* node);
  void free_below(void* node, size_t height);

  void insert_at(Path& path, ScoredMember member);
  void erase_at(Path path, size_t count);
  void add_root();
  void make_room(Path& path, size_t level);
  void split_leaf(Path& path);
  bool at_edge(const Path& path, bool last) const;
  void replace_leaf(const Path& path, Leaf* leaf);
  void count_along(const Path& path, size_t change);
  void fix_first(const Path& path, size_t level, ScoredMember first);
  void remove_child(Path& path, size_t level, size_t index);
  void balance_leaf(Path& path);
  void balance_inner(Path& path, size_t level);
  void drop_root();
  bool check_node(const void* node, size_t height, Child& seen, ScoredMember& previous, size_t& bytes) const;

  void* root_ = nullptr;  // a leaf when height_ is 0
  size_t height_ = 0;
  size_t size_ = 0;
  size_t memory_ = 0;
};

}  // namespace redoubt

#include "server/types/score_tree_impl.h"

// What is behind a big sorted set: its members in a hash table and, the same ones, in a tree by score. Owns the members.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "server/dict/dict.h"
#include "server/types/score_member.h"
#include "server/types/score_tree.h"

namespace redoubt {

class ScoreTable {
 public:
  using Members = Dict<ScoreMemberTraits>;

  static ScoreTable* make(const HashKey& key);
  static void free(ScoreTable* table);
  ScoreTable(const ScoreTable&) = delete;
  ScoreTable& operator=(const ScoreTable&) = delete;

  size_t size() const { return members_.size(); }
  const Members& members() const { return members_; }
  const ScoreTree<>& tree() const { return tree_; }
  uint64_t hash(std::string_view member) const { return members_.hash(member); }
  ScoreMember* find(std::string_view member, uint64_t hash) const { return members_.get(member, hash); }
  // For a member that will be looked up and given a score: what both need comes into the cache at the same time.
  void prefetch(uint64_t hash, double score) const {
    members_.prefetch_bucket(hash);
    tree_.prefetch(score);
    members_.prefetch_item(hash);
  }
  size_t rank(const ScoreMember* member) const { return tree_.rank(member, member->score); }

  void reserve(size_t members) { members_.reserve(members); }
  // The member must not be present.
  void add(std::string_view member, uint64_t hash, double score);
  void set_score(ScoreMember* member, double score);
  bool remove(std::string_view member);
  void remove_range(size_t first, size_t last);
  // Everything that `other` has; this one must be empty.
  void copy_from(const ScoreTable& other);

  // For building: members without a place in the tree, until place() is given all of them in order.
  ScoreMember* add_unplaced(std::string_view member, uint64_t hash, double score);
  bool remove_unplaced(std::string_view member);
  void place(std::span<const ScoredMember> ordered) { tree_.build(ordered); }

  // Bytes of everything; those of the members estimated from `samples` of them (0: from all).
  size_t memory(size_t samples) const;

 private:
  explicit ScoreTable(const HashKey& key) : members_(key) {}
  ~ScoreTable();

  Members members_;
  ScoreTree<> tree_;
};

}  // namespace redoubt

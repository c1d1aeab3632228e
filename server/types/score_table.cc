#include "server/types/score_table.h"

#include <algorithm>
#include <new>
#include <vector>

#include "common/base/memory.h"

namespace redoubt {

ScoreTable* ScoreTable::make(const HashKey& key) { return new (allocate(sizeof(ScoreTable))) ScoreTable(key); }

void ScoreTable::free(ScoreTable* table) {
  table->~ScoreTable();
  deallocate(table, sizeof(ScoreTable));
}

ScoreTable::~ScoreTable() {
  if (tree_.size() != members_.size()) {  // a building that was given up
    members_.for_each([](ScoreMember* member) { ScoreMember::free(member); });
    return;
  }
  tree_.walk(0, tree_.size(), false, [](double, ScoreMember* member) {
    ScoreMember::free(member);
    return true;
  });
}

void ScoreTable::add(std::string_view member, uint64_t hash, double score) {
  ScoreMember* made = ScoreMember::make(member, score);
  tree_.insert(made, score);
  members_.insert(hash, made);
}

void ScoreTable::set_score(ScoreMember* member, double score) {
  tree_.move(member, member->score, score);
  member->score = score;
}

bool ScoreTable::remove(std::string_view member) {
  ScoreMember* taken = members_.erase(member, hash(member));
  if (taken == nullptr) return false;
  tree_.erase(taken, taken->score);
  ScoreMember::free(taken);
  members_.shrink_if_sparse();
  return true;
}

void ScoreTable::remove_range(size_t first, size_t last) {
  // Who takes from an end mostly comes again: the walk goes on a little, so that what is next is in the cache by then.
  constexpr size_t ahead = 3;
  const bool from_end = first != 0 && last == size();
  const size_t low = from_end ? first - std::min(first, ahead) : first;
  const size_t high = first == 0 ? std::min(last + ahead, size()) : last;
  size_t left = last - first;
  tree_.walk(low, high, from_end, [&](double, ScoreMember* member) {
    const uint64_t member_hash = hash(member->view());
    if (left == 0) {
      members_.prefetch_bucket(member_hash);
      return false;
    }
    --left;
    members_.erase(member->view(), member_hash);
    members_.shrink_if_sparse();
    ScoreMember::free(member);
    return true;
  });
  // The tree does not look at members where it is told ranks.
  tree_.erase_range(first, last);
}

void ScoreTable::copy_from(const ScoreTable& other) {
  members_.reserve(other.size());
  std::vector<ScoredMember> ordered;
  ordered.reserve(other.size());
  other.tree_.walk(0, other.size(), false, [&](double score, ScoreMember* member) {
    ordered.push_back({score, add_unplaced(member->view(), hash(member->view()), score)});
    return true;
  });
  place(ordered);
}

ScoreMember* ScoreTable::add_unplaced(std::string_view member, uint64_t hash, double score) {
  ScoreMember* made = ScoreMember::make(member, score);
  members_.insert(hash, made);
  return made;
}

bool ScoreTable::remove_unplaced(std::string_view member) {
  ScoreMember* taken = members_.erase(member, hash(member));
  if (taken == nullptr) return false;
  ScoreMember::free(taken);
  return true;
}

size_t ScoreTable::memory(size_t samples) const {
  const size_t seen = samples == 0 ? size() : std::min(samples, size());
  size_t bytes = 0;
  tree_.walk(0, seen, false, [&bytes](double, const ScoreMember* member) {
    bytes += member->allocation();
    return true;
  });
  if (seen != 0 && seen != size()) {
    bytes = static_cast<size_t>(static_cast<double>(bytes) / static_cast<double>(seen) * static_cast<double>(size()));
  }
  return bytes + good_size(sizeof(ScoreTable)) + members_.memory() + tree_.memory();
}

}  // namespace redoubt

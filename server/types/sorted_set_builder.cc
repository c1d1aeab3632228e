#include <algorithm>
#include <cstring>
#include <utility>

#include "server/types/score_listpack.h"
#include "server/types/score_table.h"
#include "server/types/sorted_set.h"

namespace redoubt {

namespace {

bool comes_before(const ScoredMember& a, const ScoredMember& b) {
  return a.score < b.score || (a.score == b.score && a.member->view() < b.member->view());
}

// Unsigned integers in the order of the scores.
uint64_t sort_key(double score) {
  score += 0.0;  // -0 becomes 0
  uint64_t bits = 0;
  memcpy(&bits, &score, sizeof bits);
  return bits >> 63 != 0 ? ~bits : bits | uint64_t{1} << 63;
}

// Least significant byte first; bytes that are the same in all keys cost nothing but counting.
void sort_by_score(std::vector<ScoredMember>& members) {
  constexpr size_t digits = sizeof(uint64_t);
  std::vector<size_t> counts(digits * 256);
  for (const ScoredMember& member : members) {
    const uint64_t key = sort_key(member.score);
    for (size_t digit = 0; digit < digits; ++digit) ++counts[digit * 256 + (key >> (8 * digit) & 255)];
  }
  std::vector<ScoredMember> other(members.size());
  const uint64_t any = sort_key(members[0].score);
  for (size_t digit = 0; digit < digits; ++digit) {
    size_t* places = counts.data() + digit * 256;
    if (places[any >> (8 * digit) & 255] == members.size()) continue;
    for (size_t i = 0, sum = 0; i < 256; ++i) sum += std::exchange(places[i], sum);
    for (const ScoredMember& member : members) other[places[sort_key(member.score) >> (8 * digit) & 255]++] = member;
    members.swap(other);
  }
}

void sort_members(std::vector<ScoredMember>& members) {
  constexpr size_t few = 256;
  if (std::is_sorted(members.begin(), members.end(), comes_before)) return;
  if (members.size() <= few) return std::sort(members.begin(), members.end(), comes_before);
  sort_by_score(members);
  for (auto from = members.begin(); from != members.end();) {
    auto to = from + 1;
    while (to != members.end() && to->score == from->score) ++to;
    if (to - from > 1) std::sort(from, to, comes_before);
    from = to;
  }
}

}  // namespace

SortedSetBuilder::SortedSetBuilder(const TypeSettings& settings)
    : table_(ScoreTable::make(settings.hash_key)), settings_(&settings) {}

SortedSetBuilder::~SortedSetBuilder() { ScoreTable::free(table_); }

void SortedSetBuilder::reserve(size_t members) {
  table_->reserve(members);
  members_.reserve(members);
}

size_t SortedSetBuilder::size() const { return table_->size(); }

double* SortedSetBuilder::find(std::string_view member) {
  ScoreMember* found = table_->find(member, table_->hash(member));
  return found == nullptr ? nullptr : &found->score;
}

SortedSetBuilder::Added SortedSetBuilder::add(std::string_view member, double score) {
  const uint64_t hash = table_->hash(member);
  if (ScoreMember* found = table_->find(member, hash)) return {&found->score, false};
  members_.push_back(table_->add_unplaced(member, hash, score));
  return {&members_.back()->score, true};
}

void SortedSetBuilder::add_new(std::string_view member, double score) {
  members_.push_back(table_->add_unplaced(member, table_->hash(member), score));
}

bool SortedSetBuilder::remove(std::string_view member) {
  if (!table_->remove_unplaced(member)) return false;
  members_.clear();  // the table still knows them all
  return true;
}

std::vector<ScoredMember> SortedSetBuilder::take_ordered() {
  if (members_.size() != table_->size()) {
    members_.clear();
    table_->members().for_each([this](ScoreMember* member) { members_.push_back(member); });
  }
  std::vector<ScoredMember> ordered;
  ordered.reserve(members_.size());
  for (ScoreMember* member : members_) ordered.push_back({member->score, member});
  members_ = {};
  sort_members(ordered);
  return ordered;
}

bool SortedSetBuilder::fits_listpack() const {
  const TypeLimits& limits = settings_->limits;
  if (size() > limits.zset_max_listpack_entries) return false;
  size_t longest = 0;
  size_t total = 0;
  table_->members().for_each([&](const ScoreMember* member) {
    longest = std::max(longest, member->view().size());
    total += member->view().size();
  });
  return longest <= limits.zset_max_listpack_value && !listpack_would_overflow(0, total);
}

ObjectValue SortedSetBuilder::finish() {
  if (!fits_listpack()) return finish_table();
  Listpack pack;
  for (const ScoredMember& member : take_ordered()) ScoreListpack::append(pack, member.member->view(), member.score);
  pack.shrink();
  ScoreTable::free(std::exchange(table_, ScoreTable::make(settings_->hash_key)));
  return {Encoding::listpack, pack.release()};
}

ObjectValue SortedSetBuilder::finish_table() {
  table_->place(take_ordered());
  return {Encoding::skiplist, std::exchange(table_, ScoreTable::make(settings_->hash_key))};
}

}  // namespace redoubt

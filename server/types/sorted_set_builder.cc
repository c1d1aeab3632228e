#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
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

size_t common_prefix(std::string_view a, std::string_view b) {
  return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

// The eight bytes at `from` as a number in the order of the bytes; beyond the end there are zeros.
uint64_t bytes_key(std::string_view text, size_t from) {
  text.remove_prefix(from);
  uint64_t bytes = 0;
  memcpy(&bytes, text.data(), std::min(text.size(), sizeof bytes));
  return __builtin_bswap64(bytes);
}

// Members whose scores are equal. Most are told apart by eight bytes after what all begin with, without looking at them
// again.
void sort_equals(std::span<ScoredMember> run) {
  constexpr size_t few = 16;
  if (run.size() <= few) return std::sort(run.begin(), run.end(), comes_before);
  const std::string_view one = run[0].member->view();
  size_t prefix = one.size();
  for (const ScoredMember& each : run) prefix = common_prefix(one.substr(0, prefix), each.member->view());
  struct Keyed {
    uint64_t key;
    ScoreMember* member;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(run.size());
  for (const ScoredMember& each : run) keyed.push_back({bytes_key(each.member->view(), prefix), each.member});
  std::sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
    return a.key < b.key || (a.key == b.key && a.member->view() < b.member->view());
  });
  // One of them may be -0 and another 0: each keeps its own.
  for (size_t i = 0; i < run.size(); ++i) run[i] = {keyed[i].member->score, keyed[i].member};
}

void sort_members(std::vector<ScoredMember>& members) {
  constexpr size_t few = 256;
  if (std::is_sorted(members.begin(), members.end(), comes_before)) return;
  // As they stand in snapshots.
  if (std::is_sorted(members.rbegin(), members.rend(), comes_before)) {
    return std::reverse(members.begin(), members.end());
  }
  if (members.size() <= few) return std::sort(members.begin(), members.end(), comes_before);
  sort_by_score(members);
  for (size_t from = 0, to = 0; from < members.size(); from = to) {
    for (to = from + 1; to < members.size() && members[to].score == members[from].score;) ++to;
    if (to - from > 1) sort_equals(std::span(members).subspan(from, to - from));
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

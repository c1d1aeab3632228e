#include "server/types/sorted_set.h"

#include <unordered_set>
#include <utility>

#include "common/base/number.h"
#include "server/types/score_listpack.h"
#include "server/types/score_table.h"

namespace redoubt {

namespace {

bool is_listpack(Encoding encoding) { return encoding == Encoding::listpack; }

// Edits a value's listpack in place: the blob is taken over, and handed back at the end.
class ListpackEdit {
 public:
  explicit ListpackEdit(ObjectValue& value) : value_(value), pack_(Listpack::adopt(value.data)) {}
  ListpackEdit(const ListpackEdit&) = delete;
  ListpackEdit& operator=(const ListpackEdit&) = delete;
  ~ListpackEdit() { value_.data = pack_.release(); }
  Listpack& operator*() { return pack_; }
  Listpack* operator->() { return &pack_; }

 private:
  ObjectValue& value_;
  Listpack pack_;
};

bool starts_after(const LexBound& min, std::string_view member) {
  switch (min.kind) {
    case LexBound::Kind::lowest: return false;
    case LexBound::Kind::highest: return true;
    case LexBound::Kind::inclusive: return member < min.text;
    case LexBound::Kind::exclusive: return member <= min.text;
  }
  return false;
}

bool ends_not_before(const LexBound& max, std::string_view member) {
  switch (max.kind) {
    case LexBound::Kind::lowest: return false;
    case LexBound::Kind::highest: return true;
    case LexBound::Kind::inclusive: return member <= max.text;
    case LexBound::Kind::exclusive: return member < max.text;
  }
  return false;
}

RankRange ordered(size_t first, size_t last) { return {first, std::max(first, last)}; }

}  // namespace

ObjectValue SortedSet::make(const TypeSettings&) { return {Encoding::listpack, Listpack().release()}; }

size_t SortedSet::size() const { return is_listpack(encoding()) ? ScoreListpack(listpack()).size() : table().size(); }

std::optional<double> SortedSet::score(std::string_view member) const {
  if (is_listpack(encoding())) {
    const ScoreListpack pairs(listpack());
    const auto at = pairs.find(member);
    return at == ListpackView::none ? std::nullopt : std::optional<double>(pairs.score_of(at));
  }
  const ScoreMember* found = table().find(member, table().hash(member));
  return found == nullptr ? std::nullopt : std::optional<double>(found->score);
}

std::optional<SortedSet::Place> SortedSet::find(std::string_view member) const {
  if (is_listpack(encoding())) {
    const ScoreListpack pairs(listpack());
    const auto at = pairs.find(member);
    if (at == ListpackView::none) return std::nullopt;
    return Place{pairs.rank_of(at), pairs.score_of(at)};
  }
  const ScoreMember* found = table().find(member, table().hash(member));
  if (found == nullptr) return std::nullopt;
  return Place{table().rank(found), found->score};
}

void SortedSet::expect(std::string_view first, size_t count) {
  if (!is_listpack(encoding())) return;
  const TypeLimits& limits = settings_->limits;
  const bool too_many = count > limits.zset_max_listpack_entries;
  if (too_many || (listpack().empty() && first.size() > limits.zset_max_listpack_value)) become_table(count);
}

SortedSet::Change SortedSet::set(std::string_view member, double score) {
  return update_with(
      member, [score](const double*) { return std::optional<double>(score); }, score);
}

SortedSet::Change SortedSet::update_with(std::string_view member, Decision decide, std::optional<double> guess) {
  if (is_listpack(encoding())) {
    const ScoreListpack pairs(listpack());
    const auto at = pairs.find(member);
    const bool exists = at != ListpackView::none;
    const double old = exists ? pairs.score_of(at) : 0;
    const std::optional<double> wanted = decide(exists ? &old : nullptr);
    if (!wanted || (exists && *wanted == old)) return Change::unchanged;
    if (exists) {
      ListpackEdit edit(value_);
      edit->erase(at, 2);
      ScoreListpack::insert(*edit, member, *wanted);
      return Change::updated;
    }
    const TypeLimits& limits = settings_->limits;
    if (pairs.size() < limits.zset_max_listpack_entries && member.size() <= limits.zset_max_listpack_value &&
        !listpack_would_overflow(listpack().bytes(), member.size())) {
      ListpackEdit edit(value_);
      ScoreListpack::insert(*edit, member, *wanted);
      return Change::added;
    }
    become_table(pairs.size() + 1);
    table().add(member, table().hash(member), *wanted);
    return Change::added;
  }
  ScoreTable& members = table();
  const uint64_t hash = members.hash(member);
  if (guess) members.prefetch(hash, *guess);
  ScoreMember* found = members.find(member, hash);
  const std::optional<double> wanted = decide(found == nullptr ? nullptr : &found->score);
  if (!wanted) return Change::unchanged;
  if (found == nullptr) {
    members.add(member, hash, *wanted);
    return Change::added;
  }
  if (*wanted == found->score) return Change::unchanged;
  members.set_score(found, *wanted);
  return Change::updated;
}

bool SortedSet::remove(std::string_view member) {
  if (!is_listpack(encoding())) return table().remove(member);
  const auto at = ScoreListpack(listpack()).find(member);
  if (at == ListpackView::none) return false;
  ListpackEdit(value_)->erase(at, 2);
  return true;
}

size_t SortedSet::remove_range(RankRange range) {
  range.last = std::min(range.last, size());
  if (range.empty()) return 0;
  if (is_listpack(encoding())) {
    ListpackEdit edit(value_);
    edit->erase(edit->seek(static_cast<int64_t>(2 * range.first)), 2 * range.size());
  } else {
    table().remove_range(range.first, range.last);
  }
  return range.size();
}

RankRange SortedSet::ranks(const ScoreRange& range) const {
  const auto below = [&](double score) { return range.min_exclusive ? score <= range.min : score < range.min; };
  const auto within = [&](double score) { return range.max_exclusive ? score < range.max : score <= range.max; };
  if (is_listpack(encoding())) {
    const ScoreListpack pairs(listpack());
    return ordered(pairs.count_before([&](double score, std::string_view) { return below(score); }),
                   pairs.count_before([&](double score, std::string_view) { return within(score); }));
  }
  const auto& tree = table().tree();
  return ordered(tree.count_before([&](double score, const ScoreMember*) { return below(score); }),
                 tree.count_before([&](double score, const ScoreMember*) { return within(score); }));
}

RankRange SortedSet::ranks(const LexRange& range) const {
  if (is_listpack(encoding())) {
    const ScoreListpack pairs(listpack());
    return ordered(pairs.count_before([&](double, std::string_view text) { return starts_after(range.min, text); }),
                   pairs.count_before([&](double, std::string_view text) { return ends_not_before(range.max, text); }));
  }
  const auto& tree = table().tree();
  return ordered(
      tree.count_before([&](double, const ScoreMember* member) { return starts_after(range.min, member->view()); }),
      tree.count_before([&](double, const ScoreMember* member) { return ends_not_before(range.max, member->view()); }));
}

void SortedSet::walk(RankRange range, bool reverse, Visitor visit) const {
  if (is_listpack(encoding())) {
    ScoreListpack(listpack()).walk(range.first, range.last, reverse, visit);
  } else {
    table().tree().walk(range.first, range.last, reverse,
                        [visit](double score, const ScoreMember* member) { return visit(member->view(), score); });
  }
}

void SortedSet::sample_with(Random& random, size_t count, Visitor visit) const {
  const size_t all = size();
  count = std::min(count, all);
  if (count >= all / 4) {
    // One walk: each is taken with the odds that what is wanted has among what is left.
    size_t left = all;
    walk({0, all}, false, [&](std::string_view member, double score) {
      if (random.below(left--) >= count) return true;
      visit(member, score);
      return --count > 0;
    });
    return;
  }
  // Floyd's choice of `count` ranks: one more candidate at each step, which steps in for what was drawn already.
  std::unordered_set<size_t> drawn;
  drawn.reserve(count);
  for (size_t candidate = all - count; candidate < all; ++candidate) {
    size_t rank = random.below(candidate + 1);
    if (!drawn.insert(rank).second) {
      rank = candidate;
      drawn.insert(rank);
    }
    walk({rank, rank + 1}, false, visit);
  }
}

std::string_view SortedSet::scan_text(double score, char* digits) const {
  if (encoding() == Encoding::listpack) return ScoreListpack::text_of(score, digits);
  return {digits, format_double(digits, score)};
}

uint64_t SortedSet::scan_with(uint64_t cursor, Visitor visit) const {
  if (!is_listpack(encoding())) {
    return table().members().scan(cursor, [visit](const ScoreMember* member) { visit(member->view(), member->score); });
  }
  walk({0, size()}, false, visit);
  return 0;
}

void SortedSet::become_table(size_t members) {
  SortedSetBuilder builder(*settings_);
  builder.reserve(std::max(members, size()));
  for_each([&](std::string_view member, double score) { builder.add_new(member, score); });
  const ObjectValue table = builder.finish_table();
  Listpack::free(std::exchange(value_, table).data);
}

void SortedSet::destroy(Encoding encoding, void* object) {
  if (is_listpack(encoding)) {
    Listpack::free(object);
  } else {
    ScoreTable::free(static_cast<ScoreTable*>(object));
  }
}

size_t SortedSet::memory(Encoding encoding, const void* object, size_t samples) {
  return is_listpack(encoding) ? Listpack::allocation(object) : static_cast<const ScoreTable*>(object)->memory(samples);
}

void* SortedSet::copy(Encoding encoding, const void* object) {
  if (is_listpack(encoding)) return Listpack::copy_of(object, ListpackView(object).bytes()).release();
  const auto* table = static_cast<const ScoreTable*>(object);
  ScoreTable* other = ScoreTable::make(table->members().hash_key());
  other->copy_from(*table);
  return other;
}

size_t SortedSet::free_effort(Encoding encoding, const void* object) {
  return is_listpack(encoding) ? 1 : static_cast<const ScoreTable*>(object)->size();
}

}  // namespace redoubt

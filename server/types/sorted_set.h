// A set of members ordered by score, and by their bytes (memcmp, then length) where scores are equal. Small ones are a
// listpack of member, score, member, score, …; others a ScoreTable: a hash table by member beside an order-statistics tree
// (docs/sorted-sets.md). Encodings change where Redis 7.2 changes them.
//
// A handle around an ObjectValue, as described in object_value.h; it owns nothing. A rank is a position in ascending order,
// from 0. Everything but for_each, scan and what walks a range costs O(log n) at most. Scores are never NaN: the caller
// checks. Views that callbacks get are good during the call only, and no callback may change the set. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/function_ref.h"
#include "common/base/random.h"
#include "common/encoding/listpack.h"
#include "server/types/object_value.h"

namespace redoubt {

// Ranks first, first + 1, …, last - 1.
struct RankRange {
  size_t first = 0;
  size_t last = 0;

  bool empty() const { return first >= last; }
  size_t size() const { return empty() ? 0 : last - first; }
  // What LIMIT leaves of it: `count` members after skipping `offset` of them, from the upper end when `reverse`.
  RankRange limited(size_t offset, size_t count, bool reverse) const {
    offset = std::min(offset, size());
    count = std::min(count, size() - offset);
    return reverse ? RankRange{last - offset - count, last - offset}
                   : RankRange{first + offset, first + offset + count};
  }
};

struct ScoreRange {
  double min = 0;
  double max = 0;
  bool min_exclusive = false;
  bool max_exclusive = false;
};

// "-", "+", "[text" or "(text".
struct LexBound {
  enum class Kind : uint8_t { lowest, highest, inclusive, exclusive };
  Kind kind = Kind::lowest;
  std::string_view text = {};
};

// Means something only where all scores are equal, as in Redis.
struct LexRange {
  LexBound min;
  LexBound max;
};

class ScoreTable;
struct ScoredMember;
struct ScoreMember;

class SortedSet {
 public:
  static constexpr Type type = Type::zset;

  SortedSet(ObjectValue value, const TypeSettings& settings) : value_(value), settings_(&settings) {}
  static ObjectValue make(const TypeSettings& settings);  // an empty listpack
  ObjectValue value() const { return value_; }
  Encoding encoding() const { return value_.encoding; }
  const TypeSettings& settings() const { return *settings_; }
  size_t size() const;

  std::optional<double> score(std::string_view member) const;
  struct Place {
    size_t rank;
    double score;
  };
  std::optional<Place> find(std::string_view member) const;  // rank and score at once
  std::optional<size_t> rank(std::string_view member) const {
    const std::optional<Place> place = find(member);
    return place ? std::optional<size_t>(place->rank) : std::nullopt;
  }

  // A command is about to add `count` members, first of them `first` (ZADD's arguments): converts at once what would
  // become too big, as Redis does. `first` matters only while the set is empty.
  void expect(std::string_view first, size_t count);

  enum class Change : uint8_t { unchanged, updated, added };
  Change set(std::string_view member, double score);
  // Looks the member up and lets decide(const double* old) say what to do; old is null when it is not there. It returns
  // std::optional<double>: the new score, or nothing to leave all as it is. One look-up for all flags of ZADD. A caller that
  // can guess the new score makes it faster.
  template <typename F>
  Change update(std::string_view member, F&& decide, std::optional<double> guess = std::nullopt) {
    return update_with(member, decide, guess);
  }
  bool remove(std::string_view member);  // false: was not there
  size_t remove_range(RankRange range);  // how many were there

  // Ranks whose scores (or bytes) lie in a range; empty when none does. The whole set is {0, size()}.
  RankRange ranks(const ScoreRange& range) const;
  RankRange ranks(const LexRange& range) const;

  // Calls f(std::string_view member, double score) for a range of ranks that exist, ascending or, when `reverse`, from the
  // last to the first. Where f returns bool, false ends the walk.
  template <typename F>
  void for_range(RankRange range, bool reverse, F&& f) const {
    walk(range, reverse, [&f](std::string_view member, double score) {
      if constexpr (std::is_same_v<std::invoke_result_t<F&, std::string_view, double>, bool>) {
        return f(member, score);
      } else {
        f(member, score);
        return true;
      }
    });
  }
  // Everything, ascending.
  template <typename F>
  void for_each(F&& f) const {
    for_range({0, size()}, false, f);
  }
  // The member with this rank (< size()).
  template <typename F>
  void at(size_t rank, F&& f) const {
    for_range({rank, rank + 1}, false, f);
  }

  // Takes the lowest (the highest) `count` members out, or all if there are fewer, and calls f(member, score) for each in
  // that order. Returns how many.
  template <typename F>
  size_t pop_min(size_t count, F&& f) {
    const RankRange range{0, std::min(count, size())};
    for_range(range, false, f);
    return remove_range(range);
  }
  template <typename F>
  size_t pop_max(size_t count, F&& f) {
    const RankRange range{size() - std::min(count, size()), size()};
    for_range(range, true, f);
    return remove_range(range);
  }

  // f(member, score) for one member, all equally likely. The set must not be empty.
  template <typename F>
  void random(Random& random, F&& f) const {
    at(random.below(size()), f);
  }
  // f(member, score) for `count` different members, or all if there are fewer; all choices equally likely, in no
  // particular order.
  template <typename F>
  void sample(Random& random, size_t count, F&& f) const {
    sample_with(random, count, [&f](std::string_view member, double score) {
      f(member, score);
      return true;
    });
  }

  // As Dict::scan: f(member, score); 0 begins and 0 ends. A listpack is seen whole at the first call.
  template <typename F>
  uint64_t scan(uint64_t cursor, F&& f) const {
    return scan_with(cursor, [&f](std::string_view member, double score) {
      f(member, score);
      return true;
    });
  }

  // The text of a score as ZSCAN tells it, which is what a listpack holds: big integers in full. `digits` has room for
  // max_short_double_text bytes.
  std::string_view scan_text(double score, char* digits) const;

  // What stands behind the handle: only for the encoding that it has.
  ListpackView listpack() const { return ListpackView(value_.data); }
  ScoreTable& table() const { return *static_cast<ScoreTable*>(value_.data); }

  // For the table in type.cc.
  static void destroy(Encoding encoding, void* object);
  static size_t memory(Encoding encoding, const void* object, size_t samples);
  static void* copy(Encoding encoding, const void* object);
  static size_t free_effort(Encoding encoding, const void* object);

 private:
  using Visitor = FunctionRef<bool(std::string_view, double)>;
  using Decision = FunctionRef<std::optional<double>(const double*)>;

  Change update_with(std::string_view member, Decision decide, std::optional<double> guess);
  void walk(RankRange range, bool reverse, Visitor visit) const;
  void sample_with(Random& random, size_t count, Visitor visit) const;
  uint64_t scan_with(uint64_t cursor, Visitor visit) const;
  void become_table(size_t members);

  ObjectValue value_;
  const TypeSettings* settings_;
};

// Makes a sorted set from members in any order: for results that are stored or sorted (ZUNIONSTORE, ZRANGESTORE, ZUNION,
// GEORADIUS … STORE, loading). Adds cost a hash look-up each; order is made once, at the end. Not thread-safe.
class SortedSetBuilder {
 public:
  explicit SortedSetBuilder(const TypeSettings& settings);
  ~SortedSetBuilder();  // frees what was not finished
  SortedSetBuilder(const SortedSetBuilder&) = delete;
  SortedSetBuilder& operator=(const SortedSetBuilder&) = delete;

  void reserve(size_t members);  // before the first add
  size_t size() const;
  // The score of a member to read or change until the next add, or null.
  double* find(std::string_view member);
  // The member's score, and whether it was added now, with `score`.
  struct Added {
    double* score;
    bool added;
  };
  Added add(std::string_view member, double score);
  // A member that is known not to be there: no look-up.
  void add_new(std::string_view member, double score);
  bool remove(std::string_view member);  // ZDIFF

  // The sorted set, in the encoding that Redis gives to stored results: a listpack if the limits allow one. The caller owns
  // it (put it into an entry, or destroy_object); the builder is empty then.
  ObjectValue finish();
  // The same, but never a listpack.
  ObjectValue finish_table();

 private:
  bool fits_listpack() const;
  std::vector<ScoredMember> take_ordered();

  ScoreTable* table_;
  std::vector<ScoreMember*> members_;  // in the order in which they came
  const TypeSettings* settings_;
};

}  // namespace redoubt

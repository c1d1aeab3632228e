#include "server/types/sorted_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/number.h"

namespace redoubt {
namespace {

using Pair = std::pair<double, std::string>;
using Pairs = std::vector<Pair>;
constexpr double infinity = std::numeric_limits<double>::infinity();

// A sorted set that frees itself.
class Owner {
 public:
  explicit Owner(uint64_t entries = 128, uint64_t value = 64)
      : limits_{.zset_max_listpack_entries = entries, .zset_max_listpack_value = value},
        set_(SortedSet::make(settings_), settings_) {}
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() { SortedSet::destroy(set_.encoding(), set_.value().data); }

  SortedSet* operator->() { return &set_; }
  SortedSet& operator*() { return set_; }
  TypeLimits& limits() { return limits_; }
  const TypeSettings& settings() const { return settings_; }
  void replace(ObjectValue value) {
    SortedSet::destroy(set_.encoding(), set_.value().data);
    set_ = SortedSet(value, settings_);
  }

  Pairs range(RankRange ranks, bool reverse = false) const {
    Pairs pairs;
    set_.for_range(ranks, reverse,
                   [&](std::string_view member, double score) { pairs.emplace_back(score, std::string(member)); });
    return pairs;
  }
  Pairs all() const { return range({0, set_.size()}); }

 private:
  TypeLimits limits_;
  HashKey key_{7};
  TypeSettings settings_{limits_, key_};
  SortedSet set_;
};

// Both encodings: the limit of entries is so high or so low.
class SortedSetTest : public testing::TestWithParam<uint64_t> {
 protected:
  Owner set_{GetParam(), 1000};
};
INSTANTIATE_TEST_SUITE_P(Encodings, SortedSetTest, testing::Values(100000, 0));

std::string member_name(uint64_t number) {
  switch (number % 4) {
    case 0: return std::to_string(number);  // a listpack keeps it as an integer
    case 1: return "m" + std::to_string(number);
    case 2: return std::string(number % 300, 'x') + std::to_string(number);
    default: return std::string("\0\xff", 2) + std::to_string(number);
  }
}

TEST_P(SortedSetTest, BehavesLikeASetUnderRandomOperations) {
  Random random(GetParam() + 1);
  std::map<std::string, double> scores;
  std::set<Pair> order;
  const auto drop = [&](const std::set<Pair>::iterator at) {
    scores.erase(at->second);
    order.erase(at);
  };
  for (int step = 0; step < 6000; ++step) {
    const std::string name = member_name(random.below(200));
    const double score = static_cast<double>(random.below(40)) / 4 - 5;
    const auto known = scores.find(name);
    switch (random.below(12)) {
      default: {
        const auto change = set_->set(name, score);
        if (known == scores.end()) {
          ASSERT_EQ(change, SortedSet::Change::added);
        } else {
          ASSERT_EQ(change, known->second == score ? SortedSet::Change::unchanged : SortedSet::Change::updated);
          order.erase({known->second, name});
        }
        scores[name] = score;
        order.emplace(score, name);
        break;
      }
      case 0:
      case 1:
        ASSERT_EQ(set_->remove(name), known != scores.end());
        if (known != scores.end()) drop(order.find({known->second, name}));
        break;
      case 2: {
        const size_t first = random.below(order.size() + 1);
        const size_t count = random.below(std::min<size_t>(order.size() - first, 6) + 1);
        ASSERT_EQ(set_->remove_range({first, first + count}), count);
        for (size_t i = 0; i < count; ++i) drop(std::next(order.begin(), static_cast<std::ptrdiff_t>(first)));
        break;
      }
      case 3: {
        Pairs popped;
        const auto take = [&](std::string_view member, double each) { popped.emplace_back(each, member); };
        const bool lowest = random.below(2) == 0;
        const size_t count = lowest ? set_->pop_min(2, take) : set_->pop_max(2, take);
        ASSERT_EQ(count, std::min<size_t>(2, order.size()));
        for (const Pair& pair : popped) {
          const auto end = lowest ? order.begin() : std::prev(order.end());
          ASSERT_EQ(*end, pair);
          drop(end);
        }
        break;
      }
      case 4: {
        const auto place = set_->find(name);
        ASSERT_EQ(place.has_value(), known != scores.end());
        ASSERT_EQ(set_->score(name).has_value(), place.has_value());
        if (!place) break;
        ASSERT_EQ(place->score, known->second);
        ASSERT_EQ(set_->score(name), known->second);
        ASSERT_EQ(place->rank, static_cast<size_t>(std::distance(order.begin(), order.find({known->second, name}))));
        break;
      }
      case 5: {
        const ScoreRange range{score, score + static_cast<double>(random.below(8)) / 4 - 0.25, random.below(2) == 0,
                               random.below(2) == 0};
        Pairs expected;
        for (const Pair& pair : order) {
          if ((range.min_exclusive ? pair.first > range.min : pair.first >= range.min) &&
              (range.max_exclusive ? pair.first < range.max : pair.first <= range.max)) {
            expected.push_back(pair);
          }
        }
        ASSERT_EQ(set_.range(set_->ranks(range)), expected);
        std::reverse(expected.begin(), expected.end());
        ASSERT_EQ(set_.range(set_->ranks(range), true), expected);
        break;
      }
    }
    ASSERT_EQ(set_->size(), order.size());
    if (step % 50 == 0) {
      ASSERT_EQ(set_.all(), Pairs(order.begin(), order.end())) << step;
    }
  }
  EXPECT_EQ(set_->encoding(), GetParam() == 0 ? Encoding::skiplist : Encoding::listpack);
}

TEST_P(SortedSetTest, FindsLexRanges) {
  for (const char* member : {"", "a", "aa", "b", "ba", "c", "10", "9"}) set_->set(member, 1);
  using Kind = LexBound::Kind;
  struct Case {
    LexRange range;
    std::string members;
  };
  const Case cases[] = {
      {{{Kind::lowest}, {Kind::highest}}, " 10 9 a aa b ba c"},
      {{{Kind::inclusive, "a"}, {Kind::inclusive, "b"}}, "a aa b"},
      {{{Kind::exclusive, "a"}, {Kind::exclusive, "b"}}, "aa"},
      {{{Kind::exclusive, ""}, {Kind::exclusive, "a"}}, "10 9"},
      {{{Kind::inclusive, "10"}, {Kind::inclusive, "10"}}, "10"},
      {{{Kind::inclusive, "ab"}, {Kind::highest}}, "b ba c"},
      {{{Kind::lowest}, {Kind::inclusive, "9"}}, " 10 9"},
      {{{Kind::highest}, {Kind::lowest}}, "nothing"},
      {{{Kind::highest}, {Kind::highest}}, "nothing"},
      {{{Kind::lowest}, {Kind::lowest}}, "nothing"},
      {{{Kind::inclusive, "c"}, {Kind::inclusive, "a"}}, "nothing"},
      {{{Kind::exclusive, "c"}, {Kind::highest}}, "nothing"},
      {{{Kind::exclusive, "b"}, {Kind::inclusive, "b"}}, "nothing"},
  };
  for (const Case& each : cases) {
    const RankRange ranks = set_->ranks(each.range);
    std::string members = ranks.empty() ? "nothing" : "";
    bool first = true;
    for (const Pair& pair : set_.range(ranks)) {
      if (!std::exchange(first, false)) members += ' ';
      members += pair.second;
    }
    EXPECT_EQ(members, each.members);
  }
}

TEST_P(SortedSetTest, FindsInfiniteScoreRanges) {
  set_->set("low", -infinity);
  set_->set("zero", -0.0);
  set_->set("one", 1);
  set_->set("high", infinity);
  const auto count = [this](ScoreRange range) { return set_->ranks(range).size(); };
  EXPECT_EQ(count({-infinity, infinity}), 4u);
  EXPECT_EQ(count({-infinity, infinity, true, true}), 2u);
  EXPECT_EQ(count({-infinity, -infinity}), 1u);
  EXPECT_EQ(count({infinity, infinity}), 1u);
  EXPECT_EQ(count({infinity, infinity, true}), 0u);
  EXPECT_EQ(count({infinity, -infinity}), 0u);
  EXPECT_EQ(count({0, 0}), 1u);
  EXPECT_EQ(count({2, 3}), 0u);
  EXPECT_EQ(set_->ranks(ScoreRange{2, 3}).first, set_->ranks(ScoreRange{2, 3}).last);
}

TEST_P(SortedSetTest, KeepsEveryScoreExactly) {
  const double scores[] = {
      0,       1,      -1,  0.1,      1.0 / 3,  1e17,      1e18 + 1024, 4.611686018427388e18, 4.7e18,   9e18, 1e300,
      -1e-300, 5e-324, 2.5, -1234.75, infinity, -infinity, 1e21,        123456789012345680.0, 0.3 - 0.1};
  int i = 0;
  for (const double score : scores) set_->set("m" + std::to_string(i++), score);
  i = 0;
  for (const double score : scores) EXPECT_EQ(set_->score("m" + std::to_string(i++)), score);
}

TEST_P(SortedSetTest, ScansEverythingOnce) {
  for (int i = 0; i < 500; ++i) set_->set(member_name(static_cast<uint64_t>(i)), i);
  std::map<std::string, double> seen;
  uint64_t cursor = 0;
  do {
    cursor = set_->scan(cursor, [&](std::string_view member, double score) {
      EXPECT_TRUE(seen.emplace(std::string(member), score).second);
    });
  } while (cursor != 0);
  ASSERT_EQ(seen.size(), 500u);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(seen[member_name(static_cast<uint64_t>(i))], i);
}

TEST_P(SortedSetTest, SamplesDifferentMembersEvenly) {
  for (int i = 0; i < 50; ++i) set_->set(std::to_string(i), i);
  Random random(3);
  for (const size_t count : {1u, 5u, 12u, 30u, 50u, 90u}) {
    std::map<double, int> seen;
    for (int round = 0; round < 2000; ++round) {
      std::set<double> once;
      set_->sample(random, count, [&](std::string_view, double score) {
        EXPECT_TRUE(once.insert(score).second);
        ++seen[score];
      });
      ASSERT_EQ(once.size(), std::min<size_t>(count, 50));
    }
    const double mean = 2000.0 * static_cast<double>(std::min<size_t>(count, 50)) / 50;
    for (int i = 0; i < 50; ++i) EXPECT_NEAR(seen[i], mean, 6 * std::sqrt(mean)) << count << " " << i;
  }
  std::set<double> drawn;
  for (int i = 0; i < 1000; ++i) set_->random(random, [&](std::string_view, double score) { drawn.insert(score); });
  EXPECT_EQ(drawn.size(), 50u);
  size_t none = 0;
  set_->sample(random, 0, [&](std::string_view, double) { ++none; });
  EXPECT_EQ(none, 0u);
}

TEST_P(SortedSetTest, StopsWalkingWhenTold) {
  for (int i = 0; i < 200; ++i) set_->set(std::to_string(i), i);
  int calls = 0;
  set_->for_range({10, 150}, false, [&](std::string_view, double score) { return ++calls, score < 12; });
  EXPECT_EQ(calls, 3);
}

TEST_P(SortedSetTest, UpdateDecidesWithTheOldScore) {
  const auto nothing = [](const double*) { return std::optional<double>(); };
  EXPECT_EQ(set_->update("m", nothing), SortedSet::Change::unchanged);
  EXPECT_EQ(set_->size(), 0u);
  const auto add_two = [](const double* old) { return std::optional<double>(old == nullptr ? 2 : *old + 2); };
  EXPECT_EQ(set_->update("m", add_two), SortedSet::Change::added);
  // A guess helps or does nothing, also when it is wrong.
  EXPECT_EQ(set_->update("m", add_two, -infinity), SortedSet::Change::updated);
  EXPECT_EQ(set_->update("m", nothing), SortedSet::Change::unchanged);
  EXPECT_EQ(set_->set("m", 4), SortedSet::Change::unchanged);
  EXPECT_EQ(set_->score("m"), 4);
}

TEST_P(SortedSetTest, CopiesAndMeasures) {
  for (int i = 0; i < 300; ++i) set_->set(member_name(static_cast<uint64_t>(i)), i % 10);
  Owner other;
  other.replace({set_->encoding(), SortedSet::copy(set_->encoding(), set_->value().data)});
  EXPECT_EQ(other.all(), set_.all());
  other->set("new", 3);
  EXPECT_EQ(set_->score("new"), std::nullopt);
  EXPECT_EQ(other->find("new")->rank, other.all().size() - 300 + other->find("new")->rank - 1);
  const size_t memory = SortedSet::memory(set_->encoding(), set_->value().data, 0);
  EXPECT_GT(memory, 300u * 10);
  EXPECT_LT(memory, 300u * 400);
  EXPECT_GT(SortedSet::memory(set_->encoding(), set_->value().data, 5), 300u * 10);
  EXPECT_EQ(SortedSet::free_effort(set_->encoding(), set_->value().data), GetParam() == 0 ? 300u : 1u);
}

TEST(SortedSetEncodingTest, ConvertsWhereRedisDoes) {
  Owner set(4, 5);
  for (const char* member : {"a", "b", "c", "12345"}) set->set(member, 1);
  EXPECT_EQ(set->encoding(), Encoding::listpack);
  set->set("a", 7);
  EXPECT_EQ(set->encoding(), Encoding::listpack);
  set->set("e", 1);
  EXPECT_EQ(set->encoding(), Encoding::skiplist);
  EXPECT_EQ(set.all(), (Pairs{{1, "12345"}, {1, "b"}, {1, "c"}, {1, "e"}, {7, "a"}}));
  set->remove_range({0, 4});
  EXPECT_EQ(set->encoding(), Encoding::skiplist);

  Owner long_member(4, 5);
  long_member->set("a", 1);
  long_member->set("123456", 1);
  EXPECT_EQ(long_member->encoding(), Encoding::skiplist);

  Owner lower_limit(4, 5);
  lower_limit->set("123", 1);
  lower_limit.limits().zset_max_listpack_value = 2;
  lower_limit->set("123", 2);
  EXPECT_EQ(lower_limit->encoding(), Encoding::listpack);
}

TEST(SortedSetEncodingTest, ConvertsAheadOfManyMembers) {
  struct Case {
    bool empty;
    size_t first;
    size_t count;
    Encoding expected;
  };
  for (const Case& each : {Case{true, 5, 4, Encoding::listpack}, Case{true, 6, 1, Encoding::skiplist},
                           Case{true, 1, 5, Encoding::skiplist}, Case{false, 6, 1, Encoding::listpack},
                           Case{false, 1, 4, Encoding::listpack}, Case{false, 1, 5, Encoding::skiplist}}) {
    Owner set(4, 5);
    if (!each.empty) set->set("there", 1);
    set->expect(std::string(each.first, 'x'), each.count);
    EXPECT_EQ(set->encoding(), each.expected) << each.empty << each.first << each.count;
    EXPECT_EQ(set->size(), each.empty ? 0u : 1u);
  }
}

TEST(SortedSetListpackTest, WritesScoresAsRedisDoes) {
  Owner set;
  set->set("i", 10);
  set->set("f", 0.1);
  set->set("big", 1e17);
  set->set("bigger", 4.7e18);
  set->set("zero", -0.0);
  set->set("inf", infinity);
  set->set("neg", -infinity);
  std::string text;
  set->listpack().for_each([&](const ListpackValue& value) {
    char digits[max_integer_text];
    text += std::string(value.bytes(digits)) + (value.is_integer() ? "# " : " ");
  });
  EXPECT_EQ(text, "neg -inf zero 0# f 0.10000000000000001 i 10# big 100000000000000000# bigger 4.7e+18 inf inf ");
}

TEST(SortedSetBuilderTest, OrdersWhateverComes) {
  for (const size_t count : {0u, 1u, 5u, 200u, 3000u}) {
    for (const uint64_t scores : {1u, 3u, 1000000u}) {
      Owner set(0, 64);
      SortedSetBuilder builder(set.settings());
      Random random(count + scores);
      std::map<std::string, double> expected;
      for (size_t i = 0; i < count; ++i) {
        const std::string name = std::to_string(random.below(count * 2));
        const double score = (static_cast<double>(random.below(scores)) - 2) * (scores > 3 ? 0.37 : 1);
        const auto added = builder.add(name, score);
        ASSERT_EQ(added.added, expected.count(name) == 0);
        *added.score = expected[name] = expected[name] + score;
      }
      ASSERT_EQ(builder.size(), expected.size());
      for (size_t i = 0; i < count / 5; ++i) {
        const std::string name = std::to_string(random.below(count * 2));
        ASSERT_EQ(builder.find(name) != nullptr, expected.count(name) == 1);
        ASSERT_EQ(builder.remove(name), expected.erase(name) == 1);
      }
      builder.add_new("new", -infinity);
      expected["new"] = -infinity;
      set.replace(builder.finish());
      EXPECT_EQ(builder.size(), 0u);
      Pairs order;
      for (const auto& [name, score] : expected) order.emplace_back(score, name);
      std::sort(order.begin(), order.end());
      EXPECT_EQ(set.all(), order);
      for (const auto& [name, score] : expected) ASSERT_EQ(set->score(name), score);
    }
  }
}

TEST(SortedSetBuilderTest, OrdersEqualScoresByBytes) {
  Owner set(0, 64);
  SortedSetBuilder builder(set.settings());
  Random random(8);
  std::set<std::string> names;
  for (int i = 0; i < 3000; ++i) {
    // Of one beginning, some no longer than it, some different in the ninth byte only, with zeros and high bytes.
    std::string name = "prefix";
    const size_t size = random.below(12);
    while (name.size() < 6 + size) name += "\0\x01\xff"[random.below(3)];
    if (names.insert(name).second) builder.add(name, random.below(2) == 0 ? 0.0 : -0.0);
  }
  Pairs expected;
  for (const std::string& name : names) expected.emplace_back(std::signbit(*builder.find(name)) ? -1 : 1, name);
  set.replace(builder.finish());
  Pairs order;
  for (const Pair& pair : set.all()) order.emplace_back(std::signbit(pair.first) ? -1 : 1, pair.second);
  EXPECT_EQ(order, expected);
}

TEST(SortedSetBuilderTest, MakesAListpackIfTheLimitsAllow) {
  struct Case {
    size_t count, size;
    Encoding expected;
  };
  for (const Case& each :
       {Case{0, 0, Encoding::listpack}, Case{4, 5, Encoding::listpack}, Case{5, 5, Encoding::skiplist},
        Case{4, 6, Encoding::skiplist}, Case{1, 6, Encoding::skiplist}}) {
    Owner set(4, 5);
    SortedSetBuilder builder(set.settings());
    Pairs expected;
    for (size_t i = each.count; i-- > 0;) {
      builder.add(std::string(each.size - 1, 'x') + std::to_string(i), 1.5);
      expected.insert(expected.begin(), {1.5, std::string(each.size - 1, 'x') + std::to_string(i)});
    }
    set.replace(builder.finish());
    EXPECT_EQ(set->encoding(), each.expected) << each.count << " " << each.size;
    EXPECT_EQ(set.all(), expected);
  }
}

TEST(SortedSetBuilderTest, FreesWhatIsNotFinished) {
  Owner set;
  SortedSetBuilder builder(set.settings());
  for (int i = 0; i < 100; ++i) builder.add(std::to_string(i), i);
  EXPECT_EQ(builder.size(), 100u);  // the leak checker sees the rest
}

TEST(RankRangeTest, IsLimitedFromEitherEnd) {
  struct Case {
    size_t offset, count;
    bool reverse;
    RankRange expected;
  };
  for (const Case& each :
       {Case{0, 3, false, {10, 13}}, Case{2, 3, false, {12, 15}}, Case{18, 9, false, {28, 30}},
        Case{0, 3, true, {27, 30}}, Case{2, 3, true, {25, 28}}, Case{18, 9, true, {10, 12}},
        Case{50, 3, false, {30, 30}}, Case{50, 3, true, {10, 10}}, Case{0, SIZE_MAX, true, {10, 30}}}) {
    const RankRange limited = RankRange{10, 30}.limited(each.offset, each.count, each.reverse);
    EXPECT_EQ(limited.first, each.expected.first);
    EXPECT_EQ(limited.last, each.expected.last);
  }
}

}  // namespace
}  // namespace redoubt

#include "server/types/set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/base/memory.h"
#include "server/types/set_algebra.h"

namespace redoubt {
namespace {

using Model = std::set<std::string>;

struct World {
  explicit World(TypeLimits of = {}) : limits(of) {}
  NewSet set_of(const Model& members) const {
    NewSet set(settings);
    for (const std::string& member : members) set.add(member);
    return set;
  }
  TypeLimits limits;
  HashKey key{7};
  TypeSettings settings{limits, key};
};

Model members_of(const Set& set) {
  Model members;
  size_t seen = 0;
  set.for_each([&](std::string_view member) {
    members.emplace(member);
    ++seen;
  });
  EXPECT_EQ(seen, members.size());
  EXPECT_EQ(seen, set.size());
  return members;
}

std::string text(size_t i) { return "member:" + std::to_string(i); }

// `integers` of these, then `texts`.
Model mixture(size_t integers, size_t texts) {
  Model members;
  for (size_t i = 0; i < integers; ++i) members.insert(std::to_string(i * 7));
  for (size_t i = 0; i < texts; ++i) members.insert(text(i));
  return members;
}

// ---- one set beside a model ----------------------------------------------------------------------

struct Range {
  const char* name;
  size_t integers;
  size_t texts;
  size_t long_texts;
};

class SetModel : public testing::TestWithParam<Range> {};

TEST_P(SetModel, BehavesAsStdSetUnderRandomOperations) {
  const Range& range = GetParam();
  const size_t all = range.integers + range.texts + range.long_texts;
  const auto member = [&](size_t i) {
    if (i < range.integers) return std::to_string(static_cast<int64_t>(i) * 1000003 - 500000000);
    if (i < range.integers + range.texts) return text(i);
    return std::string(200 + i % 200, static_cast<char>('a' + i % 26)) + std::to_string(i);
  };
  World world;
  Random random(all);
  NewSet set(world.settings);
  Model model;
  for (int phase = 0; phase < 6; ++phase) {
    const uint64_t additions = phase % 2 == 0 ? 8 : 1;
    for (size_t step = 0; step < all * 3; ++step) {
      const std::string one = member(random.below(all));
      if (random.below(10) < additions) {
        ASSERT_EQ(set.add(one), model.insert(one).second) << one;
      } else {
        ASSERT_EQ(set.remove(one), model.erase(one) == 1) << one;
      }
      const std::string other = member(random.below(all));
      ASSERT_EQ(set.contains(other), model.count(other) == 1) << other;
      ASSERT_EQ(set.size(), model.size());
    }
    ASSERT_EQ(members_of(set), model);
    void* copy = Set::copy(set.encoding(), set.value().data);
    ASSERT_EQ(members_of(Set({set.encoding(), copy}, world.settings)), model);
    Set::destroy(set.encoding(), copy);
  }
}

INSTANTIATE_TEST_SUITE_P(Ranges, SetModel,
                         testing::Values(Range{"few integers", 30, 0, 0}, Range{"many integers", 5000, 0, 0},
                                         Range{"few texts", 0, 40, 0}, Range{"mixed", 20, 20, 0},
                                         Range{"many texts", 0, 5000, 0}, Range{"all kinds", 700, 700, 300}));

// ---- encodings -----------------------------------------------------------------------------------

TEST(SetEncoding, ConvertsAtTheBorders) {
  struct Case {
    const char* name;
    TypeLimits limits;
    Model members;
    std::string last;
    Encoding before, after;
  };
  const TypeLimits small{.set_max_intset_entries = 4, .set_max_listpack_entries = 6, .set_max_listpack_value = 5};
  const Case cases[] = {
      {"intset full", small, {"1", "2", "3"}, "4", Encoding::intset, Encoding::intset},
      {"intset over: a table, though a listpack had room",
       small,
       {"1", "2", "3", "4"},
       "5",
       Encoding::intset,
       Encoding::hashtable},
      {"text to an intset", small, {"1", "2", "3", "4"}, "a", Encoding::intset, Encoding::listpack},
      {"long text to an intset", small, {"1"}, "abcdef", Encoding::intset, Encoding::hashtable},
      {"text to an intset of long integers", small, {"123456"}, "a", Encoding::intset, Encoding::hashtable},
      {"text to an intset of long negative integers",
       small,
       {"-12345", "1"},
       "a",
       Encoding::intset,
       Encoding::hashtable},
      {"text to an intset, no room in a listpack",
       {.set_max_listpack_entries = 2},
       {"1", "2"},
       "a",
       Encoding::intset,
       Encoding::hashtable},
      {"text to an intset, the last room",
       {.set_max_listpack_entries = 3},
       {"1", "2"},
       "a",
       Encoding::intset,
       Encoding::listpack},
      {"listpack full", small, {"a", "b", "c", "d", "e"}, "f", Encoding::listpack, Encoding::listpack},
      {"listpack over", small, {"a", "b", "c", "d", "e", "f"}, "g", Encoding::listpack, Encoding::hashtable},
      {"what is there already converts nothing",
       small,
       {"a", "b", "c", "d", "e", "f"},
       "a",
       Encoding::listpack,
       Encoding::listpack},
      {"long text to a listpack", small, {"a"}, "abcdef", Encoding::listpack, Encoding::hashtable},
      {"text as long as is allowed", small, {"a"}, "abcde", Encoding::listpack, Encoding::listpack},
      {"long integer to a listpack", small, {"a"}, "123456", Encoding::listpack, Encoding::hashtable},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const World world(row.limits);
    NewSet set = world.set_of(row.members);
    ASSERT_EQ(set.encoding(), row.before);
    const bool is_new = row.members.count(row.last) == 0;
    EXPECT_EQ(set.add(row.last), is_new);
    EXPECT_EQ(set.encoding(), row.after);
    Model members = row.members;
    members.insert(row.last);
    EXPECT_EQ(members_of(set), members);
    for (const std::string& member : row.members) {
      if (set.size() > 1) set.remove(member);
    }
    EXPECT_EQ(set.encoding(), row.after);  // never back
  }
}

TEST(SetEncoding, IsPickedByWhatIsExpected) {
  struct Case {
    const char* first;
    size_t count;
    Encoding encoding;
  };
  const World world;
  for (const Case& row :
       {Case{"1", 1, Encoding::intset}, Case{"1", 512, Encoding::intset}, Case{"1", 513, Encoding::hashtable},
        Case{"a", 1, Encoding::listpack}, Case{"a", 128, Encoding::listpack}, Case{"a", 129, Encoding::hashtable},
        Case{"01", 1, Encoding::listpack}}) {
    NewSet set(world.settings);
    set.expect(row.first, row.count);
    EXPECT_EQ(set.encoding(), row.encoding) << row.first << " " << row.count;
  }
  NewSet integers = world.set_of({"1", "2"});
  integers.expect("3", 512);
  EXPECT_EQ(integers.encoding(), Encoding::intset);
  integers.expect("a", 513);
  EXPECT_EQ(integers.encoding(), Encoding::hashtable);
  NewSet texts = world.set_of({"1", "b"});
  texts.expect("3", 128);
  EXPECT_EQ(texts.encoding(), Encoding::listpack);
  texts.expect("3", 129);
  EXPECT_EQ(texts.encoding(), Encoding::hashtable);
  EXPECT_EQ(members_of(texts), (Model{"1", "b"}));
}

TEST(Set, KeepsMembersOfAnyBytesAndLength) {
  const World world;
  NewSet set(world.settings);
  set.become_table(0);
  Model model;
  for (const size_t size : {0u, 1u, 253u, 254u, 255u, 256u, 70000u}) {
    std::string member(size, '\0');
    if (size > 0) member.back() = '\xff';
    EXPECT_TRUE(set.add(member));
    EXPECT_FALSE(set.add(member));
    model.insert(member);
  }
  EXPECT_EQ(members_of(set), model);
  for (const std::string& member : model) EXPECT_TRUE(set.remove(member));
  EXPECT_EQ(set.size(), 0u);
}

TEST(Set, MeasuresItsMemory) {
  const World world;
  std::thread([&] {  // of its own: only what registered threads allocate is counted
    register_allocating_thread();
    for (const Model& members : {mixture(10, 0), mixture(0, 10), mixture(0, 3000)}) {
      const size_t before = used_memory();
      const NewSet set = world.set_of(members);
      const auto taken = static_cast<double>(used_memory() - before);
      const auto said = static_cast<double>(Set::memory(set.encoding(), set.value().data, SIZE_MAX));
#ifdef REDOUBT_JEMALLOC
      EXPECT_NEAR(said / taken, 1.0, 0.1) << members.size();
#else
      EXPECT_GE(taken, 0);
#endif
      EXPECT_LT(said, 50.0 * static_cast<double>(members.size()) + 100) << members.size();
      EXPECT_EQ(Set::free_effort(set.encoding(), set.value().data), members.size() > 1000 ? 3000u : 1u);
    }
  })
      .join();
}

TEST(SetScan, SeesWhatStaysWhileTheTableGrowsAndShrinks) {
  for (const bool grows : {true, false}) {
    const World world;
    Random random(3);
    NewSet set = world.set_of(mixture(0, 500));
    std::vector<std::string> extra;
    for (size_t i = 0; i < 20000; ++i) extra.push_back("extra" + std::to_string(i));
    if (!grows) {
      for (const std::string& member : extra) set.add(member);
    }
    std::map<std::string, int> seen;
    size_t next = 0;
    uint64_t cursor = 0;
    do {
      cursor = set.scan(cursor, [&](std::string_view member) { ++seen[std::string(member)]; });
      for (int i = 0; i < 60 && next < extra.size(); ++i, ++next) {
        grows ? set.add(extra[next]) : set.remove(extra[next]);
      }
    } while (cursor != 0);
    for (size_t i = 0; i < 500; ++i) EXPECT_EQ(seen[text(i)], 1) << text(i);
  }
}

// ---- chance --------------------------------------------------------------------------------------

class SetChance : public testing::TestWithParam<Range> {
 protected:
  World world;
  Model members = mixture(GetParam().integers, GetParam().texts);
  NewSet set = world.set_of(members);
  Random random{11};

  // Whether all were drawn about equally often: so many times `each` in the mean.
  void expect_even(const std::map<std::string, int>& counts, double each) const {
    ASSERT_EQ(counts.size(), members.size());
    double chi = 0;
    for (const auto& [member, count] : counts) chi += (count - each) * (count - each) / each;
    const auto n = static_cast<double>(members.size());
    EXPECT_LT(chi, n + 8 * std::sqrt(2 * n));
  }
};

TEST_P(SetChance, DrawsAllMembersAlike) {
  std::map<std::string, int> counts;
  char digits[max_integer_text];
  for (size_t i = 0; i < members.size() * 50; ++i) ++counts[std::string(set.random(random, digits))];
  expect_even(counts, 50);
}

TEST_P(SetChance, SamplesAreOfDifferentMembersAndEven) {
  for (const size_t count : {size_t{1}, members.size() / 10, members.size() / 2, members.size()}) {
    std::map<std::string, int> counts;
    const size_t rounds = count == 0 ? 0 : 60 * members.size() / count;
    for (size_t round = 0; round < rounds; ++round) {
      Model sample;
      set.sample(random, count, [&](std::string_view member) { sample.emplace(member); });
      ASSERT_EQ(sample.size(), count);
      for (const std::string& member : sample) ++counts[member];
    }
    if (rounds > 0) expect_even(counts, static_cast<double>(rounds * count) / static_cast<double>(members.size()));
  }
}

TEST_P(SetChance, PopsAllThereIs) {
  Model popped;
  while (set.size() > 0) set.pop(random, [&](std::string_view member) { popped.emplace(member); });
  EXPECT_EQ(popped, members);
}

INSTANTIATE_TEST_SUITE_P(Encodings, SetChance,
                         testing::Values(Range{"intset", 40, 0, 0}, Range{"listpack", 20, 20, 0},
                                         Range{"table", 300, 700, 0}));

// ---- algebra -------------------------------------------------------------------------------------

enum class Kind : uint8_t { none, intset, listpack, small_table, table };

// A set of this kind, of members that other sets are likely to have too.
Model draw(Random& random, Kind kind) {
  Model members;
  const size_t size = kind == Kind::table ? 600 + random.below(600) : 1 + random.below(100);
  while (kind != Kind::none && members.size() < size) {
    const size_t i = random.below(kind == Kind::table ? 1500 : 150);
    members.insert(kind == Kind::intset || (kind != Kind::listpack && i % 3 == 0) ? std::to_string(i * 7) : text(i));
  }
  return members;
}

TEST(SetAlgebra, AgreesWithTheModelForAllKindsOfSets) {
  const World world;
  Random random(1);
  for (int round = 0; round < 600; ++round) {
    std::vector<Model> models;
    std::vector<NewSet> owned;
    const size_t count = 1 + random.below(round % 5 == 0 ? 6 : 3);
    for (size_t i = 0; i < count; ++i) {
      const auto kind = static_cast<Kind>(random.below(40) == 0 ? 0 : 1 + random.below(4));
      models.push_back(draw(random, kind));
      owned.push_back(world.set_of(models.back()));
      if (kind == Kind::small_table) owned.back().become_table(0);
    }
    std::vector<const Set*> sets;
    for (const NewSet& set : owned) sets.push_back(set.size() == 0 ? nullptr : &set);
    if (random.below(10) == 0) {  // one of them twice
      const size_t twice = random.below(count);
      models.push_back(models[twice]);
      sets.push_back(sets[twice]);
    }
    Model either;
    Model both = models[0];
    Model first = models[0];
    for (size_t i = 0; i < models.size(); ++i) {
      either.insert(models[i].begin(), models[i].end());
      std::erase_if(both, [&](const std::string& member) { return models[i].count(member) == 0; });
      if (i > 0) std::erase_if(first, [&](const std::string& member) { return models[i].count(member) == 1; });
    }
    ASSERT_EQ(members_of(union_of(sets, world.settings)), either) << round;
    ASSERT_EQ(members_of(intersection_of(sets, world.settings)), both) << round;
    ASSERT_EQ(members_of(difference_of(sets, world.settings)), first) << round;
    Model streamed;
    each_in_all(sets, [&](std::string_view member) { return streamed.emplace(member).second; });
    ASSERT_EQ(streamed, both) << round;
    for (size_t i = 0; i < owned.size(); ++i) ASSERT_EQ(members_of(owned[i]), models[i]);
  }
}

TEST(SetAlgebra, StopsWhenToldTo) {
  const World world;
  for (const Model& members : {mixture(400, 0), mixture(20, 20), mixture(1000, 1000)}) {
    const NewSet a = world.set_of(members);
    const NewSet b = world.set_of(members);
    const Set* two[] = {&a, &b};
    size_t calls = 0;
    each_in_all(two, [&](std::string_view) { return ++calls < 10; });
    EXPECT_EQ(calls, 10u);
  }
}

TEST(SetAlgebra, GivesTheEncodingsOfRedis) {
  struct Case {
    const char* name;
    Model a, b;
    NewSet (*operation)(Sets, const TypeSettings&);
    Encoding encoding;
  };
  Model bigger = mixture(100, 1000);
  bigger.insert("more");
  Model other_texts;
  for (size_t i = 0; i < 1000; ++i) other_texts.insert("other" + std::to_string(i));
  Model texts_and_seven = other_texts;
  texts_and_seven.insert("7");
  Model texts_and_long = other_texts;
  texts_and_long.insert(std::string(65, 'x'));
  const Case cases[] = {
      {"union of integers", mixture(100, 0), {"5"}, union_of, Encoding::intset},
      {"union of 512 integers", mixture(512, 0), {"7"}, union_of, Encoding::intset},
      {"union of more integers", mixture(512, 0), {"5"}, union_of, Encoding::hashtable},
      {"union of few", mixture(100, 0), {"a"}, union_of, Encoding::listpack},
      {"union of more", mixture(128, 0), {"a"}, union_of, Encoding::hashtable},
      {"union of big ones", bigger, other_texts, union_of, Encoding::hashtable},
      {"intersection of integers", mixture(100, 0), mixture(50, 0), intersection_of, Encoding::intset},
      {"integers in common of texts", mixture(20, 50), mixture(50, 0), intersection_of, Encoding::intset},
      {"integers in common of tables", mixture(100, 1000), texts_and_seven, intersection_of, Encoding::intset},
      {"few in common of tables", mixture(0, 1000), mixture(900, 100), intersection_of, Encoding::listpack},
      {"a long one in common of tables",
       texts_and_long,
       {"x", std::string(65, 'x')},
       intersection_of,
       Encoding::hashtable},
      {"much in common of tables", bigger, mixture(0, 900), intersection_of, Encoding::hashtable},
      {"difference of integers", mixture(100, 0), mixture(50, 0), difference_of, Encoding::intset},
      {"few left of tables", bigger, mixture(100, 1000), difference_of, Encoding::listpack},
      {"integers left", mixture(20, 20), mixture(0, 20), difference_of, Encoding::intset},
      {"many left", bigger, mixture(0, 500), difference_of, Encoding::hashtable},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const World world;
    const NewSet a = world.set_of(row.a);
    const NewSet b = world.set_of(row.b);
    const Set* two[] = {&a, &b};
    const NewSet result = row.operation(Sets(two), world.settings);
    EXPECT_GT(result.size(), 0u);
    EXPECT_EQ(result.encoding(), row.encoding);
  }
}

TEST(SetAlgebra, ResultsHoldNoTablesMuchTooBig) {
  const World world;
  const NewSet a = world.set_of(mixture(0, 100000));
  const NewSet b = world.set_of(mixture(1000, 300));
  const Set* two[] = {&a, &b};
  const NewSet result = intersection_of(two, world.settings);
  EXPECT_EQ(result.size(), 300u);
  EXPECT_LT(result.table().memory(), 64u * 1024);
}

}  // namespace
}  // namespace redoubt

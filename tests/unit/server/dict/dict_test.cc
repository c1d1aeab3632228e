#include "server/dict/dict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace redoubt {
namespace {

constexpr int slots = DictBucket::slots;
constexpr int mean = 8;  // items per bucket above which a table grows

struct Thing {
  std::string key;
  int value = 0;
};

struct ThingTraits {
  using Item = Thing*;
  static std::string_view key(const Thing* thing) { return thing->key; }
  static uint64_t hash(const Thing* thing, const HashKey& key) { return keyed_hash(thing->key, key); }
};
using ThingDict = Dict<ThingTraits>;

// A dict with its items, beside a model.
class Fixture {
 public:
  explicit Fixture(uint64_t seed) : hash_key(seed), dict(hash_key) {}

  bool insert(const std::string& key, int value) {
    const uint64_t hash = dict.hash(key);
    if (const auto place = dict.find(key, hash)) {
      place->value = value;
      model[key]->value = value;
      return false;
    }
    auto thing = std::make_unique<Thing>(Thing{key, value});
    dict.insert(hash, thing.get());
    model[key] = std::move(thing);
    return true;
  }
  bool erase(const std::string& key) {
    Thing* thing = dict.erase(key, dict.hash(key));
    const auto found = model.find(key);
    EXPECT_EQ(thing, found == model.end() ? nullptr : found->second.get());
    if (thing == nullptr) return false;
    model.erase(found);
    return true;
  }
  void check() const {
    ASSERT_EQ(dict.size(), model.size());
    size_t seen = 0;
    dict.for_each([&](Thing* thing) {
      ++seen;
      const auto found = model.find(thing->key);
      ASSERT_NE(found, model.end());
      ASSERT_EQ(found->second.get(), thing);
    });
    ASSERT_EQ(seen, model.size());
    for (const auto& [key, thing] : model) ASSERT_EQ(dict.get(key, dict.hash(key)), thing.get());
    const ThingDict::Shape shape = dict.shape();
    ASSERT_EQ(dict.memory(), 64 * (shape.buckets + shape.next_buckets + shape.chained));
  }
  void fill(int from, int to) {
    for (int i = from; i < to; ++i) insert(key_of(i), i);
  }
  void finish_rehash() {
    while (dict.rehash(1000)) {
    }
  }
  static std::string key_of(int i) { return "key:" + std::to_string(i); }

  HashKey hash_key;
  ThingDict dict;
  std::unordered_map<std::string, std::unique_ptr<Thing>> model;
};

TEST(Dict, AnEmptyOneAnswersAndHoldsNoTable) {
  const HashKey key(1);
  ThingDict dict(key);
  EXPECT_EQ(dict.size(), 0u);
  EXPECT_EQ(dict.get("a", dict.hash("a")), nullptr);
  EXPECT_EQ(dict.erase("a", dict.hash("a")), nullptr);
  Random random(1);
  EXPECT_EQ(dict.random(random), nullptr);
  dict.sample(random, 3, [](Thing*) { FAIL(); });
  dict.for_each([](Thing*) { FAIL(); });
  EXPECT_EQ(dict.scan(0, [](Thing*) { FAIL(); }), 0u);
  EXPECT_FALSE(dict.rehash(1));
  dict.shrink_if_sparse();
  EXPECT_EQ(dict.shape().buckets, 1u);
}

TEST(Dict, BehavesAsAMapUnderRandomOperations) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    Random random(seed);
    Fixture f(seed);
    const auto range = int64_t{20} << (seed % 10);
    // Phases that grow and phases that shrink.
    for (int phase = 0; phase < 6; ++phase) {
      const uint64_t inserts = phase % 2 == 0 ? 8 : 2;
      for (int64_t step = 0; step < range * 2; ++step) {
        const auto i = static_cast<int>(random.below(static_cast<uint64_t>(range)));
        if (random.below(10) < inserts) {
          f.insert(Fixture::key_of(i), static_cast<int>(step));
        } else {
          f.erase(Fixture::key_of(i));
        }
        if (random.below(50) == 0) f.dict.shrink_if_sparse();
        if (random.below(20) == 0) f.dict.rehash(random.below(5));
        const std::string probe = Fixture::key_of(static_cast<int>(random.below(static_cast<uint64_t>(range))));
        const auto found = f.model.find(probe);
        ASSERT_EQ(f.dict.get(probe, f.dict.hash(probe)), found == f.model.end() ? nullptr : found->second.get());
      }
      ASSERT_NO_FATAL_FAILURE(f.check());
    }
    while (!f.model.empty()) f.erase(f.model.begin()->first);
    ASSERT_NO_FATAL_FAILURE(f.check());
    EXPECT_EQ(f.dict.shape().chained, 0u);
  }
}

// Tables from 4096 buckets on are mapped; the part whose buckets moved on goes back to the system while others are read.
TEST(Dict, BigTablesGrowAndShrinkByMappedMemory) {
  Fixture f(3);
  size_t most_buckets = 0;
  bool seen_growing = false;
  for (int i = 0; i < 220'000; ++i) {
    f.insert(Fixture::key_of(i), i);
    if (i % 5'000 == 0) {
      most_buckets = std::max(most_buckets, f.dict.shape().buckets);
      seen_growing |= f.dict.rehashing() && f.dict.shape().buckets >= 4096;
      const std::string old = Fixture::key_of(i / 2);
      ASSERT_NE(f.dict.get(old, f.dict.hash(old)), nullptr);
    }
  }
  EXPECT_GE(most_buckets, 16'384u);
  EXPECT_TRUE(seen_growing);
  ASSERT_NO_FATAL_FAILURE(f.check());
  for (int i = 0; i < 219'000; ++i) {
    ASSERT_TRUE(f.erase(Fixture::key_of(i)));
    if (i % 1'000 == 0) f.dict.shrink_if_sparse();
  }
  for (int i = 0; i < 10; ++i) {
    f.dict.shrink_if_sparse();
    f.finish_rehash();
  }
  EXPECT_LE(f.dict.shape().buckets, 2 * 1'000u);
  ASSERT_NO_FATAL_FAILURE(f.check());
}

TEST(Dict, ReserveOfAnySizeMovesWithoutLoss) {
  // Counts that are no multiple of a chunk of 4096 buckets: the last part is smaller.
  for (const size_t items : {size_t{mean * 4096}, size_t{mean * 4096 + mean}, size_t{mean * 9'999}}) {
    Fixture f(items);
    f.dict.reserve(items);
    const size_t buckets = f.dict.shape().buckets;
    EXPECT_GE(buckets, items / mean);
    const auto full = static_cast<int>(buckets * mean);
    f.fill(0, full);
    EXPECT_FALSE(f.dict.rehashing());
    f.fill(full, full + 2);
    EXPECT_TRUE(f.dict.rehashing());
    f.finish_rehash();
    EXPECT_EQ(f.dict.shape().buckets, 2 * buckets);
    ASSERT_NO_FATAL_FAILURE(f.check());
  }
}

TEST(Dict, InsertsWhileShrinkingDoNotCrowdTheSmallTable) {
  Fixture f(5);
  f.dict.reserve(600'000);
  f.fill(0, 500);
  f.dict.shrink_if_sparse();
  ASSERT_TRUE(f.dict.rehashing());
  f.fill(500, 20'000);
  EXPECT_FALSE(f.dict.shape().longest_chain > 30);
  ASSERT_NO_FATAL_FAILURE(f.check());
}

TEST(Dict, ChainsAreCountedAndGoWhenTheirItemsGo) {
  Fixture f(9);
  f.fill(0, mean * 1024);
  f.finish_rehash();
  const size_t at_load = f.dict.shape().chained;
  // At eight items per bucket of nine more than every fourth overflows.
  ASSERT_EQ(f.dict.shape().buckets, 1024u);
  EXPECT_GT(at_load, 200u);
  EXPECT_LT(at_load, 400u);
  for (int i = 0; i < mean * 1024; ++i) ASSERT_TRUE(f.erase(Fixture::key_of(i)));
  EXPECT_EQ(f.dict.shape().chained, 0u);
  f.finish_rehash();
  f.dict.shrink_if_sparse();
  EXPECT_EQ(f.dict.memory(), 64u);
}

TEST(Dict, MovesAndSwaps) {
  Fixture f(4);
  f.fill(0, 1000);
  ThingDict other(std::move(f.dict));
  EXPECT_EQ(other.size(), 1000u);
  EXPECT_EQ(f.dict.size(), 0u);
  EXPECT_EQ(f.dict.get("key:1", f.dict.hash("key:1")), nullptr);
  f.dict.swap(other);
  EXPECT_EQ(other.size(), 0u);
  ASSERT_NO_FATAL_FAILURE(f.check());
  other = std::move(f.dict);
  EXPECT_EQ(other.size(), 1000u);
  f.dict = std::move(other);
  ASSERT_NO_FATAL_FAILURE(f.check());
}

TEST(Dict, PlacesTakeAnotherItemOfTheSameKey) {
  Fixture f(4);
  f.fill(0, 100);
  Thing other{"key:7", 0};
  ThingDict::Place place = f.dict.find("key:7", f.dict.hash("key:7"));
  ASSERT_TRUE(place);
  EXPECT_EQ(place.item(), f.model["key:7"].get());
  place.replace(&other);
  EXPECT_EQ(place.item(), &other);
  EXPECT_FALSE(f.dict.find("key:100", f.dict.hash("key:100")));
  for (int i = 0; i < 100; ++i) {
    const std::string key = Fixture::key_of(i);
    ASSERT_EQ(f.dict.get(key, f.dict.hash(key)), i == 7 ? &other : f.model[key].get());
  }
  EXPECT_EQ(f.dict.get("key:7", f.dict.hash("key:7")), &other);
  EXPECT_EQ(f.dict.erase("key:7", f.dict.hash("key:7")), &other);
}

// ---- buckets and chains ------------------------------------------------------------------------------------------

TEST(DictBucket, EachSlotKeepsAWholePointerToItself) {
  // The ends of what a pointer can be, and bytes that differ all over.
  for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{0x7fff'ffff'ffff}, uint64_t{0x8000'0000'0000},
                               uint64_t{0xffff'ffff'ffff}, uint64_t{0x1234'5678'9abc}}) {
    for (int slot = 0; slot < slots; ++slot) {
      DictBucket bucket{};
      for (int i = 0; i < slots; ++i) {
        bucket.set(i, static_cast<uint8_t>(255 - i), reinterpret_cast<void*>(uint64_t{0x5555'5555'5550} + uint64_t(i)));
      }
      ASSERT_FALSE(bucket.chained());
      bucket.set(slot, 200, reinterpret_cast<void*>(value));
      for (int i = 0; i < slots; ++i) {
        const uint64_t expected = i == slot ? value : 0x5555'5555'5550 + uint64_t(i);
        ASSERT_EQ(reinterpret_cast<uint64_t>(bucket.pointer(i)), expected) << i << " after " << slot;
        ASSERT_EQ(bucket.tag(i), i == slot ? 200 : 255 - i);
      }
      ASSERT_FALSE(bucket.chained());
    }
  }
}

TEST(DictBucketDeathTest, APointerWithMoreBitsIsRefused) {
#ifndef NDEBUG
  DictBucket bucket{};
  EXPECT_DEATH(bucket.set(3, 1, reinterpret_cast<void*>(uint64_t{1} << 48)), "");
#endif
}

TEST(DictBucket, TagsAreNeverThatOfAFreeSlot) {
  for (uint64_t hash = 0; hash < 256; ++hash) {
    const uint64_t above = hash | 0xabcd'ef01'2345'6700;
    EXPECT_EQ(DictBucket::tag_of(above), hash == 0 ? 1 : hash);
  }
}

TEST(DictBucket, MatchesWhatIsEqualByEitherWay) {
  Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    DictBucket bucket;
    for (uint8_t& byte : bucket.bytes) byte = static_cast<uint8_t>(random.next());
    // Few different tags, neighbours in value: what a sloppy comparison of words takes for equal.
    const auto base = static_cast<uint8_t>(random.next());
    for (int i = 0; i < slots; ++i) {
      bucket.bytes[i] = static_cast<uint8_t>(base ^ (random.below(4) == 0 ? 0x80 : random.below(3)));
    }
    for (const uint8_t tag : {base, static_cast<uint8_t>(base ^ 1), static_cast<uint8_t>(base ^ 0x80), uint8_t{0}}) {
      unsigned expected = 0;
      for (int i = 0; i < slots; ++i) expected |= static_cast<unsigned>(bucket.tag(i) == tag) << i;
      ASSERT_EQ(bucket.matches(tag), expected);
      ASSERT_EQ(bucket.matches_by_words(tag), expected);
    }
    ASSERT_EQ(bucket.used(), DictBucket::all & ~bucket.matches(0));
  }
}

TEST(DictBucket, TheLinkIsNeitherAnItemNorAFreeSlot) {
  DictBucket first{}, second{};
  int item = 0;
  for (int i = 0; i < slots; ++i) first.set(i, 77, &item);
  EXPECT_EQ(first.used(), DictBucket::all);
  EXPECT_EQ(first.free_slots(), 0u);
  first.set_link(&second);
  EXPECT_TRUE(first.chained());
  EXPECT_EQ(first.link(), &second);
  EXPECT_EQ(first.used(), DictBucket::all >> 1);
  EXPECT_EQ(first.matches(77), DictBucket::all >> 1);
  EXPECT_EQ(first.free_slots(), 0u);
  first.free_slot(2);
  EXPECT_EQ(first.free_slots(), 1u << 2);
  first.drop_link();
  EXPECT_EQ(first.free_slots(), 1u << 2 | 1u << DictBucket::link_slot);
  first.set_link(&second);
  first.clear();
  EXPECT_FALSE(first.chained());
  EXPECT_EQ(first.used(), 0u);
}

// Things that choose their hash, and with it the bucket and the tag.
struct PlacedTraits {
  using Item = Thing*;
  static std::string_view key(const Thing* thing) { return thing->key; }
  static uint64_t hash(const Thing* thing, const HashKey& /*key*/) { return static_cast<uint64_t>(thing->value); }
};

// Everything in one bucket, of whatever table: with the same tag, with all tags, and with the two that share one.
TEST(DictChain, GrowsAndShrinksByBucketsOfNine) {
  struct Case {
    const char* name;
    int tags;
  };
  for (const Case& row : {Case{"one tag", 1}, Case{"tags of 0 and 1", 2}, Case{"all tags", 256}}) {
    const HashKey key(1);
    Dict<PlacedTraits> dict(key);
    std::vector<Thing> things;
    for (int i = 0; i < 200; ++i) things.push_back({"thing:" + std::to_string(i), i % row.tags});
    const auto check = [&](const std::set<const Thing*>& present) {
      std::set<const Thing*> seen;
      dict.for_each([&](const Thing* thing) { ASSERT_TRUE(seen.insert(thing).second); });
      ASSERT_EQ(seen, present) << row.name;
      for (const Thing& thing : things) {
        const auto hash = static_cast<uint64_t>(thing.value);
        ASSERT_EQ(dict.get(thing.key, hash), present.count(&thing) != 0 ? &thing : nullptr) << row.name;
      }
      // Nine in the last bucket, eight and a link in those before it; the last of nine may still be waiting alone.
      const size_t n = present.size();
      ASSERT_GE(dict.shape().chained, n <= 9 ? 0 : (n - 9 + 7) / 8) << row.name;
      ASSERT_LE(dict.shape().chained, n <= 8 ? 0 : (n - 8 + 7) / 8) << row.name;
      ASSERT_EQ(dict.shape().longest_chain, n);
    };
    std::set<const Thing*> present;
    for (Thing& thing : things) {
      dict.insert(static_cast<uint64_t>(thing.value), &thing);
      present.insert(&thing);
      ASSERT_NO_FATAL_FAILURE(check(present));
      if (present.size() == 9) {
        EXPECT_EQ(dict.shape().chained, 0u);
      }
    }
    Random random(7);
    while (!present.empty()) {
      Thing& thing = things[random.below(things.size())];
      if (present.erase(&thing) == 0) continue;
      ASSERT_EQ(dict.erase(thing.key, static_cast<uint64_t>(thing.value)), &thing);
      ASSERT_NO_FATAL_FAILURE(check(present));
      if (random.below(3) == 0) {
        dict.insert(static_cast<uint64_t>(thing.value), &thing);
        present.insert(&thing);
      }
    }
    EXPECT_EQ(dict.shape().chained, 0u);
  }
}

// A place in the last slot, in a link's bucket and in a chained one.
TEST(DictChain, PlacesInAllSlotsTakeAnotherItem) {
  const HashKey key(1);
  Dict<PlacedTraits> dict(key);
  std::vector<Thing> things;
  for (int i = 0; i < 30; ++i) things.push_back({"thing:" + std::to_string(i), i});
  std::vector<Thing> others = things;
  std::vector<Thing*> present;
  for (Thing& thing : things) {
    dict.insert(present.size(), &thing);
    present.push_back(&thing);
    for (size_t i = 0; i < present.size(); ++i) {
      Thing* fresh = present[i] == &things[i] ? &others[i] : &things[i];
      auto place = dict.find(fresh->key, i);
      ASSERT_EQ(place.item(), present[i]);
      place.replace(fresh);
      present[i] = fresh;
      for (size_t j = 0; j < present.size(); ++j) {
        ASSERT_EQ(dict.get(things[j].key, j), present[j]) << present.size() << " things, " << i << " replaced, " << j;
      }
    }
  }
}

// ---- walks -------------------------------------------------------------------------------------------------------

// Everything that is there from the first call to the last is seen exactly once, whatever happens in between.
TEST(DictScan, SeesWhatStaysExactlyOnceWhileTheTableChanges) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    Fixture f(seed);
    const int stay = static_cast<int>(1 + random.below(3'000));
    const int extra = static_cast<int>(random.below(20'000));
    f.fill(0, stay);
    const bool grows = random.below(2) == 0;
    if (!grows) f.fill(stay, stay + extra);
    int next = grows ? stay : stay + extra;
    std::map<std::string, int> seen;
    uint64_t cursor = 0;
    const uint64_t changes = random.below(60);
    do {
      cursor = f.dict.scan(cursor, [&](Thing* thing) { ++seen[thing->key]; });
      for (uint64_t i = 0; i < changes; ++i) {
        if (grows && next < stay + extra) f.insert(Fixture::key_of(next++), 0);
        if (!grows && next > stay) f.erase(Fixture::key_of(--next));
      }
      if (random.below(3) == 0) f.dict.shrink_if_sparse();
      if (random.below(3) == 0) f.dict.rehash(random.below(8));
    } while (cursor != 0);
    for (int i = 0; i < stay; ++i) ASSERT_EQ(seen[Fixture::key_of(i)], 1) << "seed " << seed << ", item " << i;
    for (const auto& [key, times] : seen) ASSERT_EQ(times, 1) << key;
  }
}

// Growing and shrinking in turns while one scan is under way.
TEST(DictScan, SurvivesATableThatSwings) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Random random(seed);
    Fixture f(seed);
    f.fill(0, 500);
    std::map<std::string, int> seen;
    uint64_t cursor = 0;
    int calls = 0;
    do {
      cursor = f.dict.scan(cursor, [&](Thing* thing) {
        if (thing->value < 500) ++seen[thing->key];
      });
      const bool grow = (calls++ / 7) % 2 == 0;
      for (int i = 500; i < 4'000; ++i) {
        if (grow) {
          f.insert(Fixture::key_of(i), i);
        } else {
          f.erase(Fixture::key_of(i));
        }
      }
      f.dict.shrink_if_sparse();
      f.dict.rehash(random.below(200));
    } while (cursor != 0);
    ASSERT_EQ(seen.size(), 500u);
    for (const auto& [key, times] : seen) ASSERT_EQ(times, 1) << key << " seed " << seed;
  }
}

TEST(DictScan, AnyCursorIsHarmless) {
  Fixture f(2);
  f.fill(0, 5'000);
  Random random(2);
  for (int i = 0; i < 1'000; ++i) {
    std::set<Thing*> seen;
    uint64_t cursor = random.next() >> random.below(64);
    for (int calls = 0; calls < 5; ++calls) {
      cursor = f.dict.scan(cursor, [&](Thing* thing) { EXPECT_TRUE(seen.insert(thing).second); });
      if (cursor == 0) break;
    }
  }
  f.dict.scan(UINT64_MAX, [](Thing*) {});
}

TEST(DictScan, PositionsAndBucketsAgree) {
  Random random(8);
  for (int round = 0; round < 2'000; ++round) {
    DictTable table;
    table.count = 1 + random.below(round % 2 == 0 ? 100 : 1'000'000'000);
    const uint64_t position = random.below(uint64_t{1} << 48);
    const size_t i = table.index(position);
    ASSERT_LT(i, table.count);
    ASSERT_LE(table.first_position(i), position);
    ASSERT_LT(position, table.first_position(i + 1));
    ASSERT_EQ(table.index(table.first_position(i)), i);
  }
  DictTable table;
  table.count = 12'345;
  EXPECT_EQ(table.first_position(0), 0u);
  EXPECT_EQ(table.first_position(table.count), uint64_t{1} << 48);
}

// Pearson's statistic of `draws` over `n` items: about n, with a deviation of sqrt(2n).
double chi_square(const std::unordered_map<Thing*, int>& counts, size_t n, int draws) {
  const double expected = static_cast<double>(draws) / static_cast<double>(n);
  double sum = expected * static_cast<double>(n - counts.size());
  for (const auto& [thing, count] : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(DictRandom, AllItemsAreEquallyLikely) {
  struct Case {
    const char* name;
    int items;
    bool in_the_middle_of_a_rehash;
  };
  for (const Case& row :
       {Case{"one", 1, false}, Case{"few", 10, false}, Case{"many", 3'000, false},
        Case{"every fourth bucket chained", mean * 512, false}, Case{"while growing", mean * 512 + 200, true}}) {
    Fixture f(11);
    f.fill(0, row.items);
    if (!row.in_the_middle_of_a_rehash) f.finish_rehash();
    ASSERT_EQ(f.dict.rehashing(), row.in_the_middle_of_a_rehash) << row.name;
    Random random(5);
    std::unordered_map<Thing*, int> counts;
    const int draws = row.items * 50;
    for (int i = 0; i < draws; ++i) ++counts[f.dict.random(random)];
    ASSERT_EQ(counts.count(nullptr), 0u);
    const auto n = static_cast<double>(row.items);
    EXPECT_LT(chi_square(counts, static_cast<size_t>(row.items), draws), n + 8 * std::sqrt(2 * n)) << row.name;
  }
}

TEST(DictRandom, FindsTheLastItemOfASparseTable) {
  Fixture f(6);
  f.dict.reserve(1'000'000);
  f.fill(0, 1);
  Random random(1);
  for (int i = 0; i < 20; ++i) EXPECT_NE(f.dict.random(random), nullptr);
}

TEST(DictSample, GivesDifferentItemsAndAllWhenAskedForMore) {
  for (const int items : {1, 5, 8, 40, 1'000, mean * 512 + 100}) {
    Fixture f(static_cast<uint64_t>(items));
    f.fill(0, items);
    Random random(3);
    for (int round = 0; round < 50; ++round) {
      for (const size_t wanted : {size_t{1}, size_t{5}, static_cast<size_t>(items), size_t{100'000}}) {
        std::set<Thing*> seen;
        f.dict.sample(random, wanted, [&](Thing* thing) { EXPECT_TRUE(seen.insert(thing).second); });
        EXPECT_EQ(seen.size(), std::min(wanted, static_cast<size_t>(items)));
      }
    }
  }
}

TEST(DictSample, EveryItemHasItsChance) {
  // In full buckets too: who stands in their last places must not be overlooked for ever.
  for (const int items : {40, mean * 128, mean * 128 + 300}) {
    Fixture f(7);
    f.fill(0, items);
    Random random(4);
    std::unordered_map<Thing*, int> counts;
    constexpr int per_item = 100;
    for (int drawn = 0; drawn < items * per_item; drawn += 5)
      f.dict.sample(random, 5, [&](Thing* thing) { ++counts[thing]; });
    ASSERT_EQ(counts.size(), static_cast<size_t>(items));
    for (const auto& [thing, count] : counts) EXPECT_GT(count, per_item / 5);
  }
}

TEST(Dict, PrefetchChangesNothing) {
  Fixture f(6);
  f.fill(0, 100);
  for (int i = 0; i < 200; ++i) {
    const uint64_t hash = f.dict.hash(Fixture::key_of(i));
    f.dict.prefetch_bucket(hash);
    f.dict.prefetch_item(hash);
  }
  ASSERT_NO_FATAL_FAILURE(f.check());
}

}  // namespace
}  // namespace redoubt

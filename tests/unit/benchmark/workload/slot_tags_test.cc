// Hash tags of slots, and requests whose keys belong to a node.
#include "benchmark/workload/slot_tags.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "benchmark/workload/standard_tests.h"
#include "benchmark/workload/workload.h"
#include "common/resp/reply_parser.h"

namespace redoubt {
namespace {

std::vector<uint16_t> slots_between(uint16_t first, uint16_t last) {
  std::vector<uint16_t> slots(static_cast<size_t>(last - first) + 1);
  std::iota(slots.begin(), slots.end(), first);
  return slots;
}

TEST(SlotTags, EachIsOneOfItsSlot) {
  for (unsigned slot = 0; slot < slot_count; ++slot) {
    const SlotTag& tag = slot_tags()[slot];
    ASSERT_EQ(key_hash_slot("key:{" + std::string(tag.data(), tag.size()) + "}:1"), slot);
  }
}

TEST(SlotTags, AnyNumbersInARowHaveAllSlots) {
  std::set<unsigned> seen;
  for (uint64_t number = 1'000'000; number < 1'000'000 + slot_count; ++number) seen.insert(slot_of_number(number));
  EXPECT_EQ(seen.size(), slot_count);
}

TEST(SlotTags, NodesHaveTheirShareOfTheNumbers) {
  const NodeSlots first(slots_between(0, 5460));
  const NodeSlots rest(slots_between(5461, 16383));
  for (const uint64_t space : {1, 10, 1000, 16384, 1'000'001}) {
    uint64_t count = 0;
    for (uint64_t number = 0; number < space; ++number) count += first.has(slot_of_number(number)) ? 1 : 0;
    EXPECT_EQ(first.numbers_below(space), count);
    EXPECT_EQ(first.numbers_below(space) + rest.numbers_below(space), space);
    EXPECT_EQ(first.has_number_below(space), count > 0);
  }
  EXPECT_FALSE(first.has_number_below(0));
}

std::vector<std::string> words_of(std::string_view request) {
  ReplyParser parser;
  EXPECT_EQ(parser.parse(request), ReplyParser::Progress::whole);
  EXPECT_EQ(request, "");
  std::vector<std::string> words;
  for (const Reply& one : parser.take().items) words.push_back(one.text);
  return words;
}

// Requests of a node with these slots.
std::vector<std::vector<std::string>> written(const Workload& workload, const NodeSlots& slots, uint64_t count) {
  std::atomic<uint64_t> turn = 0;
  std::atomic<uint64_t> nodes_turn = 0;
  WorkloadWriter writer(workload, turn, 1, 0);
  writer.serve(slots, nodes_turn);
  std::vector<std::vector<std::string>> all;
  for (uint64_t i = 0; i < count; ++i) all.push_back(words_of(writer.write(1)));
  return all;
}

TEST(TaggedRequest, KeysBelongToTheNode) {
  const NodeSlots slots(slots_between(100, 119));
  const struct {
    std::string mix;
    std::vector<size_t> keys;  // which words are
  } cases[] = {
      {"1 SET key:{key} {data}", {1}},
      {"1 SET __rand_int__ 5", {1}},
      {"1 MGET a:{key} {key}:b", {1, 2}},
      {"1 SADD set:{tag} {key} {int}", {1}},
      {"1 MSET {tag} x {tag}:{key}:{key} y", {1, 3}},
  };
  for (const auto& [mix, keys] : cases) {
    const auto workload = Workload::parse_mix(mix, KeyChoice(100'000), *ValueChoice::parse_sizes("1-9", 100), true);
    ASSERT_TRUE(workload) << workload.error().text;
    std::set<unsigned> seen;
    for (const auto& words : written(*workload, slots, 2000)) {
      const unsigned slot = key_hash_slot(words[keys.front()]);
      seen.insert(slot);
      ASSERT_TRUE(slots.has(slot)) << words[1];
      for (const size_t word : keys) ASSERT_EQ(key_hash_slot(words[word]), slot) << words[word];
    }
    EXPECT_EQ(seen.size(), 20u) << mix;
  }
}

TEST(TaggedRequest, ANumberIsAlwaysTheSameKey) {
  std::map<std::string, std::string> key_of;
  const auto workload = Workload::parse_mix("1 GET key:{key}", KeyChoice(200), ValueChoice(), true);
  for (const auto& slots : {slots_between(0, 8000), slots_between(8001, 16383), slots_between(4000, 16383)}) {
    for (const auto& words : written(*workload, NodeSlots(slots), 2000)) {
      const std::string number = words[1].substr(words[1].size() - Request::place.size());
      const std::string& known = key_of.try_emplace(number, words[1]).first->second;
      ASSERT_EQ(known, words[1]);
    }
  }
  EXPECT_EQ(key_of.size(), 200u);
}

TEST(TaggedRequest, KeysInTurnComeOnceEach) {
  const auto keys = KeyChoice::parse("sequential", 1000);
  const auto workload = Workload::parse_mix("1 SET {key} x", *keys, ValueChoice(), true);
  const NodeSlots slots(slots_between(3000, 9000));
  std::set<std::string> seen;
  for (const auto& words : written(*workload, slots, slots.numbers_below(1000))) {
    EXPECT_TRUE(seen.insert(words[1]).second) << words[1];
  }
  EXPECT_EQ(seen.size(), slots.numbers_below(1000));
}

TEST(TaggedRequest, ANodeWithoutAnyOfTheNumbersHasTagsAllTheSame) {
  const NodeSlots slots({7});
  ASSERT_FALSE(slots.has_number_below(10));
  const auto workload = Workload::parse_mix("1 GET key:{key}", KeyChoice(10), ValueChoice(), true);
  for (const auto& words : written(*workload, slots, 50)) EXPECT_EQ(key_hash_slot(words[1]), 7u) << words[1];
}

TEST(TaggedRequest, StandardTestsHaveTheKeysOfRedisBenchmark) {
  const struct {
    std::string name;
    std::string key;
  } cases[] = {
      {"set", "key:{...}:[0-9]{12}"}, {"incr", "counter:{...}:[0-9]{12}"},
      {"lpush", "mylist:{...}"},      {"sadd", "myset:{...}"},
      {"hset", "myhash:{...}"},       {"zadd", "myzset:{...}"},
      {"xadd", "mystream:{...}"},     {"mset", "key:{...}:[0-9]{12}"},
  };
  const NodeSlots slots(slots_between(0, 99));
  for (const auto& [name, key] : cases) {
    const auto tests = standard_tests(name, {KeyChoice(1000), ValueChoice(), true});
    ASSERT_TRUE(tests);
    for (const auto& words : written(tests->front().workload, slots, 50)) {
      ASSERT_EQ(words[1].substr(0, key.find('{')), key.substr(0, key.find('{')));
      ASSERT_EQ(words[1].size(), key.find('{') + 5 + (key.ends_with("{12}") ? 13 : 0)) << words[1];
      ASSERT_TRUE(slots.has(key_hash_slot(words[1]))) << words[1];
    }
  }
}

TEST(TaggedRequest, WithoutAClusterATagIsText) {
  const auto workload = Workload::parse_mix("1 GET {tag}:{key}", KeyChoice(1), ValueChoice());
  EXPECT_EQ(written(*workload, NodeSlots({7}), 1)[0][1], "{tag}:000000000000");
}

}  // namespace
}  // namespace redoubt

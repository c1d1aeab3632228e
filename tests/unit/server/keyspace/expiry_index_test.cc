#include "server/keyspace/expiry_index.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/random.h"

namespace redoubt {
namespace {

void check(const ExpiryIndex& index, const std::map<Entry*, int64_t>& model) {
  ASSERT_EQ(index.size(), model.size());
  for (const auto& [entry, at_ms] : model) {
    ASSERT_TRUE(entry->is_volatile());
    ASSERT_EQ(index[entry->expiry_place()].entry, entry);
    ASSERT_EQ(index.time_of(*entry), at_ms);
  }
}

TEST(ExpiryIndex, BehavesAsAMapOfTimes) {
  Random random(1);
  std::vector<Entry*> entries;
  for (int i = 0; i < 5'000; ++i) entries.push_back(EntryMaker::make_string("k" + std::to_string(i), "v"));
  ExpiryIndex index;
  std::map<Entry*, int64_t> model;
  for (int step = 0; step < 60'000; ++step) {
    Entry*& entry = entries[random.below(entries.size())];
    const bool grows = (step / 10'000) % 2 == 0;
    if (random.below(10) < (grows ? 8u : 2u)) {
      const auto at_ms = static_cast<int64_t>(random.next() >> 1);
      index.set(*entry, at_ms);
      model[entry] = at_ms;
    } else if (model.count(entry) != 0) {
      index.remove(*entry);
      model.erase(entry);
      ASSERT_FALSE(entry->is_volatile());
    }
    if (random.below(50) == 0) {
      // Another entry takes the place.
      Entry* fresh = EntryMaker::make_string(entry->key(), "other");
      index.moved(*entry, *fresh);
      if (const auto found = model.find(entry); found != model.end()) {
        model[fresh] = found->second;
        model.erase(found);
      }
      EntryMaker::free(entry);
      entry = fresh;
    }
    if (step % 3'000 == 0) {
      ASSERT_NO_FATAL_FAILURE(check(index, model));
    }
  }
  ASSERT_NO_FATAL_FAILURE(check(index, model));
  for (Entry* entry : entries) {
    if (entry->is_volatile()) index.remove(*entry);
    EntryMaker::free(entry);
  }
  EXPECT_EQ(index.size(), 0u);
  EXPECT_LE(index.memory(), 2 * 1024 * sizeof(ExpiryIndex::Pair));
  index.clear();
  EXPECT_EQ(index.memory(), 0u);
}

TEST(ExpiryIndex, MeanOfTheTimes) {
  ExpiryIndex index;
  EXPECT_EQ(index.mean_time(10), 0);
  std::vector<Entry*> entries;
  for (int i = 0; i < 101; ++i) {
    entries.push_back(EntryMaker::make_string("k", "v"));
    index.set(*entries.back(), INT64_MAX - i);
  }
  EXPECT_EQ(index.mean_time(1'000), INT64_MAX - 50);
  EXPECT_EQ(index.mean_time(1), INT64_MAX);
  for (Entry* entry : entries) EntryMaker::free(entry);
}

}  // namespace
}  // namespace redoubt

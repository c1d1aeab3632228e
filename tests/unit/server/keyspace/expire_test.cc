#include "server/keyspace/expire.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/random.h"

namespace redoubt {
namespace {

constexpr int64_t start_ms = 1'700'000'000'000;

// A clock that each look at moves on: what the cycle does between two looks takes that long.
struct ExpireCycleTest : testing::Test {
  ExpireCycleTest() { keyspace.set_now(start_ms); }

  void put(int db, const std::string& key, int64_t in_ms) {
    keyspace[db].set_expiry(keyspace[db].set_string(key, "v"), now_ms() + in_ms);
  }
  int64_t now_ms() const { return keyspace.shared().now_ms; }
  void pass(int64_t us) {
    time_us += us;
    keyspace.set_now(start_ms + time_us / 1000);
  }
  // Slices, a tick apart, until nothing more is likely to be found.
  void settle() {
    for (int i = 0; i < 5000; ++i) {
      cycle.run_slice(1000);
      pass(100);
    }
  }
  size_t expired_left(int db) {
    size_t count = 0;
    const ExpiryIndex& index = keyspace[db].expiries();
    for (size_t i = 0; i < index.size(); ++i) count += index[i].at_ms < now_ms();
    return count;
  }

  Config config;
  Keyspace keyspace{3};
  KeyspaceStats& stats = keyspace.shared().stats;
  int64_t time_us = 1;
  int64_t look_us = 2;
  ExpireCycle cycle{keyspace, config, [this] { return time_us += look_us; }};
};

TEST_F(ExpireCycleTest, RemovesWhatHasExpiredAndNothingElse) {
  for (int db : {0, 2}) {
    for (int i = 0; i < 3000; ++i) {
      keyspace[db].set_string("stays" + std::to_string(i), "v");
      put(db, "goes" + std::to_string(i), 1 + i % 50);
      put(db, "later" + std::to_string(i), 3'600'000);
    }
  }
  pass(60'000);
  settle();
  for (int db : {0, 2}) {
    EXPECT_EQ(keyspace[db].size(), 6000u);
    EXPECT_EQ(keyspace[db].volatile_size(), 3000u);
    EXPECT_NE(keyspace[db].peek("stays7"), nullptr);
    EXPECT_NE(keyspace[db].peek("later7"), nullptr);
  }
  EXPECT_EQ(stats.expired, 6000u);
}

TEST_F(ExpireCycleTest, TellsOfEachKey) {
  struct Listener : KeyspaceListener {
    void field_expired(Database&, std::string_view, std::string_view) override { FAIL(); }
    void fields_expired(Database&, std::string_view, size_t, bool) override { FAIL(); }
    std::map<std::string, int> told;
    void key_expired(Database& db, std::string_view key, bool /*lazily*/) override {
      ++told[std::to_string(db.id()) + std::string(key)];
    }
    void key_evicted(Database&, std::string_view, bool /*lazily*/) override { FAIL(); }
  } listener;
  keyspace.shared().listener = &listener;
  put(0, "a", 10);
  put(1, "b", 10);
  put(1, "c", 100'000);
  pass(20'000);
  settle();
  EXPECT_EQ(listener.told, (std::map<std::string, int>{{"0a", 1}, {"1b", 1}}));
}

TEST_F(ExpireCycleTest, KeysExpireAfterTheirMillisecond) {
  put(0, "a", 50);
  keyspace.set_now(start_ms + 50);
  for (int i = 0; i < 100; ++i, time_us += 20'000) cycle.run_slice(1000);
  EXPECT_EQ(keyspace[0].size(), 1u);
  keyspace.set_now(start_ms + 51);
  for (int i = 0; i < 100; ++i, time_us += 20'000) cycle.run_slice(1000);
  EXPECT_EQ(keyspace[0].size(), 0u);
}

TEST_F(ExpireCycleTest, CanBeSwitchedOff) {
  put(0, "a", 10);
  pass(20'000);
  cycle.set_active(false);
  settle();
  EXPECT_EQ(keyspace[0].size(), 1u);
  EXPECT_EQ(stats.expire_cycles, 0u);
  cycle.set_active(true);
  settle();
  EXPECT_EQ(keyspace[0].size(), 0u);
}

TEST_F(ExpireCycleTest, ASliceIsShortAndTheShareOfTheProcessorBounded) {
  for (const int effort : {1, 5, 10}) {
    config.active_expire_effort = effort;
    for (int i = 0; i < 200'000; ++i) put(i % 2, std::to_string(i), 1);
    pass(10'000'000);  // what it may have saved up by now is bounded, too
    look_us = 50;      // slow: it cannot catch up
    stats = {};
    int64_t longest = 0;
    bool more = false;
    const int64_t start = time_us;
    while (time_us - start < 1'000'000) {
      const int64_t before = time_us;
      more = cycle.run_slice(effort == 5 ? 300 : 100'000);
      const int64_t took = time_us - before;
      longest = std::max(longest, took);
      pass(50);
    }
    EXPECT_TRUE(more);
    EXPECT_GT(expired_left(0), 0u);
    EXPECT_LE(longest, (effort == 5 ? 300 : 1000) + 2 * look_us);
    const double share = static_cast<double>(stats.expire_cycle_us) / static_cast<double>(time_us - start);
    const double allowed = 0.25 + 0.02 * (effort - 1);
    EXPECT_LT(share, allowed + 0.01) << effort;
    EXPECT_GT(share, allowed - 0.05) << effort;
    EXPECT_GT(stats.expired_time_cap_reached, 100u);
    EXPECT_GT(stats.expired_stale_percent, 50);
    look_us = 2;
    for (int i = 0; i < 3; ++i) keyspace[i].clear(false);
    settle();
  }
}

TEST_F(ExpireCycleTest, CostsLittleWhileNothingExpires) {
  for (int i = 0; i < 100'000; ++i) put(0, std::to_string(i), 1'000'000);
  const int64_t start = time_us;
  while (time_us - start < 1'000'000) {
    cycle.run_slice(1000);
    pass(50);
  }
  EXPECT_LT(stats.expire_cycle_us, 25'000u);
  EXPECT_EQ(stats.expired_time_cap_reached, 0u);
  EXPECT_EQ(stats.expired_stale_percent, 0);
  EXPECT_EQ(keyspace[0].size(), 100'000u);
}

// A removal takes some 300 ns in this reckoning; 20000 keys a second are written and expire within two.
TEST_F(ExpireCycleTest, KeepsUpWithALoadOfWrites) {
  look_us = 5;
  Random random(3);
  int next = 0;
  double worst = 0;
  for (int tick = 0; tick < 60'000; ++tick) {
    for (int i = 0; i < 2; ++i) put(0, std::to_string(next++), 1 + static_cast<int64_t>(random.below(2000)));
    cycle.run_slice(1000);
    pass(100);
    if (tick > 5000 && tick % 100 == 0) {
      const double all = static_cast<double>(keyspace[0].volatile_size());
      worst = std::max(worst, static_cast<double>(expired_left(0)) / all);
    }
  }
  EXPECT_LT(worst, 0.1);
  EXPECT_LT(stats.expired_stale_percent, 15);
  EXPECT_GT(stats.expired, 50'000u);
}

// Random calls against a plain map: nothing is lost, nothing is removed too early, and in the end all that expired is gone.
TEST_F(ExpireCycleTest, AgreesWithAModel) {
  std::map<std::string, int64_t> model;  // by key: when it expires, or `never`
  Random random(11);
  for (int step = 0; step < 60'000; ++step) {
    const std::string key = std::to_string(random.below(4000));
    Database& db = keyspace[0];
    switch (random.below(6)) {
      case 0:
      case 1: {
        const auto in_ms = static_cast<int64_t>(random.below(400));
        put(0, key, in_ms);
        model[key] = now_ms() + in_ms;
        break;
      }
      case 2:
        db.set_string(key, "v");
        model[key] = Database::never;
        break;
      case 3:
        db.erase(key);
        model.erase(key);
        break;
      case 4: cycle.run_slice(static_cast<int64_t>(random.below(200))); break;
      default: pass(static_cast<int64_t>(random.below(200)));
    }
    if (step % 1000 != 0) continue;
    for (const auto& [name, at_ms] : model) {
      if (at_ms != Database::never && at_ms < now_ms()) continue;
      const Entry* entry = db.keys().get(name, db.hash(name));
      ASSERT_NE(entry, nullptr) << name;
      ASSERT_EQ(db.expiry_of(*entry), at_ms) << name;
    }
  }
  settle();
  std::erase_if(model, [&](const auto& pair) { return pair.second != Database::never && pair.second < now_ms(); });
  EXPECT_EQ(keyspace[0].size(), model.size());
  EXPECT_EQ(expired_left(0), 0u);
}

TEST_F(ExpireCycleTest, TheEstimateFallsAgain) {
  for (int i = 0; i < 50'000; ++i) put(0, std::to_string(i), 1);
  pass(10'000);
  for (int i = 0; i < 20; ++i) {
    cycle.run_slice(1000);
    pass(1000);
  }
  EXPECT_GT(stats.expired_stale_percent, 10);
  settle();
  EXPECT_EQ(keyspace[0].size(), 0u);
  for (int i = 0; i < 50; ++i) {
    cycle.run_slice(1000);
    pass(20'000);
  }
  EXPECT_LT(stats.expired_stale_percent, 0.1);
}

TEST_F(ExpireCycleTest, EffortDecidesWhatIsTolerated) {
  for (const auto& [effort, more] : {std::pair{1, false}, {10, true}}) {
    config.active_expire_effort = effort;
    ExpireCycle fresh(keyspace, config, [this] { return time_us += look_us; });
    for (int i = 0; i < 100'000; ++i) put(0, std::to_string(i), i % 20 == 0 ? 1 : 1'000'000);  // 5 %
    pass(100'000);
    bool eager = false;
    for (int i = 0; i < 20; ++i) {
      eager = eager || fresh.run_slice(60);
      pass(1000);
    }
    EXPECT_EQ(eager, more) << effort;
    keyspace[0].clear(false);
  }
}

// ---- fields of hashes ------------------------------------------------------------------------------

struct FieldListener : KeyspaceListener {
  size_t fields = 0;
  std::map<std::string, std::set<std::string>> gone;  // fields by key
  std::vector<std::string> emptied;
  void key_expired(Database&, std::string_view, bool /*lazily*/) override { FAIL(); }
  void key_evicted(Database&, std::string_view, bool /*lazily*/) override { FAIL(); }
  void field_expired(Database&, std::string_view key, std::string_view field) override {
    gone[std::string(key)].emplace(field);
  }
  void fields_expired(Database& db, std::string_view key, size_t count, bool all) override {
    fields += count;
    if (!all) return;
    EXPECT_EQ(db.peek(key), nullptr);
    emptied.push_back(std::to_string(db.id()) + std::string(key));
  }
};

struct FieldExpiryTest : ExpireCycleTest {
  // A hash of `total` fields, of which the first `volatile_fields` expire after 10 to 19 ms.
  void put_hash(int db, const std::string& key, int total, int volatile_fields) {
    Hash hash(Hash::make(keyspace.shared().types), keyspace.shared().types);
    for (int i = 0; i < total; ++i) {
      const std::string field = "f" + std::to_string(i);
      hash.set(field, "v");
      if (i < volatile_fields) hash.set_expiry(field, now_ms() + 10 + i % 10);
    }
    keyspace[db].add_object(key, Type::hash, hash.value().encoding, hash.value().data);
  }
  size_t size_of(int db, const std::string& key) {
    const Entry* entry = keyspace[db].peek(key);
    return entry == nullptr ? 0 : Hash({entry->encoding(), entry->object_pointer()}, keyspace.shared().types).size();
  }
};

TEST_F(FieldExpiryTest, RemovesFieldsAndKeysThatBecomeEmpty) {
  FieldListener listener;
  keyspace.shared().listener = &listener;
  put_hash(0, "plain", 20, 0);
  put_hash(0, "small", 20, 5);
  put_hash(0, "small gone", 20, 20);
  put_hash(2, "big", 5000, 4000);
  put_hash(2, "big gone", 3000, 3000);
  EXPECT_EQ(keyspace[0].field_expiries().size(), 2u);
  settle();
  pass(100'000);
  settle();
  EXPECT_EQ(size_of(0, "plain"), 20u);
  EXPECT_EQ(size_of(0, "small"), 15u);
  EXPECT_EQ(size_of(2, "big"), 1000u);
  EXPECT_EQ(keyspace[0].size(), 2u);
  EXPECT_EQ(keyspace[2].size(), 1u);
  EXPECT_EQ(keyspace[0].field_expiries().size(), 0u);
  EXPECT_EQ(keyspace[2].field_expiries().size(), 0u);
  EXPECT_EQ(listener.fields, 7025u);
  EXPECT_EQ(listener.gone["small"], (std::set<std::string>{"f0", "f1", "f2", "f3", "f4"}));
  EXPECT_EQ(listener.gone["small gone"].size(), 20u);
  EXPECT_EQ(listener.gone["big"].size(), 4000u);
  EXPECT_EQ(listener.gone["big gone"].size(), 3000u);
  EXPECT_EQ(stats.expired_fields, 7025u);
  EXPECT_EQ(stats.expired, 0u);
  EXPECT_EQ(listener.emptied, (std::vector<std::string>{"0small gone", "2big gone"}));
}

TEST_F(FieldExpiryTest, OneStepOfABigHashIsShort) {
  put_hash(0, "big", 50'000, 50'000);
  pass(100'000);
  look_us = 1000;  // each step takes a slice
  cycle.run_slice(1000);
  const size_t left = size_of(0, "big");
  EXPECT_LT(left, 50'000u);
  EXPECT_GE(left, 50'000u - 64u);
}

TEST_F(FieldExpiryTest, ASnapshotTakesTheHashFirst) {
  struct Snapshot : SnapshotHook {
    std::map<std::string, size_t> taken;
    void before_change(Database& db, Entry& entry) override {
      taken[std::string(entry.key())] = Hash({entry.encoding(), entry.object_pointer()}, db.shared().types).size();
    }
  } snapshot;
  put_hash(0, "h", 20, 5);
  put_hash(0, "untouched", 20, 0);
  keyspace.shared().snapshot = &snapshot;
  keyspace.shared().colour = !keyspace.shared().colour;
  pass(100'000);
  settle();
  EXPECT_EQ(size_of(0, "h"), 15u);
  EXPECT_EQ(snapshot.taken, (std::map<std::string, size_t>{{"h", 20}}));
}

}  // namespace
}  // namespace redoubt

#include "server/keyspace/evict.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/memory.h"

namespace redoubt {
namespace {

using Outcome = Evictor::Outcome;
constexpr int64_t start_ms = 1'700'000'000'000;
constexpr uint64_t key_bytes = 100;  // what a key takes in this reckoning

struct EvictTest : testing::Test {
  EvictTest() {
    keyspace.shared().random = Random(5);
    keyspace.set_now(start_ms);
    use(MaxmemoryPolicy::allkeys_lru);
  }

  void use(MaxmemoryPolicy policy) {
    config.maxmemory_policy = policy;
    configure_access(keyspace, config);
  }
  static std::string name(int i) { return "key:" + std::to_string(i); }
  Entry& put(int i, int db = 0) { return keyspace[db].set_string(name(i), "v"); }
  void put_volatile(int i, int64_t in_ms, int db = 0) { keyspace[db].set_expiry(put(i, db), start_ms + in_ms); }
  // Makes room until only `keys` are left.
  Outcome leave(size_t keys) {
    config.maxmemory = keys == 0 ? 1 : keys * key_bytes;  // 0 is no limit
    Outcome outcome;
    do {
      outcome = evictor.make_room();
    } while (outcome == Outcome::still_over);
    return outcome;
  }
  int left(int from, int to, int db = 0) {
    int count = 0;
    for (int i = from; i < to; ++i) count += keyspace[db].peek(name(i)) != nullptr;
    return count;
  }

  Config config;
  Keyspace keyspace{4};
  KeyspaceStats& stats = keyspace.shared().stats;
  int64_t time_us = 1;
  int64_t look_us = 1;
  Evictor evictor{keyspace, config, [this] { return keyspace.total_keys() * key_bytes; },
                  [this] { return time_us += look_us; }};
};

TEST_F(EvictTest, DoesNothingWithinTheLimit) {
  for (int i = 0; i < 10; ++i) put(i);
  config.maxmemory = 0;
  EXPECT_EQ(evictor.make_room(), Outcome::within_limit);
  EXPECT_EQ(leave(10), Outcome::within_limit);
  EXPECT_EQ(keyspace[0].size(), 10u);
  EXPECT_EQ(stats.evicted, 0u);
}

TEST_F(EvictTest, WithoutEvictionThereIsNoRoom) {
  use(MaxmemoryPolicy::noeviction);
  for (int i = 0; i < 10; ++i) put_volatile(i, 1000);
  EXPECT_EQ(leave(9), Outcome::failed);
  EXPECT_EQ(keyspace[0].size(), 10u);
}

TEST_F(EvictTest, EachPolicyEvictsDownToTheLimit) {
  for (const auto policy :
       {MaxmemoryPolicy::allkeys_lru, MaxmemoryPolicy::allkeys_lfu, MaxmemoryPolicy::allkeys_random}) {
    use(policy);
    for (int i = 0; i < 500; ++i) put(i, i % 2 * 3);
    EXPECT_EQ(leave(50), Outcome::within_limit);
    EXPECT_EQ(keyspace.total_keys(), 50u);
    EXPECT_EQ(leave(0), Outcome::within_limit);
    EXPECT_EQ(keyspace.total_keys(), 0u);
  }
  EXPECT_EQ(stats.evicted, 1500u);
  for (const auto policy : {MaxmemoryPolicy::volatile_lru, MaxmemoryPolicy::volatile_lfu,
                            MaxmemoryPolicy::volatile_random, MaxmemoryPolicy::volatile_ttl}) {
    use(policy);
    for (int i = 0; i < 100; ++i) put(i, 1);
    for (int i = 100; i < 400; ++i) put_volatile(i, 1000 + i, i % 2 * 3);
    EXPECT_EQ(leave(150), Outcome::within_limit);
    EXPECT_EQ(keyspace.total_keys(), 150u);
    // The rest may not be touched.
    EXPECT_EQ(leave(80), Outcome::failed);
    EXPECT_EQ(keyspace.total_keys(), 100u);
    EXPECT_EQ(left(0, 100, 1), 100);
    EXPECT_EQ(keyspace[0].volatile_size() + keyspace[3].volatile_size(), 0u);
    keyspace[1].clear(false);
  }
}

TEST_F(EvictTest, TellsOfEachKey) {
  struct Listener : KeyspaceListener {
    void field_expired(Database&, std::string_view, std::string_view) override { FAIL(); }
    void fields_expired(Database&, std::string_view, size_t, bool) override { FAIL(); }
    std::vector<std::string> told;
    void key_expired(Database&, std::string_view, bool /*lazily*/) override { FAIL(); }
    void key_evicted(Database& db, std::string_view key, bool /*lazily*/) override {
      told.push_back(std::to_string(db.id()) + std::string(key));
    }
  } listener;
  keyspace.shared().listener = &listener;
  put(7, 2);
  EXPECT_EQ(leave(0), Outcome::within_limit);
  EXPECT_EQ(listener.told, std::vector<std::string>{"2key:7"});
}

// Of 1000 keys, 500 go. What should go first are the first 500; sampling is not exact, but far better than chance.
TEST_F(EvictTest, PrefersWhatIsWorthLeast) {
  struct Case {
    MaxmemoryPolicy policy;
    int samples;
    int spared;  // of the first 500 may be left at most
  };
  for (const auto& [policy, samples, spared] : {Case{MaxmemoryPolicy::allkeys_lru, 5, 100},
                                                {MaxmemoryPolicy::volatile_lru, 5, 100},
                                                {MaxmemoryPolicy::allkeys_lru, 10, 60},
                                                {MaxmemoryPolicy::allkeys_lfu, 5, 100},
                                                {MaxmemoryPolicy::volatile_lfu, 5, 100},
                                                {MaxmemoryPolicy::volatile_ttl, 5, 100},
                                                {MaxmemoryPolicy::volatile_ttl, 10, 60}}) {
    use(policy);
    config.maxmemory_samples = samples;
    const AccessClock& access = keyspace.shared().access;
    for (int i = 0; i < 1000; ++i) {
      put_volatile(i, 1'000'000 + i * 1000);
      Entry& entry = *keyspace[0].peek(name(i));
      if (policy_uses_lfu(policy)) {
        access.set_frequency(entry, static_cast<uint8_t>(i / 4));
      } else if (policy_uses_lru(policy)) {
        access.set_idle(entry, 2000 - i);
      }
    }
    EXPECT_EQ(leave(500), Outcome::within_limit);
    EXPECT_LT(left(0, 500), spared) << static_cast<int>(policy) << " with " << samples;
    EXPECT_EQ(left(950, 1000), 50) << static_cast<int>(policy);
    leave(0);
  }
}

TEST_F(EvictTest, RandomHasNoPreference) {
  for (const auto policy : {MaxmemoryPolicy::allkeys_random, MaxmemoryPolicy::volatile_random}) {
    use(policy);
    for (int i = 0; i < 1000; ++i) {
      put_volatile(i, 1'000'000 + i);
      keyspace.shared().access.set_idle(*keyspace[0].peek(name(i)), 2000 - i);
    }
    EXPECT_EQ(leave(500), Outcome::within_limit);
    EXPECT_NEAR(left(0, 500), 250, 50);
    leave(0);
  }
}

// With few keys the samples see all of them, and the order is exact.
TEST_F(EvictTest, KnowsTheBestOfAFew) {
  config.maxmemory_samples = 64;
  use(MaxmemoryPolicy::allkeys_lru);
  for (int i = 0; i < 12; ++i) keyspace.shared().access.set_idle(put(i, i % 3), 100 - i);
  for (size_t keys = 11; keys > 0; --keys) {
    leave(keys);
    const int gone = 12 - static_cast<int>(keys);
    for (int i = 0; i < 12; ++i) EXPECT_EQ(left(i, i + 1, i % 3), i < gone ? 0 : 1) << keys;
  }
}

// What the pool remembers may be gone, or may not be evicted any more.
TEST_F(EvictTest, ThePoolOutlivesItsKeys) {
  config.maxmemory_samples = 64;
  use(MaxmemoryPolicy::volatile_ttl);
  for (int i = 0; i < 20; ++i) put_volatile(i, 1000 + i);
  leave(19);
  EXPECT_EQ(left(0, 1), 0);
  keyspace[0].erase(name(1));
  keyspace[0].clear_expiry(*keyspace[0].peek(name(2)));
  leave(17);
  EXPECT_EQ(left(2, 4), 1);
  EXPECT_NE(keyspace[0].peek(name(2)), nullptr);
  // Scores of one policy say nothing under another.
  use(MaxmemoryPolicy::allkeys_lru);
  for (int i = 4; i < 20; ++i) keyspace.shared().access.set_idle(*keyspace[0].peek(name(i)), i);
  keyspace.shared().access.set_idle(*keyspace[0].peek(name(2)), 0);
  leave(16);
  EXPECT_EQ(left(19, 20), 0);
  EXPECT_EQ(left(4, 19), 15);
}

TEST_F(EvictTest, StopsWhenItsTimeIsOver) {
  struct Case {
    int tenacity;
    int64_t limit_us;
  };
  for (const auto& [tenacity, limit_us] :
       {Case{0, 0}, {1, 50}, {5, 250}, {10, 500}, {20, 2022}, {50, 133'931}, {99, 126'000'000}}) {
    config.maxmemory_eviction_tenacity = tenacity;
    for (int i = 0; i < 1000; ++i) put(i);
    config.maxmemory = key_bytes;
    look_us = limit_us / 5 + 1;  // 16 keys take that long
    const uint64_t before = stats.evicted;
    EXPECT_EQ(evictor.make_room(), Outcome::still_over) << tenacity;
    EXPECT_NEAR(static_cast<double>(stats.evicted - before), limit_us == 0 ? 16 : 80, 16) << tenacity;
    EXPECT_GT(keyspace[0].size(), 900u);
    look_us = 1;
    leave(0);
  }
  config.maxmemory_eviction_tenacity = 100;
  look_us = 1'000'000'000;
  for (int i = 0; i < 1000; ++i) put(i);
  config.maxmemory = key_bytes;
  EXPECT_EQ(evictor.make_room(), Outcome::within_limit);
  EXPECT_EQ(keyspace[0].size(), 1u);
}

TEST_F(EvictTest, MeasuresTheTimeAboveTheLimit) {
  use(MaxmemoryPolicy::noeviction);
  look_us = 0;
  for (int i = 0; i < 10; ++i) put(i);
  time_us = 1000;
  EXPECT_EQ(leave(9), Outcome::failed);
  EXPECT_EQ(stats.eviction_exceeded_since_us, 1000);
  time_us = 3000;
  EXPECT_EQ(leave(8), Outcome::failed);
  EXPECT_EQ(stats.eviction_exceeded_since_us, 1000);
  EXPECT_EQ(stats.eviction_exceeded_us, 0u);
  time_us = 6000;
  EXPECT_EQ(leave(10), Outcome::within_limit);
  EXPECT_EQ(stats.eviction_exceeded_since_us, 0);
  EXPECT_EQ(stats.eviction_exceeded_us, 5000u);
}

// Over the limit only as long as something waits to be freed in the background.
TEST_F(EvictTest, WaitsForWhatIsFreedInTheBackground) {
  use(MaxmemoryPolicy::noeviction);
  config.maxmemory = 100;
  config.maxmemory_eviction_tenacity = 100;
  bool looked = false;
  Evictor waiting(
      keyspace, config,
      [&] {
        const size_t used = !looked || keyspace.lazy_free().pending() > 0 ? 101 : 100;
        looked = true;
        return used;
      },
      [this] { return ++time_us; });
  for (int i = 0; i < 20'000; ++i) put(i);
  keyspace[0].clear(true);
  EXPECT_EQ(waiting.make_room(), Outcome::within_limit);
  EXPECT_EQ(keyspace.lazy_free().pending(), 0u);
  // With no time to wait it fails at once.
  config.maxmemory_eviction_tenacity = 0;
  Evictor hasty(
      keyspace, config, [] { return size_t{101}; }, [this] { return ++time_us; });
  for (int i = 0; i < 20'000; ++i) put(i);
  keyspace[0].clear(true);
  EXPECT_EQ(hasty.make_room(), Outcome::failed);
}

TEST_F(EvictTest, ConfiguresTheKeyspace) {
  config.lfu_log_factor = 3;
  config.lfu_decay_time = 7;
  config.lazyfree_lazy_expire = true;
  use(MaxmemoryPolicy::volatile_lfu);
  EXPECT_TRUE(keyspace.shared().access.settings().lfu);
  EXPECT_EQ(keyspace.shared().access.settings().lfu_log_factor, 3);
  EXPECT_EQ(keyspace.shared().access.settings().lfu_decay_minutes, 7);
  EXPECT_TRUE(keyspace.shared().lazy_expire);
  use(MaxmemoryPolicy::volatile_ttl);
  EXPECT_FALSE(keyspace.shared().access.settings().lfu);
}

// The bytes that are really in use.
TEST(EvictWithRealMemory, StaysWithinTheLimit) {
  register_allocating_thread();
  Config config;
  Keyspace keyspace(1);
  keyspace.set_now(start_ms);
  config.maxmemory_eviction_tenacity = 100;
  for (const auto policy : {MaxmemoryPolicy::allkeys_lru, MaxmemoryPolicy::allkeys_random, MaxmemoryPolicy::allkeys_lfu,
                            MaxmemoryPolicy::volatile_ttl}) {
    keyspace.shared().random = Random(9);
    config.maxmemory_policy = policy;
    configure_access(keyspace, config);
    config.maxmemory = 0;
    Evictor evictor(keyspace, config);
    const std::string value(4000, 'x');
    config.maxmemory = used_memory() + 1'000'000;
    for (int i = 0; i < 1000; ++i) {
      EXPECT_EQ(evictor.make_room(), Outcome::within_limit);
      ASSERT_LE(used_memory(), config.maxmemory);
      keyspace[0].set_expiry(keyspace[0].set_string("key:" + std::to_string(i), value), start_ms + i);
    }
    // 4000 bytes and an entry are somewhat more than 4 KiB.
    EXPECT_GT(keyspace[0].size(), 150u);
    EXPECT_LT(keyspace[0].size(), 260u);
    keyspace[0].clear(false);
  }
}

}  // namespace
}  // namespace redoubt

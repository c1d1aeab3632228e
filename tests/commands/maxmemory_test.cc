// What commands meet when memory runs out: refusals and evictions, with the bytes that are really in use.
#include <gtest/gtest.h>

#include "common/base/memory.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class MaxmemoryTest : public CommandTest {
 protected:
  MaxmemoryTest() {
    register_allocating_thread();
    server.keyspace().shared().random = Random(3);
    server.db().set_string("source", std::string(4000, 'x'));
    server.executor().set_gate(gate_maxmemory, true);
    // The first call of a command makes room for its latencies: not while bytes are counted.
    for (const char* line : {"exists x", "del x", "expire x 1", "copy x y", "touch x"}) type(line);
  }
  void limit(size_t room, const std::string& policy) {
    run("config", "set", "maxmemory-policy", policy, "maxmemory-eviction-tenacity", "100");
    configure_access(server.keyspace(), server.config());
    run("config", "set", "maxmemory", std::to_string(used_memory() + room));
  }
  // COPY asks for memory.
  Reply add(int i) { return run("COPY", "source", "key:" + std::to_string(i)); }
};

constexpr std::string_view refused = "(error) OOM command not allowed when used memory > 'maxmemory'.";

TEST_F(MaxmemoryTest, WithoutEvictionCommandsThatNeedMemoryAreRefused) {
  limit(500'000, "noeviction");
  int added = 0;
  while (added < 1000 && add(added) == "(integer) 1") ++added;
  EXPECT_GT(added, 50);
  EXPECT_LT(added, 130);
  EXPECT_EQ(add(added), refused);
  EXPECT_EQ(server.stats().errors["OOM"], 2u);
  // What needs none is carried out, and making room helps.
  EXPECT_EQ(type("exists key:0"), "(integer) 1");
  EXPECT_EQ(type("del key:0 key:1 key:2 key:3 key:4 key:5 key:6 key:7"), "(integer) 8");
  EXPECT_EQ(add(added), "(integer) 1");
}

TEST_F(MaxmemoryTest, VolatilePoliciesRefuseWhenNothingCanExpire) {
  server.db().set_string("big", std::string(100'000, 'x'));
  limit(200'000, "volatile-lru");
  int added = 0;
  while (added < 1000 && add(added) == "(integer) 1") ++added;
  EXPECT_LT(added, 60);
  EXPECT_EQ(server.keyspace().shared().stats.evicted, 0u);
  EXPECT_EQ(type("expire big 100"), "(integer) 1");
  EXPECT_EQ(add(added), "(integer) 1");
  EXPECT_EQ(type("exists big"), "(integer) 0");
  EXPECT_EQ(type("exists key:0 source"), "(integer) 2");
  EXPECT_EQ(server.keyspace().shared().stats.evicted, 1u);
}

TEST_F(MaxmemoryTest, KeysThatAreUsedStay) {
  limit(500'000, "allkeys-lru");
  for (int i = 0; i < 600; ++i) {
    server.advance(1000);
    // COPY touches its source; the tenth key is read now and then.
    EXPECT_EQ(add(i), "(integer) 1") << i;
    if (i >= 10) {
      EXPECT_EQ(type("touch key:10"), "(integer) 1") << i;
    }
  }
  EXPECT_EQ(type("exists key:0 key:1 key:100 key:200"), "(integer) 0");
  EXPECT_EQ(type("exists key:599 key:598 key:590"), "(integer) 3");
  EXPECT_GT(server.keyspace().shared().stats.evicted, 400u);
}

}  // namespace
}  // namespace redoubt

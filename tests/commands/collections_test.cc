// What commands on keys of any type do with collections: every type in every encoding.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/keyspace/database.h"
#include "server/keyspace/lazy_free.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

struct Shape {
  std::string_view name;
  std::string_view type;
  std::string_view encoding;
  std::string_view config;
  std::string_view fill;    // the key k
  std::string_view digest;  // as Redis 7.0.15 gave it
  std::string_view change;  // makes it another value
  std::string_view add;     // the command that adds an element
};

constexpr std::string_view list_digest = "931f9124f041d2b9b1bae5e8bcce4ca7af2a8349";
constexpr std::string_view integers_digest = "2a462a3f51a1db89738ebbeef0c47ce1bbc85246";
constexpr std::string_view set_digest = "07d2a0a7d906c2eeb4d84a0c3a3a7c87ecc51176";
constexpr std::string_view zset_digest = "3d652b2f20509e5162a63315ee1e120c3bf14155";
constexpr std::string_view hash_digest = "310496c8f401ab4e7a5dbb58a377adaf6beab356";
constexpr std::string_view list_fill = "RPUSH k a 12345 -7 b";
constexpr std::string_view zset_fill = "ZADD k 1.5 a -inf b 3 12 1e20 c 0.1 d";
constexpr std::string_view hash_fill = "HSET k f v 12 34 e ''";

constexpr Shape shapes[] = {
    {"ListListpack", "list", "listpack", "", list_fill, list_digest, "RPUSH k x", "RPUSH"},
    {"ListQuicklist", "list", "quicklist", "list-max-listpack-size 1\n", list_fill, list_digest, "LPOP k", "RPUSH"},
    {"ListCompressed", "list", "quicklist", "list-max-listpack-size 1\nlist-compress-depth 1\n", list_fill, list_digest,
     "LPOP k", "RPUSH"},
    {"SetIntset", "set", "intset", "", "SADD k 1 2 3", integers_digest, "SADD k 4", "SADD"},
    {"SetListpack", "set", "listpack", "", "SADD k a 2 b", set_digest, "SREM k 2", "SADD"},
    {"SetHashtable", "set", "hashtable", "set-max-listpack-entries 0\n", "SADD k a 2 b", set_digest, "SREM k 2",
     "SADD"},
    {"SortedSetListpack", "zset", "listpack", "", zset_fill, zset_digest, "ZINCRBY k 1 d", "ZADD"},
    {"SortedSetSkiplist", "zset", "skiplist", "zset-max-listpack-entries 0\n", zset_fill, zset_digest, "ZINCRBY k 1 d",
     "ZADD"},
    {"HashListpack", "hash", "listpack", "", hash_fill, hash_digest, "HSET k f w", "HSET"},
    {"HashHashtable", "hash", "hashtable", "hash-max-listpack-entries 0\n", hash_fill, hash_digest, "HSET k f w",
     "HSET"},
};

class EveryCollection : public testing::TestWithParam<Shape> {
 protected:
  void SetUp() override {
    ASSERT_FALSE(run(GetParam().fill).is_error());
    ASSERT_EQ(run("OBJECT ENCODING k").text, GetParam().encoding);
    ASSERT_EQ(run("TYPE k"), GetParam().type);
  }
  Reply run(std::string_view line) { return server.client().run(words_of(line)); }
  std::string digest(const std::string& key) { return run("DEBUG DIGEST-VALUE " + key).items.at(0).text; }
  // Makes it so big that it is not freed at once.
  void grow(const std::string& key, int elements) {
    for (int i = 0; i < elements; ++i) {
      std::vector<std::string> words = {std::string(GetParam().add), key};
      if (GetParam().type == "zset") words.push_back(std::to_string(i));
      words.push_back("member:" + std::to_string(i));
      if (GetParam().type == "hash") words.push_back("value");
      ASSERT_FALSE(server.client().run(words).is_error());
    }
  }
  TestServer server{"enable-debug-command yes\n" + std::string(GetParam().config)};
};
INSTANTIATE_TEST_SUITE_P(Collections, EveryCollection, testing::ValuesIn(shapes),
                         [](const auto& shape) { return std::string(shape.param.name); });

TEST_P(EveryCollection, DigestsAreThoseOfRedis) {
  EXPECT_EQ(digest("k"), GetParam().digest);
  const std::string all = to_string(run("DEBUG DIGEST"));
  ASSERT_FALSE(run(GetParam().change).is_error());
  EXPECT_NE(digest("k"), GetParam().digest);
  EXPECT_NE(to_string(run("DEBUG DIGEST")), all);
}

TEST_P(EveryCollection, IsDescribed) {
  EXPECT_EQ(run("OBJECT REFCOUNT k"), "(integer) 1");
  EXPECT_TRUE(run("OBJECT FREQ k").is_error());
  server.advance(5000);
  EXPECT_EQ(run("OBJECT IDLETIME k"), "(integer) 5");
  EXPECT_EQ(run("TOUCH k"), "(integer) 1");
  EXPECT_EQ(run("OBJECT IDLETIME k"), "(integer) 0");
  EXPECT_EQ(run("CONFIG SET maxmemory-policy allkeys-lfu"), "OK");
  EXPECT_TRUE(run("OBJECT IDLETIME k").is_error());
  EXPECT_FALSE(run("OBJECT FREQ k").is_error());
  const std::string object = to_string(run("DEBUG OBJECT k"));
  EXPECT_NE(object.find(" encoding:" + std::string(GetParam().encoding) + " "), std::string::npos) << object;
  EXPECT_EQ(object.find(" ql_nodes:") != std::string::npos, GetParam().encoding == "quicklist") << object;
}

TEST_P(EveryCollection, ItsTableIsDescribed) {
  const bool has_table = GetParam().encoding == "hashtable" || GetParam().encoding == "skiplist";
  const Reply stats = run("DEBUG HTSTATS-KEY k");
  EXPECT_EQ(stats.is_error(), !has_table) << to_string(stats);
  if (!has_table) return;
  EXPECT_EQ(stats.text.find("[Dictionary HT]"), std::string::npos);
  const size_t elements = GetParam().type == "zset" ? 5 : 3;
  EXPECT_NE(stats.text.find(" number of elements: " + std::to_string(elements) + "\n"), std::string::npos)
      << stats.text;
}

TEST_P(EveryCollection, ItsMemoryIsMeasured) {
  const int64_t small = run("MEMORY USAGE k").integer;
  EXPECT_GT(small, 20);
  EXPECT_LT(small, 3000);
  EXPECT_EQ(run("MEMORY USAGE k SAMPLES 0").integer, small) << "so few elements are all looked at";
  grow("k", 3000);
  const int64_t sampled = run("MEMORY USAGE k").integer;
  const int64_t exact = run("MEMORY USAGE k SAMPLES 0").integer;
  EXPECT_GT(exact, 3000 * 10);
  EXPECT_NEAR(static_cast<double>(sampled), static_cast<double>(exact), static_cast<double>(exact) * 0.25);
  EXPECT_EQ(run("MEMORY USAGE k SAMPLES 100000").integer, exact);
}

TEST_P(EveryCollection, IsFoundByItsType) {
  run("SET other v");
  EXPECT_EQ(run("SCAN 0 COUNT 100 TYPE " + std::string(GetParam().type)), R"(["0", ["k"]])");
  EXPECT_EQ(run("SCAN 0 COUNT 100 TYPE string"), R"(["0", ["other"]])");
  for (const char* type : {"list", "set", "zset", "hash", "stream"}) {
    if (std::string_view(type) == GetParam().type) continue;
    EXPECT_EQ(run("SCAN 0 COUNT 100 TYPE " + std::string(type)), R"(["0", []])");
  }
}

TEST_P(EveryCollection, CopiesAreIndependent) {
  run("PEXPIRE k 1000");
  EXPECT_EQ(run("COPY k copy"), "(integer) 1");
  EXPECT_EQ(run("COPY k copy"), "(integer) 0");
  EXPECT_EQ(run("OBJECT ENCODING copy").text, GetParam().encoding);
  EXPECT_EQ(run("PTTL copy"), "(integer) 1000");
  EXPECT_EQ(run("PERSIST copy"), "(integer) 1");
  EXPECT_EQ(digest("copy"), GetParam().digest);
  ASSERT_FALSE(run(GetParam().change).is_error());
  EXPECT_EQ(digest("copy"), GetParam().digest);
  EXPECT_EQ(run("DEL k"), "(integer) 1");
  EXPECT_EQ(digest("copy"), GetParam().digest);
  run("SET string x");
  EXPECT_EQ(run("COPY copy string REPLACE"), "(integer) 1");
  EXPECT_EQ(digest("string"), GetParam().digest);
  EXPECT_EQ(run("COPY copy k DB 3"), "(integer) 1");
  EXPECT_EQ(run("FLUSHDB"), "OK");
  run("SELECT 3");
  EXPECT_EQ(digest("k"), GetParam().digest);
}

TEST_P(EveryCollection, BigOnesAreCopiedToo) {
  grow("k", 2000);
  const std::string before = digest("k");
  EXPECT_EQ(run("COPY k copy"), "(integer) 1");
  EXPECT_EQ(digest("copy"), before);
  EXPECT_EQ(to_string(run("OBJECT ENCODING copy")), to_string(run("OBJECT ENCODING k")));
  grow("copy", 10);
  EXPECT_EQ(run("DEL copy"), "(integer) 1");
  EXPECT_EQ(digest("k"), before);
}

TEST_P(EveryCollection, MovesWithItsKey) {
  run("PEXPIRE k 1000");
  run("SET other v");
  EXPECT_EQ(run("RENAME k other"), "OK");
  EXPECT_EQ(run("PERSIST other"), "(integer) 1");
  EXPECT_EQ(digest("other"), GetParam().digest);
  EXPECT_EQ(run("RENAMENX other k"), "(integer) 1");
  EXPECT_EQ(run("MOVE k 1"), "(integer) 1");
  EXPECT_EQ(run("EXISTS k"), "(integer) 0");
  run("SWAPDB 0 1");
  EXPECT_EQ(digest("k"), GetParam().digest);
  EXPECT_EQ(run("SET k v"), "OK");
  EXPECT_EQ(run("TYPE k"), "string");
}

TEST_P(EveryCollection, ExpiresAsAWhole) {
  run("PEXPIRE k 10");
  server.advance(11);
  EXPECT_EQ(run("TYPE k"), "none");
  EXPECT_EQ(server.db().size(), 0u);
}

TEST_P(EveryCollection, BigOnesAreFreedInTheBackground) {
  LazyFree& lazy = server.keyspace().lazy_free();
  const auto freed_by = [&](const std::string& command) {
    lazy.drain();
    const uint64_t before = lazy.freed();
    EXPECT_FALSE(run(command).is_error()) << command;
    lazy.drain();
    return lazy.freed() - before;
  };
  EXPECT_EQ(freed_by("UNLINK k"), 0u) << "small ones go at once";
  run("CONFIG SET list-max-listpack-size 1");  // the effort of a list is the number of its nodes
  grow("k", 1000);
  EXPECT_EQ(freed_by("DEL k"), 0u);
  for (const char* command : {"UNLINK k", "RENAME x k", "SET k v", "PEXPIRE k -1", "FLUSHALL ASYNC"}) {
    run("FLUSHALL SYNC");
    run("SET x y");
    run("CONFIG SET lazyfree-lazy-user-del no lazyfree-lazy-server-del yes lazyfree-lazy-expire yes");
    configure_access(server.keyspace(), server.config());
    grow("k", 1000);
    EXPECT_GE(freed_by(command), 1u) << command;
  }
  run("FLUSHALL SYNC");
  run("CONFIG SET lazyfree-lazy-user-del yes");
  grow("k", 1000);
  EXPECT_EQ(freed_by("DEL k"), 1u);
  EXPECT_EQ(server.db().size(), 0u);
}

// The figures that Redis 7.0.15 gave for a list of the same settings.
TEST(DebugObject, DescribesTheNodesOfALongList) {
  TestServer plain("list-max-listpack-size 3\nenable-debug-command yes\n");
  plain.run("RPUSH", "k", "a", "b", "c", "d", "e", "f", "g");
  const std::string text = to_string(plain.run("DEBUG", "OBJECT", "k"));
  EXPECT_NE(text.find(" ql_nodes:3 ql_avg_node:2.33 ql_listpack_max:3 ql_compressed:0 ql_uncompressed_size:42"),
            std::string::npos)
      << text;
  TestServer compressing("list-max-listpack-size 1\nlist-compress-depth 2\nenable-debug-command yes\n");
  compressing.run("RPUSH", "k", "a", "b");
  EXPECT_NE(to_string(compressing.run("DEBUG", "OBJECT", "k")).find("ql_listpack_max:1 ql_compressed:1"),
            std::string::npos);
}

}  // namespace
}  // namespace redoubt

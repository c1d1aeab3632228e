#include "server/persistence/value_saver.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "common/base/number.h"
#include "common/hash/crc64.h"
#include "server/config/config.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"
#include "server/types/sorted_set.h"

namespace redoubt {
namespace {

using namespace std::string_literals;

std::string real(double value) {
  std::string bytes(sizeof value, 0);
  memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::string milliseconds(int64_t value) {
  std::string bytes(sizeof value, 0);
  memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

class ValueSaver : public testing::Test {
 protected:
  static constexpr int64_t now_ms = 1'700'000'000'000;

  ValueSaver() { keyspace_.set_now(now_ms); }

  template <typename T, typename F>
  Entry& add(std::string_view key, F&& fill) {
    T handle(T::make(settings()), settings());
    fill(handle);
    return db_.add_object(key, T::type, handle.value().encoding, handle.value().data);
  }
  const TypeSettings& settings() { return keyspace_.shared().types; }
  static std::string value_of(const Entry& entry, bool compress = false) {
    std::string out;
    RdbWriter writer(out, compress);
    writer.type(rdb_type_of(entry));
    save_value(writer, entry);
    return out;
  }
  std::string record_of(const Entry& entry, const SaveOptions& options = {}) {
    std::string out;
    RdbWriter writer(out, false);
    save_entry(writer, db_, entry, options);
    return out;
  }

  TypeLimits limits_;
  Keyspace keyspace_{3, limits_};
  Database& db_ = keyspace_[0];
};

// ---- the types ------------------------------------------------------------------------------------

TEST_F(ValueSaver, Strings) {
  struct {
    std::string value;
    std::string bytes;
  } const cases[] = {
      {"", "\0\0"s},
      {"abc",
       "\0\x03"
       "abc"s},
      {"12", "\0\xc0\x0c"s},
      {"1234567890123",
       "\0\x0d"
       "1234567890123"s},
      {"012",
       "\0\x03"
       "012"s},
      {std::string(300, 'x'), "\0\x41\x2c"s + std::string(300, 'x')},
  };
  for (const auto& [value, bytes] : cases) EXPECT_EQ(value_of(db_.set_string("k", value)), bytes);
  EXPECT_EQ(value_of(db_.set_text("k", "12")), "\0\xc0\x0c"s);
  EXPECT_EQ(value_of(db_.set_string("k", std::string(21, 'a')), true),
            "\0\xc3\x06\x15\x01"
            "aa\xe0\x0a\0"s);
}

TEST_F(ValueSaver, Lists) {
  const Entry& small = add<List>("small", [](List& list) {
    for (const std::string_view element : {"a", "1"}) list.push(ListEnd::tail, {&element, 1});
  });
  ASSERT_EQ(small.encoding(), Encoding::listpack);
  EXPECT_EQ(value_of(small),
            "\x12\x01\x02\x0c\x0c\0\0\0\x02\0\x81"
            "a\x02\x01\x01\xff"s);

  limits_.list_max_listpack_size = 1;
  const Entry& large = add<List>("large", [](List& list) {
    for (const std::string_view element : {"a", "1"}) list.push(ListEnd::tail, {&element, 1});
  });
  ASSERT_EQ(large.encoding(), Encoding::quicklist);
  EXPECT_EQ(value_of(large),
            "\x12\x02\x02\x0a\x0a\0\0\0\x01\0\x81"
            "a\x02\xff\x02\x09\x09\0\0\0\x01\0\x01\x01\xff"s);
}

TEST_F(ValueSaver, ListsWithCompressedNodes) {
  limits_.list_max_listpack_size = 1;
  limits_.list_compress_depth = 1;
  const Entry& entry = add<List>("k", [](List& list) {
    const std::string inner(60, 'a');
    for (const std::string_view element : {std::string_view("x"), std::string_view(inner), std::string_view("y")})
      list.push(ListEnd::tail, {&element, 1});
  });
  const std::string bytes = value_of(entry);
  const std::string first = "\x12\x03\x02\x0a\x0a\0\0\0\x01\0\x81x\x02\xff\x02"s;
  const std::string last = "\x02\x0a\x0a\0\0\0\x01\0\x81y\x02\xff"s;
  ASSERT_EQ(bytes.substr(0, first.size()), first);
  // LZF, of a listpack of 69 bytes, though compression was not asked for.
  EXPECT_EQ(bytes[first.size()], '\xc3');
  EXPECT_EQ(bytes.substr(first.size() + 2, 2), "\x40\x45");
  EXPECT_EQ(bytes.size(), first.size() + 4 + static_cast<size_t>(bytes[first.size() + 1]) + last.size());
  EXPECT_EQ(bytes.substr(bytes.size() - last.size()), last);
}

TEST_F(ValueSaver, Sets) {
  EXPECT_EQ(value_of(add<Set>("ints", [](Set& set) { set.add("5"); })), "\x0b\x0a\x02\0\0\0\x01\0\0\0\x05\0"s);
  EXPECT_EQ(value_of(add<Set>("pack", [](Set& set) { set.add("a"); })),
            "\x14\x0a\x0a\0\0\0\x01\0\x81"
            "a\x02\xff"s);
  const std::string bytes = value_of(add<Set>("table", [](Set& set) {
    set.become_table(0);
    set.add("ab");
    set.add("77");
  }));
  EXPECT_TRUE(bytes ==
                  "\x02\x02\x02"
                  "ab\xc0\x4d" ||
              bytes ==
                  "\x02\x02\xc0\x4d\x02"
                  "ab")
      << bytes;
}

TEST_F(ValueSaver, SortedSetsFromTheHighestMemberDown) {
  EXPECT_EQ(value_of(add<SortedSet>("pack", [](SortedSet& zset) { zset.set("a", 1); })),
            "\x11\x0c\x0c\0\0\0\x02\0\x81"
            "a\x02\x01\x01\xff"s);
  limits_.zset_max_listpack_entries = 0;
  const Entry& table = add<SortedSet>("table", [](SortedSet& zset) {
    zset.set("mid", 1);
    zset.set("3", 2.5);
    zset.set("low", -1);
    zset.set("midb", 1);
  });
  ASSERT_EQ(table.encoding(), Encoding::skiplist);
  EXPECT_EQ(value_of(table),
            "\x05\x04\xc0\x03" + real(2.5) + "\x04midb" + real(1) + "\x03mid" + real(1) + "\x03low" + real(-1));
}

TEST_F(ValueSaver, Hashes) {
  EXPECT_EQ(value_of(add<Hash>("pack", [](Hash& hash) { hash.set("f", "1"); })),
            "\x10\x0c\x0c\0\0\0\x02\0\x81"
            "f\x02\x01\x01\xff"s);
  limits_.hash_max_listpack_entries = 0;
  const Entry& table = add<Hash>("table", [](Hash& hash) { hash.set("name", "12"); });
  ASSERT_EQ(table.encoding(), Encoding::hashtable);
  EXPECT_EQ(value_of(table), "\x04\x01\x04name\xc0\x0c");
}

TEST_F(ValueSaver, HashesWithFieldsThatExpire) {
  const Entry& pack = add<Hash>("pack", [](Hash& hash) {
    hash.set("f", "1");
    hash.set("g", "2");
    hash.set_expiry("g", now_ms + 5);
  });
  ASSERT_EQ(pack.encoding(), Encoding::listpackex);
  Listpack expected;
  for (const std::string_view text : {"g", "2", "1700000000005", "f", "1", "0"}) expected.append(text);
  EXPECT_EQ(value_of(pack), "\x19" + milliseconds(now_ms + 5) + static_cast<char>(expected.bytes()) +
                                std::string(reinterpret_cast<const char*>(expected.data()), expected.bytes()));

  limits_.hash_max_listpack_entries = 0;
  const Entry& table = add<Hash>("table", [](Hash& hash) {
    hash.set("f", "1");
    hash.set_expiry("f", now_ms + 5);
  });
  ASSERT_EQ(table.encoding(), Encoding::hashtable);
  EXPECT_EQ(value_of(table), "\x18" + milliseconds(now_ms + 5) +
                                 "\x01\x01\x01"
                                 "f\xc0\x01");

  const Entry& mixed = add<Hash>("mixed", [](Hash& hash) {
    for (const char* field : {"a", "b", "c"}) hash.set(field, "v");
    hash.set_expiry("a", now_ms + 1000);
    hash.set_expiry("b", now_ms + 100);
  });
  const std::string bytes = value_of(mixed);
  EXPECT_EQ(bytes.substr(0, 10), "\x18" + milliseconds(now_ms + 100) + "\x03");
  for (const std::string& part : {"\x43\x85\x01"
                                  "a\x01v"s,
                                  "\x01\x01"
                                  "b\x01v"s,
                                  "\0\x01"
                                  "c\x01v"s}) {
    EXPECT_NE(bytes.find(part, 10), std::string::npos);
  }
}

TEST_F(ValueSaver, VersionTwelveForFieldsThatExpireOnly) {
  EXPECT_EQ(rdb_version_for(keyspace_), 11);
  const Entry& entry = add<Hash>("k", [](Hash& hash) { hash.set("f", "1"); });
  EXPECT_EQ(rdb_version_for(keyspace_), 11);
  keyspace_[2].add_object("other", Type::hash, Encoding::listpack, Listpack().release());
  const auto change = [&](int64_t at_ms) {
    Entry* writable = db_.find_for_write("k");
    Hash hash({writable->encoding(), writable->object_pointer()}, settings());
    hash.set_expiry("f", at_ms);
    writable->set_encoding(hash.value().encoding);
    writable->set_object_pointer(hash.value().data);
    db_.index_fields(*writable);
  };
  change(now_ms + 1);
  EXPECT_EQ(rdb_version_for(keyspace_), 12);
  db_.move_to("k", keyspace_[2], "moved");
  EXPECT_EQ(rdb_version_for(keyspace_), 12);
  keyspace_[2].move_to("moved", db_, "k");
  // The encoding stays, and what is written is of version 11 all the same.
  change(Hash::no_expiry);
  EXPECT_EQ(db_.peek("k")->encoding(), Encoding::listpackex);
  EXPECT_EQ(rdb_version_for(keyspace_), 11);
  EXPECT_EQ(value_of(*db_.peek("k")),
            "\x04\x01\x01"
            "f\xc0\x01");
  (void)entry;
}

// ---- records --------------------------------------------------------------------------------------

TEST_F(ValueSaver, Records) {
  Entry& entry = db_.set_string("key", "v");
  EXPECT_EQ(record_of(entry), "\0\x03key\x01v"s);
  EXPECT_EQ(record_of(db_.set_string("12", "v")), "\0\xc0\x0c\x01v"s);
  db_.set_expiry(entry, now_ms + 1);
  EXPECT_EQ(record_of(entry), "\xfc" + milliseconds(now_ms + 1) + "\0\x03key\x01v"s);
  keyspace_.set_now(now_ms + 100'000);
  EXPECT_EQ(record_of(entry, {.idle = true}), "\xfc" + milliseconds(now_ms + 1) + "\xf8\x40\x64\0\x03key\x01v"s);
}

TEST_F(ValueSaver, RecordsWithFrequencies) {
  keyspace_.shared().access.configure({.lfu = true});
  const Entry& entry = db_.set_string("key", "v");
  EXPECT_EQ(record_of(entry, {.frequency = true}), "\xf9\x05\0\x03key\x01v"s);
}

TEST_F(ValueSaver, OptionsGoByThePolicy) {
  struct {
    MaxmemoryPolicy policy;
    bool idle, frequency;
  } const cases[] = {
      {MaxmemoryPolicy::noeviction, false, false},     {MaxmemoryPolicy::allkeys_lru, true, false},
      {MaxmemoryPolicy::volatile_lru, true, false},    {MaxmemoryPolicy::allkeys_lfu, false, true},
      {MaxmemoryPolicy::volatile_lfu, false, true},    {MaxmemoryPolicy::volatile_ttl, false, false},
      {MaxmemoryPolicy::allkeys_random, false, false},
  };
  for (const auto& [policy, idle, frequency] : cases) {
    Config config;
    config.maxmemory_policy = policy;
    const SaveOptions options = SaveOptions::of(config);
    EXPECT_EQ(options.idle, idle);
    EXPECT_EQ(options.frequency, frequency);
  }
}

TEST_F(ValueSaver, Aux) {
  std::string out;
  RdbWriter writer(out, true);
  save_aux(writer, {.ctime_seconds = 1700000000, .used_memory = 5'000'000'000, .aof_base = true});
  EXPECT_EQ(out,
            "\xfa\x09redis-ver\x05"
            "7.2.4"
            "\xfa\x0aredis-bits\xc0\x40"
            "\xfa\x05"
            "ctime\xc2\x00\xf1\x53\x65"
            "\xfa\x08used-mem\x0a"
            "5000000000"
            "\xfa\x08"
            "aof-base\xc0\x01"s);
}

TEST_F(ValueSaver, Payloads) {
  const auto footer = [](const std::string& bytes) {
    const uint64_t crc = crc64(bytes);
    std::string sum(sizeof crc, 0);
    memcpy(sum.data(), &crc, sizeof crc);
    return bytes + sum;
  };
  std::string out = "+";
  dump_value(out, db_.set_string("k", "v"), true);
  EXPECT_EQ(out, "+" + footer("\0\x01v\x0b\0"s));
  const Entry& expiring = add<Hash>("h", [](Hash& hash) {
    hash.set("f", "1");
    hash.set_expiry("f", now_ms + 5);
  });
  out.clear();
  dump_value(out, expiring, true);
  EXPECT_EQ(out, footer(value_of(expiring) + "\x0c\0"s));
}

}  // namespace
}  // namespace redoubt

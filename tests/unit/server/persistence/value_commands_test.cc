#include "server/persistence/value_commands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "common/aof/aof_value_writer.h"
#include "common/resp/request_parser.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"
#include "server/types/sorted_set.h"

namespace redoubt {
namespace {

using Commands = std::vector<std::string>;

class ValueCommands : public testing::Test {
 protected:
  static constexpr int64_t now_ms = 1'700'000'000'000;

  ValueCommands() { keyspace_.set_now(now_ms); }

  template <typename T, typename F>
  Entry& add(std::string_view key, F&& fill) {
    (void)db_.erase(key);
    T handle(T::make(settings()), settings());
    fill(handle);
    return db_.add_object(key, T::type, handle.value().encoding, handle.value().data);
  }
  const TypeSettings& settings() { return keyspace_.shared().types; }

  // Each command with its words separated by blanks.
  Commands commands_of(const Entry& entry) {
    std::string out;
    AofValueWriter writer(out);
    write_entry_commands(writer, settings(), entry, db_.expiry_of(entry));
    RequestBatch batch;
    RequestParser parser;
    EXPECT_EQ(parser.parse(out, 1000, {}, batch), out.size());
    Commands commands;
    for (const auto& request : batch.requests) {
      std::string& text = commands.emplace_back();
      for (const std::string_view word : batch.args_of(request)) text.append(text.empty() ? "" : " ").append(word);
    }
    return commands;
  }

  static std::vector<std::string> numbers(size_t count, std::string_view prefix) {
    std::vector<std::string> words;
    for (size_t i = 0; i < count; ++i) words.push_back(std::string(prefix) + std::to_string(i));
    return words;
  }

  TypeLimits limits_;
  Keyspace keyspace_{3, limits_};
  Database& db_ = keyspace_[0];
};

TEST_F(ValueCommands, Strings) {
  EXPECT_EQ(commands_of(db_.set_string("k", "value")), Commands{"SET k value"});
  EXPECT_EQ(commands_of(db_.set_string("k", "")), Commands{"SET k "});
  EXPECT_EQ(commands_of(db_.set_string("k", "-12")), Commands{"SET k -12"});
  EXPECT_EQ(commands_of(db_.set_string("k", std::string(1000, 'x'))), Commands{"SET k " + std::string(1000, 'x')});
  Entry& entry = db_.set_string("k", "v");
  db_.set_expiry(entry, now_ms + 5);
  EXPECT_EQ(commands_of(entry), (Commands{"SET k v", "PEXPIREAT k 1700000000005"}));
}

TEST_F(ValueCommands, ListsInOrder) {
  for (const int most : {-2, 1, 10}) {
    limits_.list_max_listpack_size = most;
    for (const size_t count : {1u, 63u, 64u, 65u, 200u}) {
      Entry& entry = add<List>("l", [&](List& list) {
        for (const std::string& word : numbers(count, "")) {
          const std::string_view view = word;
          list.push(ListEnd::tail, {&view, 1});
        }
      });
      Commands expected;
      for (size_t i = 0; i < count; ++i) {
        if (i % 64 == 0) expected.emplace_back("RPUSH l");
        expected.back() += " " + std::to_string(i);
      }
      EXPECT_EQ(commands_of(entry), expected) << most << " " << count;
    }
  }
}

TEST_F(ValueCommands, Sets) {
  Entry& integers = add<Set>("s", [](Set& set) {
    for (const std::string_view member : {"3", "-1", "2"}) set.add(member);
  });
  ASSERT_EQ(integers.encoding(), Encoding::intset);
  EXPECT_EQ(commands_of(integers), Commands{"SADD s -1 2 3"});
  Entry& small = add<Set>("s", [](Set& set) {
    for (const std::string_view member : {"b", "1", "a"}) set.add(member);
  });
  ASSERT_EQ(small.encoding(), Encoding::listpack);
  EXPECT_EQ(commands_of(small), Commands{"SADD s b 1 a"});
  Entry& big = add<Set>("s", [](Set& set) {
    for (const std::string& member : numbers(1000, "m")) set.add(member);
  });
  ASSERT_EQ(big.encoding(), Encoding::hashtable);
  const Commands commands = commands_of(big);
  ASSERT_EQ(commands.size(), 16u);
  std::vector<std::string> members;
  for (size_t i = 0; i < commands.size(); ++i) {
    size_t words = 0;
    for (size_t at = 7; at < commands[i].size();) {
      const size_t end = std::min(commands[i].find(' ', at), commands[i].size());
      members.push_back(commands[i].substr(at, end - at));
      at = end + 1;
      ++words;
    }
    EXPECT_TRUE(commands[i].starts_with("SADD s "));
    EXPECT_EQ(words, i + 1 < commands.size() ? 64u : 40u);
  }
  std::vector<std::string> expected = numbers(1000, "m");
  std::sort(expected.begin(), expected.end());
  std::sort(members.begin(), members.end());
  EXPECT_EQ(members, expected);
}

TEST_F(ValueCommands, SortedSets) {
  for (const size_t listpack : {128u, 0u}) {
    limits_.zset_max_listpack_entries = listpack;
    Entry& entry = add<SortedSet>("z", [](SortedSet& set) {
      set.set("c", 0.1);
      set.set("a", -std::numeric_limits<double>::infinity());
      set.set("b", -7);
      set.set("d", 1e300);
    });
    EXPECT_EQ(commands_of(entry), Commands{"ZADD z -inf a -7 b 0.10000000000000001 c 1.0000000000000001e+300 d"});
  }
  Entry& big = add<SortedSet>("z", [](SortedSet& set) {
    for (int i = 0; i < 130; ++i) set.set("m" + std::to_string(i), i);
  });
  const Commands commands = commands_of(big);
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_TRUE(commands[1].starts_with("ZADD z 64 m64 65 m65"));
  EXPECT_EQ(commands[2], "ZADD z 128 m128 129 m129");
}

TEST_F(ValueCommands, HashesWithTheTimesOfTheirFields) {
  for (const size_t listpack : {128u, 0u}) {
    limits_.hash_max_listpack_entries = listpack;
    Entry& entry = add<Hash>("h", [](Hash& hash) { hash.set("f", "1"); });
    EXPECT_EQ(commands_of(entry), Commands{"HMSET h f 1"});
    Entry& expiring = add<Hash>("h", [](Hash& hash) {
      hash.set("f", "1");
      hash.set_expiry("f", now_ms - 1);
    });
    EXPECT_EQ(commands_of(expiring), (Commands{"HMSET h f 1", "HPEXPIREAT h 1699999999999 FIELDS 1 f"}));
    db_.set_expiry(expiring, now_ms + 1);
    EXPECT_EQ(commands_of(expiring).back(), "PEXPIREAT h 1700000000001");
  }
  limits_.hash_max_listpack_entries = 512;
  Entry& many = add<Hash>("h", [](Hash& hash) {
    for (int i = 0; i < 100; ++i) hash.set("f" + std::to_string(i), std::to_string(i));
    hash.set_expiry("f3", now_ms + 3);
  });
  const Commands commands = commands_of(many);
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_EQ(commands[1], "HPEXPIREAT h 1700000000003 FIELDS 1 f3");
}

}  // namespace
}  // namespace redoubt

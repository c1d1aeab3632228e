// The commands on keys of any type, but for expiry and walks.
#include <gtest/gtest.h>

#include <set>

#include "server/keyspace/database.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class GenericTest : public CommandTest {
 protected:
  void put(std::string_view key, std::string_view value, int db = 0) { server.db(db).set_string(key, value); }
  void put_volatile(std::string_view key, std::string_view value, int64_t ms) {
    server.db().set_expiry(server.db().set_string(key, value), server.now_ms() + ms);
  }
  // "(none)" when there is no such key.
  std::string value(std::string_view key, int db = 0) {
    Entry* entry = server.db(db).peek(key);
    if (entry == nullptr) return "(none)";
    char digits[max_integer_text];
    return std::string(entry->string(digits));
  }
};

struct Case {
  std::string_view line;
  std::string_view answer;
};

TEST_F(GenericTest, WrongCalls) {
  constexpr std::string_view too_big =
      "(error) ERR value is out of range, value must between -2147483648 and 2147483647";
  put("a", "1");
  for (const auto& [line, answer] : {
           Case{"copy a a", "(error) ERR source and destination objects are the same"},
           Case{"copy a a db 0", "(error) ERR source and destination objects are the same"},
           Case{"copy a b db", "(error) ERR syntax error"},
           Case{"copy a b bad", "(error) ERR syntax error"},
           Case{"copy a b db x", "(error) ERR value is not an integer or out of range"},
           Case{"copy a b db 16", "(error) ERR DB index is out of range"},
           Case{"copy a b db -1", "(error) ERR DB index is out of range"},
           Case{"copy a b db 99999999999", too_big},
           Case{"copy a", "(error) ERR wrong number of arguments for 'copy' command"},
           Case{"move a 0", "(error) ERR source and destination objects are the same"},
           Case{"move a x", "(error) ERR value is not an integer or out of range"},
           Case{"move a 16", "(error) ERR DB index is out of range"},
           Case{"move a -1", "(error) ERR DB index is out of range"},
           Case{"move a -99999999999", too_big},
           Case{"move a 99999999999999999999", "(error) ERR value is not an integer or out of range"},
           Case{"rename none b", "(error) ERR no such key"},
           Case{"rename none none", "(error) ERR no such key"},
           Case{"renamenx none b", "(error) ERR no such key"},
           Case{"object", "(error) ERR wrong number of arguments for 'object' command"},
           Case{"object encoding", "(error) ERR wrong number of arguments for 'object|encoding' command"},
           Case{"object foo a", "(error) ERR unknown subcommand 'foo'. Try OBJECT HELP."},
       }) {
    EXPECT_EQ(type(line), answer) << line;
  }
  EXPECT_EQ(server.keyspace().shared().changes, 0u);
  EXPECT_EQ(server.db().size(), 1u);
}

TEST_F(GenericTest, DelAndUnlink) {
  for (const std::string command : {"DEL", "UNLINK"}) {
    const uint64_t before = server.keyspace().shared().changes;
    put("a", "1");
    put("b", std::string(1000, 'x'));
    put_volatile("old", "1", 10);
    server.advance(11);
    EXPECT_EQ(run(command, "a", "a", "none", "b", "old"), "(integer) 2");
    EXPECT_EQ(server.db().size(), 0u);
    EXPECT_EQ(server.keyspace().shared().changes - before, 2u);  // not the one that expired
  }
}

TEST_F(GenericTest, ExistsAndTouchCountEachTime) {
  put("a", "1");
  put("b", "2");
  EXPECT_EQ(type("exists a b a none"), "(integer) 3");
  EXPECT_EQ(type("touch a b a none"), "(integer) 3");
  const KeyspaceStats& stats = server.keyspace().shared().stats;
  EXPECT_EQ(stats.hits, 6u);
  EXPECT_EQ(stats.misses, 2u);
}

TEST_F(GenericTest, OnlySomeLookUpsTouch) {
  put("a", "1");
  for (const std::string_view line : {"exists a", "type a", "ttl a", "object encoding a", "object refcount a"}) {
    server.advance(5000);
    type(line);
  }
  EXPECT_EQ(type("object idletime a"), "(integer) 25");
  type("touch a");
  EXPECT_EQ(type("object idletime a"), "(integer) 0");
  EXPECT_EQ(type("object idletime none"), "(nil)");
}

TEST_F(GenericTest, Type) {
  put("a", "1");
  EXPECT_EQ(type("type a"), "string");
  EXPECT_EQ(type("type none"), "none");
}

TEST_F(GenericTest, Rename) {
  put_volatile("a", "value", 5000);
  put_volatile("b", "other", 9000);
  EXPECT_EQ(type("rename a b"), "OK");
  EXPECT_EQ(value("a"), "(none)");
  EXPECT_EQ(value("b"), "value");
  EXPECT_EQ(type("pttl b"), "(integer) 5000");
  EXPECT_EQ(server.keyspace().shared().changes, 1u);
  EXPECT_EQ(type("rename b b"), "OK");
  EXPECT_EQ(server.keyspace().shared().changes, 1u);
  EXPECT_EQ(server.db().volatile_size(), 1u);
  server.advance(5001);
  EXPECT_EQ(type("rename b c"), "(error) ERR no such key");
}

TEST_F(GenericTest, RenameNx) {
  put("a", "1");
  put("b", "2");
  EXPECT_EQ(type("renamenx a b"), "(integer) 0");
  EXPECT_EQ(type("renamenx a a"), "(integer) 0");
  EXPECT_EQ(server.keyspace().shared().changes, 0u);
  EXPECT_EQ(type("renamenx a c"), "(integer) 1");
  EXPECT_EQ(value("c"), "1");
  EXPECT_EQ(server.keyspace().shared().changes, 1u);
  // A name whose time has come is free.
  put_volatile("old", "1", 10);
  server.advance(11);
  EXPECT_EQ(type("renamenx c old"), "(integer) 1");
  EXPECT_EQ(type("ttl old"), "(integer) -1");
}

TEST_F(GenericTest, Move) {
  put_volatile("a", "1", 5000);
  put("b", "2");
  put("b", "there", 3);
  EXPECT_EQ(type("move a 3"), "(integer) 1");
  EXPECT_EQ(value("a"), "(none)");
  EXPECT_EQ(value("a", 3), "1");
  EXPECT_EQ(server.db(3).expiry_of(*server.db(3).peek("a")), server.now_ms() + 5000);
  EXPECT_EQ(type("move b 3"), "(integer) 0");
  EXPECT_EQ(type("move none 3"), "(integer) 0");
  EXPECT_EQ(value("b", 3), "there");
  EXPECT_EQ(server.keyspace().shared().changes, 1u);
}

TEST_F(GenericTest, Copy) {
  const std::string big(1000, 'x');
  for (const std::string& text : {std::string("12"), std::string("short"), std::string(100, 'y'), big}) {
    put_volatile("a", text, 5000);
    put("b", "old");
    EXPECT_EQ(type("copy a b"), "(integer) 0");
    EXPECT_EQ(value("b"), "old");
    EXPECT_EQ(type("copy a b replace"), "(integer) 1");
    EXPECT_EQ(value("b"), text);
    EXPECT_EQ(type("pttl b"), "(integer) 5000");
    EXPECT_EQ(type("copy a a db 2 replace"), "(integer) 1");
    // They are two values now.
    type("del a");
    EXPECT_EQ(value("b"), text);
    EXPECT_EQ(value("a", 2), text);
  }
  EXPECT_EQ(type("copy none b"), "(integer) 0");
  EXPECT_EQ(type("copy none b db 2 REPLACE"), "(integer) 0");
  EXPECT_EQ(type("copy b c DB 1 REPLACE DB 2"), "(integer) 1");
  EXPECT_EQ(value("c", 2), big);
  EXPECT_EQ(value("c", 1), "(none)");
}

TEST_F(GenericTest, RandomKey) {
  EXPECT_EQ(type("randomkey"), "(nil)");
  for (int i = 0; i < 20; ++i) put("k" + std::to_string(i), "v");
  for (int i = 0; i < 20; ++i) put_volatile("old" + std::to_string(i), "v", 10);
  server.advance(11);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(to_string(run("RANDOMKEY")));
  EXPECT_EQ(seen.size(), 20u);
  for (const std::string& key : seen) EXPECT_TRUE(key.starts_with("\"k")) << key;
}

TEST_F(GenericTest, RandomKeyWhenAllHaveExpired) {
  for (int i = 0; i < 200; ++i) put_volatile("old" + std::to_string(i), "v", 10);
  server.advance(11);
  EXPECT_EQ(type("randomkey"), "(nil)");
  EXPECT_EQ(server.db().size(), 0u);
}

TEST_F(GenericTest, ObjectEncoding) {
  for (const auto& [text, encoding] : {Case{"12", "\"int\""}, Case{"foo", "\"embstr\""}, Case{"007", "\"embstr\""},
                                       Case{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\"raw\""}}) {
    put("a", text);
    EXPECT_EQ(type("object encoding a"), encoding) << text;
  }
  EXPECT_EQ(type("object encoding none"), "(nil)");
}

TEST_F(GenericTest, ObjectRefcount) {
  for (const auto& [text, count] :
       {Case{"0", "(integer) 2147483647"}, Case{"9999", "(integer) 2147483647"}, Case{"10000", "(integer) 1"},
        Case{"-1", "(integer) 1"}, Case{"foo", "(integer) 1"}}) {
    put("a", text);
    EXPECT_EQ(type("object refcount a"), count) << text;
  }
  EXPECT_EQ(type("object refcount none"), "(nil)");
  // Keys that are aged one by one cannot share.
  put("a", "1");
  type("config set maxmemory 1gb maxmemory-policy allkeys-random");
  EXPECT_EQ(type("object refcount a"), "(integer) 2147483647");
  type("config set maxmemory-policy allkeys-lru");
  EXPECT_EQ(type("object refcount a"), "(integer) 1");
}

TEST_F(GenericTest, ObjectFreq) {
  put("a", "1");
  EXPECT_EQ(type("object freq none"), "(nil)");
  EXPECT_EQ(type("object freq a"),
            "(error) ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when "
            "switching between policies at runtime LRU and LFU data will take some time to adjust.");
  type("config set maxmemory-policy allkeys-lfu lfu-log-factor 0");
  configure_access(server.keyspace(), server.config());
  put("b", "1");
  EXPECT_EQ(type("object freq b"), "(integer) 5");
  type("touch b b b");
  EXPECT_EQ(type("object freq b"), "(integer) 8");
  server.advance(3 * 60 * 1000);
  EXPECT_EQ(type("object freq b"), "(integer) 5");
  EXPECT_EQ(type("object idletime b"),
            "(error) ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching "
            "between policies at runtime LRU and LFU data will take some time to adjust.");
}

TEST_F(GenericTest, ObjectHelp) {
  const std::string help = to_string(type("object help"));
  EXPECT_TRUE(help.starts_with("[OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:, ENCODING key,     "))
      << help;
  for (const char* line : {", FREQ key,     ", ", IDLETIME key,     ", ", REFCOUNT key,     ", ", HELP,     "}) {
    EXPECT_NE(help.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace redoubt

// DUMP and RESTORE.
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "common/hash/crc64.h"
#include "common/rdb/rdb_writer.h"
#include "server/keyspace/database.h"
#include "tests/support/command_fixture.h"
#include "tests/support/recording_feed.h"

namespace redoubt {
namespace {

using namespace std::string_literals;

constexpr std::string_view bad_data = "(error) ERR Bad data format";
constexpr std::string_view bad_footer = "(error) ERR DUMP payload version or checksum are wrong";

// The payload with the checksum that belongs to its bytes.
std::string summed(std::string payload) {
  const uint64_t crc = crc64(std::string_view(payload).substr(0, payload.size() - sizeof(uint64_t)));
  memcpy(payload.data() + payload.size() - sizeof crc, &crc, sizeof crc);
  return payload;
}

// Of a type and the bytes of a value.
std::string payload_of(RdbType type, std::string_view value) {
  return summed(static_cast<char>(type) + std::string(value) + "\x0b\0"s + std::string(8, 0));
}

std::string packed(const std::vector<std::string>& elements) {
  Listpack pack;
  for (const std::string& element : elements) pack.append(element);
  std::string out;
  RdbWriter writer(out, false);
  writer.string({reinterpret_cast<const char*>(pack.data()), pack.bytes()});
  return out;
}

class DumpTest : public CommandTest {
 protected:
  std::string dump(TestServer& from, std::string_view key) {
    const Reply reply = from.run("DUMP", key);
    return reply.text;
  }
  std::string dump(std::string_view key) { return dump(server, key); }
};

TEST_F(DumpTest, WrongCalls) {
  run("SET", "k", "v");
  run("SET", "there", "v");
  const std::string good = dump("k");
  const std::string wrong = "nonsense";
  struct {
    std::vector<std::string> words;
    std::string_view answer;
  } const cases[] = {
      {{"DUMP"}, "(error) ERR wrong number of arguments for 'dump' command"},
      {{"DUMP", "a", "b"}, "(error) ERR wrong number of arguments for 'dump' command"},
      {{"DUMP", "none"}, "(nil)"},
      {{"RESTORE", "new", "0"}, "(error) ERR wrong number of arguments for 'restore' command"},
      // Options are read before anything else is looked at.
      {{"RESTORE", "there", "x", wrong, "FOO"}, "(error) ERR syntax error"},
      {{"RESTORE", "there", "x", wrong, "IDLETIME"}, "(error) ERR syntax error"},
      {{"RESTORE", "there", "x", wrong, "IDLETIME", "x"}, "(error) ERR value is not an integer or out of range"},
      {{"RESTORE", "there", "x", wrong, "IDLETIME", "-1"}, "(error) ERR Invalid IDLETIME value, must be >= 0"},
      {{"RESTORE", "there", "x", wrong, "FREQ", "x"}, "(error) ERR value is not an integer or out of range"},
      {{"RESTORE", "there", "x", wrong, "FREQ", "-1"}, "(error) ERR Invalid FREQ value, must be >= 0 and <= 255"},
      {{"RESTORE", "there", "x", wrong, "FREQ", "256"}, "(error) ERR Invalid FREQ value, must be >= 0 and <= 255"},
      {{"RESTORE", "there", "x", wrong, "IDLETIME", "1", "FREQ", "1"}, "(error) ERR syntax error"},
      {{"RESTORE", "there", "x", wrong, "FREQ", "1", "IDLETIME", "1"}, "(error) ERR syntax error"},
      {{"RESTORE", "there", "x", wrong, "IDLETIME", "-1", "FOO"}, "(error) ERR Invalid IDLETIME value, must be >= 0"},
      // Then the key, the time, the payload.
      {{"RESTORE", "there", "x", wrong}, "(error) BUSYKEY Target key name already exists."},
      {{"RESTORE", "there", "x", wrong, "ABSTTL"}, "(error) BUSYKEY Target key name already exists."},
      {{"RESTORE", "there", "x", wrong, "REPLACE"}, "(error) ERR value is not an integer or out of range"},
      {{"RESTORE", "new", "x", wrong}, "(error) ERR value is not an integer or out of range"},
      {{"RESTORE", "new", "-1", wrong}, "(error) ERR Invalid TTL value, must be >= 0"},
      {{"RESTORE", "new", "0", ""}, bad_footer},
      {{"RESTORE", "new", "0", wrong}, bad_footer},
      {{"RESTORE", "new", "0", good.substr(2)}, bad_footer},
      {{"RESTORE", "new", "0", good + "x"}, bad_footer},
      {{"RESTORE", "new", "0", summed("\x0b\0"s + std::string(8, 0))}, bad_data},
      {{"RESTORE", "there", "0", payload_of(RdbType::string, ""), "REPLACE"}, bad_data},
  };
  for (const auto& [words, answer] : cases) EXPECT_EQ(server.client().run(words), answer) << words[1];
  EXPECT_EQ(server.db().size(), 2u);
  EXPECT_EQ(run("GET", "there"), "\"v\"");
}

TEST_F(DumpTest, VersionsThatAreNewerAreRefused) {
  run("SET", "k", "v");
  std::string payload = dump("k");
  struct {
    char low, high;
    std::string_view answer;
  } const cases[] = {{1, 0, "OK"},  {10, 0, "OK"},       {11, 0, "OK"},
                     {12, 0, "OK"}, {13, 0, bad_footer}, {1, 1, bad_footer}};
  for (const auto& [low, high, answer] : cases) {
    payload[payload.size() - 10] = low;
    payload[payload.size() - 9] = high;
    EXPECT_EQ(run("RESTORE", "new", "0", summed(payload), "REPLACE"), answer) << int{low};
  }
}

TEST_F(DumpTest, PayloadsOfRedis) {
  // As Redis 7.0.15 writes them, the last three with limits of 0 and 1.
  struct {
    std::string payload;
    std::string_view read, answer, encoding;
    bool same;  // as we write it, but for version and checksum
  } const cases[] = {
      {"\x00\x01v\x0a\x00\x91\x08\xce\xb2\x19"
       "8\x8a\xce"s,
       "GET k", "\"v\"", "\"embstr\"", true},
      {"\x00\xc3\x06\x15\x01"
       "aa\xe0\x0a\x00\x0a\x00\xfd\x0c\xb3h\x07"
       "A?h"s,
       "GET k", "\"aaaaaaaaaaaaaaaaaaaaa\"", "\"embstr\"", true},
      {"\x12\x01\x02\x0c\x0c\x00\x00\x00\x02\x00\x81"
       "a\x02\x01\x01\xff\x0a\x00\x94\x96+#\xac\x17\xaa\x85"s,
       "LRANGE k 0 -1", "[\"a\", \"1\"]", "\"listpack\"", true},
      {"\x0b\x10\x04\x00\x00\x00\x02\x00\x00\x00\x90\xee\xfe\xff\x01\x00\x00\x00\x0a\x00\x94\xa1\x05\xe9Y\xef\xec\x05"s,
       "SMEMBERS k", "[\"-70000\", \"1\"]", "\"intset\"", true},
      {"\x11\x14\x14\x00\x00\x00\x04\x00\x81"
       "a\x02\x01\x01\x81"
       "b\x02\x83"
       "2.5\x04\xff\x0a\x00\xd4Ln\xa4\xf6"
       "D\xd9\xd7"s,
       "ZRANGE k 0 -1 WITHSCORES", "[\"a\", \"1\", \"b\", \"2.5\"]", "\"listpack\"", true},
      {"\x10\x0c\x0c\x00\x00\x00\x02\x00\x81"
       "f\x02\x01\x01\xff\x0a\x00"
       "1\xba\x08\x19I\xa0\xe3\xdd"s,
       "HGETALL k", "[\"f\", \"1\"]", "\"listpack\"", true},
      {"\x02\x01\x01"
       "a\x0a\x00"
       "b\x96\xe9~D\xd2\x1am"s,
       "SMEMBERS k", "[\"a\"]", "\"listpack\"", false},
      {"\x05\x02\x01"
       "b\x00\x00\x00\x00\x00\x00\x04@\x01"
       "a\x00\x00\x00\x00\x00\x00\xf0?\x0a\x00\xf4n\xb7"
       "9\x19vr\x91"s,
       "ZRANGE k 0 -1 WITHSCORES", "[\"a\", \"1\", \"b\", \"2.5\"]", "\"skiplist\"", true},
      {"\x04\x01\x01"
       "f\xc0\x01\x0a\x00\x1a\x82jRy\xbf\x95\xce"s,
       "HGETALL k", "[\"f\", \"1\"]", "\"hashtable\"", true},
      {"\x12\x02\x02\x0a\x0a\x00\x00\x00\x01\x00\x81"
       "a\x02\xff\x02\x09\x09\x00\x00\x00\x01\x00\x01\x01\xff\x0a\x00\x1fr\xc8^pz\xb5\xd7"s,
       "LRANGE k 0 -1", "[\"a\", \"1\"]", "\"quicklist\"", true},
  };
  for (const auto& [payload, read, answer, encoding, same] : cases) {
    const bool small = encoding == "\"skiplist\"" || encoding == "\"hashtable\"" || encoding == "\"quicklist\"";
    run("CONFIG", "SET", "zset-max-listpack-entries", small ? "0" : "128", "hash-max-listpack-entries",
        small ? "0" : "512", "list-max-listpack-size", small ? "1" : "-2");
    EXPECT_EQ(run("RESTORE", "k", "0", payload, "REPLACE"), "OK");
    EXPECT_EQ(type(read), answer);
    EXPECT_EQ(run("OBJECT", "ENCODING", "k"), encoding);
    if (same) {
      EXPECT_EQ(dump("k").substr(0, payload.size() - 10), payload.substr(0, payload.size() - 10)) << read;
    }
  }
}

// ---- every encoding -------------------------------------------------------------------------------

// One key of each kind, filled by commands.
struct Kind {
  std::string_view key;
  std::string_view encoding;
  std::vector<std::string_view> lines;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"integer", "int", {"SET integer -123456789012"}},
      {"short", "embstr", {"SET short text"}},
      {"empty", "embstr", {"SET empty ''"}},
      {"long", "raw", {"SET long aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
      {"list", "listpack", {"RPUSH list a 1 -70000 text"}},
      {"quicklist", "quicklist", {"RPUSH quicklist a b c 4 5 6 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
      {"intset", "intset", {"SADD intset 1 2 -70000"}},
      {"set", "listpack", {"SADD set a b 3"}},
      {"settable", "hashtable", {"SADD settable a b 3 d e f"}},
      {"zset", "listpack", {"ZADD zset 1 a 2.5 b -inf 3"}},
      {"zsettable", "skiplist", {"ZADD zsettable 1 a 2.5 b -inf c +inf d 1e300 e 0.1 6"}},
      {"hash", "listpack", {"HSET hash a 1 b text"}},
      {"hashtable", "hashtable", {"HSET hashtable a 1 b text c 3 d 4 e 5 6 f"}},
      {"hashex", "listpackex", {"HSET hashex a 1 b text c 3", "HPEXPIRE hashex 100000 FIELDS 2 a c"}},
      {"hashextable",
       "hashtable",
       {"HSET hashextable a 1 b text c 3 d 4 e 5 6 f", "HPEXPIRE hashextable 100000 FIELDS 2 a c"}},
      {"hashpersisted",
       "listpackex",
       {"HSET hashpersisted a 1 b text", "HPEXPIRE hashpersisted 1000 FIELDS 1 a",
        "HPERSIST hashpersisted FIELDS 1 a"}},
  };
  return all;
}

constexpr std::string_view small_limits =
    "enable-debug-command yes\nlist-max-listpack-size 4\nset-max-listpack-entries 4\nset-max-intset-entries 4\n"
    "zset-max-listpack-entries 4\nhash-max-listpack-entries 4\n";

void fill(TestServer& server) {
  for (const Kind& kind : kinds()) {
    for (const std::string_view line : kind.lines) {
      const Reply reply = server.client().run(words_of(line));
      ASSERT_FALSE(reply.is_error()) << line << " " << to_string(reply);
    }
    ASSERT_EQ(server.run("OBJECT", "ENCODING", kind.key), "\"" + std::string(kind.encoding) + "\"") << kind.key;
  }
}

class EveryKind : public DumpTest, public testing::WithParamInterface<std::string_view> {
 protected:
  TestServer small_{std::string(small_limits) + std::string(GetParam())};
};

TEST_P(EveryKind, ComesBackAsItWas) {
  fill(small_);
  for (const Kind& kind : kinds()) {
    const std::string payload = dump(small_, kind.key);
    ASSERT_EQ(small_.run("RESTORE", "copy", "0", payload), "OK") << kind.key;
    EXPECT_EQ(to_string(small_.run("DEBUG", "DIGEST-VALUE", "copy")),
              to_string(small_.run("DEBUG", "DIGEST-VALUE", kind.key)))
        << kind.key;
    const bool changes = kind.key == "hashpersisted";
    EXPECT_EQ(small_.run("OBJECT", "ENCODING", "copy"),
              changes ? "\"listpack\"" : "\"" + std::string(kind.encoding) + "\"");
    EXPECT_EQ(small_.run("TYPE", "copy"), to_string(small_.run("TYPE", kind.key)));
    if (kind.encoding == "listpackex" || kind.key == "hashextable") {
      EXPECT_EQ(to_string(small_.run("HPEXPIRETIME", "copy", "FIELDS", "4", "a", "b", "c", "none")),
                to_string(small_.run("HPEXPIRETIME", kind.key, "FIELDS", "4", "a", "b", "c", "none")));
    }
    // The order of tables may differ.
    if (kind.encoding != "hashtable" && !changes) {
      EXPECT_EQ(dump(small_, "copy"), payload) << kind.key;
    }
    small_.run("DEL", "copy");
  }
}

// From one server to another with other limits, where it takes the encodings of these.
TEST_P(EveryKind, TakesTheEncodingsOfTheServer) {
  fill(small_);
  TestServer large("enable-debug-command yes\n");
  TestServer none(
      "enable-debug-command yes\nlist-max-listpack-size 1\nset-max-listpack-entries 0\nset-max-intset-entries 0\n"
      "zset-max-listpack-entries 0\nhash-max-listpack-entries 0\n");
  static const std::map<std::string_view, std::string_view> tables = {{"int", "int"},
                                                                      {"embstr", "embstr"},
                                                                      {"raw", "raw"},
                                                                      {"intset", "hashtable"},
                                                                      {"hashtable", "hashtable"},
                                                                      {"skiplist", "skiplist"},
                                                                      {"listpackex", "hashtable"}};
  for (const Kind& kind : kinds()) {
    const std::string payload = dump(small_, kind.key);
    for (TestServer* other : {&large, &none}) {
      ASSERT_EQ(other->run("RESTORE", "copy", "0", payload, "REPLACE"), "OK") << kind.key;
      EXPECT_EQ(to_string(other->run("DEBUG", "DIGEST-VALUE", "copy")),
                to_string(small_.run("DEBUG", "DIGEST-VALUE", kind.key)))
          << kind.key;
    }
    const std::string encoding = to_string(none.run("OBJECT", "ENCODING", "copy"));
    if (tables.contains(kind.encoding)) {
      EXPECT_EQ(encoding, "\"" + std::string(tables.at(kind.encoding)) + "\"") << kind.key;
    }
  }
}

// Whatever bytes come: an error or a value that every command can work with.
TEST_P(EveryKind, SurvivesHostilePayloads) {
  fill(small_);
  const std::map<std::string, std::vector<std::string_view>> uses = {
      {"string", {"GET k", "STRLEN k", "APPEND k x"}},
      {"list",
       {"LRANGE k 0 -1", "LPOS k a", "LINDEX k 1", "RPOPLPUSH k k", "LINSERT k BEFORE a b", "LPOP k", "RPUSH k a 1"}},
      {"set", {"SMEMBERS k", "SISMEMBER k 1", "SADD k 1 2 3 4 5 6 7", "SREM k a 1", "SPOP k", "SRANDMEMBER k 9"}},
      {"zset",
       {"ZRANGE k 0 -1 WITHSCORES", "ZRANK k a", "ZADD k 1 x 2 y 3 z", "ZRANGEBYSCORE k 0 2", "ZREM k a b",
        "ZPOPMIN k 2", "ZINCRBY k 1 c"}},
      {"hash",
       {"HGETALL k", "HGET k a", "HPEXPIRETIME k FIELDS 1 a", "HSET k a 1 b 2 g 3 h 4", "HPEXPIRE k 5000 FIELDS 1 b",
        "HDEL k a", "HPERSIST k FIELDS 1 b", "HRANDFIELD k 5"}},
  };
  size_t accepted = 0;
  const auto attack = [&](const std::string& payload, const std::string& what) {
    const std::string answer = to_string(small_.run("RESTORE", "k", "0", summed(payload)));
    if (answer != "OK") {
      EXPECT_TRUE(answer == bad_data || answer == bad_footer) << what << " " << answer;
      return;
    }
    ++accepted;
    const std::string kind = to_string(small_.run("TYPE", "k"));
    EXPECT_FALSE(small_.run("DEBUG", "DIGEST-VALUE", "k").is_error()) << what;
    const std::string again = dump(small_, "k");
    EXPECT_EQ(small_.run("RESTORE", "k2", "0", again), "OK") << what;
    if (uses.contains(kind)) {
      for (const std::string_view line : uses.at(kind)) {
        const Reply reply = small_.client().run(words_of(line));
        EXPECT_FALSE(reply.is_error()) << what << " " << line << " " << to_string(reply);
      }
    } else {
      ADD_FAILURE() << what << " " << kind;
    }
    small_.run("DEL", "k", "k2");
  };
  for (const Kind& kind : kinds()) {
    const std::string payload = dump(small_, kind.key);
    for (size_t i = 0; i < payload.size() - 8; ++i) {
      const std::string what = std::string(kind.key) + " byte " + std::to_string(i);
      for (const int change : {0xff, 0x01, 0x02, 0x40, 0x80}) {
        std::string changed = payload;
        changed[i] = static_cast<char>(changed[i] ^ change);
        attack(changed, what + " xor " + std::to_string(change));
      }
      // Truncated here, and with a byte too many.
      attack(payload.substr(0, i) + payload.substr(payload.size() - 10), what + " truncated");
      attack(payload.substr(0, i) + payload[i] + payload.substr(i), what + " doubled");
    }
    for (int other = 0; other < 256; ++other) {
      std::string changed = payload;
      changed[0] = static_cast<char>(other);
      attack(changed, std::string(kind.key) + " as type " + std::to_string(other));
    }
  }
  EXPECT_GT(accepted, 100u);  // text that is merely other text
}

INSTANTIATE_TEST_SUITE_P(Sanitized, EveryKind,
                         testing::Values("sanitize-dump-payload no\n", "sanitize-dump-payload yes\n",
                                         "sanitize-dump-payload clients\nrdbcompression no\n"));

// ---- what is looked for ---------------------------------------------------------------------------

TEST_F(DumpTest, DuplicatesAreRefused) {
  struct {
    std::string payload;
    bool always;  // whatever sanitize-dump-payload says
  } const cases[] = {
      {payload_of(RdbType::set_listpack, packed({"a", "b", "a"})), false},
      {payload_of(RdbType::hash_listpack, packed({"a", "1", "a", "2"})), false},
      {payload_of(RdbType::zset_listpack, packed({"a", "1", "a", "2"})), false},
      {payload_of(RdbType::set,
                  "\x02\x01"
                  "a\x01"
                  "a"),
       true},
      {payload_of(RdbType::set, "\x02\xc0\x01\xc0\x01"), true},
      {payload_of(RdbType::zset_2,
                  "\x02\x01"
                  "a"s +
                      std::string(8, 0) +
                      "\x01"
                      "a" +
                      std::string(8, 0)),
       true},
      {payload_of(RdbType::hash_listpack, packed({"a", "1", "b"})), true},
      {payload_of(RdbType::zset_listpack, packed({"a", "x"})), true},
  };
  for (const auto& [payload, always] : cases) {
    for (const std::string mode : {"no", "yes", "clients"}) {
      run("CONFIG", "SET", "sanitize-dump-payload", mode);
      EXPECT_EQ(run("RESTORE", "k", "0", payload, "REPLACE"), always || mode != "no" ? bad_data : "OK")
          << int{payload[0]} << mode;
    }
  }
}

TEST_F(DumpTest, EmptyCollectionsAreRefused) {
  const std::string none = packed({});
  for (const std::string& payload :
       {payload_of(RdbType::list, "\0"s), payload_of(RdbType::set, "\0"s), payload_of(RdbType::zset_2, "\0"s),
        payload_of(RdbType::hash, "\0"s), payload_of(RdbType::list_quicklist_2, "\0"s),
        payload_of(RdbType::list_quicklist_2, "\x01\x02" + none), payload_of(RdbType::set_listpack, none),
        payload_of(RdbType::hash_listpack, none), payload_of(RdbType::zset_listpack, none)}) {
    EXPECT_EQ(run("RESTORE", "k", "0", payload), bad_data) << int{payload[0]};
  }
  EXPECT_EQ(server.db().size(), 0u);
}

TEST_F(DumpTest, ChecksumsCanBeLeftOut) {
  TestServer debug("enable-debug-command yes\n");
  debug.run("SET", "k", "v");
  std::string payload = dump(debug, "k");
  payload.back() = static_cast<char>(payload.back() ^ 1);
  EXPECT_EQ(debug.run("RESTORE", "new", "0", payload), bad_footer);
  EXPECT_EQ(debug.run("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", "1"), "OK");
  EXPECT_EQ(debug.run("RESTORE", "new", "0", payload), "OK");
  payload[payload.size() - 10] = 13;
  EXPECT_EQ(debug.run("RESTORE", "new", "0", payload, "REPLACE"), bad_footer);
  EXPECT_EQ(debug.run("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", "0"), "OK");
  payload[payload.size() - 10] = 11;
  EXPECT_EQ(debug.run("RESTORE", "new", "0", payload, "REPLACE"), bad_footer);
}

TEST_F(DumpTest, CompressesAsConfigured) {
  run("SET", "k", std::string(1000, 'a'));
  EXPECT_LT(dump("k").size(), 50u);
  run("CONFIG", "SET", "rdbcompression", "no");
  EXPECT_EQ(dump("k").size(), 1000u + 3 + 10);
}

// ---- times ----------------------------------------------------------------------------------------

TEST_F(DumpTest, Times) {
  run("SET", "k", "v");
  const std::string payload = dump("k");
  const int64_t now = server.now_ms();
  struct {
    std::string ttl;
    bool absolute;
    std::string time;  // of expiry; "": no such key
  } const cases[] = {
      {"0", false, "-1"},
      {"0", true, "-1"},
      {"1", false, std::to_string(now + 1)},
      {"5000", false, std::to_string(now + 5000)},
      {std::to_string(now + 5000), true, std::to_string(now + 5000)},
      {std::to_string(now), true, ""},
      {"1", true, ""},
      {"9223372036854775807", true, "9223372036854775807"},
      {"9223372036854775807", false, ""},
  };
  for (const auto& [ttl, absolute, time] : cases) {
    for (const bool replaces : {false, true}) {
      run("DEL", "new");
      if (replaces) run("RPUSH", "new", "old");
      std::vector<std::string> words = {"RESTORE", "new", ttl, payload, "REPLACE"};
      if (absolute) words.emplace_back("absttl");
      const uint64_t dirty = server.effects().dirty();
      EXPECT_EQ(server.client().run(words), "OK");
      EXPECT_EQ(server.effects().dirty() - dirty, time.empty() && !replaces ? 0u : 1u) << ttl;
      EXPECT_EQ(run("PEXPIRETIME", "new"), "(integer) " + (time.empty() ? "-2" : time)) << ttl;
    }
  }
}

TEST_F(DumpTest, LogsAreToldOfAbsoluteTimes) {
  RecordingFeed feed;
  server.effects().propagation().attach(feed);
  run("SET", "k", "v");
  const std::string payload = dump("k");
  feed.take_line();
  const std::string at = std::to_string(server.now_ms() + 5000);
  const std::string past = std::to_string(server.now_ms() - 5000);
  struct {
    std::vector<std::string> sent, told;
  } const cases[] = {
      {{"RESTORE", "k", "0", payload}, {}},
      {{"RESTORE", "new", "0", payload}, {"RESTORE", "new", "0", payload}},
      {{"RESTORE", "new", "5000", payload, "REPLACE", "IDLETIME", "7"},
       {"RESTORE", "new", at, payload, "REPLACE", "IDLETIME", "7", "ABSTTL"}},
      {{"RESTORE", "new", at, payload, "ABSTTL", "REPLACE"}, {"RESTORE", "new", at, payload, "ABSTTL", "REPLACE"}},
      {{"RESTORE", "new", past, payload, "ABSTTL", "REPLACE"}, {"DEL", "new"}},
      {{"RESTORE", "new", past, payload, "ABSTTL", "REPLACE"}, {}},
      {{"RESTORE", "new", "0", "nonsense"}, {}},
      {{"DUMP", "k"}, {}},
  };
  for (const auto& [sent, told] : cases) {
    feed.told.clear();
    server.client().run(sent);
    ASSERT_EQ(feed.told.size(), told.empty() ? 0u : 1u) << sent[2];
    if (!told.empty()) {
      EXPECT_EQ(feed.told[0].words, told) << sent[2];
    }
  }
  server.effects().propagation().detach(feed);
}

TEST_F(DumpTest, IdleTimesAndFrequencies) {
  run("SET", "k", "v");
  const std::string payload = dump("k");
  EXPECT_EQ(run("RESTORE", "new", "0", payload, "IDLETIME", "1000"), "OK");
  EXPECT_EQ(run("OBJECT", "IDLETIME", "new"), "(integer) 1000");
  EXPECT_EQ(run("RESTORE", "new", "0", payload, "REPLACE", "FREQ", "100"), "OK");
  EXPECT_EQ(run("OBJECT", "IDLETIME", "new"), "(integer) 0");
  TestServer lfu("maxmemory-policy allkeys-lfu\n");
  lfu.keyspace().shared().access.configure({.lfu = true});
  EXPECT_EQ(lfu.run("RESTORE", "new", "0", payload, "freq", "100"), "OK");
  EXPECT_EQ(lfu.run("OBJECT", "FREQ", "new"), "(integer) 100");
  EXPECT_EQ(lfu.run("RESTORE", "new", "0", payload, "REPLACE", "idletime", "100"), "OK");
  EXPECT_EQ(lfu.run("OBJECT", "FREQ", "new"), "(integer) 5");
}

TEST_F(DumpTest, RestoreAskingIsRestore) {
  run("SET", "k", "v");
  EXPECT_EQ(run("RESTORE-ASKING", "new", "0", dump("k")), "OK");
  EXPECT_EQ(run("GET", "new"), "\"v\"");
}

TEST_F(DumpTest, WakesThoseWhoWait) {
  run("RPUSH", "k", "a");
  const std::string payload = dump("k");
  EXPECT_EQ(other().run("BLPOP", "list", "0"), "(no reply)");
  EXPECT_EQ(run("RESTORE", "list", "0", payload), "OK");
  EXPECT_EQ(other().later(), "[\"list\", \"a\"]");
}

}  // namespace
}  // namespace redoubt

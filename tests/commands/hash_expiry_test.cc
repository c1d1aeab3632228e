// The expiry of fields of hashes, as Redis 7.4 answers, in both encodings in which fields expire. Lines as one would type
// them, each with what it answers; "wait 100" lets so many milliseconds pass.
#include <gtest/gtest.h>

#include "tests/support/command_fixture.h"
#include "tests/support/scripts.h"

namespace redoubt {
namespace {

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string no_fields = "(error) ERR Mandatory argument FIELDS is missing or not at the right position";
const std::string bad_count = "(error) ERR Parameter `numFields` should be greater than 0";
const std::string bad_number = "(error) ERR Number of fields must be a positive integer";
const std::string no_match = "(error) ERR The `numfields` parameter must match the number of arguments";

std::string bad_time(const std::string& command) {
  return "(error) ERR invalid expire time in '" + command + "' command";
}
std::string codes(std::initializer_list<int64_t> values) {
  std::string text = "[";
  for (const int64_t value : values) text += (text.size() > 1 ? ", (integer) " : "(integer) ") + std::to_string(value);
  return text + "]";
}

class HashExpiryScripts : public testing::TestWithParam<Script> {
 protected:
  static void run_with(const std::string& config, int version) {
    TestServer server(config);
    if (version == 3) server.client().use_resp3();
    for (const ScriptStep& step : GetParam().steps) {
      const auto words = words_of(step.line);
      if (words[0] == "wait") {
        server.advance(std::stoll(words[1]));
      } else {
        EXPECT_EQ(server.client().run(words), step.reply) << step.line;
      }
    }
  }
};

TEST_P(HashExpiryScripts, AnswerAsRedis) { run_with("hash-max-listpack-entries 512\n", 2); }
TEST_P(HashExpiryScripts, AnswerTheSameInResp3) { run_with("hash-max-listpack-entries 512\n", 3); }
TEST_P(HashExpiryScripts, AnswerTheSameFromATable) { run_with("hash-max-listpack-entries 0\n", 2); }

const Script setting[] = {
    {"RepliesOfEachField",
     {{"hset h a 1 b 2", "(integer) 2"},
      {"hexpire h 100 fields 3 a nothing b", codes({1, -2, 1})},
      {"httl h FIELDS 3 a nothing b", codes({100, -2, 100})},
      {"hpttl h fields 1 a", codes({100000})},
      {"hexpiretime h fields 1 a", codes({1700000100})},
      {"hpexpiretime h fields 1 a", codes({1700000100000})},
      {"hpersist h fields 3 a nothing a", codes({1, -2, -1})},
      {"httl h fields 2 a b", codes({-1, 100})},
      {"hpexpire h 1500 fields 1 a", codes({1})},
      {"httl h fields 1 a", codes({2})},
      {"hpttl h fields 1 a", codes({1500})},
      {"hexpireat h 1700000050 fields 1 a", codes({1})},
      {"httl h fields 1 a", codes({50})},
      {"hpexpireat h 1700000000001 fields 1 a", codes({1})},
      {"httl h fields 1 a", codes({1})},
      {"hexpiretime h fields 1 a", codes({1700000001})}}},
    {"NoKey",
     {{"hexpire h 1 fields 2 a b", codes({-2, -2})},
      {"httl h fields 1 a", codes({-2})},
      {"hpersist h fields 1 a", codes({-2})},
      {"exists h", "(integer) 0"}}},
    {"Conditions",
     {{"hset h a 1 b 2", "(integer) 2"},
      {"hexpire h 10 xx fields 1 a", codes({0})},
      {"hexpire h 10 gt fields 1 a", codes({0})},
      {"hexpire h 10 nx fields 1 a", codes({1})},
      {"hexpire h 20 nx fields 2 a b", codes({0, 1})},
      {"hexpire h 10 gt fields 1 a", codes({0})},
      {"hexpire h 11 gt fields 1 a", codes({1})},
      {"hexpire h 11 lt fields 1 a", codes({0})},
      {"hexpire h 9 lt fields 1 a", codes({1})},
      {"hexpire h 30 XX fields 2 a b", codes({1, 1})},
      {"hset h c 3", "(integer) 1"},
      {"hexpire h 5 LT fields 1 c", codes({1})},
      {"httl h fields 3 a b c", codes({30, 30, 5})}}},
    {"PastTimesDelete",
     {{"hset h a 1 b 2 c 3", "(integer) 3"},
      {"hexpireat h 1 fields 2 a nothing", codes({2, -2})},
      {"hexists h a", "(integer) 0"},
      {"hpexpire h 0 xx fields 1 b", codes({0})},
      {"hpexpire h 0 fields 2 b b", codes({2, -2})},
      {"hexpire h 0 fields 1 c", codes({2})},
      {"exists h", "(integer) 0"}}},
    {"Errors",
     {{"hset h a 1", "(integer) 1"},
      {"set s v", "OK"},
      {"hexpire s x fields 1 a", wrong_type},
      {"httl s foo 1 a", wrong_type},
      {"hpersist s foo 1 a", wrong_type},
      {"hexpire h x foo 1 a", not_integer},
      {"hexpire h -1 foo 1 a", "(error) ERR invalid expire time, must be >= 0"},
      {"hexpire h 70368744178 foo 1 a", bad_time("hexpire")},
      {"hexpire h 70368744177 foo 1 a", bad_time("hexpire")},
      {"hpexpire h 70368744177664 fields 1 a", bad_time("hpexpire")},
      {"hpexpireat h 70368744177664 fields 1 a", bad_time("hpexpireat")},
      {"hexpireat h 9223372036854775807 fields 1 a", bad_time("hexpireat")},
      {"hpexpireat h 70368744177663 fields 1 a", codes({1})},
      {"hpexpiretime h fields 1 a", codes({70368744177663})},
      {"hexpire h 1 foo 1 a", no_fields},
      {"hexpire h 1 nx 1 a b", no_fields},
      {"hexpire h 1 nx xx fields 1 a", no_fields},
      {"hexpire h 1 fields 0 a", bad_count},
      {"hexpire h 1 fields x a", bad_count},
      {"hexpire h 1 fields 2 a", no_match},
      {"hexpire h 1 fields 1 a b", no_match},
      {"hexpire h 1 nx fields 1", no_match},
      {"httl h foo 1 a", no_fields},
      {"httl h fields 0 a", bad_number},
      {"hpersist h fields x a", bad_number},
      {"hpersist h fields 1 a b", no_match},
      {"hexpire h 1 fields 1", "(error) ERR wrong number of arguments for 'hexpire' command"},
      {"httl h fields 1", "(error) ERR wrong number of arguments for 'httl' command"}}},
};
INSTANTIATE_TEST_SUITE_P(Setting, HashExpiryScripts, testing::ValuesIn(setting), name_of_script);

const Script passing[] = {
    {"ReadsDoNotSeeWhatHasExpired",
     {{"hset h a 1 b 22 c 3", "(integer) 3"},
      {"hpexpire h 100 fields 2 a b", codes({1, 1})},
      {"wait 100"},
      {"hmget h a b", R"(["1", "22"])"},
      {"wait 1"},
      {"hlen h", "(integer) 3"},
      {"hkeys h", R"(["c"])"},
      {"hvals h", R"(["3"])"},
      {"hscan h 0 novalues", R"(["0", ["c"]])"},
      {"hrandfield h", R"("c")"},
      {"hrandfield h 5", R"(["c"])"},
      {"hrandfield h -2", R"(["c", "c"])"},
      {"httl h fields 3 a b c", codes({-2, -2, -1})},
      {"hlen h", "(integer) 3"},
      {"hget h a", "(nil)"},
      {"hlen h", "(integer) 2"},
      {"hstrlen h b", "(integer) 0"},
      {"hlen h", "(integer) 1"}}},
    {"TheKeyGoesWithTheLastField",
     {{"hset h a 1 b 2", "(integer) 2"},
      {"hpexpire h 10 fields 2 a b", codes({1, 1})},
      {"wait 11"},
      {"hkeys h", "[]"},
      {"hrandfield h", "(nil)"},
      {"hrandfield h -3", "[]"},
      {"exists h", "(integer) 1"},
      {"hexists h a", "(integer) 0"},
      {"exists h", "(integer) 1"},
      {"hmget h a b", "[(nil), (nil)]"},
      {"exists h", "(integer) 0"}}},
    {"WritesDoNotSeeItEither",
     {{"hset h a 1 b 2 c 3 d 4 e 5", "(integer) 5"},
      {"hpexpire h 10 fields 5 a b c d e", codes({1, 1, 1, 1, 1})},
      {"wait 11"},
      {"hset h a 7", "(integer) 1"},
      {"hsetnx h b 8", "(integer) 1"},
      {"hincrby h c 1", "(integer) 1"},
      {"hdel h d", "(integer) 0"},
      {"hexpire h 5 fields 1 e", codes({-2})},
      {"hlen h", "(integer) 3"},
      {"httl h fields 3 a b c", codes({-1, -1, -1})},
      {"hmget h a b c", R"(["7", "8", "1"])"}}},
    {"HdelOfTheLastThatExpired",
     {{"hset h a 1", "(integer) 1"},
      {"hpexpire h 10 fields 1 a", codes({1})},
      {"wait 11"},
      {"hdel h a", "(integer) 0"},
      {"exists h", "(integer) 0"}}},
    {"SetClearsAndIncrementKeeps",
     {{"hset h a 1 b 2 c 3", "(integer) 3"},
      {"hexpire h 10 fields 3 a b c", codes({1, 1, 1})},
      {"hset h a 5", "(integer) 0"},
      {"hincrby h b 100000", "(integer) 100002"},
      {"hincrbyfloat h c 0.5", R"("3.5")"},
      {"httl h fields 3 a b c", codes({-1, 10, 10})}}},
    {"GoesAlong",
     {{"hset h a 1 b 2", "(integer) 2"},
      {"hpexpire h 50 fields 1 a", codes({1})},
      {"copy h copy", "(integer) 1"},
      {"rename h other", "OK"},
      {"hpersist copy fields 1 a", codes({1})},
      {"wait 51"},
      {"hget other a", "(nil)"},
      {"hget copy a", R"("1")"},
      {"hget other b", R"("2")"}}},
};
INSTANTIATE_TEST_SUITE_P(Passing, HashExpiryScripts, testing::ValuesIn(passing), name_of_script);

struct HashExpiryTest : CommandTest {
  size_t indexed(int db = 0) { return server.db(db).field_expiries().size(); }
};

TEST_F(HashExpiryTest, EncodingIsListpackexFromTheFirstExpiryOn) {
  type("hset h a 1 b 2");
  type("hexpire h 10 fields 1 nothing");
  EXPECT_EQ(type("object encoding h"), R"("listpack")");
  type("hexpire h 10 fields 1 a");
  EXPECT_EQ(type("object encoding h"), R"("listpackex")");
  type("hpersist h fields 1 a");
  EXPECT_EQ(type("object encoding h"), R"("listpackex")");
  type("hexpire h 10 fields 1 b");
  type("config set hash-max-listpack-entries 2");
  type("hset h c 3");
  EXPECT_EQ(type("object encoding h"), R"("hashtable")");
  EXPECT_EQ(type("httl h fields 3 a b c"), codes({-1, 10, -1}));
}

TEST_F(HashExpiryTest, TheIndexFollowsTheHash) {
  for (const char* entries : {"512", "0"}) {
    run("CONFIG", "SET", "hash-max-listpack-entries", entries);
    const std::vector<std::pair<std::string, size_t>> steps = {
        {"hset h a 1 b 2", 0},
        {"hexpire h 10 fields 1 a", 1},
        {"hexpire h 10 fields 1 b", 1},
        {"hpersist h fields 1 a", 1},
        {"hset h b 1", 0},
        {"hexpire h 10 fields 1 a", 1},
        {"rename h other", 1},
        {"copy other h", 2},
        {"hdel other a", 1},
        {"hexpire other 10 fields 1 b", 2},
        {"set other text", 1},
        {"copy h other replace", 2},
        {"unlink other", 1},
        {"move h 1", 0},
        {"swapdb 0 1", 1},
        {"hset h c 3", 1},
        {"expire h -1", 0},
        {"hset h a 1", 0},
        {"hexpire h 10 fields 1 a", 1},
        {"hexpire h 0 fields 1 a", 0},
        {"hset h a 1", 0},
        {"hexpire h 10 fields 1 a", 1},
        {"flushall", 0},
    };
    for (const auto& [line, count] : steps) {
      EXPECT_FALSE(type(line).is_error()) << line;
      EXPECT_EQ(indexed(), count) << line;
    }
    EXPECT_EQ(indexed(1), 0u);
  }
}

TEST_F(HashExpiryTest, InfoTells) {
  type("hset h a 1 b 2");
  type("hpexpire h 10 fields 1 a");
  EXPECT_NE(type("info keyspace").text.find("keys=1,expires=0,avg_ttl=0,subexpiry=1\r\n"), std::string::npos);
  server.advance(11);
  type("hget h a");
  type("hexpire h 0 fields 1 b");
  EXPECT_NE(type("info stats").text.find("expired_subkeys:2\r\n"), std::string::npos);
}

TEST_F(HashExpiryTest, ChangesAreCounted) {
  const std::vector<std::pair<std::string, uint64_t>> cases = {
      {"hset h a 1 b 2 c 3 d 4", 4},     {"hexpire h 10 fields 3 a b nothing", 2},
      {"hexpire h 10 nx fields 1 a", 0}, {"hpersist h fields 2 a b", 1},
      {"hpersist h fields 1 a", 0},      {"hexpire h 0 fields 2 a b", 2},
      {"httl h fields 1 c", 0}};
  for (const auto& [line, changes] : cases) {
    const uint64_t before = server.keyspace().shared().changes;
    type(line);
    EXPECT_EQ(server.keyspace().shared().changes - before, changes) << line;
  }
}

}  // namespace
}  // namespace redoubt

// Adding to sorted sets, looking into them, and taking members out, as Redis 7.2 answers.
#include <gtest/gtest.h>

#include "tests/support/command_fixture.h"
#include "tests/support/scripts.h"

namespace redoubt {
namespace {

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string not_float = "(error) ERR value is not a valid float";
const std::string syntax = "(error) ERR syntax error";
const std::string bad_score = "(error) ERR min or max is not a float";
const std::string bad_lex = "(error) ERR min or max not valid string range item";

std::string bad_arity(const std::string& command) {
  return "(error) ERR wrong number of arguments for '" + command + "' command";
}

class SortedSetChanges : public testing::TestWithParam<Script> {};

TEST_P(SortedSetChanges, AnswerAsRedis) { run_script(GetParam(), ""); }
TEST_P(SortedSetChanges, AnswerTheSameOfTables) { run_script(GetParam(), "zset-max-listpack-entries 0\n"); }

const Script adding[] = {
    {"Zadd",
     {{"zadd z 1 a", "(integer) 1"},
      {"zadd z 2 b 3 c", "(integer) 2"},
      {"zadd z 5 a 4 d", "(integer) 1"},
      {"zadd z 5 a", "(integer) 0"},
      {"zrange z 0 -1 withscores", R"(["b", "2", "c", "3", "d", "4", "a", "5"])"},
      {"zcard z", "(integer) 4"},
      {"zcard none", "(integer) 0"},
      {"type z", "zset"},
      {"zadd z", bad_arity("zadd")},
      {"zadd z 1", bad_arity("zadd")},
      {"zadd z 1 a 2", syntax}}},
    {"ScoreTexts",
     {{"zadd z 1 int 1.0 dot 1.5 half -3 neg 1e3 exp 0x10 hex +7 plus 1e20 big 0 zero", "(integer) 9"},
      {"zrange z 0 -1 withscores",
       R"(["neg", "-3", "zero", "0", "dot", "1", "int", "1", "half", "1.5", "plus", "7", "hex", "16", "exp", "1000", "big", "1e+20"])"},
      {"zadd z 0.1 a", "(integer) 1"},
      {"zscore z a", R"("0.10000000000000001")"},
      {"zadd z inf i -inf j Infinity k", "(integer) 3"},
      {"zscore z i", R"("inf")"},
      {"zscore z j", R"("-inf")"},
      {"zscore z k", R"("inf")"},
      {"zadd z 17179869184 b 9007199254740993 c 123456789012345678 d", "(integer) 3"},
      {"zmscore z b c d", R"(["17179869184", "9007199254740992", "1.2345678901234568e+17"])"},
      {"zadd z 1e17 a 1e16 b 3.14159265358979 c 1e-7 d", "(integer) 0"},
      {"zmscore z a b c d", R"(["1e+17", "10000000000000000", "3.14159265358979", "9.9999999999999995e-08"])"}}},
    {"BadScores",
     {{"zadd z x a", not_float},
      {"zadd z nan a", not_float},
      {"zadd z 1 a x b", not_float},
      {R"(zadd z "" a)", not_float},
      {"zadd z 1e400 a", not_float},
      {R"(zadd z " 1" a)", not_float},
      {"exists z", "(integer) 0"},
      {"zadd z incr nan a", not_float}}},
    {"Nx",
     {{"zadd z nx 1 a", "(integer) 1"},
      {"zadd z nx 2 a 3 b", "(integer) 1"},
      {"zrange z 0 -1 withscores", R"(["a", "1", "b", "3"])"},
      {"zadd z NX ch 9 a", "(integer) 0"}}},
    {"Xx",
     {{"zadd z xx 1 a", "(integer) 0"},
      {"exists z", "(integer) 0"},
      {"zadd z 1 a", "(integer) 1"},
      {"zadd z xx 2 a 3 b", "(integer) 0"},
      {"zadd z xx ch 3 a 3 b", "(integer) 1"},
      {"zrange z 0 -1 withscores", R"(["a", "3"])"}}},
    {"Gt",
     {{"zadd z gt 5 a", "(integer) 1"},
      {"zadd z gt 4 a", "(integer) 0"},
      {"zscore z a", R"("5")"},
      {"zadd z gt ch 6 a 1 b", "(integer) 2"},
      {"zadd z gt ch 6 a", "(integer) 0"},
      {"zrange z 0 -1 withscores", R"(["b", "1", "a", "6"])"},
      {"zadd z gt xx ch 7 a 1 c", "(integer) 1"}}},
    {"Lt",
     {{"zadd z lt 5 a", "(integer) 1"},
      {"zadd z lt 6 a", "(integer) 0"},
      {"zscore z a", R"("5")"},
      {"zadd z lt ch 4 a 1 b", "(integer) 2"},
      {"zrange z 0 -1 withscores", R"(["b", "1", "a", "4"])"},
      {"zadd z lt xx 3 a 1 c", "(integer) 0"},
      {"zrange z 0 -1 withscores", R"(["b", "1", "a", "3"])"}}},
    {"Ch",
     {{"zadd z ch 1 a 2 b", "(integer) 2"},
      {"zadd z ch 1 a 3 b 4 c", "(integer) 2"},
      {"zadd z CH 1 a", "(integer) 0"}}},
    {"Incr",
     {{"zadd z incr 1 a", R"("1")"},
      {"zadd z incr 1.5 a", R"("2.5")"},
      {"zadd z incr nx 1 a", "(nil)"},
      {"zadd z incr xx 1 b", "(nil)"},
      {"zadd z incr xx 1 a", R"("3.5")"},
      {"zadd z incr gt -1 a", "(nil)"},
      {"zadd z incr gt 1 a", R"("4.5")"},
      {"zadd z incr lt 1 a", "(nil)"},
      {"zadd z incr lt -1 a", R"("3.5")"},
      {"zadd z incr ch 1 a", R"("4.5")"},
      {"zadd z incr nx 1 n", R"("1")"},
      {"zrange z 0 -1 withscores", R"(["n", "1", "a", "4.5"])"}}},
    {"FlagsThatExclude",
     {{"zadd z nx xx 1 a", "(error) ERR XX and NX options at the same time are not compatible"},
      {"zadd z gt nx 1 a", "(error) ERR GT, LT, and/or NX options at the same time are not compatible"},
      {"zadd z lt nx 1 a", "(error) ERR GT, LT, and/or NX options at the same time are not compatible"},
      {"zadd z gt lt 1 a", "(error) ERR GT, LT, and/or NX options at the same time are not compatible"},
      {"zadd z incr 1 a 2 b", "(error) ERR INCR option supports a single increment-element pair"},
      {"zadd z nx", bad_arity("zadd")},
      {"zadd z nx gt", syntax},
      {"zadd z nx xx 1", syntax},
      {"zadd z nx xx gt 1 a", "(error) ERR XX and NX options at the same time are not compatible"},
      {"zadd z nx gt incr 1 a 2 b", "(error) ERR GT, LT, and/or NX options at the same time are not compatible"},
      {"zadd z gt incr x a 2 b", "(error) ERR INCR option supports a single increment-element pair"},
      {"zadd z foo 1 a", syntax},
      {"zadd z 1 a nx", syntax},
      {"zadd z nx nx 1 a", "(integer) 1"},
      {"exists z", "(integer) 1"}}},
    {"FlagsBeforeTypes",
     {{"set s v", "OK"},
      {"zadd s nx xx 1 a", "(error) ERR XX and NX options at the same time are not compatible"},
      {"zadd s x a", not_float},
      {"zadd s 1 a", wrong_type},
      {"zadd s xx 1 a", wrong_type},
      {"zadd s incr 1 a", wrong_type},
      {"zincrby s x a", not_float},
      {"zincrby s 1 a", wrong_type}}},
    {"NotANumber",
     {{"zadd z inf a", "(integer) 1"},
      {"zadd z incr -inf a", "(error) ERR resulting score is not a number (NaN)"},
      {"zincrby z -inf a", "(error) ERR resulting score is not a number (NaN)"},
      {"zincrby z inf a", R"("inf")"},
      {"zincrby z nan a", not_float},
      {"zscore z a", R"("inf")"}}},
    {"Zincrby",
     {{"zincrby z 1 a", R"("1")"},
      {"zincrby z 1.5 a", R"("2.5")"},
      {"zincrby z -2.5 a", R"("0")"},
      {"zincrby z x a", not_float},
      {"zincrby z nx 1", syntax},
      {"zincrby z incr a", syntax},
      {"zincrby z 0 b", R"("0")"},
      {"zrange z 0 -1 withscores", R"(["a", "0", "b", "0"])"},
      {"zincrby z 1", bad_arity("zincrby")},
      {"zincrby z 1 a b", bad_arity("zincrby")}}},
    {"MembersOfAnyBytes",
     {{R"(zadd z 1 "" 1 "\x00" 1 "a\x00b" 1 "\xff")", "(integer) 4"},
      {"zrange z 0 -1", R"(["", "\x00", "a\x00b", "\xff"])"},
      {R"(zscore z "")", R"("1")"},
      {R"(zrank z "\xff")", "(integer) 3"},
      {"zadd z 1 12 1 012 1 -5", "(integer) 3"},
      {"zscore z 12", R"("1")"},
      {"zscore z 012", R"("1")"},
      {R"(zrem z 12 "")", "(integer) 2"},
      {"zrange z 0 -1", R"(["\x00", "-5", "012", "a\x00b", "\xff"])"}}},
    {"Zrem",
     {{"zadd z 1 a 2 b 3 c", "(integer) 3"},
      {"zrem z a a x", "(integer) 1"},
      {"zrem z a", "(integer) 0"},
      {"zrem none a", "(integer) 0"},
      {"zrem z b c d", "(integer) 2"},
      {"exists z", "(integer) 0"},
      {"zrem z", bad_arity("zrem")},
      {"set s v", "OK"},
      {"zrem s a", wrong_type}}},
};

const Script looking_up[] = {
    {"Zscore",
     {{"zadd z 1 a 2.5 b", "(integer) 2"},
      {"zscore z a", R"("1")"},
      {"zscore z b", R"("2.5")"},
      {"zscore z c", "(nil)"},
      {"zscore none a", "(nil)"},
      {"zmscore z b c a", R"(["2.5", (nil), "1"])"},
      {"zmscore none a b", "[(nil), (nil)]"},
      {"zmscore z", bad_arity("zmscore")},
      {"set s v", "OK"},
      {"zscore s a", wrong_type},
      {"zmscore s a", wrong_type},
      {"zcard s", wrong_type}}},
    {"Zrank",
     {{"zadd z 1 a 2 b 3 c 3 d", "(integer) 4"},
      {"zrank z a", "(integer) 0"},
      {"zrank z d", "(integer) 3"},
      {"zrevrank z a", "(integer) 3"},
      {"zrevrank z d", "(integer) 0"},
      {"zrank z x", "(nil)"},
      {"zrevrank z x", "(nil)"},
      {"zrank none a", "(nil)"},
      {"zrevrank none a", "(nil)"},
      {"zrank z", bad_arity("zrank")},
      {"set s v", "OK"},
      {"zrank s a", wrong_type},
      {"zrevrank s a", wrong_type}}},
    {"Zcount",
     {{"zadd z 1 a 2 b 2 bb 3 c inf i -inf j", "(integer) 6"},
      {"zcount z 1 3", "(integer) 4"},
      {"zcount z (1 3", "(integer) 3"},
      {"zcount z (1 (3", "(integer) 2"},
      {"zcount z 2 2", "(integer) 2"},
      {"zcount z (2 2", "(integer) 0"},
      {"zcount z 3 1", "(integer) 0"},
      {"zcount z -inf inf", "(integer) 6"},
      {"zcount z (-inf (inf", "(integer) 4"},
      {R"(zcount z "" "(")", "(integer) 0"},
      {"zcount z 1e400 inf", "(integer) 1"},
      {R"(zcount z " 1" 2)", "(integer) 3"},
      {"zcount z 0x1 0x2", "(integer) 3"},
      {"zcount none 1 2", "(integer) 0"},
      {"zcount z a 2", bad_score},
      {"zcount z 1 nan", bad_score},
      {"zcount z ((1 2", bad_score},
      {R"(zcount z "1 " 2)", bad_score},
      {"zcount none x 2", bad_score},
      {"set s v", "OK"},
      {"zcount s x 1", bad_score},
      {"zcount s 1 1", wrong_type},
      {"zcount z 1", bad_arity("zcount")}}},
    {"Zlexcount",
     {{"zadd z 0 a 0 b 0 c 0 d 0 dd", "(integer) 5"},
      {"zlexcount z - +", "(integer) 5"},
      {"zlexcount z [b [d", "(integer) 3"},
      {"zlexcount z (b (d", "(integer) 1"},
      {"zlexcount z [b (b", "(integer) 0"},
      {"zlexcount z (b [b", "(integer) 0"},
      {"zlexcount z + -", "(integer) 0"},
      {"zlexcount z - -", "(integer) 0"},
      {"zlexcount z + +", "(integer) 0"},
      {"zlexcount z [d +", "(integer) 2"},
      {"zlexcount z - (b", "(integer) 1"},
      {"zlexcount z [ (", "(integer) 0"},
      {"zlexcount z [ +", "(integer) 5"},
      {"zlexcount z b c", bad_lex},
      {R"(zlexcount z "" +)", bad_lex},
      {"zlexcount z -x +", bad_lex},
      {"zlexcount z - +x", bad_lex},
      {"zlexcount none - +", "(integer) 0"},
      {"zlexcount none x y", bad_lex},
      {"set s v", "OK"},
      {"zlexcount s x +", bad_lex},
      {"zlexcount s - +", wrong_type}}},
};

const Script removing_ranges[] = {
    {"ByRank",
     {{"zadd z 1 a 2 b 3 c 4 d", "(integer) 4"},
      {"zremrangebyrank z 1 2", "(integer) 2"},
      {"zrange z 0 -1", R"(["a", "d"])"},
      {"zremrangebyrank z 5 6", "(integer) 0"},
      {"zremrangebyrank z 1 0", "(integer) 0"},
      {"zremrangebyrank z -1 -1", "(integer) 1"},
      {"zrange z 0 -1", R"(["a"])"},
      {"zremrangebyrank z 0 -1", "(integer) 1"},
      {"exists z", "(integer) 0"},
      {"zremrangebyrank z 0 -1", "(integer) 0"},
      {"zremrangebyrank z x 1", not_integer},
      {"zremrangebyrank z 0 1.5", not_integer},
      {"zremrangebyrank z 0", bad_arity("zremrangebyrank")},
      {"set s v", "OK"},
      {"zremrangebyrank s x 1", not_integer},
      {"zremrangebyrank s 0 1", wrong_type}}},
    {"ByScore",
     {{"zadd z 1 a 2 b 3 c 4 d inf i", "(integer) 5"},
      {"zremrangebyscore z (1 2", "(integer) 1"},
      {"zrange z 0 -1", R"(["a", "c", "d", "i"])"},
      {"zremrangebyscore z 2 1", "(integer) 0"},
      {"zremrangebyscore z (4 (inf", "(integer) 0"},
      {"zremrangebyscore z 3 +inf", "(integer) 3"},
      {"zrange z 0 -1", R"(["a"])"},
      {"zremrangebyscore z -inf +inf", "(integer) 1"},
      {"exists z", "(integer) 0"},
      {"zremrangebyscore z x 1", bad_score},
      {"zremrangebyscore none 1 2", "(integer) 0"},
      {"set s v", "OK"},
      {"zremrangebyscore s x 1", bad_score},
      {"zremrangebyscore s 0 1", wrong_type}}},
    {"ByLex",
     {{"zadd z 0 a 0 b 0 c 0 d 0 e", "(integer) 5"},
      {"zremrangebylex z [b (d", "(integer) 2"},
      {"zrange z 0 -1", R"(["a", "d", "e"])"},
      {"zremrangebylex z + -", "(integer) 0"},
      {"zremrangebylex z (d +", "(integer) 1"},
      {"zremrangebylex z - +", "(integer) 2"},
      {"exists z", "(integer) 0"},
      {"zremrangebylex z a +", bad_lex},
      {"zremrangebylex none - +", "(integer) 0"},
      {"set s v", "OK"},
      {"zremrangebylex s a b", bad_lex},
      {"zremrangebylex s - +", wrong_type}}},
};

INSTANTIATE_TEST_SUITE_P(Adding, SortedSetChanges, testing::ValuesIn(adding), name_of_script);
INSTANTIATE_TEST_SUITE_P(LookingUp, SortedSetChanges, testing::ValuesIn(looking_up), name_of_script);
INSTANTIATE_TEST_SUITE_P(RemovingRanges, SortedSetChanges, testing::ValuesIn(removing_ranges), name_of_script);

constexpr std::string_view encodings[] = {"", "zset-max-listpack-entries 0\n"};

TEST(SortedSetChangesTest, RanksComeWithScoresIfWanted) {
  for (const std::string_view config : encodings) {
    TestServer server(config);
    server.run("ZADD", "z", "1", "a", "2.5", "b", "3", "c");
    EXPECT_EQ(server.run("ZRANK", "z", "b", "WITHSCORE"), R"([(integer) 1, "2.5"])");
    EXPECT_EQ(server.run("ZREVRANK", "z", "c", "withscore"), R"([(integer) 0, "3"])");
    EXPECT_EQ(server.run("ZRANK", "z", "x", "WITHSCORE"), "(nil array)");
    EXPECT_EQ(server.run("ZREVRANK", "none", "x", "WITHSCORE"), "(nil array)");
    EXPECT_EQ(server.run("ZRANK", "z", "x"), "(nil)");
    EXPECT_EQ(server.run("ZRANK", "z", "a", "WITHSCORES"), syntax);
    EXPECT_EQ(server.run("ZRANK", "z", "a", "foo", "bar"), bad_arity("zrank"));
    EXPECT_EQ(server.run("ZREVRANK", "z", "a", "WITHSCORE", "bar"), bad_arity("zrevrank"));
    server.run("SET", "s", "v");
    EXPECT_EQ(server.run("ZRANK", "s", "a", "foo"), syntax);
    EXPECT_EQ(server.run("ZRANK", "s", "a", "WITHSCORE"), wrong_type);
    server.client().use_resp3();
    EXPECT_EQ(server.run("ZRANK", "z", "b", "WITHSCORE"), "[(integer) 1, (double) 2.5]");
    EXPECT_EQ(server.run("ZRANK", "z", "x", "WITHSCORE"), "(nil)");
  }
}

TEST(SortedSetChangesTest, ChangesAreCountedOneByOne) {
  const std::pair<std::string, uint64_t> cases[] = {{"zadd z 1 a 2 b 3 c", 3},
                                                    {"zadd z 1 a", 0},
                                                    {"zadd z 5 a 4 d", 2},
                                                    {"zadd z nx 9 a", 0},
                                                    {"zadd z gt 1 a", 0},
                                                    {"zadd z xx 1 none", 0},
                                                    {"zadd other xx 1 none", 0},
                                                    {"zadd z x a", 0},
                                                    {"zadd z incr 1 a", 1},
                                                    {"zincrby z 0 a", 0},
                                                    {"zincrby z 1 a", 1},
                                                    {"zrem z none", 0},
                                                    {"zrem z a b none", 2},
                                                    {"zrem z c d", 2},
                                                    {"zadd z 0 a 0 b 0 c 0 d 0 e 0 f", 6},
                                                    {"zremrangebyrank z 0 1", 2},
                                                    {"zremrangebyrank z 7 8", 0},
                                                    {"zremrangebyscore z 0 -1", 0},
                                                    {"zremrangebylex z - [c", 1},
                                                    {"zremrangebyscore z 0 0", 3},
                                                    {"zremrangebyscore z 0 0", 0}};
  for (const std::string_view config : encodings) {
    TestServer server(config);
    for (const auto& [line, changes] : cases) {
      const uint64_t before = server.keyspace().shared().changes;
      server.client().run(words_of(line));
      EXPECT_EQ(server.keyspace().shared().changes - before, changes) << line;
    }
    EXPECT_EQ(server.run("DBSIZE"), "(integer) 0");
  }
}

TEST(SortedSetChangesTest, TheEncodingFollowsTheLimits) {
  TestServer server("zset-max-listpack-entries 3\nzset-max-listpack-value 5\n");
  EXPECT_EQ(server.run("ZADD", "z", "1", "12345"), "(integer) 1");
  EXPECT_EQ(server.run("ZADD", "z", "1", "b", "2", "c"), "(integer) 2");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "z"), "\"listpack\"");
  EXPECT_EQ(server.run("ZADD", "z", "1", "d"), "(integer) 1");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "z"), "\"skiplist\"");
  EXPECT_EQ(server.run("ZREM", "z", "b", "c", "d"), "(integer) 3");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "z"), "\"skiplist\"");
  EXPECT_EQ(server.run("ZADD", "long", "1", "123456"), "(integer) 1");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "long"), "\"skiplist\"");
  EXPECT_EQ(server.run("ZADD", "later", "1", "a"), "(integer) 1");
  EXPECT_EQ(server.run("ZINCRBY", "later", "1", "123456"), "\"1\"");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "later"), "\"skiplist\"");
}

}  // namespace
}  // namespace redoubt

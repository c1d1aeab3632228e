// Ranges of sorted sets by rank, score and text, as Redis 7.2 answers.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/command_fixture.h"
#include "tests/support/scripts.h"

namespace redoubt {
namespace {

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string syntax = "(error) ERR syntax error";
const std::string bad_score = "(error) ERR min or max is not a float";
const std::string bad_lex = "(error) ERR min or max not valid string range item";

std::string bad_arity(const std::string& command) {
  return "(error) ERR wrong number of arguments for '" + command + "' command";
}

class SortedSetRanges : public testing::TestWithParam<Script> {};

TEST_P(SortedSetRanges, AnswerAsRedis) { run_script(GetParam(), ""); }
TEST_P(SortedSetRanges, AnswerTheSameOfTables) { run_script(GetParam(), "zset-max-listpack-entries 0\n"); }

const Script ranges[] = {
    {"Ranks",
     {{"zadd z 1 a 2 b 3 c 4 d", "(integer) 4"},
      {"zrange z 0 -1", R"(["a", "b", "c", "d"])"},
      {"zrange z 1 2", R"(["b", "c"])"},
      {"zrange z -2 -1", R"(["c", "d"])"},
      {"zrange z -100 100", R"(["a", "b", "c", "d"])"},
      {"zrange z 2 1", "[]"},
      {"zrange z 4 5", "[]"},
      {"zrange z -1 -2", "[]"},
      {"zrange z 0 0 withscores", R"(["a", "1"])"},
      {"zrange z 0 -1 REV", R"(["d", "c", "b", "a"])"},
      {"zrange z 0 1 rev withscores", R"(["d", "4", "c", "3"])"},
      {"zrange z -2 -1 rev", R"(["b", "a"])"},
      {"zrevrange z 0 -1", R"(["d", "c", "b", "a"])"},
      {"zrevrange z 1 2 withscores", R"(["c", "3", "b", "2"])"},
      {"zrevrange z 3 3", R"(["a"])"},
      {"zrevrange z 4 9", "[]"},
      {"zrange none 0 -1", "[]"},
      {"zrange z 9223372036854775807 -9223372036854775808", "[]"},
      {"zrange z -9223372036854775808 9223372036854775807", R"(["a", "b", "c", "d"])"}}},
    {"RanksThatAreNone",
     {{"zadd z 1 a", "(integer) 1"},
      {"zrange z x 1", not_integer},
      {"zrange z 0 1.5", not_integer},
      {"zrange none 0 x", not_integer},
      {"zrange z 0", bad_arity("zrange")},
      {"zrange z 0 1 foo", syntax},
      {"zrange z 0 1 withscores withscores", R"(["a", "1"])"},
      {"zrange z 0 1 rev rev", syntax},
      {"zrange z 0 1 limit 0", syntax},
      {"zrange z 0 1 limit 0 1",
       "(error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"},
      {"zrange z x 1 limit 0 1",
       "(error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"},
      {"zrange z 0 1 limit 0 -1", R"(["a"])"},
      {"zrange z 0 1 limit x 1", not_integer},
      {"zrange z 0 1 limit 0 x", not_integer},
      {"zrevrange z 0 1 rev", syntax},
      {"zrevrange z 0 1 byscore", syntax},
      {"zrevrange z 0 1 limit 0 1",
       "(error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"},
      {"zrevrange z 0 1 bylex", syntax},
      {"set s v", "OK"},
      {"zrange s x y", not_integer},
      {"zrange s 0 -1", wrong_type},
      {"zrevrange s 0 -1", wrong_type}}},
    {"Scores",
     {{"zadd z 1 a 2 b 2 bb 3 c inf i -inf j", "(integer) 6"},
      {"zrange z 1 3 byscore", R"(["a", "b", "bb", "c"])"},
      {"zrangebyscore z 1 3", R"(["a", "b", "bb", "c"])"},
      {"zrangebyscore z (1 (3 withscores", R"(["b", "2", "bb", "2"])"},
      {"zrangebyscore z -inf +inf", R"(["j", "a", "b", "bb", "c", "i"])"},
      {"zrangebyscore z (-inf (inf", R"(["a", "b", "bb", "c"])"},
      {"zrangebyscore z 3 1", "[]"},
      {"zrangebyscore z 1 3 limit 1 2", R"(["b", "bb"])"},
      {"zrangebyscore z 1 3 limit 1 -1 withscores", R"(["b", "2", "bb", "2", "c", "3"])"},
      {"zrangebyscore z 1 3 limit 4 10", "[]"},
      {"zrangebyscore z 1 3 limit 0 0", "[]"},
      {"zrangebyscore z 1 3 limit -1 2", "[]"},
      {"zrangebyscore z 1 3 limit 0 -5", R"(["a", "b", "bb", "c"])"},
      {"zrange z 3 1 byscore rev", R"(["c", "bb", "b", "a"])"},
      {"zrange z 1 3 byscore rev", "[]"},
      {"zrange z 3 1 byscore rev limit 1 2 withscores", R"(["bb", "2", "b", "2"])"},
      {"zrevrangebyscore z 3 1", R"(["c", "bb", "b", "a"])"},
      {"zrevrangebyscore z (3 (1 withscores", R"(["bb", "2", "b", "2"])"},
      {"zrevrangebyscore z +inf -inf limit 1 2", R"(["c", "bb"])"},
      {"zrevrangebyscore z 1 3", "[]"},
      {"zrangebyscore none 1 2", "[]"},
      {"zrange none 1 2 byscore", "[]"}}},
    {"ScoresThatAreNone",
     {{"zadd z 1 a", "(integer) 1"},
      {"zrangebyscore z a 1", bad_score},
      {"zrangebyscore z 1 nan", bad_score},
      {"zrange z 1 [1 byscore", bad_score},
      {"zrangebyscore none a 1", bad_score},
      {"zrangebyscore z 1 2 byscore", syntax},
      {"zrangebyscore z 1 2 rev", syntax},
      {"zrangebyscore z 1 2 limit 1", syntax},
      {"zrangebyscore z 1 2 limit 1 x", not_integer},
      {"zrangebyscore z a 2 foo", syntax},
      {"zrange z 1 2 byscore bylex", syntax},
      {"zrange z a b byscore rev", bad_score},
      {"zrangebyscore z 1", bad_arity("zrangebyscore")},
      {"set s v", "OK"},
      {"zrangebyscore s x 1", bad_score},
      {"zrangebyscore s 1 1", wrong_type},
      {"zrevrangebyscore s 1 1", wrong_type}}},
    {"Lex",
     {{"zadd z 0 a 0 b 0 c 0 d 0 dd", "(integer) 5"},
      {"zrangebylex z - +", R"(["a", "b", "c", "d", "dd"])"},
      {"zrangebylex z [b [d", R"(["b", "c", "d"])"},
      {"zrangebylex z (b (dd", R"(["c", "d"])"},
      {"zrangebylex z [aa [bb", R"(["b"])"},
      {"zrangebylex z - + limit 1 2", R"(["b", "c"])"},
      {"zrangebylex z - + limit 3 -1", R"(["d", "dd"])"},
      {"zrangebylex z - + limit -1 2", "[]"},
      {"zrangebylex z + -", "[]"},
      {"zrangebylex z [c [b", "[]"},
      {"zrange z [b + bylex", R"(["b", "c", "d", "dd"])"},
      {"zrange z + [c bylex rev", R"(["dd", "d", "c"])"},
      {"zrange z + - BYLEX REV LIMIT 1 3", R"(["d", "c", "b"])"},
      {"zrevrangebylex z + -", R"(["dd", "d", "c", "b", "a"])"},
      {"zrevrangebylex z (d [b", R"(["c", "b"])"},
      {"zrevrangebylex z - +", "[]"},
      {"zrevrangebylex z + - limit 0 2", R"(["dd", "d"])"},
      {"zrangebylex none - +", "[]"}}},
    {"LexThatIsNone",
     {{"zadd z 0 a", "(integer) 1"},
      {"zrangebylex z a b", bad_lex},
      {"zrangebylex z [a b", bad_lex},
      {R"(zrangebylex z "" +)", bad_lex},
      {"zrangebylex z -x +", bad_lex},
      {"zrangebylex none a b", bad_lex},
      {"zrangebylex z - + withscores", "(error) ERR syntax error, WITHSCORES not supported in combination with BYLEX"},
      {"zrange z - + bylex withscores", "(error) ERR syntax error, WITHSCORES not supported in combination with BYLEX"},
      {"zrange z 0 1 bylex withscores", "(error) ERR syntax error, WITHSCORES not supported in combination with BYLEX"},
      {"zrange z 0 1 bylex", bad_lex},
      {"zrangebylex z - + bylex", syntax},
      {"zrangebylex z - + limit 0", syntax},
      {"zrangebylex z -", bad_arity("zrangebylex")},
      {"set s v", "OK"},
      {"zrangebylex s a b", bad_lex},
      {"zrangebylex s - +", wrong_type},
      {"zrevrangebylex s + -", wrong_type}}},
    {"Zrangestore",
     {{"zadd z 1 a 2 b 3 c 4 d", "(integer) 4"},
      {"zrangestore d z 0 -1", "(integer) 4"},
      {"zrange d 0 -1 withscores", R"(["a", "1", "b", "2", "c", "3", "d", "4"])"},
      {"zrangestore d z 0 1 rev", "(integer) 2"},
      {"zrange d 0 -1 withscores", R"(["c", "3", "d", "4"])"},
      {"zrangestore d z 2 3 byscore limit 1 1", "(integer) 1"},
      {"zrange d 0 -1 withscores", R"(["c", "3"])"},
      {"zrangestore d z (4 (1 byscore rev", "(integer) 2"},
      {"zrange d 0 -1 withscores", R"(["b", "2", "c", "3"])"},
      {"zadd y 0 a 0 b 0 c", "(integer) 3"},
      {"zrangestore d y [b + bylex", "(integer) 2"},
      {"zrange d 0 -1 withscores", R"(["b", "0", "c", "0"])"},
      {"zrangestore d z 0 -1 withscores", syntax},
      {"zrangestore d z x y", not_integer},
      {"zrangestore d z 0 1 limit 0 1",
       "(error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"},
      {"zrangestore d z x y byscore", bad_score},
      {"zrangestore d z x y bylex", bad_lex},
      {"zrangestore d z 5 9", "(integer) 0"},
      {"exists d", "(integer) 0"},
      {"zrangestore d z 5 9", "(integer) 0"},
      {"zrangestore d none 0 -1", "(integer) 0"},
      {"set d v", "OK"},
      {"zrangestore d z 0 0", "(integer) 1"},
      {"type d", "zset"},
      {"zrangestore d none 0 -1", "(integer) 0"},
      {"exists d", "(integer) 0"},
      {"zrangestore z z 1 2", "(integer) 2"},
      {"zrange z 0 -1", R"(["b", "c"])"},
      {"zrangestore z z 5 9", "(integer) 0"},
      {"exists z", "(integer) 0"},
      {"set s v", "OK"},
      {"zrangestore d s 0 -1", wrong_type},
      {"zrangestore d z 0", bad_arity("zrangestore")}}},
};

const Script in_resp3[] = {
    {"Scores",
     {{"zadd z 1 a 2.5 b inf c -inf d", "(integer) 4"},
      {"zscore z a", "(double) 1"},
      {"zscore z b", "(double) 2.5"},
      {"zscore z c", "(double) inf"},
      {"zscore z d", "(double) -inf"},
      {"zscore z e", "(nil)"},
      {"zmscore z a x b", "[(double) 1, (nil), (double) 2.5]"},
      {"zadd z incr 1 a", "(double) 2"},
      {"zadd z incr nx 1 a", "(nil)"},
      {"zincrby z 0.5 a", "(double) 2.5"},
      {"zadd z ch 1 q", "(integer) 1"},
      {"zrank z x", "(nil)"}}},
    {"Ranges",
     {{"zadd z 1 a 2.5 b", "(integer) 2"},
      {"zrange z 0 -1", R"(["a", "b"])"},
      {"zrange z 0 -1 withscores", R"([["a", (double) 1], ["b", (double) 2.5]])"},
      {"zrange z 0 -1 rev withscores", R"([["b", (double) 2.5], ["a", (double) 1]])"},
      {"zrangebyscore z 1 1 withscores", R"([["a", (double) 1]])"},
      {"zrange none 0 -1 withscores", "[]"},
      {"zrandmember none 1 withscores", "[]"},
      {"zrandmember none", "(nil)"},
      {"zscan none 0", R"(["0", []])"}}},
    {"Popping",
     {{"zadd z 1 a 2 b 3 c 4 d 5 e 6 f 7 g", "(integer) 7"},
      {"zpopmin z", R"(["a", (double) 1])"},
      {"zpopmin z 1", R"([["b", (double) 2]])"},
      {"zpopmax z 2", R"([["g", (double) 7], ["f", (double) 6]])"},
      {"zpopmin none", "[]"},
      {"zpopmin none 1", "[]"},
      {"zpopmin z 0", "[]"},
      {"zmpop 1 z min", R"(["z", [["c", (double) 3]]])"},
      {"zmpop 1 none min", "(nil)"},
      {"bzpopmin z 0", R"(["z", "d", (double) 4])"},
      {"bzmpop 0 1 z max count 2", R"(["z", [["e", (double) 5]]])"}}},
    {"Algebra",
     {{"zadd a 1 x 2 y", "(integer) 2"},
      {"zadd b 10 y 20 z", "(integer) 2"},
      {"zunion 2 a b", R"(["x", "y", "z"])"},
      {"zunion 2 a b withscores", R"([["x", (double) 1], ["y", (double) 12], ["z", (double) 20]])"},
      {"zinter 2 a b withscores", R"([["y", (double) 12]])"},
      {"zdiff 2 a b withscores", R"([["x", (double) 1]])"},
      {"zdiff 2 a a withscores", "[]"},
      {"zunionstore d 2 a b", "(integer) 3"},
      {"zintercard 2 a b", "(integer) 1"}}},
    {"OneMember",
     {{"zadd z 1.5 a", "(integer) 1"},
      {"zrandmember z", R"("a")"},
      {"zrandmember z 2 withscores", R"([["a", (double) 1.5]])"},
      {"zrandmember z -2 withscores", R"([["a", (double) 1.5], ["a", (double) 1.5]])"},
      {"zscan z 0", R"(["0", ["a", "1.5"]])"}}},
};

INSTANTIATE_TEST_SUITE_P(Ranges, SortedSetRanges, testing::ValuesIn(ranges), name_of_script);

class SortedSetsInResp3 : public testing::TestWithParam<Script> {};

TEST_P(SortedSetsInResp3, AnswerAsRedis) { run_script(GetParam(), "", 3); }
TEST_P(SortedSetsInResp3, AnswerTheSameOfTables) { run_script(GetParam(), "zset-max-listpack-entries 0\n", 3); }

INSTANTIATE_TEST_SUITE_P(All, SortedSetsInResp3, testing::ValuesIn(in_resp3), name_of_script);

// Every range of ranks of sets of every size, against a plain vector.
TEST(SortedSetRangesTest, RanksAreThoseOfAVector) {
  for (const int size : {1, 2, 5, 100}) {
    TestServer server(size == 100 ? "zset-max-listpack-entries 0\n" : "");
    std::vector<std::string> members;
    for (int i = 0; i < size; ++i) {
      members.push_back("m" + std::to_string(1000 + i));
      server.run("ZADD", "z", std::to_string(i / 3), members.back());
    }
    const int step = size < 10 ? 1 : 17;
    for (int start = -size - 2; start <= size + 1; start += step) {
      for (int stop = -size - 2; stop <= size + 1; stop += step) {
        const int first = std::max(start < 0 ? start + size : start, 0);
        const int last = std::min(stop < 0 ? stop + size : stop, size - 1);
        std::vector<std::string> ascending, descending;
        for (int i = first; i <= last; ++i) {
          ascending.push_back(members[static_cast<size_t>(i)]);
          descending.push_back(members[static_cast<size_t>(size - 1 - i)]);
        }
        const auto texts = [&](const Reply& reply) {
          std::vector<std::string> found;
          for (const Reply& item : reply.items) found.push_back(item.text);
          return found;
        };
        const std::string from = std::to_string(start), to = std::to_string(stop);
        EXPECT_EQ(texts(server.run("ZRANGE", "z", from, to)), ascending) << from << ' ' << to;
        EXPECT_EQ(texts(server.run("ZREVRANGE", "z", from, to)), descending) << from << ' ' << to;
      }
    }
  }
}

TEST(SortedSetRangesTest, WhatIsStoredCountsAsOneChangeAndHasNoExpiry) {
  TestServer server;
  server.run("ZADD", "z", "1", "a", "2", "b", "3", "c");
  server.run("SET", "d", "v", "EX", "100");
  const uint64_t before = server.keyspace().shared().changes;
  EXPECT_EQ(server.run("ZRANGESTORE", "d", "z", "0", "1"), "(integer) 2");
  EXPECT_EQ(server.keyspace().shared().changes - before, 1u);
  EXPECT_EQ(server.run("TTL", "d"), "(integer) -1");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "d"), "\"listpack\"");
  EXPECT_EQ(server.run("ZRANGESTORE", "d", "z", "7", "8"), "(integer) 0");
  EXPECT_EQ(server.keyspace().shared().changes - before, 2u);
  EXPECT_EQ(server.run("ZRANGESTORE", "d", "z", "7", "8"), "(integer) 0");
  EXPECT_EQ(server.keyspace().shared().changes - before, 2u);
  server.run("CONFIG", "SET", "zset-max-listpack-entries", "2");
  EXPECT_EQ(server.run("ZRANGESTORE", "d", "z", "0", "1"), "(integer) 2");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "d"), "\"listpack\"");
  EXPECT_EQ(server.run("ZRANGESTORE", "d", "z", "0", "2"), "(integer) 3");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "d"), "\"skiplist\"");
}

}  // namespace
}  // namespace redoubt

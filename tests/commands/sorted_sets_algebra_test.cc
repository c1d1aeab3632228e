// Unions, intersections and differences of sorted sets and sets, as Redis 7.2 answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "common/base/random.h"
#include "tests/support/command_fixture.h"
#include "tests/support/scripts.h"

namespace redoubt {
namespace {

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string syntax = "(error) ERR syntax error";

std::string bad_arity(const std::string& command) {
  return "(error) ERR wrong number of arguments for '" + command + "' command";
}

class SortedSetAlgebra : public testing::TestWithParam<Script> {};

TEST_P(SortedSetAlgebra, AnswerAsRedis) { run_script(GetParam(), ""); }
TEST_P(SortedSetAlgebra, AnswerTheSameOfTables) { run_script(GetParam(), "zset-max-listpack-entries 0\n"); }

const Script algebra[] = {
    {"Zunion",
     {{"zadd a 1 x 2 y", "(integer) 2"},
      {"zadd b 10 y 20 z", "(integer) 2"},
      {"sadd c z w", "(integer) 2"},
      {"zunion 2 a b", R"(["x", "y", "z"])"},
      {"zunion 2 a b withscores", R"(["x", "1", "y", "12", "z", "20"])"},
      {"zunion 3 a b c withscores", R"(["w", "1", "x", "1", "y", "12", "z", "21"])"},
      {"zunion 2 a none withscores", R"(["x", "1", "y", "2"])"},
      {"zunion 1 none", "[]"},
      {"zunion 2 none none withscores", "[]"},
      {"zunion 2 a a withscores", R"(["x", "2", "y", "4"])"},
      {"zunion 2 a b weights 2 0.5 withscores", R"(["x", "2", "y", "9", "z", "10"])"},
      {"zunion 2 a b aggregate min withscores", R"(["x", "1", "y", "2", "z", "20"])"},
      {"zunion 2 a b aggregate MAX withscores", R"(["x", "1", "y", "10", "z", "20"])"},
      {"zunion 2 a b AGGREGATE SUM WEIGHTS 1 -1 WITHSCORES", R"(["z", "-20", "y", "-8", "x", "1"])"},
      {"zunion 2 a b weights 1 1 weights 3 3 withscores", R"(["x", "3", "y", "36", "z", "60"])"},
      {"zunion 2 a b aggregate min aggregate max withscores withscores", R"(["x", "1", "y", "10", "z", "20"])"}}},
    {"Zinter",
     {{"zadd a 1 x 2 y 3 z", "(integer) 3"},
      {"zadd b 10 y 20 z 5 v", "(integer) 3"},
      {"sadd c z w", "(integer) 2"},
      {"zinter 2 a b", R"(["y", "z"])"},
      {"zinter 2 a b withscores", R"(["y", "12", "z", "23"])"},
      {"zinter 3 a b c withscores", R"(["z", "24"])"},
      {"zinter 2 a none", "[]"},
      {"zinter 1 a withscores", R"(["x", "1", "y", "2", "z", "3"])"},
      {"zinter 2 a a withscores", R"(["x", "2", "y", "4", "z", "6"])"},
      {"zinter 2 a b weights 2 -1 withscores", R"(["z", "-14", "y", "-6"])"},
      {"zinter 2 a b aggregate min withscores", R"(["y", "2", "z", "3"])"},
      {"zinter 2 a b aggregate max weights 100 1 withscores", R"(["y", "200", "z", "300"])"},
      {"zinter 2 b c aggregate max withscores", R"(["z", "20"])"}}},
    {"Zdiff",
     {{"zadd a 1 x 2 y 3 z", "(integer) 3"},
      {"zadd b 10 y", "(integer) 1"},
      {"sadd c z w", "(integer) 2"},
      {"zdiff 2 a b", R"(["x", "z"])"},
      {"zdiff 2 a b withscores", R"(["x", "1", "z", "3"])"},
      {"zdiff 3 a b c withscores", R"(["x", "1"])"},
      {"zdiff 1 a withscores", R"(["x", "1", "y", "2", "z", "3"])"},
      {"zdiff 2 a a", "[]"},
      {"zdiff 2 none a", "[]"},
      {"zdiff 2 a none", R"(["x", "y", "z"])"},
      {"zdiff 2 c a withscores", R"(["w", "1"])"},
      {"zdiff 2 a b weights 1 1", syntax},
      {"zdiff 2 a b aggregate sum", syntax}}},
    {"Infinities",
     {{"zadd a inf x -inf y 0 z", "(integer) 3"},
      {"zadd b -inf x inf y 0 z", "(integer) 3"},
      {"zunion 2 a b withscores", R"(["x", "0", "y", "0", "z", "0"])"},
      {"zunion 1 a weights 0 withscores", R"(["x", "0", "y", "0", "z", "0"])"},
      {"zinter 2 a b withscores", R"(["x", "0", "y", "0", "z", "0"])"},
      {"zinter 2 a b weights inf 1 withscores", R"(["x", "0", "y", "0", "z", "0"])"},
      {"zunion 2 a b weights 0 1 aggregate min withscores", R"(["x", "-inf", "y", "0", "z", "0"])"},
      {"zinter 2 a b weights 1 0 aggregate max withscores", R"(["y", "-inf", "z", "0", "x", "inf"])"}}},
    {"Store",
     {{"zadd a 1 x 2 y", "(integer) 2"},
      {"zadd b 10 y 20 z", "(integer) 2"},
      {"zunionstore d 2 a b weights 1 2", "(integer) 3"},
      {"zrange d 0 -1 withscores", R"(["x", "1", "y", "22", "z", "40"])"},
      {"zinterstore d 2 a b aggregate max", "(integer) 1"},
      {"zrange d 0 -1 withscores", R"(["y", "10"])"},
      {"zdiffstore d 2 a b", "(integer) 1"},
      {"zrange d 0 -1 withscores", R"(["x", "1"])"},
      {"zinterstore d 2 a none", "(integer) 0"},
      {"exists d", "(integer) 0"},
      {"zinterstore d 2 a none", "(integer) 0"},
      {"set d v", "OK"},
      {"zunionstore d 1 a", "(integer) 2"},
      {"type d", "zset"},
      {"zunionstore a 2 a b", "(integer) 3"},
      {"zrange a 0 -1 withscores", R"(["x", "1", "y", "12", "z", "20"])"},
      {"zdiffstore a 2 a a", "(integer) 0"},
      {"exists a", "(integer) 0"},
      {"zinterstore b 1 b weights 2", "(integer) 2"},
      {"zrange b 0 -1 withscores", R"(["y", "20", "z", "40"])"},
      {"zunionstore d 1 a withscores", syntax},
      {"zinterstore d 1 a withscores", syntax},
      {"zdiffstore d 1 a withscores", syntax},
      {"zdiffstore d 1 a weights 1", syntax}}},
    {"Zintercard",
     {{"zadd a 1 x 2 y 3 z", "(integer) 3"},
      {"zadd b 10 y 20 z 5 v", "(integer) 3"},
      {"sadd c z w y", "(integer) 3"},
      {"zintercard 2 a b", "(integer) 2"},
      {"zintercard 3 a b c", "(integer) 2"},
      {"zintercard 2 a b limit 1", "(integer) 1"},
      {"zintercard 2 a b limit 0", "(integer) 2"},
      {"zintercard 2 a b limit 5", "(integer) 2"},
      {"zintercard 2 c c limit 2", "(integer) 2"},
      {"zintercard 2 a b limit 5 limit 1", "(integer) 1"},
      {"zintercard 2 a none", "(integer) 0"},
      {"zintercard 1 a limit -1", "(error) ERR LIMIT can't be negative"},
      {"zintercard 1 a limit x", "(error) ERR LIMIT can't be negative"},
      {"zintercard 1 a limit", syntax},
      {"zintercard 1 a withscores", syntax},
      {"zintercard 1 a weights 1", syntax},
      {"zintercard 0 a", "(error) ERR at least 1 input key is needed for 'zintercard' command"},
      {"zintercard 1", bad_arity("zintercard")},
      {"set s v", "OK"},
      {"zintercard 1 s", wrong_type}}},
    {"WrongArguments",
     {{"set s v", "OK"},
      {"zadd a 1 x", "(integer) 1"},
      {"zunion x a", not_integer},
      {"zunion 0 a", "(error) ERR at least 1 input key is needed for 'zunion' command"},
      {"zunion -1 a", "(error) ERR at least 1 input key is needed for 'zunion' command"},
      {"zinter 0 a", "(error) ERR at least 1 input key is needed for 'zinter' command"},
      {"zdiff 0 a", "(error) ERR at least 1 input key is needed for 'zdiff' command"},
      {"zunionstore d 0 a", "(error) ERR at least 1 input key is needed for 'zunionstore' command"},
      {"zinterstore d 0 a", "(error) ERR at least 1 input key is needed for 'zinterstore' command"},
      {"zdiffstore d 0 a", "(error) ERR at least 1 input key is needed for 'zdiffstore' command"},
      {"zunion 2 a", syntax},
      {"zunion 9223372036854775807 a", syntax},
      {"zunion 1 s foo", wrong_type},
      {"zunion 2 a s weights x y", wrong_type},
      {"zunion 1 none foo", syntax},
      {"zunion 1 a weights", syntax},
      {"zunion 2 a a weights 1", syntax},
      {"zunion 1 a weights x", "(error) ERR weight value is not a float"},
      {"zunion 1 a weights nan", "(error) ERR weight value is not a float"},
      {"zunion 1 a aggregate", syntax},
      {"zunion 1 a aggregate avg", syntax},
      {"zunion 1 a limit 1", syntax},
      {"zunion 1 a b", syntax},
      {"zunion 1", bad_arity("zunion")},
      {"zunionstore d 1 s", wrong_type},
      {"zunionstore s 1 none", "(integer) 0"}}},
};

INSTANTIATE_TEST_SUITE_P(Algebra, SortedSetAlgebra, testing::ValuesIn(algebra), name_of_script);

// Random sets against a map, over every mixture of encodings.
TEST(SortedSetAlgebraTest, ResultsAreThoseOfMaps) {
  TestServer server("zset-max-listpack-entries 20\nset-max-intset-entries 10\nset-max-listpack-entries 20\n");
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::map<std::string, double> inputs[3];
    for (int i = 0; i < 3; ++i) {
      const std::string key(1, static_cast<char>('a' + i));
      server.run("DEL", key);
      const bool plain = random.below(3) == 0;
      for (uint64_t left = random.below(round % 2 == 0 ? 10 : 60); left > 0; --left) {
        const std::string member = std::to_string(random.below(40));
        const double score = plain ? 1 : static_cast<double>(random.below(100)) / 4;
        inputs[i][member] = score;
        if (plain) {
          server.run("SADD", key, member);
        } else {
          server.run("ZADD", key, std::to_string(score), member);
        }
      }
    }
    std::map<std::string, double> all, common, rest;
    for (const auto& input : inputs) {
      for (const auto& [member, score] : input) all[member] += score;
    }
    for (const auto& [member, score] : inputs[0]) {
      const bool in_b = inputs[1].contains(member), in_c = inputs[2].contains(member);
      if (in_b && in_c) common[member] = score + inputs[1][member] + inputs[2][member];
      if (!in_b && !in_c) rest[member] = score;
    }
    const auto expect_stored = [&](const std::string& command, const std::map<std::string, double>& expected) {
      ASSERT_EQ(server.run(command, "d", "3", "a", "b", "c").integer, static_cast<int64_t>(expected.size()));
      std::vector<std::pair<double, std::string>> ordered;
      for (const auto& [member, score] : expected) ordered.emplace_back(score, member);
      std::sort(ordered.begin(), ordered.end());
      const Reply stored = server.run("ZRANGE", "d", "0", "-1", "WITHSCORES");
      ASSERT_EQ(stored.items.size(), ordered.size() * 2);
      for (size_t i = 0; i < ordered.size(); ++i) {
        EXPECT_EQ(stored.items[2 * i].text, ordered[i].second);
        EXPECT_EQ(stored.items[2 * i + 1].text, format_double(ordered[i].first));
      }
      const Reply replied = server.run(command.substr(0, command.size() - 5), "3", "a", "b", "c", "WITHSCORES");
      EXPECT_EQ(to_string(replied), to_string(stored));
    };
    expect_stored("ZUNIONSTORE", all);
    expect_stored("ZINTERSTORE", common);
    expect_stored("ZDIFFSTORE", rest);
    EXPECT_EQ(server.run("ZINTERCARD", "3", "a", "b", "c").integer, static_cast<int64_t>(common.size()));
  }
}

TEST(SortedSetAlgebraTest, BothWaysToSubtractGiveTheSame) {
  TestServer server("zset-max-listpack-entries 0\n");
  for (int i = 0; i < 100; ++i) server.run("ZADD", "many", std::to_string(i), "m" + std::to_string(i));
  for (int i = 0; i < 100; i += 2) server.run("ZADD", "even", "1", "m" + std::to_string(i));
  for (int i = 0; i < 90; ++i) server.run("SADD", "most", "m" + std::to_string(i));
  // One other set: members are looked up. Several small ones: they are taken out of a copy.
  EXPECT_EQ(server.run("ZDIFFSTORE", "d", "2", "many", "even"), "(integer) 50");
  EXPECT_EQ(server.run("ZDIFF", "2", "many", "most").items.size(), 10u);
  EXPECT_EQ(server.run("ZDIFF", "6", "many", "most", "even", "none", "none", "none"),
            R"(["m91", "m93", "m95", "m97", "m99"])");
  EXPECT_EQ(server.run("ZDIFF", "7", "many", "most", "even", "many", "none", "none", "none"), "[]");
}

TEST(SortedSetAlgebraTest, MinusZeroIsKeptInRepliesAndTables) {
  TestServer server;
  server.run("ZADD", "z", "0", "a");
  EXPECT_EQ(server.run("ZUNION", "1", "z", "WEIGHTS", "-1", "WITHSCORES"), R"(["a", "-0"])");
  server.run("CONFIG", "SET", "zset-max-listpack-entries", "0");
  EXPECT_EQ(server.run("ZUNIONSTORE", "d", "1", "z", "WEIGHTS", "-1"), "(integer) 1");
  EXPECT_EQ(server.run("ZSCORE", "d", "a"), "\"-0\"");
}

TEST(SortedSetAlgebraTest, WhatIsStoredCountsAsOneChangeAndHasNoExpiry) {
  TestServer server("zset-max-listpack-entries 2\n");
  server.run("ZADD", "a", "1", "x", "2", "y");
  server.run("ZADD", "b", "1", "z");
  server.run("SET", "d", "v", "EX", "100");
  uint64_t before = server.keyspace().shared().changes;
  const auto changes = [&] {
    return server.keyspace().shared().changes - std::exchange(before, server.keyspace().shared().changes);
  };
  EXPECT_EQ(server.run("ZUNIONSTORE", "d", "2", "a", "b"), "(integer) 3");
  EXPECT_EQ(changes(), 1u);
  EXPECT_EQ(server.run("TTL", "d"), "(integer) -1");
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "d"), "\"skiplist\"");
  EXPECT_EQ(server.run("ZDIFFSTORE", "d", "2", "d", "b"), "(integer) 2");
  EXPECT_EQ(changes(), 1u);
  EXPECT_EQ(server.run("OBJECT", "ENCODING", "d"), "\"listpack\"");
  EXPECT_EQ(server.run("ZINTERSTORE", "d", "2", "a", "b"), "(integer) 0");
  EXPECT_EQ(changes(), 1u);
  EXPECT_EQ(server.run("ZINTERSTORE", "d", "2", "a", "b"), "(integer) 0");
  EXPECT_EQ(changes(), 0u);
}

}  // namespace
}  // namespace redoubt

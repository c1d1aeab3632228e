// Popping from sorted sets, at once or later, random members and ZSCAN, as Redis 7.2 answers.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/command_fixture.h"
#include "tests/support/scripts.h"

namespace redoubt {
namespace {

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string syntax = "(error) ERR syntax error";
const std::string not_positive = "(error) ERR value is out of range, must be positive";

std::string bad_arity(const std::string& command) {
  return "(error) ERR wrong number of arguments for '" + command + "' command";
}

class SortedSetPops : public testing::TestWithParam<Script> {};

TEST_P(SortedSetPops, AnswerAsRedis) { run_script(GetParam(), ""); }
TEST_P(SortedSetPops, AnswerTheSameOfTables) { run_script(GetParam(), "zset-max-listpack-entries 0\n"); }

const Script popping[] = {
    {"Zpopmin",
     {{"zadd z 1 a 2 b 3 c 4 d 5 e", "(integer) 5"},
      {"zpopmin z", R"(["a", "1"])"},
      {"zpopmin z 2", R"(["b", "2", "c", "3"])"},
      {"zpopmin z 0", "[]"},
      {"zpopmin z 10", R"(["d", "4", "e", "5"])"},
      {"exists z", "(integer) 0"},
      {"zpopmin z", "[]"},
      {"zpopmin z 3", "[]"},
      {"zpopmin z 0", "[]"},
      {"zpopmin z -1", not_positive},
      {"zpopmin z x", not_positive},
      {"zpopmin z 1 2", syntax},
      {"zpopmin", bad_arity("zpopmin")},
      {"set s v", "OK"},
      {"zpopmin s", wrong_type},
      {"zpopmin s 0", wrong_type},
      {"zpopmin s x", not_positive}}},
    {"Zpopmax",
     {{"zadd z 1 a 2 b 2 bb 4 d 5 e", "(integer) 5"},
      {"zpopmax z", R"(["e", "5"])"},
      {"zpopmax z 2", R"(["d", "4", "bb", "2"])"},
      {"zpopmax z 0", "[]"},
      {"zpopmax z 10", R"(["b", "2", "a", "1"])"},
      {"exists z", "(integer) 0"},
      {"zpopmax z", "[]"},
      {"zpopmax z -1", not_positive},
      {"set s v", "OK"},
      {"zpopmax s", wrong_type}}},
    {"Zmpop",
     {{"zadd z 1 a 2 b 3 c 4 d", "(integer) 4"},
      {"zmpop 1 z min", R"(["z", [["a", "1"]]])"},
      {"zmpop 2 none z MAX", R"(["z", [["d", "4"]]])"},
      {"zmpop 3 none z other min count 10", R"(["z", [["b", "2"], ["c", "3"]]])"},
      {"exists z", "(integer) 0"},
      {"zmpop 1 z max", "(nil array)"},
      {"zmpop 0 z min", "(error) ERR numkeys should be greater than 0"},
      {"zmpop -1 z min", "(error) ERR numkeys should be greater than 0"},
      {"zmpop x z min", "(error) ERR numkeys should be greater than 0"},
      {"zmpop 1 z", bad_arity("zmpop")},
      {"zmpop 2 z min", syntax},
      {"zmpop 1 z foo", syntax},
      {"zmpop 1 z min foo", syntax},
      {"zmpop 1 z min count", syntax},
      {"zmpop 1 z min count 0", "(error) ERR count should be greater than 0"},
      {"zmpop 1 z min count -1", "(error) ERR count should be greater than 0"},
      {"zmpop 1 z min count x", "(error) ERR count should be greater than 0"},
      {"zmpop 1 z min count 1 count 1", syntax},
      {"zmpop 1 z min max", syntax},
      {"zmpop 9223372036854775807 z min", syntax},
      {"set s v", "OK"},
      {"zmpop 1 s min", wrong_type},
      {"zmpop 2 none s min", wrong_type},
      {"zadd z 1 a", "(integer) 1"},
      {"zmpop 2 z s min", R"(["z", [["a", "1"]]])"},
      {"zmpop 2 z s min", wrong_type}}},
    {"BlockingThatNeedNotWait",
     {{"zadd z 1 a 2 b 3 c 4 d 5 e", "(integer) 5"},
      {"bzpopmin z 0", R"(["z", "a", "1"])"},
      {"bzpopmax none z 1.5", R"(["z", "e", "5"])"},
      {"bzmpop 0 1 z min", R"(["z", [["b", "2"]]])"},
      {"bzmpop 0.1 2 none z max count 7", R"(["z", [["d", "4"], ["c", "3"]]])"},
      {"exists z", "(integer) 0"},
      {"bzpopmin z x", "(error) ERR timeout is not a float or out of range"},
      {"bzpopmin z -1", "(error) ERR timeout is negative"},
      {"bzpopmax z -1", "(error) ERR timeout is negative"},
      {"bzpopmin z", bad_arity("bzpopmin")},
      {"bzmpop x 1 z min", "(error) ERR timeout is not a float or out of range"},
      {"bzmpop -1 1 z min", "(error) ERR timeout is negative"},
      {"bzmpop 0 0 z min", "(error) ERR numkeys should be greater than 0"},
      {"bzmpop x 0 z min", "(error) ERR numkeys should be greater than 0"},
      {"bzmpop x 1 z foo", syntax},
      {"bzmpop x 1 z min count 0", "(error) ERR count should be greater than 0"},
      {"bzmpop x 1 z min foo", syntax},
      {"set s v", "OK"},
      {"bzpopmin s 0", wrong_type},
      {"bzpopmin none s 0", wrong_type},
      {"bzmpop 0 2 none s min", wrong_type},
      {"bzpopmin s x", "(error) ERR timeout is not a float or out of range"}}},
};

const Script random_members[] = {
    {"Zrandmember",
     {{"zrandmember none", "(nil)"},
      {"zrandmember none 2", "[]"},
      {"zrandmember none 0", "[]"},
      {"zrandmember none -3 withscores", "[]"},
      {"zadd z 1 a", "(integer) 1"},
      {"zrandmember z", R"("a")"},
      {"zrandmember z 1", R"(["a"])"},
      {"zrandmember z 5", R"(["a"])"},
      {"zrandmember z 5 withscores", R"(["a", "1"])"},
      {"zrandmember z -3", R"(["a", "a", "a"])"},
      {"zrandmember z -2 withscores", R"(["a", "1", "a", "1"])"},
      {"zrandmember z 0", "[]"},
      {"zrandmember z 1 withscores", R"(["a", "1"])"},
      {"zrandmember z x", not_integer},
      {"zrandmember z -9223372036854775808",
       "(error) ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"},
      {"zrandmember z 9223372036854775807 withscores", "(error) ERR value is out of range"},
      {"zrandmember z -4611686018427387904 withscores", "(error) ERR value is out of range"},
      {"zrandmember z 1 foo", syntax},
      {"zrandmember z 1 withscores foo", syntax},
      {"zrandmember z x foo", not_integer},
      {"zrandmember z withscores", not_integer},
      {"set s v", "OK"},
      {"zrandmember s", wrong_type},
      {"zrandmember s 0", wrong_type},
      {"zrandmember s x", not_integer}}},
    {"Zscan",
     {{"zscan none 0", R"(["0", []])"},
      {"zscan none x", "(error) ERR invalid cursor"},
      {"zscan none 0 foo", R"(["0", []])"},
      {"zadd z 1.5 a", "(integer) 1"},
      {"zscan z 0", R"(["0", ["a", "1.5"]])"},
      {"zscan z x", "(error) ERR invalid cursor"},
      {"zscan z 0 match b*", R"(["0", []])"},
      {"zscan z 0 match a* count 5", R"(["0", ["a", "1.5"]])"},
      {"zscan z 0 count 0", syntax},
      {"zscan z 0 count x", not_integer},
      {"zscan z 0 count", syntax},
      {"zscan z 0 type zset", syntax},
      {"zscan z 0 foo", syntax},
      {"zscan z", bad_arity("zscan")},
      {"set s v", "OK"},
      {"zscan s 0", wrong_type},
      {"zscan s x", "(error) ERR invalid cursor"}}},
};

INSTANTIATE_TEST_SUITE_P(Popping, SortedSetPops, testing::ValuesIn(popping), name_of_script);
INSTANTIATE_TEST_SUITE_P(RandomMembers, SortedSetPops, testing::ValuesIn(random_members), name_of_script);

TEST(SortedSetPopsTest, ChangesAreCountedOneByOne) {
  TestServer server;
  server.run("ZADD", "z", "1", "a", "2", "b", "3", "c", "4", "d", "5", "e", "6", "f");
  const std::pair<std::string, uint64_t> cases[] = {
      {"zpopmin z", 1},    {"zpopmax z 2", 2}, {"zpopmin z 0", 0},          {"zmpop 1 z min count 2", 2},
      {"bzpopmin z 0", 1}, {"zpopmin z", 0},   {"zmpop 1 z min count 2", 0}};
  for (const auto& [line, changes] : cases) {
    const uint64_t before = server.keyspace().shared().changes;
    server.client().run(words_of(line));
    EXPECT_EQ(server.keyspace().shared().changes - before, changes) << line;
  }
}

TEST(SortedSetPopsTest, WhoWaitsGetsWhatIsAdded) {
  TestServer server;
  TestClient& first = server.connect();
  TestClient& second = server.connect();
  EXPECT_EQ(first.run("BZPOPMIN", "b", "a", "0"), "(no reply)");
  EXPECT_EQ(second.run("BZMPOP", "0", "2", "b", "a", "MAX", "COUNT", "5"), "(no reply)");
  // A value of another type wakes nobody.
  EXPECT_EQ(server.run("SET", "a", "v"), "OK");
  EXPECT_EQ(server.run("ZADD", "b", "1", "x", "2", "y", "3", "z"), "(integer) 3");
  EXPECT_EQ(first.feed(""), "*3\r\n$1\r\nb\r\n$1\r\nx\r\n$1\r\n1\r\n");
  EXPECT_EQ(second.feed(""), "*2\r\n$1\r\nb\r\n*2\r\n*2\r\n$1\r\nz\r\n$1\r\n3\r\n*2\r\n$1\r\ny\r\n$1\r\n2\r\n");
  EXPECT_EQ(server.run("EXISTS", "b"), "(integer) 0");
}

// Draws often enough that what never comes is an error.
TEST(SortedSetRandomTest, EveryMemberComes) {
  for (const std::string_view config : {"", "zset-max-listpack-entries 0\n"}) {
    TestServer server(config);
    for (int i = 0; i < 20; ++i) server.run("ZADD", "z", std::to_string(i), "m" + std::to_string(i));
    std::set<std::string> single, several, repeated;
    for (int i = 0; i < 1000; ++i) {
      single.insert(server.run("ZRANDMEMBER", "z").text);
      std::set<std::string> drawn;
      for (const Reply& item : server.run("ZRANDMEMBER", "z", "3").items) drawn.insert(item.text);
      EXPECT_EQ(drawn.size(), 3u);
      several.merge(drawn);
    }
    const Reply many = server.run("ZRANDMEMBER", "z", "-1000", "WITHSCORES");
    ASSERT_EQ(many.items.size(), 2000u);
    for (size_t i = 0; i < many.items.size(); i += 2) {
      EXPECT_EQ(many.items[i].text, "m" + many.items[i + 1].text);
      repeated.insert(many.items[i].text);
    }
    EXPECT_EQ(single.size(), 20u);
    EXPECT_EQ(several.size(), 20u);
    EXPECT_EQ(repeated.size(), 20u);
    EXPECT_EQ(server.run("ZRANDMEMBER", "z", "100").items.size(), 20u);
  }
}

TEST(SortedSetRandomTest, RepetitionsEndWhereTheClientMayHaveNoMore) {
  TestServer server("client-output-buffer-limit normal 1mb 0 0\n");
  server.run("ZADD", "z", "1", "a");
  const std::string bytes = server.client().run_raw({"ZRANDMEMBER", "z", "-4000000000000000000"});
  EXPECT_GT(bytes.size(), 1000000u);
  EXPECT_LT(bytes.size(), 3000000u);
}

TEST(SortedSetScanTest, EverythingIsSeenWhileTheSetGrows) {
  TestServer server("zset-max-listpack-entries 0\n");
  for (int i = 0; i < 1000; ++i) server.run("ZADD", "z", std::to_string(i) + ".5", "m" + std::to_string(i));
  std::set<std::string> seen;
  std::string cursor = "0";
  int added = 1000;
  do {
    const Reply reply = server.run("ZSCAN", "z", cursor, "COUNT", "7");
    cursor = reply.items[0].text;
    const auto& pairs = reply.items[1].items;
    for (size_t i = 0; i < pairs.size(); i += 2) {
      seen.insert(pairs[i].text);
      EXPECT_EQ("m" + pairs[i + 1].text, pairs[i].text + ".5");
    }
    for (int i = 0; i < 20; ++i, ++added) {
      server.run("ZADD", "z", std::to_string(added) + ".5", "m" + std::to_string(added));
    }
  } while (cursor != "0");
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.contains("m" + std::to_string(i))) << i;
}

}  // namespace
}  // namespace redoubt

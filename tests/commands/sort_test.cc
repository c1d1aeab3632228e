// SORT and SORT_RO.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "server/keyspace/database.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

struct Case {
  std::string_view line;
  std::string_view answer;
};

constexpr std::string_view no_scores = "(error) ERR One or more scores can't be converted into double";

class SortTest : public CommandTest {
 protected:
  void expect(std::initializer_list<Case> cases) {
    for (const auto& [line, answer] : cases) EXPECT_EQ(type(line), answer) << line;
  }
};

// The same elements in every kind of collection that can be sorted, small and big.
struct Shape {
  std::string_view name;
  std::string_view config;
  std::string_view fill;  // with 3, 10, 1, 2
  std::string_view encoding;
};

class SortEveryShape : public testing::TestWithParam<Shape> {
 protected:
  void SetUp() override {
    for (const std::string& words : {std::string(GetParam().fill), std::string("MSET w_1 4 w_2 3 w_3 2 w_10 1")}) {
      ASSERT_FALSE(server.client().run(words_of(words)).is_error()) << words;
    }
    ASSERT_EQ(run("OBJECT ENCODING k").text, GetParam().encoding);
  }
  Reply run(std::string_view line) { return server.client().run(words_of(line)); }
  TestServer server{GetParam().config};
};

constexpr Shape shapes[] = {
    {"ListListpack", "", "RPUSH k 3 10 1 2", "listpack"},
    {"ListQuicklist", "list-max-listpack-size 1\n", "RPUSH k 3 10 1 2", "quicklist"},
    {"SetIntset", "", "SADD k 3 10 1 2", "intset"},
    {"SetListpack", "set-max-intset-entries 0\n", "SADD k 3 10 1 2", "listpack"},
    {"SetHashtable", "set-max-intset-entries 0\nset-max-listpack-entries 0\n", "SADD k 3 10 1 2", "hashtable"},
    {"SortedSetListpack", "", "ZADD k 9 3 8 10 7 1 6 2", "listpack"},
    {"SortedSetSkiplist", "zset-max-listpack-entries 0\n", "ZADD k 9 3 8 10 7 1 6 2", "skiplist"},
};
INSTANTIATE_TEST_SUITE_P(Sort, SortEveryShape, testing::ValuesIn(shapes),
                         [](const auto& shape) { return std::string(shape.param.name); });

TEST_P(SortEveryShape, PutsElementsInOrder) {
  for (const auto& [line, answer] : {
           Case{"sort k", R"(["1", "2", "3", "10"])"},
           Case{"SORT_RO k", R"(["1", "2", "3", "10"])"},
           Case{"sort k desc", R"(["10", "3", "2", "1"])"},
           Case{"sort k desc asc", R"(["1", "2", "3", "10"])"},
           Case{"sort k alpha", R"(["1", "10", "2", "3"])"},
           Case{"sort k Alpha Desc", R"(["3", "2", "10", "1"])"},
           Case{"sort k limit 1 2", R"(["2", "3"])"},
           Case{"sort k limit 1 2 desc", R"(["3", "2"])"},
           Case{"sort k limit -5 2", R"(["1", "2"])"},
           Case{"sort k limit 2 -1", R"(["3", "10"])"},
           Case{"sort k limit 0 0", "[]"},
           Case{"sort k limit 4 10", "[]"},
           Case{"sort k limit 100 10", "[]"},
           Case{"sort k limit 3 9223372036854775807", R"(["10"])"},
           Case{"sort k limit 0 1 limit 1 1", R"(["2"])"},
           Case{"sort k by w_*", R"(["10", "3", "2", "1"])"},
           Case{"sort k by w_* desc", R"(["1", "2", "3", "10"])"},
           Case{"sort k by w_* limit 0 1", R"(["10"])"},
           Case{"sort k by w_* alpha", R"(["10", "3", "2", "1"])"},
           Case{"sort k by none_*", R"(["1", "10", "2", "3"])"},  // equal scores: by their bytes
           Case{"sort k by none_* desc", R"(["3", "2", "10", "1"])"},
           Case{"sort k get #", R"(["1", "2", "3", "10"])"},
           Case{"sort k get w_*", R"(["4", "3", "2", "1"])"},
           Case{"sort k limit 0 2 get # get w_* get none_* get w_1",
                R"(["1", "4", (nil), (nil), "2", "3", (nil), (nil)])"},
           Case{"sort k limit 9 1 get # get #", "[]"},
       }) {
    EXPECT_EQ(run(line), answer) << line;
  }
  server.client().use_resp3();
  EXPECT_EQ(run("sort k limit 0 1 get none_*"), "[(nil)]");
  EXPECT_EQ(server.client().run_raw({"SORT", "k", "LIMIT", "0", "1", "GET", "none"}), "*1\r\n_\r\n");
}

TEST_P(SortEveryShape, KeepsTheResultAsAList) {
  const uint64_t before = server.keyspace().shared().changes;
  EXPECT_EQ(run("sort k desc get # get none_* store out"), "(integer) 8");
  EXPECT_EQ(server.keyspace().shared().changes - before, 8u);
  EXPECT_EQ(run("lrange out 0 -1"), R"(["10", "", "3", "", "2", "", "1", ""])");
  const bool one_each = GetParam().config.find("list-max-listpack-size") != std::string_view::npos;
  EXPECT_EQ(run("object encoding out").text, one_each ? "quicklist" : "listpack");
  // It may replace what is sorted, whatever that is.
  EXPECT_EQ(run("sort k limit 0 2 store k"), "(integer) 2");
  EXPECT_EQ(run("lrange k 0 -1"), R"(["1", "2"])");
}

TEST_P(SortEveryShape, AnEmptyResultTakesTheKeyAway) {
  run("set out x ex 100");
  const uint64_t before = server.keyspace().shared().changes;
  EXPECT_EQ(run("sort k limit 9 1 store out"), "(integer) 0");
  EXPECT_EQ(server.keyspace().shared().changes - before, 1u);
  EXPECT_EQ(run("exists out"), "(integer) 0");
  EXPECT_EQ(run("sort k limit 9 1 store out"), "(integer) 0");
  EXPECT_EQ(run("sort nokey store k"), "(integer) 0");
  EXPECT_EQ(run("exists k"), "(integer) 0");
  EXPECT_EQ(server.keyspace().shared().changes - before, 2u);
}

TEST_F(SortTest, WithoutSortingListsAndSortedSetsKeepTheirOrder) {
  type("rpush l c a d b");
  type("zadd z 1 c 2 a 3 d 4 b");
  for (const std::string key : {"l", "z"}) {
    for (const auto& [options, answer] : {
             Case{"by nosort", R"(["c", "a", "d", "b"])"},
             Case{"by nosort desc", R"(["b", "d", "a", "c"])"},
             Case{"by nosort limit 1 2", R"(["a", "d"])"},
             Case{"by nosort desc limit 1 2", R"(["d", "a"])"},
             Case{"by nosort desc limit 3 -1", R"(["c"])"},
             Case{"by nosort limit 4 1", "[]"},
             Case{"by nosort desc limit 4 1", "[]"},
             Case{"by nosort alpha", R"(["c", "a", "d", "b"])"},
             Case{"by '' limit 0 1 get # get #", R"(["c", "c"])"},
             Case{"by # limit 0 1", R"(["c"])"},
             Case{"by x by w_*", R"(["c", "a", "d", "b"])"},
         }) {
      EXPECT_EQ(type("sort " + key + " " + std::string(options)), answer) << key << " " << options;
    }
    EXPECT_EQ(type("sort " + key + " by nosort desc limit 0 3 store out"), "(integer) 3");
    EXPECT_EQ(type("lrange out 0 -1"), R"(["b", "d", "a"])");
  }
  EXPECT_EQ(type("sort none by nosort"), "[]");
}

// Otherwise what is kept would hang on how the set lies in memory.
TEST_F(SortTest, ASetThatIsKeptIsAlwaysSorted) {
  type("sadd s c a d 10 9 b");
  EXPECT_EQ(type("sort s by nosort store out"), "(integer) 6");
  EXPECT_EQ(type("lrange out 0 -1"), R"(["10", "9", "a", "b", "c", "d"])");
  EXPECT_EQ(type("sort s by nosort desc limit 0 2 store out"), "(integer) 2");
  EXPECT_EQ(type("lrange out 0 -1"), R"(["d", "c"])");
  EXPECT_EQ(type("sort s by nosort").items.size(), 6u);
  // Of those that stand equal, too.
  type("mset w_a y w_b x w_10 y w_c x");
  EXPECT_EQ(type("sort s by w_* alpha store out"), "(integer) 6");
  EXPECT_EQ(type("lrange out 0 -1"), R"(["9", "d", "b", "c", "10", "a"])");
  EXPECT_EQ(type("sort s by none_* alpha desc store out"), "(integer) 6");
  EXPECT_EQ(type("lrange out 0 -1"), R"(["d", "c", "b", "a", "9", "10"])");
}

TEST_F(SortTest, WrongCalls) {
  type("set string 1");
  type("hset hash f 1");
  type("rpush words a b");
  type("rpush numbers 2 1");
  expect({
      {"sort", "(error) ERR wrong number of arguments for 'sort' command"},
      {"sort string", "(error) WRONGTYPE Operation against a key holding the wrong kind of value"},
      {"sort hash", "(error) WRONGTYPE Operation against a key holding the wrong kind of value"},
      {"sort string foo", "(error) ERR syntax error"},
      {"sort string limit x 1", "(error) ERR value is not an integer or out of range"},
      {"sort numbers limit 1 x", "(error) ERR value is not an integer or out of range"},
      {"sort numbers limit 1", "(error) ERR syntax error"},
      {"sort numbers by", "(error) ERR syntax error"},
      {"sort numbers get", "(error) ERR syntax error"},
      {"sort numbers store", "(error) ERR syntax error"},
      {"sort_ro numbers store out", "(error) ERR syntax error"},
      {"sort words", no_scores},
      {"sort words limit 0 0", no_scores},
      {"sort words store numbers", no_scores},
      {"sort words by nosort", R"(["a", "b"])"},
      {"sort none", "[]"},
      {"lrange numbers 0 -1", R"(["2", "1"])"},
  });
}

TEST_F(SortTest, WhatCountsAsAScore) {
  struct Score {
    std::string text;
    bool good;
  };
  for (const auto& [text, good] : {
           Score{"1", true},
           Score{" 1", true},
           Score{"\t\n+1.5e3", true},
           Score{"", true},
           Score{"0x10", true},
           Score{"inf", true},
           Score{"-Infinity", true},
           Score{"007", true},
           Score{"-0", true},
           Score{"99999999999999999999", true},
           Score{std::string("1\0x", 3), true},
           Score{"1 ", false},
           Score{"nan", false},
           Score{"1e400", false},
           Score{"1e-320", false},
           Score{"1,5", false},
           Score{" ", false},
           Score{"a", false},
           Score{"0x", false},
       }) {
    run("DEL", "l");
    run("RPUSH", "l", text);
    run("SET", "w_a", text);
    EXPECT_EQ(run("SORT", "l").is_error(), !good) << testing::PrintToString(text);
    run("DEL", "l");
    run("RPUSH", "l", "a");
    EXPECT_EQ(run("SORT", "l", "BY", "w_*").is_error(), !good) << testing::PrintToString(text);
    EXPECT_FALSE(run("SORT", "l", "BY", "w_*", "ALPHA").is_error());
  }
  type("del l");
  type("rpush l 3 -1 1.5 inf -inf 0x10 1e1");
  EXPECT_EQ(type("sort l"), R"(["-inf", "-1", "1.5", "3", "1e1", "0x10", "inf"])");
}

TEST_F(SortTest, PatternsNameKeysAndFieldsOfHashes) {
  type("rpush l 1 2 3");
  type("mset w_1_x 3 w_2_x 2 w_3_x 1 a1b* one 1 plain");
  type("hset h_1 f 3 g 10 '' e");
  type("hset h_2 f 1");
  type("hset h_3->f f 2");
  type("sadd w_set 1");
  expect({
      {"sort l by w_*_x", R"(["3", "2", "1"])"},
      {"sort l by h_*->f", R"(["3", "2", "1"])"},  // none, 1, 3
      {"sort l by h_*->f desc get h_*->f get h_*->g", R"(["3", "10", "1", (nil), (nil), (nil)])"},
      {"sort l get *", R"(["plain", (nil), (nil)])"},
      {"sort l limit 0 1 get a*b* get a1b*", R"(["one", (nil)])"},  // only the first asterisk
      {"sort l limit 0 1 get h_*-> get h_* get h_*->", "[(nil), (nil), (nil)]"},
      {"sort l limit 2 1 get h_*->f->f", "[(nil)]"},
      {"sort l limit 0 1 get w_*_x->f get ->* get # get '#*'", R"([(nil), (nil), "1", (nil)])"},
  });
  // A hash called h_1-> is meant where no field is named.
  type("set h_1-> text");
  EXPECT_EQ(type("sort l limit 0 1 get h_*->"), R"(["text"])");
  // Other kinds of values are as good as none.
  type("rpush s set");
  EXPECT_EQ(type("sort s by w_* alpha get w_* get w_*->1"), "[(nil), (nil)]");
}

TEST_F(SortTest, PatternsWithZeroBytes) {
  run("RPUSH", "l", "1");
  run("SET", "1", "found");
  run("SET", std::string("1\0", 2), "zero");
  // What stands behind the zero byte is part of the key, but no asterisk and no arrow is looked for there.
  EXPECT_EQ(run("SORT", "l", "GET", std::string("*\0", 2)), R"(["zero"])");
  EXPECT_EQ(run("SORT", "l", "GET", std::string("\0*", 2)), "[(nil)]");
  EXPECT_EQ(run("SORT", "l", "GET", std::string("#\0*", 3)), R"(["1"])");
  run("HSET", std::string("1\0->f", 5), "f", "x");
  EXPECT_EQ(run("SORT", "l", "GET", std::string("*\0->f", 5)), "[(nil)]");
}

TEST_F(SortTest, MissingKeysComeFirstByAlpha) {
  type("rpush l a b c d");
  type("mset w_b y w_d x");
  expect({
      {"sort l by w_* alpha", R"(["a", "c", "d", "b"])"},
      {"sort l by w_* alpha desc", R"(["b", "d", "a", "c"])"},
      {"sort l by w_* alpha limit 1 2", R"(["c", "d"])"},
      {"sort l by w_* alpha store out", "(integer) 4"},
      {"lrange out 0 -1", R"(["a", "c", "d", "b"])"},
  });
  type("set w_a 1");  // a score, where the others have 0
  type("del w_b w_d");
  EXPECT_EQ(type("sort l by w_*"), R"(["b", "c", "d", "a"])");
}

TEST_F(SortTest, ExpiredKeysAreNotThere) {
  type("rpush l 1 2");
  type("mset w_1 2 w_2 1");
  type("pexpire w_1 10");
  type("pexpire l 100");
  EXPECT_EQ(type("sort l by w_*"), R"(["2", "1"])");
  server.advance(11);
  EXPECT_EQ(type("sort l by w_* get w_*"), R"([(nil), "1"])");
  EXPECT_EQ(type("sort l store l"), "(integer) 2");
  EXPECT_EQ(type("pttl l"), "(integer) -1");
  type("pexpire l 100");
  server.advance(101);
  EXPECT_EQ(type("sort l"), "[]");
}

TEST_F(SortTest, ManyElementsWithAndWithoutLimit) {
  Random random(7);
  std::vector<int64_t> numbers;
  for (int i = 0; i < 3000; ++i) {
    numbers.push_back(static_cast<int64_t>(random.below(1000)));
    run("RPUSH", "l", std::to_string(numbers.back()));
  }
  std::sort(numbers.begin(), numbers.end());
  const auto check = [&](const Reply& reply, size_t first, size_t count) {
    ASSERT_EQ(reply.items.size(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(reply.items[i].text, std::to_string(numbers[first + i])) << i;
  };
  check(type("sort l"), 0, 3000);
  check(type("sort l limit 10 20"), 10, 20);
  check(type("sort l limit 300 100"), 300, 100);
  check(type("sort l limit 2000 900"), 2000, 900);
  std::reverse(numbers.begin(), numbers.end());
  check(type("sort l desc limit 5 50"), 5, 50);
}

TEST_F(SortTest, TellsOfWhatItStores) {
  run("CONFIG", "SET", "notify-keyspace-events", "KEA");
  type("rpush l 2 1");
  TestClient& waiting = other();
  waiting.run("BLPOP", "out", "0");
  EXPECT_EQ(type("sort l store out"), "(integer) 2");
  EXPECT_EQ(type("lrange out 0 -1"), R"(["2"])") << "a client waited for the list";
}

}  // namespace
}  // namespace redoubt

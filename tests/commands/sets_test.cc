// The commands on sets, as Redis 7.2 answers them, over all encodings. Cases are short scripts: lines as one would type
// them, each with what it answers; {..} stands for a set, which is one in RESP3 only.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/command_fixture.h"
#include "tests/support/scripts.h"

namespace redoubt {
namespace {

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string must_be_positive = "(error) ERR value is out of range, must be positive";
const std::string syntax = "(error) ERR syntax error";

std::string bad_arity(const std::string& command) {
  return "(error) ERR wrong number of arguments for '" + command + "' command";
}

// Configurations in which small sets are of each encoding.
const char* const all_encodings[] = {"", "set-max-intset-entries 0\n",
                                     "set-max-intset-entries 0\nset-max-listpack-entries 0\n"};

std::string sorted(Reply reply) {
  std::sort(reply.items.begin(), reply.items.end(),
            [](const Reply& a, const Reply& b) { return to_string(a) < to_string(b); });
  return to_string(reply);
}

// What a script expects of an aggregate that is a set, in this version.
std::string expected(const std::string& reply, int version) {
  if (!reply.starts_with("{")) return reply;
  return (version == 3 ? "set[" : "[") + reply.substr(1, reply.size() - 2) + "]";
}

class SetScripts : public testing::TestWithParam<Script> {
 protected:
  static void run_with(int version) {
    for (const char* config : all_encodings) {
      SCOPED_TRACE(config);
      TestServer server(config);
      if (version == 3) server.client().use_resp3();
      for (const ScriptStep& step : GetParam().steps) {
        Reply reply = server.client().run(words_of(step.line));
        const std::string got = step.reply.starts_with("{") ? sorted(std::move(reply)) : to_string(reply);
        EXPECT_EQ(got, expected(step.reply, version)) << step.line;
      }
    }
  }
};

TEST_P(SetScripts, AnswerAsRedis) { run_with(2); }
TEST_P(SetScripts, AnswerInResp3) { run_with(3); }

const Script members[] = {
    {"AddAndRemove",
     {{"sadd s a b a 1 01", "(integer) 4"},
      {"sadd s a c", "(integer) 1"},
      {"scard s", "(integer) 5"},
      {"smembers s", R"({"01", "1", "a", "b", "c"})"},
      {"srem s a x 1 a", "(integer) 2"},
      {"smembers s", R"({"01", "b", "c"})"},
      {"type s", "set"},
      {"srem s b c 01 d e", "(integer) 3"},
      {"exists s", "(integer) 0"}}},
    {"Integers",
     {{"sadd s 1 2 3 -5 9223372036854775807 -9223372036854775808", "(integer) 6"},
      {"sadd s 3 1", "(integer) 0"},
      {"sismember s 9223372036854775807", "(integer) 1"},
      {"sismember s 03", "(integer) 0"},
      {"sismember s a", "(integer) 0"},
      {"srem s 3 a 4", "(integer) 1"},
      {"smembers s", R"({"-5", "-9223372036854775808", "1", "2", "9223372036854775807"})"}}},
    {"Binary",
     {{R"(sadd s "" "\x00" "\r\n")", "(integer) 3"},
      {R"(smismember s "" "\x00" x "\r\n")", "[(integer) 1, (integer) 1, (integer) 0, (integer) 1]"}}},
    {"NoKey",
     {{"scard s", "(integer) 0"},
      {"sismember s a", "(integer) 0"},
      {"smismember s a b", "[(integer) 0, (integer) 0]"},
      {"smembers s", "{}"},
      {"srem s a", "(integer) 0"},
      {"spop s", "(nil)"},
      {"spop s 3", "{}"},
      {"srandmember s", "(nil)"},
      {"srandmember s 3", "[]"},
      {"smove s t a", "(integer) 0"},
      {"sscan s 0", R"(["0", []])"},
      {"sscan s 7 count 0", R"(["0", []])"}}},
    {"WrongType",
     {{"set k v", "OK"},
      {"sadd s a", "(integer) 1"},
      {"sadd k a", wrong_type},
      {"srem k a", wrong_type},
      {"scard k", wrong_type},
      {"sismember k a", wrong_type},
      {"smismember k a", wrong_type},
      {"smembers k", wrong_type},
      {"spop k", wrong_type},
      {"spop k 0", wrong_type},
      {"srandmember k", wrong_type},
      {"srandmember k 0", wrong_type},
      {"sscan k 0", wrong_type},
      {"sscan k x", "(error) ERR invalid cursor"},
      {"smove k s a", wrong_type},
      {"smove s k a", wrong_type},
      {"smove s k nothing", wrong_type},
      {"smove nothing k a", "(integer) 0"},
      {"smove k k a", wrong_type},
      {"sinter nothing k", wrong_type},
      {"sunion s k", wrong_type},
      {"sdiff nothing k", wrong_type},
      {"sintercard 2 nothing k", wrong_type},
      {"sinterstore d nothing k", wrong_type},
      {"sunionstore k s", "(integer) 1"},
      {"smembers k", R"({"a"})"}}},
    {"Arity",
     {{"sadd s", bad_arity("sadd")},
      {"srem s", bad_arity("srem")},
      {"smove a b", bad_arity("smove")},
      {"scard", bad_arity("scard")},
      {"sismember s", bad_arity("sismember")},
      {"smismember s", bad_arity("smismember")},
      {"spop s 1 2", syntax},
      {"srandmember s 1 2", syntax},
      {"sinter", bad_arity("sinter")},
      {"sinterstore d", bad_arity("sinterstore")}}},
    {"Move",
     {{"sadd a x y", "(integer) 2"},
      {"smove a b z", "(integer) 0"},
      {"smove a b x", "(integer) 1"},
      {"smembers b", R"({"x"})"},
      {"sadd a x", "(integer) 1"},
      {"smove a b x", "(integer) 1"},
      {"smove a a y", "(integer) 1"},
      {"smove a a z", "(integer) 0"},
      {"smove a b y", "(integer) 1"},
      {"exists a", "(integer) 0"},
      {"smembers b", R"({"x", "y"})"}}},
    {"Pop",
     {{"sadd s a b c", "(integer) 3"},
      {"spop s -1", must_be_positive},
      {"spop s x", must_be_positive},
      {"spop nothing x", must_be_positive},
      {"spop s 0", "{}"},
      {"spop s 3", R"({"a", "b", "c"})"},
      {"exists s", "(integer) 0"},
      {"sadd s 1 2", "(integer) 2"},
      {"spop s 100", R"({"1", "2"})"},
      {"sadd s 7", "(integer) 1"},
      {"spop s", R"("7")"},
      {"exists s", "(integer) 0"}}},
    {"RandomMember",
     {{"sadd s a", "(integer) 1"},
      {"srandmember s", R"("a")"},
      {"srandmember s 5", R"(["a"])"},
      {"srandmember s -3", R"(["a", "a", "a"])"},
      {"srandmember s 0", "[]"},
      {"srandmember s x", not_integer},
      {"srandmember nothing 9223372036854775808", not_integer},
      {"srandmember nothing -9223372036854775808",
       "(error) ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"},
      {"srandmember nothing -9223372036854775807", "[]"},
      {"srandmember s 9223372036854775807", R"(["a"])"}}},
    {"Scan",
     {{"sadd s one", "(integer) 1"},
      {"sscan s 0", R"(["0", ["one"]])"},
      {"sscan s 0 match o* count 5", R"(["0", ["one"]])"},
      {"sscan s 0 match x*", R"(["0", []])"},
      {"sscan s 0 count 0", syntax},
      {"sscan s 0 count x", not_integer},
      {"sscan s 0 type set", syntax},
      {"sscan s 0 match", syntax}}},
};
INSTANTIATE_TEST_SUITE_P(Members, SetScripts, testing::ValuesIn(members), name_of_script);

const Script algebra[] = {
    {"Results",
     {{"sadd a 1 2 3 x", "(integer) 4"},
      {"sadd b 2 3 4", "(integer) 3"},
      {"sadd c 3 x", "(integer) 2"},
      {"sunion a b c", R"({"1", "2", "3", "4", "x"})"},
      {"sinter a b", R"({"2", "3"})"},
      {"sinter a b c", R"({"3"})"},
      {"sinter a", R"({"1", "2", "3", "x"})"},
      {"sinter a a", R"({"1", "2", "3", "x"})"},
      {"sdiff a b", R"({"1", "x"})"},
      {"sdiff a b c", R"({"1"})"},
      {"sdiff b a c", R"({"4"})"},
      {"sdiff a a", "{}"},
      {"sdiff a", R"({"1", "2", "3", "x"})"},
      {"sunion a nothing", R"({"1", "2", "3", "x"})"},
      {"sinter a nothing", "{}"},
      {"sdiff nothing a", "{}"},
      {"sdiff a nothing", R"({"1", "2", "3", "x"})"},
      {"sunion nothing", "{}"}}},
    {"Stores",
     {{"sadd a 1 2 3 x", "(integer) 4"},
      {"sadd b 2 3 4", "(integer) 3"},
      {"sunionstore d a b", "(integer) 5"},
      {"smembers d", R"({"1", "2", "3", "4", "x"})"},
      {"sinterstore d a b", "(integer) 2"},
      {"smembers d", R"({"2", "3"})"},
      {"sdiffstore d a b", "(integer) 2"},
      {"smembers d", R"({"1", "x"})"},
      {"sdiffstore d nothing a", "(integer) 0"},
      {"exists d", "(integer) 0"},
      {"sinterstore d a nothing", "(integer) 0"},
      {"set d text ex 100", "OK"},
      {"sunionstore d nothing", "(integer) 0"},
      {"exists d", "(integer) 0"},
      {"set d text ex 100", "OK"},
      {"sunionstore d a", "(integer) 4"},
      {"ttl d", "(integer) -1"}}},
    {"SameKeyAsSourceAndDestination",
     {{"sadd a 1 2 3 x", "(integer) 4"},
      {"sadd b 2 3 4", "(integer) 3"},
      {"sinterstore a a b", "(integer) 2"},
      {"smembers a", R"({"2", "3"})"},
      {"sunionstore a a b", "(integer) 3"},
      {"smembers a", R"({"2", "3", "4"})"},
      {"sdiffstore a a b", "(integer) 0"},
      {"exists a", "(integer) 0"},
      {"sdiffstore b b b", "(integer) 0"},
      {"exists b", "(integer) 0"}}},
    {"Cardinality",
     {{"sadd a 1 2 3 x", "(integer) 4"},
      {"sadd b 2 3 4 x", "(integer) 4"},
      {"sintercard 2 a b", "(integer) 3"},
      {"sintercard 1 a", "(integer) 4"},
      {"sintercard 2 a b limit 2", "(integer) 2"},
      {"sintercard 2 a b LIMIT 0", "(integer) 3"},
      {"sintercard 2 a b limit 100", "(integer) 3"},
      {"sintercard 2 a b limit 1 limit 2", "(integer) 2"},
      {"sintercard 2 a nothing", "(integer) 0"},
      {"sintercard 0 a", "(error) ERR numkeys should be greater than 0"},
      {"sintercard x a", "(error) ERR numkeys should be greater than 0"},
      {"sintercard -1 a", "(error) ERR numkeys should be greater than 0"},
      {"sintercard 3 a b", "(error) ERR Number of keys can't be greater than number of args"},
      {"sintercard 2 a b limit", syntax},
      {"sintercard 2 a b foo", syntax},
      {"sintercard 2 a b limit -1", "(error) ERR LIMIT can't be negative"},
      {"sintercard 2 a b limit x", "(error) ERR LIMIT can't be negative"},
      {"sintercard", bad_arity("sintercard")}}},
};
INSTANTIATE_TEST_SUITE_P(Algebra, SetScripts, testing::ValuesIn(algebra), name_of_script);

// ---- what scripts cannot say ---------------------------------------------------------------------

class SetsTest : public CommandTest {
 protected:
  void add(const std::string& key, const std::string& prefix, int from, int to) {
    std::vector<std::string> words = {"sadd", key};
    for (int i = from; i < to; ++i) words.push_back(prefix + std::to_string(i));
    server.client().run(words);
  }
  std::set<std::string> texts(const Reply& reply) {
    std::set<std::string> all;
    for (const Reply& item : reply.items) all.insert(item.text);
    return all;
  }
};

TEST_F(SetsTest, EncodingsOfSadd) {
  add("i", "", 0, 512);
  EXPECT_EQ(run("object", "encoding", "i"), "\"intset\"");
  run("sadd", "i", "512");
  EXPECT_EQ(run("object", "encoding", "i"), "\"hashtable\"");
  add("all", "", 0, 513);
  EXPECT_EQ(run("object", "encoding", "all"), "\"hashtable\"");
  add("t", "m", 0, 128);
  EXPECT_EQ(run("object", "encoding", "t"), "\"listpack\"");
  run("sadd", "t", "more");
  EXPECT_EQ(run("object", "encoding", "t"), "\"hashtable\"");
  run("sadd", "mixed", "1", "2");
  run("sadd", "mixed", "x");
  EXPECT_EQ(run("object", "encoding", "mixed"), "\"listpack\"");
  run("sadd", "mixed", std::string(65, 'x'));
  EXPECT_EQ(run("object", "encoding", "mixed"), "\"hashtable\"");
}

TEST_F(SetsTest, PopThatLeavesLittleBeginsAnew) {
  add("s", "m", 0, 1000);
  EXPECT_EQ(run("spop", "s", "500").items.size(), 500u);
  EXPECT_EQ(run("object", "encoding", "s"), "\"hashtable\"");
  const auto before = texts(run("smembers", "s"));
  auto popped = texts(run("spop", "s", "450"));
  EXPECT_EQ(popped.size(), 450u);
  EXPECT_EQ(run("object", "encoding", "s"), "\"listpack\"");
  popped.merge(texts(run("smembers", "s")));
  EXPECT_EQ(popped, before);
  add("i", "", 0, 100);
  run("spop", "i", "95");
  EXPECT_EQ(run("scard", "i"), "(integer) 5");
  EXPECT_EQ(run("object", "encoding", "i"), "\"intset\"");
}

TEST_F(SetsTest, RandomMembersAreDifferentForPositiveCountsOnly) {
  for (const int size : {20, 100, 1000}) {
    const std::string key = "s" + std::to_string(size);
    add(key, size == 20 ? "" : "m", 0, size);
    for (const int count : {1, 7, size / 2, size - 1, size, size + 1}) {
      const Reply reply = run("srandmember", key, std::to_string(count));
      const auto expected_count = static_cast<size_t>(std::min(count, size));
      EXPECT_EQ(reply.items.size(), expected_count);
      EXPECT_EQ(texts(reply).size(), expected_count);
      EXPECT_EQ(run("srandmember", key, std::to_string(-count)).items.size(), static_cast<size_t>(count));
    }
    EXPECT_LT(texts(run("srandmember", key, std::to_string(-size))).size(), static_cast<size_t>(size));
  }
}

TEST_F(SetsTest, ScanSeesAllOnceInABigSet) {
  add("s", "m", 0, 3000);
  std::map<std::string, int> seen;
  std::string cursor = "0";
  int calls = 0;
  do {
    const Reply reply = run("sscan", "s", cursor, "count", "50");
    cursor = reply.items[0].text;
    for (const Reply& item : reply.items[1].items) ++seen[item.text];
    ++calls;
  } while (cursor != "0");
  EXPECT_EQ(seen.size(), 3000u);
  for (const auto& [member, times] : seen) EXPECT_EQ(times, 1) << member;
  EXPECT_GT(calls, 30);
}

TEST_F(SetsTest, CountChangesAsRedis) {
  const auto changes = [&](std::string_view line) {
    const uint64_t before = server.keyspace().shared().changes;
    type(line);
    return server.keyspace().shared().changes - before;
  };
  EXPECT_EQ(changes("sadd s a b c d e f"), 6u);
  EXPECT_EQ(changes("sadd s a b z"), 1u);
  EXPECT_EQ(changes("sadd s a"), 0u);
  EXPECT_EQ(changes("srem s a b nothing"), 2u);
  EXPECT_EQ(changes("srem s nothing"), 0u);
  EXPECT_EQ(changes("smove s t c"), 2u);
  EXPECT_EQ(changes("sadd s c"), 1u);
  EXPECT_EQ(changes("smove s t c"), 1u);
  EXPECT_EQ(changes("smove s t nothing"), 0u);
  EXPECT_EQ(changes("smove s s d"), 0u);
  EXPECT_EQ(changes("spop s"), 1u);
  EXPECT_EQ(changes("spop s 2"), 2u);
  EXPECT_EQ(changes("spop s 100"), 1u);
  EXPECT_EQ(changes("spop s 0"), 0u);
  EXPECT_EQ(changes("sunionstore d t"), 1u);
  EXPECT_EQ(changes("sinterstore d nothing"), 1u);
  EXPECT_EQ(changes("sinterstore d nothing"), 0u);
}

TEST_F(SetsTest, CopiesStandAlone) {
  run("sadd", "i", "1", "2");
  run("sadd", "l", "a", "b");
  add("h", "m", 0, 300);
  for (const std::string key : {"i", "l", "h"}) {
    const auto before = texts(run("smembers", key));
    EXPECT_EQ(run("copy", key, "to", "replace"), "(integer) 1");
    EXPECT_EQ(to_string(run("object", "encoding", "to")), to_string(run("object", "encoding", key)));
    run("sadd", "to", "new");
    EXPECT_EQ(texts(run("smembers", key)), before);
    EXPECT_EQ(run("sismember", "to", "new"), "(integer) 1");
  }
}

}  // namespace
}  // namespace redoubt

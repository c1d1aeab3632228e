// The commands on hashes, as Redis 7.2 answers them, in each encoding. Cases are short scripts: lines as one would type
// them, each with what it answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

struct Step {
  std::string line;
  std::string reply;
  std::string resp3 = {};  // where it differs
};
struct Script {
  std::string name;
  std::vector<Step> steps;
};

void PrintTo(const Script& script, std::ostream* out) { *out << script.name; }
std::string name_of(const testing::TestParamInfo<Script>& given) { return given.param.name; }

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string not_float = "(error) ERR value is not a valid float";
const std::string syntax = "(error) ERR syntax error";
const std::string overflow = "(error) ERR increment or decrement would overflow";
const std::string out_of_range = "(error) ERR value is out of range";

std::string bad_arity(const std::string& command) {
  return "(error) ERR wrong number of arguments for '" + command + "' command";
}

const std::string listpack_config = "hash-max-listpack-entries 512\nhash-max-listpack-value 64\n";
const std::string table_config = "hash-max-listpack-entries 0\n";

class HashScripts : public testing::TestWithParam<Script> {
 protected:
  static void run_with(const std::string& config, int version) {
    TestServer server(config);
    if (version == 3) server.client().use_resp3();
    for (const Step& step : GetParam().steps) {
      const std::string& expected = version == 3 && !step.resp3.empty() ? step.resp3 : step.reply;
      EXPECT_EQ(server.client().run(words_of(step.line)), expected) << step.line;
    }
  }
};

TEST_P(HashScripts, AnswerAsRedis) { run_with(listpack_config, 2); }
TEST_P(HashScripts, AnswerTheSameInResp3) { run_with(listpack_config, 3); }
TEST_P(HashScripts, AnswerTheSameFromATable) { run_with(table_config, 2); }
TEST_P(HashScripts, AnswerTheSameFromATableInResp3) { run_with(table_config, 3); }

const Script plain[] = {
    {"Nothing",
     {{"hget h f", "(nil)"},
      {"hmget h f g", "[(nil), (nil)]"},
      {"hlen h", "(integer) 0"},
      {"hstrlen h f", "(integer) 0"},
      {"hexists h f", "(integer) 0"},
      {"hdel h f", "(integer) 0"},
      {"hgetall h", "[]", "{}"},
      {"hkeys h", "[]"},
      {"hvals h", "[]"},
      {"hrandfield h", "(nil)"},
      {"hrandfield h 3", "[]"},
      {"hrandfield h -3 withvalues", "[]"},
      {"hscan h 5", R"(["0", []])"},
      {"exists h", "(integer) 0"}}},
    {"SetAndGet",
     {{"hset h f v", "(integer) 1"},
      {"hget h f", R"("v")"},
      {"hget h g", "(nil)"},
      {"hset h f w g 12", "(integer) 1"},
      {"hmget h g f nothing g", R"(["12", "w", (nil), "12"])"},
      {"hlen h", "(integer) 2"},
      {"hset h a 1 a 2 f 3", "(integer) 1"},
      {"hget h a", R"("2")"},
      {"type h", "hash"}}},
    {"Hmset", {{"hmset h a 1 b 2 a 3", "OK"}, {"hmget h a b", R"(["3", "2"])"}}},
    {"Setnx",
     {{"hsetnx h a 1", "(integer) 1"},
      {"hsetnx h a 2", "(integer) 0"},
      {"hget h a", R"("1")"},
      {"hsetnx h b", bad_arity("hsetnx")}}},
    {"EmptyAndBinary",
     {{R"(hset h "" "" "\x00\xff" "\r\n")", "(integer) 2"},
      {R"(hget h "")", R"("")"},
      {R"(hstrlen h "")", "(integer) 0"},
      {R"(hget h "\x00\xff")", R"("\r\n")"},
      {R"(hexists h "")", "(integer) 1"},
      {R"(hdel h "")", "(integer) 1"},
      {R"(hexists h "")", "(integer) 0"}}},
    {"TextsOfIntegers",
     {{"hset h 12 -9223372036854775808 012 00", "(integer) 2"},
      {"hget h 12", R"("-9223372036854775808")"},
      {"hstrlen h 12", "(integer) 20"},
      {"hget h 012", R"("00")"},
      {"hstrlen h 012", "(integer) 2"}}},
    {"Delete",
     {{"hset h a 1 b 2 c 3", "(integer) 3"},
      {"hdel h a a nothing", "(integer) 1"},
      {"hdel h b c d", "(integer) 2"},
      {"exists h", "(integer) 0"}}},
    {"Whole",
     {{"hset h f v", "(integer) 1"},
      {"hgetall h", R"(["f", "v"])", R"({"f" => "v"})"},
      {"hkeys h", R"(["f"])"},
      {"hvals h", R"(["v"])"},
      {"hscan h 0", R"(["0", ["f", "v"]])"}}},
    {"PairsMustBeWhole",
     {{"hset h a", bad_arity("hset")},
      {"hset h a 1 b", bad_arity("hset")},
      {"hmset h a 1 b", bad_arity("hmset")},
      {"set s v", "OK"},
      {"hset s a 1 b", bad_arity("hset")},
      {"exists h", "(integer) 0"}}},
    {"WrongTypes",
     {{"set s v", "OK"},
      {"hset s f v", wrong_type},
      {"hmset s f v", wrong_type},
      {"hsetnx s f v", wrong_type},
      {"hget s f", wrong_type},
      {"hmget s f", wrong_type},
      {"hdel s f", wrong_type},
      {"hlen s", wrong_type},
      {"hstrlen s f", wrong_type},
      {"hexists s f", wrong_type},
      {"hgetall s", wrong_type},
      {"hkeys s", wrong_type},
      {"hvals s", wrong_type},
      {"hrandfield s", wrong_type},
      {"hrandfield s 1", wrong_type},
      {"hscan s 0", wrong_type},
      {"hincrby s f 1", wrong_type},
      {"hincrbyfloat s f 1", wrong_type},
      {"hset h f v", "(integer) 1"},
      {"get h", wrong_type}}},
};
INSTANTIATE_TEST_SUITE_P(Fields, HashScripts, testing::ValuesIn(plain), name_of);

const Script numbers[] = {
    {"Increment",
     {{"hincrby h f 5", "(integer) 5"},
      {"hincrby h f -7", "(integer) -2"},
      {"hget h f", R"("-2")"},
      {"hincrby h f x", not_integer},
      {"hincrby h f 1.5", not_integer},
      {"hincrby h f", bad_arity("hincrby")}}},
    {"IncrementOfText",
     {{R"(hset h a text b "" c " 1" d 1.0 e 9223372036854775808)", "(integer) 5"},
      {"hincrby h a 1", "(error) ERR hash value is not an integer"},
      {"hincrby h b 1", "(error) ERR hash value is not an integer"},
      {"hincrby h c 1", "(error) ERR hash value is not an integer"},
      {"hincrby h d 1", "(error) ERR hash value is not an integer"},
      {"hincrby h e 1", "(error) ERR hash value is not an integer"},
      {"hget h a", R"("text")"}}},
    {"IncrementOverflows",
     {{"hset h f 9223372036854775807", "(integer) 1"},
      {"hincrby h f 1", overflow},
      {"hincrby h f -1", "(integer) 9223372036854775806"},
      {"hset h f -9223372036854775808", "(integer) 0"},
      {"hincrby h f -1", overflow}}},
    {"IncrementChecksItsNumberFirst",
     {{"set s v", "OK"},
      {"hincrby s f x", not_integer},
      {"hincrbyfloat s f x", not_float},
      {"hincrby s f 1", wrong_type}}},
    {"Float",
     {{"hincrbyfloat h f 10.5", R"("10.5")"},
      {"hincrbyfloat h f 0.1", R"("10.6")"},
      {"hincrbyfloat h f -5", R"("5.6")"},
      {"hset h f 5.0e3", "(integer) 0"},
      {"hincrbyfloat h f 2.0e2", R"("5200")"},
      {"hget h f", R"("5200")"},
      {"hincrby h f 1", "(integer) 5201"},
      {"hincrbyfloat h g -0", R"("0")"},
      {"hincrbyfloat h i 0.30000000000000004", R"("0.30000000000000004")"},
      {"hincrbyfloat h i 9007199254740993", R"("9007199254740993.2998046875")"}}},
    {"FloatErrors",
     {{R"(hset h a text b "" c 1)", "(integer) 3"},
      {"hincrbyfloat h a 1", "(error) ERR hash value is not a float"},
      {"hincrbyfloat h b 1", "(error) ERR hash value is not a float"},
      {"hincrbyfloat h c x", not_float},
      {R"(hincrbyfloat h c "")", not_float},
      {"hincrbyfloat h c nan", not_float},
      {"hincrbyfloat h c inf", "(error) ERR value is NaN or Infinity"},
      {"hincrbyfloat h c -inf", "(error) ERR value is NaN or Infinity"},
      {"hset h d inf", "(integer) 1"},
      {"hincrbyfloat h d 1", "(error) ERR increment would produce NaN or Infinity"},
      {"hget h c", R"("1")"}}},
};
INSTANTIATE_TEST_SUITE_P(Numbers, HashScripts, testing::ValuesIn(numbers), name_of);

const Script random_and_scan[] = {
    {"RandomOfOne",
     {{"hset h f v", "(integer) 1"},
      {"hrandfield h", R"("f")"},
      {"hrandfield h 0", "[]"},
      {"hrandfield h 1", R"(["f"])"},
      {"hrandfield h 9223372036854775807", R"(["f"])"},
      {"hrandfield h 4 WithValues", R"(["f", "v"])", R"([["f", "v"]])"},
      {"hrandfield h -2", R"(["f", "f"])"},
      {"hrandfield h -2 withvalues", R"(["f", "v", "f", "v"])", R"([["f", "v"], ["f", "v"]])"}}},
    {"RandomErrors",
     {{"hrandfield h x", not_integer},
      {"hrandfield h x foo", not_integer},
      {"hrandfield h 1 foo", syntax},
      {"hrandfield h 1 withvalues x", syntax},
      {"hrandfield h -9223372036854775808",
       "(error) ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"},
      {"hrandfield h 4611686018427387904 withvalues", out_of_range},
      {"hrandfield h -4611686018427387904 withvalues", out_of_range},
      {"hrandfield h 4611686018427387903 withvalues", "[]"},
      {"set s v", "OK"},
      {"hrandfield s 1 foo", syntax}}},
    {"ScanOptions",
     {{"hset h one 1 two 2 three 3", "(integer) 3"},
      {"hscan h 0 match one", R"(["0", ["one", "1"]])"},
      {"hscan h 0 match one novalues", R"(["0", ["one"]])"},
      {"hscan h 0 count 100 NOVALUES match *w*", R"(["0", ["two"]])"},
      {"hscan h 0 match x", R"(["0", []])"}}},
    {"ScanErrors",
     {{"hscan h x", "(error) ERR invalid cursor"},
      {"hscan h 0 foo", R"(["0", []])"},
      {"hset h f v", "(integer) 1"},
      {"hscan h 0 foo", syntax},
      {"hscan h 0 count 0", syntax},
      {"hscan h 0 count x", not_integer},
      {"hscan h 0 type hash", syntax},
      {"hscan h 0 match", syntax},
      {"set s v", "OK"},
      {"hscan s x", "(error) ERR invalid cursor"},
      {"hscan s 0 foo", wrong_type}}},
};
INSTANTIATE_TEST_SUITE_P(RandomAndScan, HashScripts, testing::ValuesIn(random_and_scan), name_of);

// ---- what a script cannot say ----------------------------------------------------------------------

struct HashesTest : CommandTest {
  // Fields f0, f1, ... with values v0, v1, ...
  void fill(const std::string& key, int count) {
    for (int i = 0; i < count; ++i) run("HSET", key, "f" + std::to_string(i), "v" + std::to_string(i));
  }
  std::vector<std::string> strings(const std::vector<std::string>& words) {
    const Reply reply = server.client().run(words);
    return elements(reply);
  }
  static std::vector<std::string> elements(const Reply& reply) {
    std::vector<std::string> texts;
    for (const Reply& element : reply.items) texts.push_back(element.text);
    return texts;
  }
  std::string encoding(const std::string& key) { return to_string(run("OBJECT", "ENCODING", key)); }
};

TEST_F(HashesTest, EncodingFollowsTheLimits) {
  type("config set hash-max-listpack-entries 4");
  type("config set hash-max-listpack-value 10");
  fill("h", 4);
  EXPECT_EQ(encoding("h"), R"("listpack")");
  fill("h", 5);
  EXPECT_EQ(encoding("h"), R"("hashtable")");
  type("hdel h f4 f3");
  EXPECT_EQ(encoding("h"), R"("hashtable")");
  type("hset v f 1234567890");
  EXPECT_EQ(encoding("v"), R"("listpack")");
  type("hset v f 12345678901");
  EXPECT_EQ(encoding("v"), R"("hashtable")");
  type("hset many a 1 a 2 a 3 a 4 a 5");
  EXPECT_EQ(encoding("many"), R"("hashtable")");
  EXPECT_EQ(type("hgetall many"), R"(["a", "5"])");
  type("config set hash-max-listpack-value 2");
  type("hincrby n f 99");
  EXPECT_EQ(encoding("n"), R"("listpack")");
  type("hincrby n f 1");
  EXPECT_EQ(encoding("n"), R"("hashtable")");
}

TEST_F(HashesTest, ChangesAreCountedAsRedisCounts) {
  const std::vector<std::pair<std::string, uint64_t>> cases = {{"hset h a 1 b 2 b 3", 3},
                                                               {"hmset h a 1", 1},
                                                               {"hsetnx h a 1", 0},
                                                               {"hsetnx h c 1", 1},
                                                               {"hincrby h a 1", 1},
                                                               {"hincrby h a x", 0},
                                                               {"hincrbyfloat h a 1", 1},
                                                               {"hdel h a nothing b", 2},
                                                               {"hdel h nothing", 0},
                                                               {"hget h c", 0},
                                                               {"hrandfield h 1", 0},
                                                               {"hdel h c", 1},
                                                               {"hset h a", 0}};
  for (const auto& [line, changes] : cases) {
    const uint64_t before = server.keyspace().shared().changes;
    type(line);
    EXPECT_EQ(server.keyspace().shared().changes - before, changes) << line;
  }
}

TEST_F(HashesTest, RandomFieldsAreDifferentOrNot) {
  for (const char* entries : {"512", "0"}) {
    run("CONFIG", "SET", "hash-max-listpack-entries", entries);
    run("DEL", "h");
    fill("h", 100);
    for (const char* count : {"1", "10", "50", "99", "100", "101"}) {
      const auto fields = strings({"HRANDFIELD", "h", count});
      const std::set<std::string> different(fields.begin(), fields.end());
      EXPECT_EQ(fields.size(), std::min<size_t>(100, std::stoul(count)));
      EXPECT_EQ(different.size(), fields.size());
    }
    const auto some = strings({"HRANDFIELD", "h", "-1000", "WITHVALUES"});
    ASSERT_EQ(some.size(), 2000u);
    std::set<std::string> seen;
    for (size_t i = 0; i < some.size(); i += 2) {
      seen.insert(some[i]);
      EXPECT_EQ(some[i].substr(1), some[i + 1].substr(1));
    }
    EXPECT_GT(seen.size(), 90u);  // 1000 draws of 100 leave hardly any out
  }
}

TEST_F(HashesTest, ScanSeesEveryFieldWhileTheTableGrowsAndShrinks) {
  run("CONFIG", "SET", "hash-max-listpack-entries", "0");
  fill("h", 2000);
  std::set<std::string> seen;
  std::string cursor = "0";
  int calls = 0;
  do {
    const Reply reply = run("HSCAN", "h", cursor, "COUNT", "20", "NOVALUES");
    cursor = reply.items[0].text;
    for (const std::string& field : elements(reply.items[1])) seen.insert(field);
    ++calls;
    // Others come, then others go.
    for (int i = 0; i < 200 && calls < 40; ++i) run("HSET", "h", "other" + std::to_string(calls * 200 + i), "v");
    for (int i = 0; i < 400 && calls >= 40; ++i) run("HDEL", "h", "other" + std::to_string((calls - 40) * 400 + i));
  } while (cursor != "0");
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(seen.contains("f" + std::to_string(i))) << i;
  EXPECT_GT(calls, 50);
}

TEST_F(HashesTest, CopyRenameAndDeleteHoldInEveryEncoding) {
  for (const char* entries : {"512", "0"}) {
    run("CONFIG", "SET", "hash-max-listpack-entries", entries);
    run("FLUSHALL");
    fill("h", 100);
    EXPECT_EQ(run("COPY", "h", "copy"), "(integer) 1");
    run("HSET", "h", "f0", "changed");
    EXPECT_EQ(run("HGET", "copy", "f0"), R"("v0")");
    run("RENAME", "copy", "other");
    EXPECT_EQ(run("HLEN", "other"), "(integer) 100");
    EXPECT_EQ(run("HGET", "other", "f99"), R"("v99")");
    EXPECT_EQ(run("UNLINK", "h", "other"), "(integer) 2");
    server.keyspace().lazy_free().drain();
    EXPECT_EQ(run("DBSIZE"), "(integer) 0");
  }
}

}  // namespace
}  // namespace redoubt

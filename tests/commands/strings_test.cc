// The commands on strings, as Redis 7.2 answers them. Cases are short scripts: lines as one would type them, each with
// what it answers.
#include <gtest/gtest.h>

#include "common/base/number.h"
#include "tests/support/command_fixture.h"
#include "tests/support/scripts.h"

namespace redoubt {
namespace {

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string not_float = "(error) ERR value is not a valid float";
const std::string syntax = "(error) ERR syntax error";
const std::string overflow = "(error) ERR increment or decrement would overflow";
const std::string too_long = "(error) ERR string exceeds maximum allowed size (proto-max-bulk-len)";
const std::string not_finite = "(error) ERR increment would produce NaN or Infinity";

std::string bad_time(const std::string& command) {
  return "(error) ERR invalid expire time in '" + command + "' command";
}
std::string bad_arity(const std::string& command) {
  return "(error) ERR wrong number of arguments for '" + command + "' command";
}

class StringScripts : public testing::TestWithParam<Script> {
 protected:
  static void run_with(int version) {
    TestServer server("proto-max-bulk-len 1mb\n");
    if (version == 3) server.client().use_resp3();
    for (const ScriptStep& step : GetParam().steps) {
      EXPECT_EQ(server.client().run(words_of(step.line)), step.reply) << step.line;
    }
  }
};

TEST_P(StringScripts, AnswerAsRedis) { run_with(2); }
TEST_P(StringScripts, AnswerTheSameInResp3) { run_with(3); }

const Script get_and_set[] = {
    {"GetOfNothing", {{"get k", "(nil)"}, {"strlen k", "(integer) 0"}, {"get k k", bad_arity("get")}}},
    {"Plain", {{"set k v", "OK"}, {"get k", R"("v")"}, {"set k w", "OK"}, {"get k", R"("w")"}}},
    {"Empty",
     {{R"(set k "")", "OK"},
      {"get k", R"("")"},
      {"strlen k", "(integer) 0"},
      {R"(set "" x)", "OK"},
      {R"(get "")", R"("x")"}}},
    {"Binary",
     {{R"(set "a\x00b" "\r\n\x00\xff")", "OK"},
      {R"(get "a\x00b")", R"("\r\n\x00\xff")"},
      {"get a", "(nil)"},
      {R"(strlen "a\x00b")", "(integer) 4"}}},
    {"Integers",
     {{"set k 12", "OK"},
      {"get k", R"("12")"},
      {"strlen k", "(integer) 2"},
      {"set k -9223372036854775808", "OK"},
      {"get k", R"("-9223372036854775808")"},
      {"strlen k", "(integer) 20"},
      {"set k 9223372036854775808", "OK"},
      {"get k", R"("9223372036854775808")"},
      {"set k 007", "OK"},
      {"get k", R"("007")"}}},
    {"Nx", {{"set k v nx", "OK"}, {"set k w NX", "(nil)"}, {"get k", R"("v")"}, {"set k w nx nx", "(nil)"}}},
    {"Xx", {{"set k v xx", "(nil)"}, {"get k", "(nil)"}, {"set k v", "OK"}, {"set k w XX", "OK"}, {"get k", R"("w")"}}},
    {"Get", {{"set k v get", "(nil)"}, {"set k w GET", R"("v")"}, {"get k", R"("w")"}}},
    {"GetWithNx",
     {{"set k v nx get", "(nil)"}, {"get k", R"("v")"}, {"set k w get nx", R"("v")"}, {"get k", R"("v")"}}},
    {"GetWithXx",
     {{"set k v xx get", "(nil)"},
      {"get k", "(nil)"},
      {"set k v", "OK"},
      {"set k w xx get", R"("v")"},
      {"get k", R"("w")"}}},
    {"OptionsThatExclude",
     {{"set k v nx xx", syntax},
      {"set k v ex 1 px 1", syntax},
      {"set k v ex 1 exat 1", syntax},
      {"set k v ex 1 pxat 1", syntax},
      {"set k v px 1 pxat 1", syntax},
      {"set k v ex 1 keepttl", syntax},
      {"set k v keepttl ex 1", syntax},
      {"set k v persist", syntax},
      {"set k v foo", syntax},
      {"set k v ex", syntax},
      {"set k v ex 10 px", syntax},
      {"set k v nx get xx", syntax},
      {"set k", bad_arity("set")},
      {"get k", "(nil)"}}},
    {"OptionsTwice", {{"set k v ex 10 ex 20", "OK"}, {"set k v keepttl keepttl", "OK"}, {"set k v get get", R"("v")"}}},
    {"TimesThatAreNone",
     {{"set k v ex 0", bad_time("set")},
      {"set k v ex -1", bad_time("set")},
      {"set k v px 0", bad_time("set")},
      {"set k v exat 0", bad_time("set")},
      {"set k v pxat -5", bad_time("set")},
      {"set k v ex x", not_integer},
      {"set k v ex 1.5", not_integer},
      {"set k v ex 9223372036854775808", not_integer},
      {"set k v ex 9223372036854775", bad_time("set")},
      {"set k v ex 9223372036854776", bad_time("set")},
      {"set k v px 9223372036854775807", bad_time("set")},
      {"set k v exat 9223372036854776", bad_time("set")},
      {"set k v exat 9223372036854775807", bad_time("set")},
      {"get k", "(nil)"},
      {"set k v exat 9223372036854775", "OK"},
      {"set k v pxat 9223372036854775807", "OK"},
      {"get k", R"("v")"}}},
    {"SyntaxBeforeTime", {{"set k v ex 0 foo", syntax}, {"set k v foo ex 0", syntax}}},
    {"Setex",
     {{"setex k 10 v", "OK"},
      {"get k", R"("v")"},
      {"setex k 0 v", bad_time("setex")},
      {"setex k -1 v", bad_time("setex")},
      {"setex k x v", not_integer},
      {"setex k 9223372036854775807 v", bad_time("setex")},
      {"psetex k 0 v", bad_time("psetex")},
      {"psetex k 10 w", "OK"},
      {"get k", R"("w")"},
      {"psetex k 9223372036854775807 v", bad_time("psetex")}}},
    {"Setnx", {{"setnx k v", "(integer) 1"}, {"setnx k w", "(integer) 0"}, {"get k", R"("v")"}}},
    {"Getset", {{"getset k v", "(nil)"}, {"getset k w", R"("v")"}, {"get k", R"("w")"}}},
    {"Getdel", {{"getdel k", "(nil)"}, {"set k v", "OK"}, {"getdel k", R"("v")"}, {"get k", "(nil)"}}},
    {"Getex",
     {{"getex k", "(nil)"},
      {"getex k ex 10", "(nil)"},
      {"getex k ex 0", "(nil)"},
      {"set k v", "OK"},
      {"getex k", R"("v")"},
      {"getex k ex 0", bad_time("getex")},
      {"getex k px x", not_integer},
      {"getex k nx", syntax},
      {"getex k keepttl", syntax},
      {"getex k get", syntax},
      {"getex k ex 1 persist", syntax},
      {"getex k persist ex 1", syntax},
      {"getex k ex 1 px 1", syntax},
      {"getex k persist persist", R"("v")"},
      {"getex k ex", syntax},
      {"getex k exat 1", R"("v")"},
      {"get k", "(nil)"}}},
    {"Mget",
     {{"set a 1", "OK"},
      {"set c x", "OK"},
      {"mget a b c a", R"(["1", (nil), "x", "1"])"},
      {"mget", bad_arity("mget")}}},
    {"Mset",
     {{"mset a 1 b 2 a 3", "OK"},
      {"mget a b", R"(["3", "2"])"},
      {"mset a", bad_arity("mset")},
      {"mset a 1 b", bad_arity("mset")}}},
    {"Msetnx",
     {{"msetnx a 1 b 2 a 3", "(integer) 1"},
      {"mget a b", R"(["3", "2"])"},
      {"msetnx c 1 a 2", "(integer) 0"},
      {"get c", "(nil)"},
      {"msetnx a 1 b", bad_arity("msetnx")}}},
};
INSTANTIATE_TEST_SUITE_P(GetAndSet, StringScripts, testing::ValuesIn(get_and_set), name_of_script);

const Script numbers[] = {
    {"Incr",
     {{"incr k", "(integer) 1"},
      {"incr k", "(integer) 2"},
      {"decr k", "(integer) 1"},
      {"decr n", "(integer) -1"},
      {"incrby k 41", "(integer) 42"},
      {"decrby k 50", "(integer) -8"},
      {"incrby k -2", "(integer) -10"},
      {"decrby k -10", "(integer) 0"},
      {"get k", R"("0")"}}},
    {"IncrOfText",
     {{"set k abc", "OK"},
      {"incr k", not_integer},
      {R"(set k "")", "OK"},
      {"incr k", not_integer},
      {R"(set k " 1")", "OK"},
      {"incr k", not_integer},
      {R"(set k "1 ")", "OK"},
      {"incr k", not_integer},
      {"set k 01", "OK"},
      {"incr k", not_integer},
      {"set k +1", "OK"},
      {"incr k", not_integer},
      {"set k 1.0", "OK"},
      {"incr k", not_integer},
      {"set k 9223372036854775808", "OK"},
      {"incr k", not_integer},
      {"get k", R"("9223372036854775808")"}}},
    {"IncrByWhatIsNone",
     {{"incrby k x", not_integer},
      {"incrby k 1.5", not_integer},
      {"decrby k x", not_integer},
      {R"(incrby k "")", not_integer},
      {"incrby k 9223372036854775808", not_integer},
      {"get k", "(nil)"}}},
    {"Limits",
     {{"set k 9223372036854775807", "OK"},
      {"incr k", overflow},
      {"decr k", "(integer) 9223372036854775806"},
      {"incrby k 2", overflow},
      {"incrby k 1", "(integer) 9223372036854775807"},
      {"set k -9223372036854775808", "OK"},
      {"decr k", overflow},
      {"incr k", "(integer) -9223372036854775807"},
      {"decrby k 1", "(integer) -9223372036854775808"},
      {"decrby k 9223372036854775807", overflow},
      {"decrby k -9223372036854775808", "(error) ERR decrement would overflow"},
      {"incrby k -9223372036854775808", overflow},
      {"incrby n -9223372036854775808", "(integer) -9223372036854775808"}}},
    {"IncrOfAppended", {{"set k 1", "OK"}, {"append k 2", "(integer) 2"}, {"incr k", "(integer) 13"}}},
    {"Incrbyfloat",
     {{"incrbyfloat k 1.5", R"("1.5")"},
      {"incrbyfloat k 1.5", R"("3")"},
      {"incrbyfloat k -1e2", R"("-97")"},
      {"incrbyfloat k 0x10", R"("-81")"},
      {"set k 3", "OK"},
      {"incrbyfloat k 0.1", R"("3.1")"},
      {"set k 17179869184", "OK"},
      {"incrbyfloat k 1.5", R"("17179869185.5")"},
      {"set k 3", "OK"},
      {"incrbyfloat k -3", R"("0")"},
      {"incrbyfloat k -0.0", R"("0")"},
      {"set k 1e20", "OK"},
      {"incrbyfloat k 0", R"("100000000000000000000")"}}},
    {"IncrbyfloatOfWhatIsNone",
     {{"set k abc", "OK"},
      {"incrbyfloat k 1", not_float},
      {"set k 1", "OK"},
      {"incrbyfloat k abc", not_float},
      {R"(incrbyfloat k "")", not_float},
      {R"(incrbyfloat k " 1")", not_float},
      {R"(incrbyfloat k "1 ")", not_float},
      {"incrbyfloat k nan", not_float},
      {"incrbyfloat k inf", not_finite},
      {"incrbyfloat k -inf", not_finite},
      {"incrbyfloat k 1e5000", not_float},
      {R"(set k "1\x002")", "OK"},
      {"incrbyfloat k 1", not_float},
      {R"(set k "")", "OK"},
      {"incrbyfloat k 1", not_float}}},
};
INSTANTIATE_TEST_SUITE_P(Numbers, StringScripts, testing::ValuesIn(numbers), name_of_script);

const Script ranges[] = {
    {"Append",
     {{"append k ab", "(integer) 2"},
      {"append k cd", "(integer) 4"},
      {R"(append k "")", "(integer) 4"},
      {"get k", R"("abcd")"},
      {"set k 1", "OK"},
      {"append k x", "(integer) 2"},
      {"get k", R"("1x")"},
      {R"(append n "")", "(integer) 0"},
      {"get n", R"("")"}}},
    {"Getrange",
     {{"set k Hello", "OK"},
      {"getrange k 0 -1", R"("Hello")"},
      {"getrange k 1 3", R"("ell")"},
      {"getrange k -3 -2", R"("ll")"},
      {"getrange k -100 1", R"("He")"},
      {"getrange k 3 100", R"("lo")"},
      {"getrange k 5 10", R"("")"},
      {"getrange k 3 2", R"("")"},
      {"getrange k -1 -5", R"("")"},
      {"getrange k -100 -50", R"("H")"},
      {"getrange k -50 -100", R"("")"},
      {"getrange k 0 0", R"("H")"},
      {"getrange k -9223372036854775808 9223372036854775807", R"("Hello")"},
      {"getrange k 9223372036854775807 -9223372036854775808", R"("")"},
      {"substr k 1 2", R"("el")"},
      {"getrange none 0 -1", R"("")"},
      {"getrange k a 1", not_integer},
      {"getrange none 0 b", not_integer},
      {"set k 12345", "OK"},
      {"getrange k 1 2", R"("23")"},
      {R"(set k "")", "OK"},
      {"getrange k 0 -1", R"("")"},
      {"getrange k 0 0", R"("")"},
      {"substr k 1", bad_arity("substr")}}},
    {"Setrange",
     {{"setrange k 2 ab", "(integer) 4"},
      {"get k", R"("\x00\x00ab")"},
      {"setrange k 0 xyz", "(integer) 4"},
      {"get k", R"("xyzb")"},
      {"setrange k 3 long", "(integer) 7"},
      {"get k", R"("xyzlong")"},
      {R"(setrange k 100 "")", "(integer) 7"},
      {R"(setrange none 100 "")", "(integer) 0"},
      {"get none", "(nil)"},
      {"set k 12345", "OK"},
      {"setrange k 1 x", "(integer) 5"},
      {"get k", R"("1x345")"},
      {"setrange k -1 x", "(error) ERR offset is out of range"},
      {"setrange k x x", not_integer},
      {"setrange none -1 x", "(error) ERR offset is out of range"},
      {R"(setrange none -1 "")", "(error) ERR offset is out of range"}}},
    {"LimitOfSize",
     {{"setrange k 1048575 x", "(integer) 1048576"},
      {"append k x", too_long},
      {"setrange k 1048576 x", too_long},
      {"setrange k 9223372036854775807 x", too_long},
      {"setrange none 1048576 x", too_long},
      {"get none", "(nil)"},
      {"strlen k", "(integer) 1048576"},
      {R"(append k "")", "(integer) 1048576"},
      {R"(setrange none 9223372036854775807 "")", "(integer) 0"}}},
};
INSTANTIATE_TEST_SUITE_P(Ranges, StringScripts, testing::ValuesIn(ranges), name_of_script);

const Script lcs[] = {
    {"Lcs",
     {{"mset a ohmytext b mynewtext", "OK"},
      {"lcs a b", R"("mytext")"},
      {"lcs a b len", "(integer) 6"},
      {"lcs a none", R"("")"},
      {"lcs none none len", "(integer) 0"},
      {"lcs a a", R"("ohmytext")"},
      {"mset n 12345 m 2345678", "OK"},
      {"lcs n m", R"("2345")"},
      {"lcs a b withmatchlen", R"("mytext")"}}},
    {"LcsErrors",
     {{"mset a x b y", "OK"},
      {"lcs a b foo", syntax},
      {"lcs a b minmatchlen", syntax},
      {"lcs a b minmatchlen x", not_integer},
      {"lcs a", bad_arity("lcs")},
      {"lcs a b len idx", "(error) ERR If you want both the length and indexes, please just use IDX."},
      {"lcs a b idx len foo", syntax},
      {"setrange a 1000 x", "(integer) 1001"},
      {"setrange b 1000 x", "(integer) 1001"},
      {"lcs a b", "(error) ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"}}},
};
INSTANTIATE_TEST_SUITE_P(Lcs, StringScripts, testing::ValuesIn(lcs), name_of_script);

class StringTest : public CommandTest {
 protected:
  std::string encoding(std::string_view key) {
    const Entry* entry = server.db().peek(key);
    return entry == nullptr ? "none" : std::string(encoding_name(entry->encoding()));
  }
  // Milliseconds left; -1 without an expiry, -2 without the key.
  int64_t ttl(std::string_view key) {
    const Entry* entry = server.db().peek(key);
    if (entry == nullptr) return -2;
    const int64_t at = server.db().expiry_of(*entry);
    return at == Database::never ? -1 : at - server.now_ms();
  }
};

TEST_F(StringTest, LcsIndexesAreAMapInResp3) {
  run("MSET", "a", "ohmytext", "b", "mynewtext");
  const std::string matches =
      "[[[(integer) 4, (integer) 7], [(integer) 5, (integer) 8]], "
      "[[(integer) 2, (integer) 3], [(integer) 0, (integer) 1]]]";
  EXPECT_EQ(type("lcs a b idx"), R"(["matches", )" + matches + R"(, "len", (integer) 6])");
  other().use_resp3();
  EXPECT_EQ(other().run("LCS", "a", "b", "IDX"), R"({"matches" => )" + matches + R"(, "len" => (integer) 6})");
  EXPECT_EQ(
      other().run("LCS", "a", "b", "IDX", "MINMATCHLEN", "4", "WITHMATCHLEN"),
      R"({"matches" => [[[(integer) 4, (integer) 7], [(integer) 5, (integer) 8], (integer) 4]], "len" => (integer) 6})");
  EXPECT_EQ(other().run("LCS", "a", "none", "IDX"), R"({"matches" => [], "len" => (integer) 0})");
  EXPECT_EQ(other().run("LCS", "a", "b", "IDX", "MINMATCHLEN", "9"), R"({"matches" => [], "len" => (integer) 6})");
  EXPECT_EQ(other().run("LCS", "a", "b", "IDX", "MINMATCHLEN", "-9"),
            R"({"matches" => )" + matches + R"(, "len" => (integer) 6})");
}

struct EncodingCase {
  std::vector<std::string> lines;
  std::string encoding;
};

TEST_F(StringTest, EncodingsAreThoseOfRedis) {
  const std::string a44(44, 'a');
  const std::string a45(45, 'a');
  const EncodingCase cases[] = {
      {{"set k v"}, "embstr"},
      {{R"(set k "")"}, "embstr"},
      {{"set k " + a44}, "embstr"},
      {{"set k " + a45}, "raw"},
      {{"set k " + std::string(300, 'a')}, "raw"},
      {{"set k " + a45, "set k " + a44}, "embstr"},
      {{"set k " + std::string(300, 'a'), "set k " + a44}, "embstr"},
      {{"set k 12"}, "int"},
      {{"set k -9223372036854775808"}, "int"},
      {{"set k 9223372036854775808"}, "embstr"},
      {{"set k 012"}, "embstr"},
      {{"set k -0"}, "embstr"},
      {{"set k abc", "set k 12"}, "int"},
      {{"set k 12", "set k abc"}, "embstr"},
      {{"mset k 12"}, "int"},
      {{"setnx k 12"}, "int"},
      {{"setex k 10 12"}, "int"},
      {{"getset k 12"}, "int"},
      {{"append k 12"}, "int"},
      {{"append k ab"}, "embstr"},
      {{"append k 12", "append k 3"}, "raw"},
      {{"append k ab", "append k c"}, "raw"},
      {{"set k ab", R"(append k "")"}, "raw"},
      {{"setrange k 0 a"}, "raw"},
      {{"setrange k 0 12"}, "raw"},
      {{"set k ab", "setrange k 1 c"}, "raw"},
      {{"set k 12", "setrange k 1 3"}, "raw"},
      {{"set k 12", R"(setrange k 1 "")"}, "int"},
      {{"set k ab", R"(setrange k 1 "")"}, "embstr"},
      {{"incr k"}, "int"},
      {{"append k 1", "append k 2", "incr k"}, "int"},
      {{"incrbyfloat k 1"}, "embstr"},
      {{"set k 1", "incrbyfloat k 1"}, "embstr"},
      {{"set k 1", "incrbyfloat k 1", "incr k"}, "int"},
      {{"incrbyfloat k 1e300"}, "raw"},
  };
  for (const EncodingCase& c : cases) {
    run("GETDEL", "k");
    for (const std::string& line : c.lines) EXPECT_FALSE(type(line).is_error()) << line;
    EXPECT_EQ(encoding("k"), c.encoding) << c.lines.front() << " .. " << c.lines.back();
  }
}

struct TtlCase {
  std::string line;  // run on a key with 100 s to live
  int64_t ttl;
};

TEST_F(StringTest, WritesKeepOrDropTheExpiryAsRedisDoes) {
  const TtlCase cases[] = {
      {"set k v", -1},
      {"set k v xx", -1},
      {"set k v nx", 100000},
      {"set k v get", -1},
      {"set k v keepttl", 100000},
      {"set k " + std::string(1000, 'x') + " keepttl", 100000},
      {"set k v ex 7", 7000},
      {"set k v px 7", 7},
      {"set k v exat 1700000005", 5000},
      {"set k v pxat 1700000000006", 6},
      {"setex k 9 v", 9000},
      {"psetex k 9 v", 9},
      {"setnx k v", 100000},
      {"getset k v", -1},
      {"mset k v", -1},
      {"msetnx k v", 100000},
      {"incr k", 100000},
      {"incrbyfloat k 0.5", 100000},
      {"append k v", 100000},
      {"append k " + std::string(1000, 'x'), 100000},
      {"setrange k 5 v", 100000},
      {"setrange k 500 v", 100000},
      {"getex k", 100000},
      {"getex k persist", -1},
      {"getex k ex 3", 3000},
      {"getex k px 3", 3},
      {"getex k exat 1700000001", 1000},
      {"getex k pxat 1700000000002", 2},
      {"getex k pxat 1700000000000", -2},
      {"getdel k", -2},
      {"set k v ex 0", 100000},
      {"getex k ex 0", 100000},
  };
  for (const TtlCase& c : cases) {
    type("set k 10 ex 100");
    type(c.line);
    EXPECT_EQ(ttl("k"), c.ttl) << c.line;
  }
}

TEST_F(StringTest, ATimeThatIsOverIsSetAndThenNotSeen) {
  EXPECT_EQ(type("set k v exat 1"), "OK");
  EXPECT_EQ(server.db().size(), 1u);
  EXPECT_EQ(type("get k"), "(nil)");
  EXPECT_EQ(server.db().size(), 0u);
  EXPECT_EQ(server.keyspace().shared().stats.expired, 1u);
}

TEST_F(StringTest, ExpiredKeysAreAbsent) {
  const std::pair<std::string, std::string> cases[] = {{"get k", "(nil)"},
                                                       {"getdel k", "(nil)"},
                                                       {"getex k", "(nil)"},
                                                       {"mget k", "[(nil)]"},
                                                       {"set k v xx", "(nil)"},
                                                       {"setnx k v", "(integer) 1"},
                                                       {"incr k", "(integer) 1"},
                                                       {"append k x", "(integer) 1"},
                                                       {"strlen k", "(integer) 0"},
                                                       {"set k v get", "(nil)"},
                                                       {"setrange k 0 x", "(integer) 1"},
                                                       {"set k v keepttl", "OK"},
                                                       {"msetnx k v", "(integer) 1"}};
  for (const auto& [line, reply] : cases) {
    type("set k 5 px 10");
    server.advance(10);
    EXPECT_EQ(type("get k"), R"("5")") << "still there in its last millisecond";
    server.advance(1);
    EXPECT_EQ(type(line), reply) << line;
    EXPECT_EQ(ttl("k"), server.db().size() == 0 ? -2 : -1) << line;
  }
}

TEST_F(StringTest, OtherTypesAreRefusedAndLeftAlone) {
  const std::string refused[] = {
      "get k",    "getdel k",   "getex k",        "getex k ex 0", "getset k v",         "set k v get",
      "strlen k", "append k v", "getrange k 0 1", "substr k 0 1", R"(setrange k 0 "")", "setrange k 0 v",
      "incr k",   "decr k",     "incrby k 1",     "decrby k 1",   "incrbyfloat k x"};
  type("rpush k element");
  for (const std::string& line : refused) EXPECT_EQ(type(line), wrong_type) << line;
  EXPECT_EQ(type("lcs k none"), "(error) ERR The specified keys must contain string values");
  EXPECT_EQ(type("lcs none k foo"), "(error) ERR The specified keys must contain string values");
  EXPECT_EQ(type("mget k none"), "[(nil), (nil)]");
  EXPECT_EQ(type("setnx k v"), "(integer) 0");
  EXPECT_EQ(type("msetnx k v"), "(integer) 0");
  EXPECT_EQ(type("set k v nx"), "(nil)");
}

TEST_F(StringTest, ReadsCountHitsAndMissesAndWritesDoNot) {
  const KeyspaceStats& stats = server.keyspace().shared().stats;
  type("set k v");
  type("append k v");
  type("setnx k v");
  EXPECT_EQ(stats.hits + stats.misses, 0u);
  type("get k");
  type("mget k none k");
  type("strlen none");
  type("getrange k 0 1");
  type("set k v get");
  EXPECT_EQ(stats.hits, 5u);
  EXPECT_EQ(stats.misses, 2u);
}

TEST_F(StringTest, OnlyWhatChangesSomethingCountsAsAChange) {
  const std::pair<std::string, uint64_t> cases[] = {
      {"set k v", 1},       {"set k v nx", 0},    {"set k v ex 10", 1},     {"set k v foo", 0},     {"get k", 0},
      {"getex k", 0},       {"getex k ex 9", 1},  {"getex k persist", 1},   {"getex k persist", 0}, {"append k x", 1},
      {"append k \"\"", 1}, {"incr k", 0},        {"setrange k 0 \"\"", 0}, {"setrange k 0 x", 1},  {"mset a 1 b 2", 2},
      {"msetnx a 1", 0},    {"incrby a 5", 1},    {"incrbyfloat a 5", 1},   {"getdel a", 1},        {"getdel a", 0},
      {"getset b 1", 1},    {"getex b pxat 1", 1}};
  for (const auto& [line, changes] : cases) {
    const uint64_t before = server.keyspace().shared().changes;
    type(line);
    EXPECT_EQ(server.keyspace().shared().changes - before, changes) << line;
  }
}

TEST_F(StringTest, ValuesOfEverySizeComeBack) {
  for (const size_t size :
       {0u, 1u, 43u, 44u, 45u, 100u, 254u, 255u, 256u, 257u, 258u, 1000u, 16384u, 70000u, 1048576u}) {
    for (const size_t key_size : {1u, 255u, 256u, 70000u}) {
      const std::string key(key_size, 'k');
      std::string value(size, 'x');
      if (size > 2) value[size / 2] = '\0';
      ASSERT_EQ(run("SET", key, value), "OK");
      ASSERT_EQ(run("GET", key).text, value);
      // And when it grows from there.
      ASSERT_EQ(run("APPEND", key, "tail").integer, static_cast<int64_t>(size + 4));
      ASSERT_EQ(run("GET", key).text, value + "tail");
      ASSERT_EQ(run("SETRANGE", key, std::to_string(size + 6), "end").integer, static_cast<int64_t>(size + 9));
      ASSERT_EQ(run("GET", key).text, value + "tail" + std::string(2, '\0') + "end");
    }
  }
}

TEST_F(StringTest, ManySmallAppendsAddUp) {
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string part(static_cast<size_t>(i % 7), static_cast<char>('a' + i % 26));
    expected += part;
    ASSERT_EQ(run("APPEND", "k", part).integer, static_cast<int64_t>(expected.size()));
  }
  EXPECT_EQ(run("GET", "k").text, expected);
}

TEST_F(StringTest, PipelinesOfManyKeysAnswerInOrder) {
  std::string input;
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const std::string key = "key" + std::to_string(i);
    input += request_bytes({"SET", key, "value" + std::to_string(i)}) + request_bytes({"GET", key}) +
             request_bytes({"APPEND", key, "!"}) + request_bytes({"STRLEN", key});
    const std::string value = "value" + std::to_string(i);
    expected += "+OK\r\n$" + std::to_string(value.size()) + "\r\n" + value +
                "\r\n:" + std::to_string(value.size() + 1) + "\r\n:" + std::to_string(value.size() + 1) + "\r\n";
  }
  EXPECT_EQ(server.client().feed(input), expected);
}

}  // namespace
}  // namespace redoubt

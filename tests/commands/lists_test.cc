// The commands on lists, as Redis 7.2 answers them, over lists of one listpack and of many small nodes. Cases are short
// scripts: lines as one would type them, each with what it answers.
#include <gtest/gtest.h>

#include "tests/support/command_fixture.h"
#include "tests/support/scripts.h"

namespace redoubt {
namespace {

const std::string wrong_type = "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
const std::string not_integer = "(error) ERR value is not an integer or out of range";
const std::string not_positive = "(error) ERR value is out of range, must be positive";
const std::string syntax = "(error) ERR syntax error";
const std::string no_numkeys = "(error) ERR numkeys should be greater than 0";
const std::string no_count = "(error) ERR count should be greater than 0";
const std::string bad_timeout = "(error) ERR timeout is not a float or out of range";
const std::string bad_range =
    "(error) ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";
const std::string no_rank =
    "(error) ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to "
    "start from the end of the list";

std::string bad_arity(const std::string& command) {
  return "(error) ERR wrong number of arguments for '" + command + "' command";
}

class ListScripts : public testing::TestWithParam<Script> {
 protected:
  static void run_with(int version) {
    for (const char* config : {"", "list-max-listpack-size 1\n", "list-max-listpack-size 2\nlist-compress-depth 1\n"}) {
      SCOPED_TRACE(config);
      TestServer server(config);
      if (version == 3) server.client().use_resp3();
      for (const ScriptStep& step : GetParam().steps) {
        const std::string reply = to_string(server.client().run(words_of(step.line)));
        EXPECT_EQ(reply == "(nil array)" ? "(nil)" : reply, step.reply) << step.line;
      }
    }
  }
};

TEST_P(ListScripts, AnswerAsRedis) { run_with(2); }
TEST_P(ListScripts, AnswerTheSameInResp3) { run_with(3); }

const Script ends[] = {
    {"Push",
     {{"rpush l a b", "(integer) 2"},
      {"lpush l c d", "(integer) 4"},
      {"lrange l 0 -1", R"(["d", "c", "a", "b"])"},
      {"type l", R"(list)"},
      {"llen l", "(integer) 4"},
      {"llen none", "(integer) 0"},
      {"lpush l", bad_arity("lpush")},
      {"rpush", bad_arity("rpush")}}},
    {"PushOnlyIfThere",
     {{"lpushx l a", "(integer) 0"},
      {"rpushx l a b", "(integer) 0"},
      {"exists l", "(integer) 0"},
      {"rpush l m", "(integer) 1"},
      {"lpushx l a b", "(integer) 3"},
      {"rpushx l y z", "(integer) 5"},
      {"lrange l 0 -1", R"(["b", "a", "m", "y", "z"])"}}},
    {"Pop",
     {{"lpop l", "(nil)"},
      {"rpush l a 12 c", "(integer) 3"},
      {"lpop l", R"("a")"},
      {"rpop l", R"("c")"},
      {"rpop l", R"("12")"},
      {"exists l", "(integer) 0"},
      {"rpop l", "(nil)"}}},
    {"PopMany",
     {{"rpush l a b c d e", "(integer) 5"},
      {"lpop l 0", "[]"},
      {"lpop l 2", R"(["a", "b"])"},
      {"rpop l 2", R"(["e", "d"])"},
      {"rpop l 9223372036854775807", R"(["c"])"},
      {"exists l", "(integer) 0"},
      {"lpop l -1", not_positive},
      {"lpop l x", not_positive},
      {"rpop l 1.5", not_positive},
      {"lpop l 1 2", bad_arity("lpop")}}},
    {"WrongTypes",
     {{"set s x", "OK"},
      {"lpush s a", wrong_type},
      {"rpush s a", wrong_type},
      {"lpushx s a", wrong_type},
      {"rpushx s a", wrong_type},
      {"lpop s", wrong_type},
      {"rpop s 1", wrong_type},
      {"lpop s x", not_positive},
      {"llen s", wrong_type},
      {"get s", R"("x")"},
      {"rpush l a", "(integer) 1"},
      {"get l", wrong_type},
      {"append l a", wrong_type}}},
    {"Values",
     {{R"(rpush l "" "\x00\xff" 007 -0 9223372036854775807 9223372036854775808 -1)", "(integer) 7"},
      {"lrange l 0 -1", R"(["", "\x00\xff", "007", "-0", "9223372036854775807", "9223372036854775808", "-1"])"}}},
};
INSTANTIATE_TEST_SUITE_P(Ends, ListScripts, testing::ValuesIn(ends), name_of_script);

const Script reads[] = {
    {"Index",
     {{"rpush l a b c 4", "(integer) 4"},
      {"lindex l 0", R"("a")"},
      {"lindex l 3", R"("4")"},
      {"lindex l -1", R"("4")"},
      {"lindex l -4", R"("a")"},
      {"lindex l 4", "(nil)"},
      {"lindex l -5", "(nil)"},
      {"lindex l 9223372036854775807", "(nil)"},
      {"lindex l -9223372036854775808", "(nil)"},
      {"lindex l x", not_integer},
      {"lindex none x", "(nil)"},
      {"set s x", "OK"},
      {"lindex s x", wrong_type}}},
    {"Range",
     {{"rpush l a b c d", "(integer) 4"},
      {"lrange l 1 2", R"(["b", "c"])"},
      {"lrange l -2 -1", R"(["c", "d"])"},
      {"lrange l -100 1", R"(["a", "b"])"},
      {"lrange l 3 100", R"(["d"])"},
      {"lrange l 2 1", "[]"},
      {"lrange l 4 9", "[]"},
      {"lrange l 0 -5", "[]"},
      {"lrange l -9223372036854775808 9223372036854775807", R"(["a", "b", "c", "d"])"},
      {"lrange none 0 1", "[]"},
      {"lrange none 0 x", not_integer},
      {"set s x", "OK"},
      {"lrange s x 0", not_integer},
      {"lrange s 0 0", wrong_type}}},
    {"Position",
     {{"rpush l a b c 1 2 3 c c", "(integer) 8"},
      {"lpos l c", "(integer) 2"},
      {"lpos l 2", "(integer) 4"},
      {"lpos l x", "(nil)"},
      {"lpos l c rank 2", "(integer) 6"},
      {"lpos l c rank -1", "(integer) 7"},
      {"lpos l c rank 4", "(nil)"},
      {"lpos l c rank -9223372036854775807", "(nil)"},
      {"lpos l c count 2", "[(integer) 2, (integer) 6]"},
      {"lpos l c count 0", "[(integer) 2, (integer) 6, (integer) 7]"},
      {"lpos l c count 5 rank 2", "[(integer) 6, (integer) 7]"},
      {"lpos l c count 2 rank -1", "[(integer) 7, (integer) 6]"},
      {"lpos l c count 0 rank 4", "[]"},
      {"lpos l x count 1", "[]"},
      {"lpos l c maxlen 2", "(nil)"},
      {"lpos l c maxlen 3", "(integer) 2"},
      {"lpos l c maxlen 2 count 0 rank -1", "[(integer) 7, (integer) 6]"},
      {"lpos l c maxlen 0 COUNT 0", "[(integer) 2, (integer) 6, (integer) 7]"},
      {"lpos none c", "(nil)"},
      {"lpos none c count 0", "[]"}}},
    {"PositionErrors",
     {{"lpos l c rank 0", no_rank},
      {"lpos l c rank x", not_integer},
      {"lpos l c rank -9223372036854775808", bad_range},
      {"lpos l c count -1", "(error) ERR COUNT can't be negative"},
      {"lpos l c count x", "(error) ERR COUNT can't be negative"},
      {"lpos l c maxlen -1", "(error) ERR MAXLEN can't be negative"},
      {"lpos l c maxlen", syntax},
      {"lpos l c foo 1", syntax},
      {"lpos l c rank 0 foo", no_rank},
      {"lpos l", bad_arity("lpos")},
      {"set s x", "OK"},
      {"lpos s c rank 0", no_rank},
      {"lpos s c", wrong_type}}},
};
INSTANTIATE_TEST_SUITE_P(Reads, ListScripts, testing::ValuesIn(reads), name_of_script);

const Script edits[] = {
    {"Set",
     {{"rpush l a b c", "(integer) 3"},
      {"lset l 1 x", "OK"},
      {"lset l -1 99", "OK"},
      {"lrange l 0 -1", R"(["a", "x", "99"])"},
      {"lset l 3 y", "(error) ERR index out of range"},
      {"lset l -4 y", "(error) ERR index out of range"},
      {"lset l x y", not_integer},
      {"lset none x y", "(error) ERR no such key"},
      {"set s x", "OK"},
      {"lset s x y", wrong_type}}},
    {"Insert",
     {{"rpush l a 5 c", "(integer) 3"},
      {"linsert l before a x", "(integer) 4"},
      {"linsert l AFTER 5 y", "(integer) 5"},
      {"linsert l After c z", "(integer) 6"},
      {"linsert l BEFORE c w", "(integer) 7"},
      {"lrange l 0 -1", R"(["x", "a", "5", "y", "w", "c", "z"])"},
      {"linsert l after none x", "(integer) -1"},
      {"linsert none after a x", "(integer) 0"},
      {"linsert none beside a x", syntax},
      {"linsert l after a", bad_arity("linsert")},
      {"set s x", "OK"},
      {"linsert s after a x", wrong_type},
      {"linsert s beside a x", syntax}}},
    {"Trim",
     {{"rpush l a b c d e", "(integer) 5"},
      {"ltrim l 1 -2", "OK"},
      {"lrange l 0 -1", R"(["b", "c", "d"])"},
      {"ltrim l -100 100", "OK"},
      {"ltrim l 0 1", "OK"},
      {"lrange l 0 -1", R"(["b", "c"])"},
      {"ltrim l 5 9", "OK"},
      {"exists l", "(integer) 0"},
      {"rpush l a b", "(integer) 2"},
      {"ltrim l 1 0", "OK"},
      {"exists l", "(integer) 0"},
      {"ltrim l 0 1", "OK"},
      {"ltrim l x 1", not_integer},
      {"ltrim l 0 x", not_integer},
      {"set s x", "OK"},
      {"ltrim s x 1", not_integer},
      {"ltrim s 0 1", wrong_type}}},
    {"Remove",
     {{"rpush l a 1 a 1 a b", "(integer) 6"},
      {"lrem l 1 a", "(integer) 1"},
      {"lrange l 0 -1", R"(["1", "a", "1", "a", "b"])"},
      {"lrem l -1 a", "(integer) 1"},
      {"lrange l 0 -1", R"(["1", "a", "1", "b"])"},
      {"lrem l 0 1", "(integer) 2"},
      {"lrem l 0 x", "(integer) 0"},
      {"lrem l 5 a", "(integer) 1"},
      {"lrem l -5 b", "(integer) 1"},
      {"exists l", "(integer) 0"},
      {"lrem l 0 b", "(integer) 0"},
      {"lrem l x b", not_integer},
      {"lrem l -9223372036854775808 b", bad_range},
      {"set s x", "OK"},
      {"lrem s x b", not_integer},
      {"lrem s 0 b", wrong_type}}},
};
INSTANTIATE_TEST_SUITE_P(Edits, ListScripts, testing::ValuesIn(edits), name_of_script);

const Script moves[] = {
    {"Move",
     {{"rpush l a b 3", "(integer) 3"},
      {"lmove l m left right", R"("a")"},
      {"lmove l m RIGHT LEFT", R"("3")"},
      {"lmove l m right right", R"("b")"},
      {"lrange m 0 -1", R"(["3", "a", "b"])"},
      {"exists l", "(integer) 0"},
      {"lmove l m left left", "(nil)"},
      {"lmove l m left", bad_arity("lmove")},
      {"lmove l m up left", syntax},
      {"lmove l m left up", syntax}}},
    {"MoveWithin",
     {{"rpush l a b 3", "(integer) 3"},
      {"lmove l l left right", R"("a")"},
      {"lrange l 0 -1", R"(["b", "3", "a"])"},
      {"lmove l l right left", R"("a")"},
      {"rpoplpush l l", R"("3")"},
      {"lmove l l left left", R"("3")"},
      {"lrange l 0 -1", R"(["3", "a", "b"])"},
      {"rpush one x", "(integer) 1"},
      {"rpoplpush one one", R"("x")"},
      {"lrange one 0 -1", R"(["x"])"}}},
    {"MoveOfOtherTypes",
     {{"set s x", "OK"},
      {"rpush l a", "(integer) 1"},
      {"lmove l s left left", wrong_type},
      {"lmove s l left left", wrong_type},
      {"lmove none s left left", "(nil)"},
      {"rpoplpush l s", wrong_type},
      {"lrange l 0 -1", R"(["a"])"},
      {"get s", R"("x")"}}},
    {"RpoplpushAndItsWaitingForm",
     {{"rpush l a b", "(integer) 2"},
      {"rpoplpush l m", R"("b")"},
      {"brpoplpush l m 0", R"("a")"},
      {"exists l", "(integer) 0"},
      {"lrange m 0 -1", R"(["a", "b"])"},
      {"rpoplpush l m", "(nil)"},
      {"brpoplpush l m x", bad_timeout},
      {"brpoplpush l m -1", "(error) ERR timeout is negative"},
      {"set s x", "OK"},
      {"brpoplpush s m 0", wrong_type},
      {"brpoplpush m s 0", wrong_type},
      {"brpoplpush s m x", bad_timeout}}},
    {"Blmove",
     {{"rpush l a b c", "(integer) 3"},
      {"blmove l m left right 0", R"("a")"},
      {"blmove l l LEFT RIGHT 0.5", R"("b")"},
      {"lrange l 0 -1", R"(["c", "b"])"},
      {"blmove l m up left x", syntax},
      {"blmove l m left up x", syntax},
      {"blmove l m left left x", bad_timeout}}},
};
INSTANTIATE_TEST_SUITE_P(Moves, ListScripts, testing::ValuesIn(moves), name_of_script);

const Script first_of_several[] = {
    {"Lmpop",
     {{"lmpop 1 l left", "(nil)"},
      {"rpush l a b 3", "(integer) 3"},
      {"lmpop 2 none l left", R"(["l", ["a"]])"},
      {"lmpop 1 l RIGHT COUNT 5", R"(["l", ["3", "b"]])"},
      {"exists l", "(integer) 0"},
      {"lmpop 0 l left", no_numkeys},
      {"lmpop x l left", no_numkeys},
      {"lmpop 2 l left", syntax},
      {"lmpop 9223372036854775807 l left", syntax},
      {"lmpop 1 l up", syntax},
      {"lmpop 1 l left count", syntax},
      {"lmpop 1 l left count 0", no_count},
      {"lmpop 1 l left count x", no_count},
      {"lmpop 1 l left count 1 count 1", syntax},
      {"lmpop 1 l left foo", syntax},
      {"set s x", "OK"},
      {"lmpop 2 none s left", wrong_type},
      {"lmpop 1 s up", syntax}}},
    {"LmpopStopsAtTheFirstList",
     {{"set s x", "OK"}, {"rpush l a", "(integer) 1"}, {"lmpop 2 l s left", R"(["l", ["a"]])"}}},
    {"Blpop",
     {{"rpush l a b 3", "(integer) 3"},
      {"blpop none l 0", R"(["l", "a"])"},
      {"brpop l none 0.01", R"(["l", "3"])"},
      {"brpop l 0", R"(["l", "b"])"},
      {"exists l", "(integer) 0"},
      {"blpop l x", bad_timeout},
      {"brpop l -1", "(error) ERR timeout is negative"},
      {"blpop l", bad_arity("blpop")},
      {"set s x", "OK"},
      {"blpop none s 0", wrong_type},
      {"blpop s x", bad_timeout}}},
    {"Blmpop",
     {{"rpush l a b c d", "(integer) 4"},
      {"blmpop 0 2 none l left", R"(["l", ["a"]])"},
      {"blmpop 1.5 1 l right count 2", R"(["l", ["d", "c"]])"},
      {"blmpop x 0 l left", no_numkeys},
      {"blmpop x 1 l up", syntax},
      {"blmpop x 1 l left count 0", no_count},
      {"blmpop x 1 l left", bad_timeout},
      {"blmpop -1 1 l left", "(error) ERR timeout is negative"},
      {"set s x", "OK"},
      {"blmpop 0 1 s left", wrong_type}}},
};
INSTANTIATE_TEST_SUITE_P(FirstOfSeveral, ListScripts, testing::ValuesIn(first_of_several), name_of_script);

class ListCommands : public CommandTest {
 protected:
  uint64_t dirty_after(std::string_view line) {
    const uint64_t before = server.keyspace().shared().changes;
    type(line);
    return server.keyspace().shared().changes - before;
  }
};

TEST_F(ListCommands, NullsOfResp2AreOfTwoKinds) {
  for (const auto& [line, raw] : {std::pair{"lpop none", "$-1\r\n"},
                                  {"rpop none 1", "*-1\r\n"},
                                  {"lmpop 1 none left", "*-1\r\n"},
                                  {"lindex none 0", "$-1\r\n"},
                                  {"lpos none x", "$-1\r\n"},
                                  {"lmove none l left left", "$-1\r\n"}}) {
    server.client().use_resp2();
    EXPECT_EQ(server.client().run_raw(words_of(line)), raw) << line;
    server.client().use_resp3();
    EXPECT_EQ(server.client().run_raw(words_of(line)), "_\r\n") << line;
  }
}

TEST_F(ListCommands, CountEachElementAsAChange) {
  for (const auto& [line, changes] : {std::pair{"rpush l a b a d e f", 6u},
                                      {"lpushx l x", 1u},
                                      {"lpop l 2", 2u},
                                      {"lpop l 0", 0u},
                                      {"lset l 0 y", 1u},
                                      {"linsert l before d z", 1u},
                                      {"linsert l before nothing z", 0u},
                                      {"lrem l 0 nothing", 0u},
                                      {"lrem l 0 z", 1u},
                                      {"lmove l m left left", 1u},
                                      {"lmove l l left right", 1u},
                                      {"ltrim l 0 -1", 0u},
                                      {"ltrim l 1 1", 3u},
                                      {"lmpop 1 l left count 9", 1u}}) {
    EXPECT_EQ(dirty_after(line), changes) << line;
  }
  EXPECT_EQ(type("exists l"), "(integer) 0");
}

TEST_F(ListCommands, TellTheirEncoding) {
  type("rpush l a b c");
  EXPECT_EQ(type("object encoding l"), R"("listpack")");
  run("rpush", "l", std::string(9000, 'x'));
  EXPECT_EQ(type("object encoding l"), R"("quicklist")");
  type("rpop l");
  EXPECT_EQ(type("object encoding l"), R"("listpack")");
  run("lset", "l", "99", std::string(9000, 'x'));
  EXPECT_EQ(type("object encoding l"), R"("quicklist")");
}

TEST_F(ListCommands, WorkOnLongLists) {
  for (int i = 0; i < 20000; ++i) run("rpush", "l", std::to_string(i));
  EXPECT_EQ(type("object encoding l"), R"("quicklist")");
  EXPECT_EQ(type("lrange l 9999 10002"), R"(["9999", "10000", "10001", "10002"])");
  EXPECT_EQ(type("lindex l -3"), R"("19997")");
  EXPECT_EQ(type("linsert l after 10000 x"), "(integer) 20001");
  EXPECT_EQ(type("lset l 5000 y"), "OK");
  EXPECT_EQ(type("lpos l 19999"), "(integer) 20000");
  EXPECT_EQ(type("lpos l 19999 maxlen 100 rank -1"), "(integer) 20000");
  EXPECT_EQ(type("copy l m"), "(integer) 1");
  EXPECT_EQ(type("ltrim l 10000 -9990"), "OK");
  EXPECT_EQ(type("lrange l 0 -1"), R"(["10000", "x", "10001", "10002", "10003", "10004", "10005", "10006", "10007", )"
                                   R"("10008", "10009", "10010"])");
  EXPECT_EQ(type("llen m"), "(integer) 20001");
  EXPECT_EQ(type("unlink m"), "(integer) 1");
}

TEST_F(ListCommands, SourceThatExpiredIsNone) {
  type("rpush l a");
  type("rpush m b");
  type("pexpire l 10");
  type("pexpire m 10");
  server.advance(20);
  EXPECT_EQ(type("lmove l m left left"), "(nil)");
  type("rpush l c");
  EXPECT_EQ(type("lmove l m left left"), R"("c")");
  EXPECT_EQ(type("lrange m 0 -1"), R"(["c"])");
}

// ---- waiting: only that it begins and ends --------------------------------------------------------

TEST_F(ListCommands, WaitAndAreWoken) {
  struct Case {
    std::string waiting;
    std::string reply;
  };
  for (const Case& one : {Case{"blpop none l 0", "*2\r\n$1\r\nl\r\n$1\r\na\r\n"},
                          {"brpop l 0", "*2\r\n$1\r\nl\r\n$1\r\n2\r\n"},
                          {"blmove l m left right 0", "$1\r\na\r\n"},
                          {"brpoplpush l m 0", "$1\r\n2\r\n"},
                          {"blmpop 0 2 none l right count 2", "*2\r\n$1\r\nl\r\n*2\r\n$1\r\n2\r\n$1\r\nb\r\n"}}) {
    type("flushall");
    TestClient& waiting = server.connect();
    EXPECT_EQ(waiting.run(words_of(one.waiting)), "(no reply)") << one.waiting;
    EXPECT_EQ(type("rpush l a b 2"), "(integer) 3") << one.waiting;
    EXPECT_EQ(waiting.feed(""), one.reply) << one.waiting;
  }
}

}  // namespace
}  // namespace redoubt

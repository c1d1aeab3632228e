// Lines of a log of MONITOR.
#include "benchmark/replay/monitor_line.h"

#include <gtest/gtest.h>

#include "benchmark/replay/replay_rule.h"

namespace redoubt {
namespace {

using Args = std::vector<std::string>;

struct GoodLine {
  std::string_view text;
  MonitorLine line;
};

class GoodMonitorLine : public testing::TestWithParam<GoodLine> {};

TEST_P(GoodMonitorLine, IsRead) {
  const auto line = parse_monitor_line(GetParam().text);
  ASSERT_TRUE(line);
  EXPECT_EQ(*line, GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodMonitorLine,
    testing::Values(GoodLine{R"(+1339518083.107412 [0 127.0.0.1:60866] "keys" "*")",
                             {1339518083107412, 0, "127.0.0.1:60866", Args{"keys", "*"}}},
                    GoodLine{R"(1339518083.000001 [15 [::1]:60866] "PING")",
                             {1339518083000001, 15, "[::1]:60866", Args{"PING"}}},
                    GoodLine{"1.000000 [0 1.2.3.4:5] \"GET\" \"a\"\r", {1000000, 0, "1.2.3.4:5", Args{"GET", "a"}}},
                    GoodLine{R"(0.000000 [0 lua] "set" "s" "1")", {0, 0, "lua", Args{"set", "s", "1"}}},
                    GoodLine{R"(1.000000 [3 unix:/run/my redis.sock] "GET" "")",
                             {1000000, 3, "unix:/run/my redis.sock", Args{"GET", ""}}},
                    GoodLine{R"(1.500000 [0 a:1] "SET" "a b\x00\"\\" "\xff\n\r\t\a\b] \"x")",
                             {1500000, 0, "a:1", Args{"SET", std::string("a b\0\"\\", 6), "\xff\n\r\t\a\b] \"x"}}}));

class BadMonitorLine : public testing::TestWithParam<std::string_view> {};

TEST_P(BadMonitorLine, IsNone) { EXPECT_FALSE(parse_monitor_line(GetParam())); }

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(
    All, BadMonitorLine,
    testing::Values(""sv, "OK"sv, "+"sv, "hello"sv, R"(1.000000 [0 a:1])"sv, R"(1.000000 [0 a:1] )"sv,
                    R"(1.000000 [0 a:1] GET a)"sv, R"(1.000000 [0 a:1] "GET)"sv, R"(1.000000 [0 a:1] "GET"a)"sv,
                    R"(1.000000 [0 a:1] "")"sv, R"(1.000000 [0 a:1] "GET\")"sv, R"(1.000000 [0 ] "GET")"sv,
                    R"(1.000000 [ a:1] "GET")"sv, R"(1.000000 [-1 a:1] "GET")"sv, R"(1.000000 [x a:1] "GET")"sv,
                    R"(1.000000 [4294967296 a:1] "GET")"sv, R"(1.000000 [0 a:1 "GET")"sv, R"(1.00000 [0 a:1] "GET")"sv,
                    R"(1.0000000 [0 a:1] "GET")"sv, R"(1.00000x [0 a:1] "GET")"sv, R"(-1.000000 [0 a:1] "GET")"sv,
                    R"(.000000 [0 a:1] "GET")"sv, R"(1 [0 a:1] "GET")"sv,
                    R"(99999999999999999999.000000 [0 a:1] "GET")"sv, R"(999999999999.000000 [0 a:1] "GET")"sv,
                    R"(++1.000000 [0 a:1] "GET")"sv, "1.000000 [0 a:1] \"GET\" \"a\0b\""sv));

struct RuleCase {
  Args args;
  ReplayRule rule;
  std::string_view name;
  std::string_view client = "a:1";
};

class ReplayRuleOf : public testing::TestWithParam<RuleCase> {};

TEST_P(ReplayRuleOf, IsThis) {
  const RuleCase& given = GetParam();
  const MonitorLine line{0, 0, std::string(given.client), given.args};
  EXPECT_EQ(replay_rule_of(line), given.rule) << testing::PrintToString(given.args);
  EXPECT_EQ(replay_name_of(line), given.name);
}

INSTANTIATE_TEST_SUITE_P(
    All, ReplayRuleOf,
    testing::Values(RuleCase{{"SET", "a", "b"}, ReplayRule::send, "set"},
                    RuleCase{{"MULTI"}, ReplayRule::send, "multi"},
                    RuleCase{{"set", "a", "b"}, ReplayRule::script, "set", "lua"},
                    RuleCase{{"BLPOP", "a", "0"}, ReplayRule::wait, "blpop"},
                    RuleCase{{"XREAD", "STREAMS", "a", "0"}, ReplayRule::send, "xread"},
                    RuleCase{{"XREAD", "block", "0", "STREAMS", "a", "0"}, ReplayRule::wait, "xread"},
                    RuleCase{{"Monitor"}, ReplayRule::leave_out, "monitor"},
                    RuleCase{{"SSUBSCRIBE", "a"}, ReplayRule::leave_out, "ssubscribe"},
                    RuleCase{{"PUBLISH", "a", "b"}, ReplayRule::send, "publish"},
                    RuleCase{{"SHUTDOWN"}, ReplayRule::leave_out, "shutdown"},
                    RuleCase{{"DEBUG", "SLEEP", "1"}, ReplayRule::leave_out, "debug"},
                    RuleCase{{"REPLCONF", "ACK", "0"}, ReplayRule::leave_out, "replconf"},
                    RuleCase{{"AUTH", "(redacted)"}, ReplayRule::leave_out, "auth"},
                    RuleCase{{"MIGRATE", "h", "1", "(redacted)"}, ReplayRule::leave_out, "migrate"},
                    RuleCase{{"CLIENT", "REPLY", "OFF"}, ReplayRule::leave_out, "client reply"},
                    RuleCase{{"client", "setname", "a"}, ReplayRule::send, "client setname"},
                    RuleCase{{"client"}, ReplayRule::send, "client"},
                    RuleCase{{"no such\ncommand"}, ReplayRule::send, "(unknown)"}));

}  // namespace
}  // namespace redoubt

#include "common/resp/reply_parser.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/reply_text.h"

namespace redoubt {
namespace {

using Progress = ReplyParser::Progress;

struct Outcome {
  std::vector<std::string> replies = {};
  std::string error = {};
  bool in_the_middle = false;
  bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  for (const std::string& reply : outcome.replies) *out << reply << "; ";
  *out << "error: " << outcome.error << (outcome.in_the_middle ? " (in the middle)" : "");
}

Outcome parse_in_pieces(std::string_view bytes, size_t piece, const ReplyParser::Limits& limits = {}) {
  ReplyParser parser(limits);
  Outcome outcome;
  for (size_t at = 0; at < bytes.size() && parser.error().empty(); at += piece) {
    // A copy that ends with the piece: a read past it shows under the sanitizers.
    const std::string copy(bytes.substr(at, piece));
    std::string_view input = copy;
    while (!input.empty()) {
      const Progress progress = parser.parse(input);
      if (progress == Progress::whole) outcome.replies.push_back(to_string(parser.take()));
      if (progress == Progress::failed) break;
    }
  }
  outcome.error = parser.error();
  outcome.in_the_middle = parser.error().empty() && parser.in_the_middle();
  return outcome;
}

struct Case {
  std::string bytes;
  Outcome outcome;
};

class EveryChunking : public testing::TestWithParam<Case> {};

TEST_P(EveryChunking, GivesTheSame) {
  const Case& c = GetParam();
  for (size_t piece = 1; piece <= c.bytes.size(); ++piece) {
    EXPECT_EQ(parse_in_pieces(c.bytes, piece), c.outcome) << "in pieces of " << piece;
  }
}

TEST_P(EveryChunking, AnyBeginningIsUnfinished) {
  const Case& c = GetParam();
  if (!c.outcome.error.empty() || c.outcome.in_the_middle || c.outcome.replies.size() != 1) return;
  for (size_t size = 1; size < c.bytes.size(); ++size) {
    const Outcome outcome = parse_in_pieces(c.bytes.substr(0, size), size);
    EXPECT_TRUE(outcome.replies.empty()) << size;
    EXPECT_EQ(outcome.error, "") << size;
  }
}

const Case whole_replies[] = {
    {"+OK\r\n", {{"OK"}}},
    {"+\r\n", {{""}}},
    {"-ERR no\r\n", {{"(error) ERR no"}}},
    {"!8\r\nERR a\r\nb\r\n", {{"(error) ERR a\\r\\nb"}}},
    {":0\r\n", {{"(integer) 0"}}},
    {":-9223372036854775808\r\n", {{"(integer) -9223372036854775808"}}},
    {"$-1\r\n", {{"(nil)"}}},
    {"_\r\n", {{"(nil)"}}},
    {"*-1\r\n", {{"(nil array)"}}},
    {"$0\r\n\r\n", {{"\"\""}}},
    {std::string("$5\r\na\r\n\0b\r\n", 11), {{"\"a\\r\\n\\x00b\""}}},
    {"*0\r\n", {{"[]"}}},
    {"*2\r\n$1\r\na\r\n*1\r\n:7\r\n", {{"[\"a\", [(integer) 7]]"}}},
    {"*3\r\n*-1\r\n$-1\r\n+x\r\n", {{"[(nil array), (nil), x]"}}},
    {"%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n", {{"{a => [(integer) 1, (integer) 2]}"}}},
    {"%0\r\n", {{"{}"}}},
    {"~2\r\n$1\r\na\r\n#t\r\n", {{"set[\"a\", (true)]"}}},
    {">2\r\n+message\r\n+x\r\n", {{"push[message, x]"}}},
    {"#f\r\n", {{"(false)"}}},
    {",1.5\r\n", {{"(double) 1.5"}}},
    {",-inf\r\n", {{"(double) -inf"}}},
    {",nan\r\n", {{"(double) nan"}}},
    {"(-3492890328409238509324850943850943825024385\r\n", {{"(big) -3492890328409238509324850943850943825024385"}}},
    {"=8\r\ntxt:some\r\n", {{"txt\"some\""}}},
    {"=4\r\nmkd:\r\n", {{"mkd\"\""}}},
    {"|1\r\n+ttl\r\n:3\r\n$1\r\nv\r\n", {{"{ttl => (integer) 3}\"v\""}}},
    {"*2\r\n:1\r\n|1\r\n+k\r\n+v\r\n:2\r\n", {{"[(integer) 1, {k => v}(integer) 2]"}}},
    {"|1\r\n+a\r\n+b\r\n*1\r\n:2\r\n", {{"{a => b}[(integer) 2]"}}},
    {"|0\r\n:2\r\n", {{"(integer) 2"}}},
    {"+a\r\n:1\r\n*1\r\n+b\r\n$1\r\nc\r\n", {{"a", "(integer) 1", "[b]", "\"c\""}}},
    {"+a\r\n*2\r\n:1\r\n", {{"a"}, "", true}},
    {"+a\r\n$10\r\n12345", {{"a"}, "", true}},
};

Outcome failed(const std::string& text) { return {{}, "Protocol error: " + text}; }

const Case broken_replies[] = {
    {"?1\r\n", failed("no reply begins with this byte")},
    {"\r\n", failed("an empty line where a reply should begin")},
    {"+OK\n", failed("a line that does not end in CR LF")},
    {":\r\n", failed("not an integer")},
    {":12a\r\n", failed("not an integer")},
    {":9223372036854775808\r\n", failed("not an integer")},
    {",x\r\n", failed("not a number")},
    {"#\r\n", failed("neither true nor false")},
    {"#true\r\n", failed("neither true nor false")},
    {"(\r\n", failed("not a big number")},
    {"(-\r\n", failed("not a big number")},
    {"(1x\r\n", failed("not a big number")},
    {"_x\r\n", failed("something after a null")},
    {"$-2\r\n", failed("invalid bulk length")},
    {"$x\r\n", failed("invalid bulk length")},
    {"$?\r\n", failed("invalid bulk length")},
    {"!-1\r\n", failed("invalid bulk length")},
    {"=-1\r\n", failed("invalid bulk length")},
    {"$9223372036854775807\r\n", failed("invalid bulk length")},
    {"$1\r\nabc\r\n", failed("a bulk string that is longer than was said")},
    {"=3\r\ntxt\r\n", failed("a verbatim string without a format")},
    {"=4\r\ntext\r\n", failed("a verbatim string without a format")},
    {"*-2\r\n", failed("invalid count of items")},
    {"%-1\r\n", failed("invalid count of items")},
    {"~-1\r\n", failed("invalid count of items")},
    {"*9223372036854775807\r\n", failed("invalid count of items")},
    {"*1\r\n$x\r\n", failed("invalid bulk length")},
};

INSTANTIATE_TEST_SUITE_P(WholeReplies, EveryChunking, testing::ValuesIn(whole_replies));
INSTANTIATE_TEST_SUITE_P(BrokenReplies, EveryChunking, testing::ValuesIn(broken_replies));

TEST(ReplyParser, StopsAfterOneReply) {
  ReplyParser parser;
  std::string_view input = "+a\r\n+b\r\n";
  EXPECT_EQ(parser.parse(input), Progress::whole);
  EXPECT_EQ(input, "+b\r\n");
  EXPECT_EQ(to_string(parser.take()), "a");
  EXPECT_FALSE(parser.in_the_middle());
}

TEST(ReplyParser, FailsForEverOnceItFailed) {
  ReplyParser parser;
  std::string_view input = "?\r\n+a\r\n";
  EXPECT_EQ(parser.parse(input), Progress::failed);
  input = "+a\r\n";
  EXPECT_EQ(parser.parse(input), Progress::failed);
}

TEST(ReplyParser, NestingIsLimited) {
  const auto nested = [](size_t depth) {
    std::string bytes;
    for (size_t i = 0; i < depth; ++i) bytes += "*1\r\n";
    return bytes + ":1\r\n";
  };
  const ReplyParser::Limits limits{.max_depth = 8};
  EXPECT_EQ(parse_in_pieces(nested(8), 100, limits).replies.size(), 1u);
  EXPECT_EQ(parse_in_pieces(nested(9), 100, limits).error, "Protocol error: too deeply nested a reply");
}

TEST(ReplyParser, LengthsAreLimited) {
  const ReplyParser::Limits limits{.max_bulk = 4, .max_line = 10};
  EXPECT_EQ(parse_in_pieces("$4\r\nabcd\r\n", 3, limits).replies.size(), 1u);
  EXPECT_EQ(parse_in_pieces("$5\r\n", 3, limits).error, "Protocol error: invalid bulk length");
  EXPECT_EQ(parse_in_pieces("+1234567\r\n", 3, limits).replies.size(), 1u);
  EXPECT_EQ(parse_in_pieces("+12345678\r\n", 3, limits).error, "Protocol error: too long a line in a reply");
  EXPECT_EQ(parse_in_pieces("+123456789", 1, limits).error, "");
  EXPECT_EQ(parse_in_pieces("+1234567890", 1, limits).error, "Protocol error: too long a line in a reply");
}

TEST(ReplyParser, AHugeCountTakesNoMemoryAhead) {
  ReplyParser parser;
  std::string_view input = "*4000000000000000000\r\n:1\r\n";
  EXPECT_EQ(parser.parse(input), Progress::unfinished);
  EXPECT_TRUE(parser.in_the_middle());
}

TEST(ReplyParser, FieldsOfMapsAreFoundByName) {
  ReplyParser parser;
  std::string_view input = "%2\r\n+a\r\n:1\r\n+b\r\n,2.5\r\n";
  ASSERT_EQ(parser.parse(input), Progress::whole);
  const Reply reply = parser.take();
  ASSERT_NE(reply.field("b"), nullptr);
  EXPECT_EQ(reply.field("b")->number, 2.5);
  EXPECT_EQ(reply.field("c"), nullptr);
}

}  // namespace
}  // namespace redoubt

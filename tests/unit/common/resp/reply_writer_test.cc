#include "common/resp/reply_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace redoubt {
namespace {

std::string written(int version, const std::function<void(ReplyWriter&)>& write) {
  BlockPool pool;
  OutputBuffer out(pool);
  ReplyWriter reply(out);
  reply.set_version(version);
  write(reply);
  std::string text;
  iovec pieces[16];
  const size_t count = out.pieces(pieces, 16);
  for (size_t i = 0; i < count; ++i) text.append(static_cast<char*>(pieces[i].iov_base), pieces[i].iov_len);
  return text;
}

struct ReplyCase {
  std::string_view name;
  std::function<void(ReplyWriter&)> write;
  std::string resp2;
  std::string resp3;
};

class Reply : public testing::TestWithParam<ReplyCase> {};

TEST_P(Reply, InBothProtocols) {
  EXPECT_EQ(written(2, GetParam().write), GetParam().resp2);
  EXPECT_EQ(written(3, GetParam().write), GetParam().resp3);
}

using W = ReplyWriter;
const double infinity = std::numeric_limits<double>::infinity();

ReplyCase same(std::string_view name, std::function<void(W&)> write, const std::string& text) {
  return {name, std::move(write), text, text};
}

INSTANTIATE_TEST_SUITE_P(
    ReplyWriter, Reply,
    testing::Values(same(
                        "Ok", [](W& w) { w.ok(); }, "+OK\r\n"),
                    same(
                        "Simple", [](W& w) { w.simple("PONG"); }, "+PONG\r\n"),
                    same(
                        "Error", [](W& w) { w.error("ERR no"); }, "-ERR no\r\n"),
                    same(
                        "ErrorInOneLine", [](W& w) { w.error("ERR a\r\nb\nc\r"); }, "-ERR a  b c \r\n"),
                    same(
                        "Integer", [](W& w) { w.integer(-42); }, ":-42\r\n"),
                    same(
                        "SmallestInteger", [](W& w) { w.integer(INT64_MIN); }, ":-9223372036854775808\r\n"),
                    same(
                        "LargestInteger", [](W& w) { w.integer(INT64_MAX); }, ":9223372036854775807\r\n"),
                    same(
                        "Bulk", [](W& w) { w.bulk("a\r\nb"); }, "$4\r\na\r\nb\r\n"),
                    same(
                        "EmptyBulk", [](W& w) { w.bulk(""); }, "$0\r\n\r\n"),
                    same(
                        "BulkInteger", [](W& w) { w.bulk_integer(INT64_MIN); }, "$20\r\n-9223372036854775808\r\n"),
                    same(
                        "Array", [](W& w) { w.array(3); }, "*3\r\n"),
                    same(
                        "Attribute", [](W& w) { w.attribute(1); }, "|1\r\n"),
                    ReplyCase{"Null", [](W& w) { w.null(); }, "$-1\r\n", "_\r\n"},
                    ReplyCase{"NullArray", [](W& w) { w.null_array(); }, "*-1\r\n", "_\r\n"},
                    ReplyCase{"True", [](W& w) { w.boolean(true); }, ":1\r\n", "#t\r\n"},
                    ReplyCase{"False", [](W& w) { w.boolean(false); }, ":0\r\n", "#f\r\n"},
                    ReplyCase{"Number", [](W& w) { w.number(3.5); }, "$3\r\n3.5\r\n", ",3.5\r\n"},
                    ReplyCase{"NumberInFull", [](W& w) { w.number(0.1); }, "$19\r\n0.10000000000000001\r\n",
                              ",0.10000000000000001\r\n"},
                    ReplyCase{"Infinity", [](W& w) { w.number(infinity); }, "$3\r\ninf\r\n", ",inf\r\n"},
                    ReplyCase{"MinusInfinity", [](W& w) { w.number(-infinity); }, "$4\r\n-inf\r\n", ",-inf\r\n"},
                    ReplyCase{"Verbatim", [](W& w) { w.verbatim("some\ntext"); }, "$9\r\nsome\ntext\r\n",
                              "=13\r\ntxt:some\ntext\r\n"},
                    ReplyCase{"Markdown", [](W& w) { w.verbatim("*b*", "mkd"); }, "$3\r\n*b*\r\n", "=7\r\nmkd:*b*\r\n"},
                    ReplyCase{"BigNumber", [](W& w) { w.big_number("1234567999999999999999999999999999999"); },
                              "$37\r\n1234567999999999999999999999999999999\r\n",
                              "(1234567999999999999999999999999999999\r\n"},
                    ReplyCase{"Map", [](W& w) { w.map(2); }, "*4\r\n", "%2\r\n"},
                    ReplyCase{"Set", [](W& w) { w.set(2); }, "*2\r\n", "~2\r\n"},
                    ReplyCase{"Push", [](W& w) { w.push(3); }, "*3\r\n", ">3\r\n"},
                    ReplyCase{"DeferredArray",
                              [](W& w) {
                                const auto place = w.begin();
                                w.integer(1);
                                w.integer(2);
                                w.end(place, W::Aggregate::array, 2);
                              },
                              "*2\r\n:1\r\n:2\r\n", "*2\r\n:1\r\n:2\r\n"},
                    ReplyCase{"DeferredNested",
                              [](W& w) {
                                w.array(2);
                                w.bulk("x");
                                const auto map = w.begin();
                                w.bulk("k");
                                const auto set = w.begin();
                                w.end(set, W::Aggregate::set, 0);
                                w.end(map, W::Aggregate::map, 1);
                                w.ok();
                              },
                              "*2\r\n$1\r\nx\r\n*2\r\n$1\r\nk\r\n*0\r\n+OK\r\n",
                              "*2\r\n$1\r\nx\r\n%1\r\n$1\r\nk\r\n~0\r\n+OK\r\n"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ReplyWriter, BulksOfAllSizesUpToSomeBlocks) {
  for (const size_t size : {1, 9, 10, 99, 100, 999, 1000, 16'300, 16'384, 16'385, 100'000}) {
    const std::string value(size, 'v');
    EXPECT_EQ(written(2, [&](W& w) { w.bulk(value); }), "$" + std::to_string(size) + "\r\n" + value + "\r\n");
  }
}

TEST(ReplyWriter, CountsErrorsAndKeepsTheLastCode) {
  BlockPool pool;
  OutputBuffer out(pool);
  ReplyWriter reply(out);
  EXPECT_EQ(reply.errors(), 0u);
  reply.error("ERR a");
  reply.error("WRONGTYPE b");
  EXPECT_EQ(reply.errors(), 2u);
  EXPECT_EQ(reply.last_error_code(), "WRONGTYPE");
  reply.take_errors();
  EXPECT_EQ(reply.errors(), 0u);
  reply.error("NOSPACE");
  EXPECT_EQ(reply.last_error_code(), "NOSPACE");
  reply.error(std::string(100, 'X') + " text");
  EXPECT_EQ(reply.last_error_code(), std::string(32, 'X'));
}

}  // namespace
}  // namespace redoubt

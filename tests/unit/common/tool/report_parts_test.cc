// What reports are made of: names, figures, tables, CSV, pages.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "common/tool/csv_text.h"
#include "common/tool/html_page.h"
#include "common/tool/html_text.h"
#include "common/tool/json_text.h"
#include "common/tool/names.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

TEST(ShownName, IsHarmlessText) {
  struct {
    std::string_view bytes;
    std::string_view shown;
  } const cases[] = {
      {"user:1", "user:1"},
      {"", ""},
      {"a b", "a b"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"a\nb\r\t\\", "a\\nb\\r\\t\\\\"},
      {"\x1b[31m", "\\x1b[31m"},
      {std::string_view("\0", 1), "\\x00"},
      {"\x7f", "\\x7f"},
      {"\xc2\x9b", "\\xc2\\x9b"},
      {"\xe2\x80\xae", "\\xe2\\x80\\xae"},
      {"\xc3", "\\xc3"},
  };
  for (const auto& [bytes, shown] : cases) {
    EXPECT_EQ(shown_name(bytes, 100), shown);
    EXPECT_TRUE(is_utf8(shown_name(bytes, 100)));
  }
}

TEST(ShownName, LongOnesEndInAnEllipsis) {
  EXPECT_EQ(shown_name("abcdef", 3), "abc…");
  EXPECT_EQ(shown_name("abc", 3), "abc");
  EXPECT_EQ(shown_name("abc", 10, 500), "abc…");
  EXPECT_EQ(shown_name("\xc3\xa4\xc3\xa4", 1), "\xc3\xa4…");
}

TEST(Names, Figures) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(human_duration(250), "250 ms");
  EXPECT_EQ(human_duration(12'500), "12.5 s");
  EXPECT_EQ(human_duration(180'000), "3.0 min");
  EXPECT_EQ(human_duration(7'200'000), "2.0 h");
  EXPECT_EQ(human_duration(10 * 86'400'000ULL), "10.0 d");
  EXPECT_EQ(utc_time(0), "1970-01-01 00:00:00 UTC");
  EXPECT_EQ(utc_time(INT64_MAX), "9223372036854775807");
  EXPECT_EQ(utc_time(-5), "-5");
  EXPECT_EQ(share_of(1, 3), "33.3 %");
  EXPECT_EQ(share_of(0, 0), "-");
}

TEST(HtmlText, IsEscaped) {
  EXPECT_EQ(html_text("<a href=\"x\" b='&'>"), "&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;");
  EXPECT_EQ(html_name("<\xff", 10), "&lt;\\xff");
}

TEST(CsvText, QuotesWhereItMust) {
  const auto csv = [](std::string_view bytes) {
    std::string out;
    append_csv(out, bytes);
    return out;
  };
  EXPECT_EQ(csv("plain text"), "plain text");
  EXPECT_EQ(csv(""), "");
  EXPECT_EQ(csv("a,b"), "\"a,b\"");
  EXPECT_EQ(csv("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(csv("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv("\r"), "\"\r\"");
  EXPECT_EQ(csv("\xff"), "\xff");
}

TEST(JsonText, TheShortWayWritesTheSame) {
  for (const std::string_view bytes : {"plain", "", "\"", "\\", "\x01", "\x7f", "\xc3\xa4", "\xff"}) {
    std::string out;
    append_json(out, bytes);
    const bool text = is_utf8(bytes);
    EXPECT_EQ(out.front(), text ? '"' : '{') << bytes;
    if (text) {
      EXPECT_EQ(boost::json::parse(out), boost::json::value(boost::json::string(bytes)));
    }
  }
}

TEST(TextTable, ColumnsAreAlignedByCharacters) {
  TextTable table({{"n"}, {"name", false}, {"last", false}});
  table.row({"1", "\xc3\xa4\xc3\xb6", "x"});
  table.row({"1,000", "abc", "y"});
  std::string text;
  {
    Output out(text);
    table.print(Painter(false), out);
  }
  EXPECT_EQ(text, "    n  name  last\n    1  \xc3\xa4\xc3\xb6    x\n1,000  abc   y\n");
}

TEST(HtmlPage, HasTheTitleTwiceAndNeedsNothingElse) {
  const std::string page = html_page("a &amp; b", ".own { }", "<p>body</p>\n");
  EXPECT_NE(page.find("<title>a &amp; b</title>"), std::string::npos);
  EXPECT_NE(page.find("<h1>a &amp; b</h1>\n<p>body</p>\n</body>"), std::string::npos);
  EXPECT_NE(page.find(".own { }</style>"), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

}  // namespace
}  // namespace redoubt

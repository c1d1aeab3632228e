#include "common/base/config_file.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

using namespace std::string_view_literals;
using Words = std::vector<std::string>;

// Recorded from inline commands of redis-server 7.0.15.
TEST(ConfigFile, SplitsWordsAsRedisDoes) {
  struct {
    std::string_view line;
    std::optional<Words> words;
  } const cases[] = {{"", Words{}},
                     {" \t\v", Words{}},
                     {"a b", Words{"a", "b"}},
                     {"  a \t b\r\n", Words{"a", "b"}},
                     {R"("a b" c)", Words{"a b", "c"}},
                     {R"('a b' c)", Words{"a b", "c"}},
                     {R"("\x41\x4A\n\r\t\b\a\q\"")", Words{"AJ\n\r\t\b\aq\""}},
                     {R"('it\'s \n')", Words{"it's \\n"}},
                     {R"(foo"bar")", Words{"foobar"}},
                     {R"(x'y z' w)", Words{"xy z", "w"}},
                     {R"("" '' x)", Words{"", "", "x"}},
                     {R"(a"" b)", Words{"a", "b"}},
                     {R"("\x4")", Words{"x4"}},
                     {R"("\xZZ")", Words{"xZZ"}},
                     {R"("\\")", Words{"\\"}},
                     {"a\vb", Words{"a\vb"}},
                     {"\v\fa", Words{"a"}},
                     {"\"a\"\vb", Words{"a", "b"}},
                     {R"(a\nb #c)", Words{"a\\nb", "#c"}},
                     {"\"\xc3\xa4\"", Words{"\xc3\xa4"}},
                     {"a\0 b"sv, Words{"a"}},
                     {"\"a\0\""sv, {}},
                     {R"(foo"bar"baz)", {}},
                     {R"("a"b)", {}},
                     {R"('a'b)", {}},
                     {R"('a'"b")", {}},
                     {R"("a)", {}},
                     {R"('a)", {}},
                     {R"("a\")", {}},
                     {R"("a\)", {}},
                     {R"('a\')", {}}};
  for (const auto& row : cases) EXPECT_EQ(split_words(row.line), row.words) << row.line;
}

TEST(ConfigFile, QuotedWordsComeBack) {
  EXPECT_EQ(quote_word("a \"b\"\\\n\r\t\a\b\x01\xff~"), R"("a \"b\"\\\n\r\t\a\b\x01\xff~")");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const std::string& text : {std::string(), std::string("plain"), all, all + all}) {
    EXPECT_EQ(split_words(quote_word(text)), Words{text});
  }
}

TEST(ConfigFile, FindsTheLinesThatSaySomething) {
  const auto lines = parse_config_text("# comment\r\n\n  port 6379  \r\n\tsave \"\"\n#x\nrename-command A 'b c'");
  ASSERT_TRUE(lines.has_value());
  ASSERT_EQ(lines->size(), 3u);
  EXPECT_EQ((*lines)[0].number, 3u);
  EXPECT_EQ((*lines)[0].text, "port 6379");
  EXPECT_EQ((*lines)[0].words, (Words{"port", "6379"}));
  EXPECT_EQ((*lines)[1].number, 4u);
  EXPECT_EQ((*lines)[1].words, (Words{"save", ""}));
  EXPECT_EQ((*lines)[2].number, 6u);
  EXPECT_EQ((*lines)[2].words, (Words{"rename-command", "A", "b c"}));
  EXPECT_TRUE(parse_config_text("")->empty());
}

TEST(ConfigFile, AnUnbalancedQuoteNamesTheLine) {
  const auto lines = parse_config_text("port 1\n\ndir \"/tmp\nport 2\n");
  ASSERT_TRUE(lines.has_error());
  EXPECT_EQ(lines.error().text, "Unbalanced quotes in configuration line 3: dir \"/tmp");
}

}  // namespace
}  // namespace redoubt

// The scanner against what is written down, in every way that bytes can arrive.
#include "common/resp/reply_scanner.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redoubt {
namespace {

using namespace std::string_view_literals;

class Texts final : public ReplyScanner::Errors {
 public:
  void error_reply(std::string_view text, uint64_t before) override {
    all += std::to_string(before) + ' ' + std::string(text) + ';';
  }
  std::string all;
};

struct Case {
  const char* what;
  std::string bytes;
  uint64_t replies;
  const char* errors;
};

const std::vector<Case>& sound() {
  static const std::vector<Case> cases = {
      {"lines", "+OK\r\n:1\r\n_\r\n,1.5\r\n#t\r\n(123\r\n", 6, ""},
      {"errors", "-ERR a\r\n+OK\r\n!5\r\nWRONG\r\n", 3, "0 ERR a;2 WRONG;"},
      {"bulks", "$3\r\nabc\r\n$0\r\n\r\n$-1\r\n=7\r\ntxt:abc\r\n", 4, ""},
      {"bulks of two and three digits", "$12\r\nabcdefghijkl\r\n$100\r\n" + std::string(100, 'x') + "\r\n:1\r\n", 3,
       ""},
      {"a bulk at the very end", ":1\r\n$10\r\n0123456789\r\n", 2, ""},
      {"a bulk with line ends in it", "$6\r\n\r\n\r\n\r\n\r\n+OK\r\n", 2, ""},
      {"arrays", "*2\r\n$1\r\na\r\n:1\r\n*0\r\n*-1\r\n", 3, ""},
      {"nesting", "*2\r\n*2\r\n:1\r\n*0\r\n*1\r\n*1\r\n+x\r\n:7\r\n", 2, ""},
      {"maps and sets", "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n~2\r\n:1\r\n:2\r\n%0\r\n", 3, ""},
      {"an error within an array is no error", "*2\r\n-ERR x\r\n+OK\r\n", 1, ""},
      {"pushes are no replies", ">2\r\n+message\r\n+x\r\n+OK\r\n>0\r\n:1\r\n", 2, ""},
      {"attributes are no replies", "|1\r\n+key\r\n*2\r\n:1\r\n:2\r\n+OK\r\n|0\r\n:1\r\n", 2, ""},
      {"attributes within an array", "*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n:2\r\n", 1, ""},
  };
  return cases;
}

TEST(ReplyScanner, CountsRepliesHoweverTheyArrive) {
  for (const Case& row : sound()) {
    for (size_t piece = 1; piece <= row.bytes.size(); ++piece) {
      Texts errors;
      ReplyScanner scanner(&errors);
      uint64_t replies = 0;
      for (size_t at = 0; at < row.bytes.size(); at += piece) {
        ASSERT_TRUE(scanner.scan(std::string_view(row.bytes).substr(at, piece), replies)) << row.what;
      }
      EXPECT_EQ(replies, row.replies) << row.what << " in pieces of " << piece;
      EXPECT_EQ(errors.all, row.errors) << row.what;
    }
  }
}

TEST(ReplyScanner, WaitsForTheLastByte) {
  for (const Case& row : sound()) {
    ReplyScanner scanner;
    uint64_t replies = 0;
    ASSERT_TRUE(scanner.scan(std::string_view(row.bytes).substr(0, row.bytes.size() - 1), replies));
    EXPECT_EQ(replies, row.replies - 1) << row.what;
    ASSERT_TRUE(scanner.scan(std::string_view(row.bytes).substr(row.bytes.size() - 1), replies));
    EXPECT_EQ(replies, row.replies) << row.what;
  }
}

TEST(ReplyScanner, RefusesWhatIsNoReply) {
  const std::string_view cases[] = {
      "HTTP/1.1 200 OK\r\n"sv,      "\r\n"sv, "$x\r\n"sv, "$-2\r\n"sv, "*-2\r\n"sv, "+OK\n"sv, "$3\n"sv,
      "$99999999999999999999\r\n"sv};
  for (const std::string_view bytes : cases) {
    ReplyScanner scanner;
    uint64_t replies = 0;
    EXPECT_FALSE(scanner.scan(bytes, replies)) << bytes;
  }
}

TEST(ReplyScanner, LimitsLinesAndNesting) {
  ReplyScanner lines;
  uint64_t replies = 0;
  bool taken = true;
  for (int i = 0; i < 100 && taken; ++i) taken = lines.scan(std::string(1024, '+'), replies);
  EXPECT_FALSE(taken);
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "*1\r\n";
  EXPECT_FALSE(ReplyScanner().scan(deep, replies));
}

TEST(ReplyScanner, BeginsAnewAfterReset) {
  ReplyScanner scanner;
  uint64_t replies = 0;
  ASSERT_TRUE(scanner.scan("*2\r\n$5\r\nab", replies));
  scanner.reset();
  ASSERT_TRUE(scanner.scan("+OK\r\n", replies));
  EXPECT_EQ(replies, 1u);
}

}  // namespace
}  // namespace redoubt

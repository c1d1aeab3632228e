// What redis-check-aof 7.0 prints of a record was asked of it, case by case.
#include "check-aof/verify/record_walk.h"
#include "tests/support/piece_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace redoubt {
namespace {

RecordWalk walk(std::string_view text, bool in_transaction = false) {
  PieceSource source(text, 3);
  return walk_record(source, 27, "x.aof", in_transaction);
}

using namespace std::string_view_literals;

TEST(RecordWalk, SaysWhatRedisCheckAofSays) {
  struct Case {
    std::string_view text;
    std::string_view message;
    uint64_t lines;
  };
  const Case cases[] = {
      {"*3\r\n$3\r\nS"sv, "0x              23: Expected to read 5 bytes, got 1 bytes", 2},
      {"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n"sv, "0x              33: Expected to read 3 bytes, got 0 bytes", 6},
      {"*3\r\n$3\r\nSET\r\n$1\r\na\r\rx"sv, "0x              2c: Expected \\r\\n, got: 0d0d", 4},
      {"*3\r\n$3\r\nSET\r\n$1\r"sv, "0x              28: Expected \\r\\n, got: 0d00", 3},
      {"*3abc\r\n"sv, "0x              1b: Expected \\r\\n, got: 6162", 0},
      {"*3\n"sv, "0x              1b: Expected \\r\\n, got: 0a00", 0},
      {"*\xff\xfe\r\n"sv, "0x              1b: Expected \\r\\n, got: fffffffffffffffe", 0},
      {"*1\r\n$-1\r\n"sv, "0x              1f: Expected to read string of -1 bytes, which is not in the suitable range",
       2},
      {"*2147483648\r\n*3\r\n"sv, "0x              28: Expected prefix '$', got: '*'", 1},
      {"*1\r\n\0\0"sv, "0x              1f: Expected prefix '$', got: '", 1},
      {"*99999999999999999999\r\n"sv, "", 1},
      {"*1\r\n$99999999999\r\nabc"sv, "0x              2d: Expected to read 100000000001 bytes, got 3 bytes", 2},
      {"xyz"sv, "AOF x.aof format error", 0},
      {"\0\0"sv, "AOF x.aof format error", 0},
      {"*1\r\n$4\r\nexec\r\n"sv, "0x              23: Unexpected EXEC in AOF x.aof", 3},
      {""sv, "", 0},
  };
  for (const Case& c : cases) {
    const RecordWalk walked = walk(c.text);
    EXPECT_EQ(walked.message, c.message) << c.text;
    EXPECT_EQ(walked.lines, c.lines) << c.text;
    EXPECT_FALSE(walked.accepted) << c.text;
  }
}

TEST(RecordWalk, TakesWhatRedisCheckAofTakes) {
  for (const std::string_view text : {"*1\r\n$4\r\nPING\r\n"sv, "*+1\r\n$4\r\nPING\r\n"sv, "* 1\r\n$04\r\nPING\r\n"sv,
                                      "*0\r\n"sv, "*-1\r\n"sv, "#TS:1"sv}) {
    const RecordWalk walked = walk(text);
    EXPECT_TRUE(walked.accepted) << text;
    EXPECT_EQ(walked.message, "") << text;
  }
}

TEST(RecordWalk, AMultiWithinATransactionIsNotTaken) {
  const std::string_view multi = "*1\r\n$5\r\nMulti\r\n";
  EXPECT_TRUE(walk(multi).accepted);
  EXPECT_EQ(walk(multi, true).message, "0x              23: Unexpected MULTI in AOF x.aof");
  EXPECT_TRUE(walk("*1\r\n$4\r\nEXEC\r\n", true).accepted);
}

TEST(RecordWalk, BetweenArgumentsATransactionIsWhatEnds) {
  EXPECT_EQ(walk("*1\r\n").message, "");
  EXPECT_EQ(walk("*1\r\n", true).message, "0x              1f: Reached EOF before reading EXEC for MULTI");
  EXPECT_EQ(walk("*2\r\n$5\r\nMULTI\r\n").message, "0x              2a: Reached EOF before reading EXEC for MULTI");
}

TEST(RecordWalk, TellsTheCommandAsFarAsItIsThere) {
  EXPECT_EQ(walk("*3\r\n$3\r\nSET\r\n$1\r\nax").name, "SET");
  EXPECT_EQ(walk("*3\r\n$3\r\nSET\r\n$1\r\nax").arguments, 1u);
  EXPECT_EQ(walk("*3\r\n$3\r\nSE").name, "SE");
  EXPECT_EQ(walk("*3\r\n$900\r\n" + std::string(900, 'n')).name, std::string(64, 'n'));
  EXPECT_EQ(walk("*3\r\n").name, "");
}

}  // namespace
}  // namespace redoubt

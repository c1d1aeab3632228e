#include "common/aof/aof_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redoubt {
namespace {

TEST(AofWriterTest, Commands) {
  std::string out;
  AofWriter writer(out);
  writer.command({"SET", "key", std::string_view("\0\r\n", 3)});
  EXPECT_EQ(out, std::string("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$3\r\n\0\r\n\r\n", 31));
  out.clear();
  writer.command({"PING"});
  writer.command({"ECHO", ""});
  EXPECT_EQ(out, "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$0\r\n\r\n");
}

TEST(AofWriterTest, ArgumentsOneByOne) {
  std::string out;
  AofWriter writer(out);
  writer.begin(4);
  writer.argument("ZADD");
  writer.argument(int64_t{-12});
  writer.argument(0.1);
  writer.argument("m");
  EXPECT_EQ(out, "*4\r\n$4\r\nZADD\r\n$3\r\n-12\r\n$19\r\n0.10000000000000001\r\n$1\r\nm\r\n");
  out.clear();
  writer.select(15);
  EXPECT_EQ(out, "*2\r\n$6\r\nSELECT\r\n$2\r\n15\r\n");
}

TEST(AofWriterTest, Timestamps) {
  std::string out;
  AofWriter writer(out);
  writer.timestamp_if_later(1700000000);
  writer.timestamp_if_later(1700000000);
  writer.timestamp_if_later(1699999999);
  EXPECT_EQ(out, "#TS:1700000000\r\n");
  writer.timestamp_if_later(1700000001);
  EXPECT_EQ(out, "#TS:1700000000\r\n#TS:1700000001\r\n");
  out.clear();
  writer.forget_timestamp();
  writer.timestamp_if_later(1699999999);
  EXPECT_EQ(out, "#TS:1699999999\r\n");
}

TEST(AofWriterTest, TellsTheSize) {
  for (const size_t length : {0u, 1u, 9u, 10u, 99u, 100u, 12345u}) {
    for (const size_t count : {1u, 9u, 10u, 100u}) {
      const std::string value(length, 'v');
      const std::vector<std::string_view> args(count, value);
      std::string out;
      AofWriter(out).command(args);
      EXPECT_EQ(aof_command_size(args), out.size()) << length << " " << count;
    }
  }
}

}  // namespace
}  // namespace redoubt

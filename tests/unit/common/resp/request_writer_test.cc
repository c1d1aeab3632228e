#include "common/resp/request_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redoubt {
namespace {

TEST(RequestWriter, Commands) {
  std::string out;
  RequestWriter writer(out);
  writer.command({"SET", "key", std::string_view("\0\r\n", 3)});
  EXPECT_EQ(out, std::string("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$3\r\n\0\r\n\r\n", 31));
  out.clear();
  writer.command({"PING"});
  writer.command({"ECHO", ""});
  EXPECT_EQ(out, "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$0\r\n\r\n");
}

TEST(RequestWriter, ArgumentsOneByOne) {
  std::string out;
  RequestWriter writer(out);
  writer.begin(4);
  writer.argument("ZADD");
  writer.argument(int64_t{-12});
  writer.argument(0.1);
  writer.argument("m");
  EXPECT_EQ(out, "*4\r\n$4\r\nZADD\r\n$3\r\n-12\r\n$19\r\n0.10000000000000001\r\n$1\r\nm\r\n");
}

// Short requests are put together in another way than long ones.
TEST(RequestWriter, WritesTheSameHoweverLongARequestIs) {
  for (const size_t length : {0u, 1u, 9u, 10u, 99u, 100u, 12345u}) {
    for (const size_t count : {1u, 9u, 10u, 100u}) {
      const std::string value(length, 'v');
      const std::vector<std::string_view> args(count, value);
      std::string whole;
      RequestWriter(whole).command(args);
      std::string piecewise;
      RequestWriter writer(piecewise);
      writer.begin(count);
      for (const std::string_view arg : args) writer.argument(arg);
      EXPECT_EQ(whole, piecewise) << length << " " << count;
    }
  }
}

}  // namespace
}  // namespace redoubt

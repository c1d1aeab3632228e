#include "common/aof/aof_writer.h"

#include <gtest/gtest.h>

#include <string>

namespace redoubt {
namespace {

TEST(AofWriterTest, Selects) {
  std::string out;
  AofWriter(out).select(15);
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

}  // namespace
}  // namespace redoubt

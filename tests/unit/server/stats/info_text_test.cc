#include "server/stats/info_text.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

TEST(InfoText, LaysSectionsAndFieldsOut) {
  InfoText text;
  text.section("One");
  text.fields({{"number", -1}, {"big", uint64_t{18446744073709551615u}}, {"text", "a b"}});
  text.section("Two");
  text.field("last", "");
  EXPECT_EQ(text.take(), "# One\r\nnumber:-1\r\nbig:18446744073709551615\r\ntext:a b\r\n\r\n# Two\r\nlast:\r\n");
}

TEST(InfoText, NumbersHaveAFixedFormat) {
  EXPECT_EQ(decimals(1.004, 2), "1.00");
  EXPECT_EQ(decimals(0, 2), "0.00");
  EXPECT_EQ(decimals(-2.5, 3), "-2.500");
  EXPECT_EQ(seconds_text(0), "0.000000");
  EXPECT_EQ(seconds_text(1000042), "1.000042");
}

}  // namespace
}  // namespace redoubt

#include "common/base/result.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

Result<std::string> half(const std::string& text) {
  if (text.size() % 2 != 0) return Error{"an odd number of bytes"};
  return text.substr(0, text.size() / 2);
}

TEST(Result, HoldsStringsAsValuesAndAsErrors) {
  EXPECT_EQ(half("abcd").value(), "ab");
  ASSERT_TRUE(half("abc").has_error());
  EXPECT_EQ(half("abc").error().text, "an odd number of bytes");
  EXPECT_THROW(half("abc").value(), std::logic_error);
}

}  // namespace
}  // namespace redoubt

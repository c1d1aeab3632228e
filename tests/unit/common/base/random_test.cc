#include "common/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace redoubt {
namespace {

TEST(Random, SameSeedSameNumbers) {
  Random a(42), b(42), c(43), d(0);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const uint64_t value = a.next();
    EXPECT_EQ(value, b.next());
    differs |= value != c.next();
  }
  EXPECT_TRUE(differs);
  EXPECT_NE(d.next(), d.next());
}

TEST(Random, SystemSeedsDiffer) {
  Random a, b;
  EXPECT_NE(a.next(), b.next());
}

TEST(Random, BelowIsUniform) {
  Random random(7);
  std::array<int, 10> counts{};
  for (int i = 0; i < 100000; ++i) ++counts.at(random.below(10));
  // Nine degrees of freedom: 27.9 is passed once in a thousand seeds, and the seed is fixed.
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - 10000.0) * (count - 10000.0) / 10000.0;
  EXPECT_LT(chi_squared, 27.9);
  EXPECT_EQ(random.below(1), 0u);
  const uint64_t big = (uint64_t{1} << 63) + 1;
  int high = 0;
  for (int i = 0; i < 1000; ++i) {
    const uint64_t value = random.below(big);
    ASSERT_LT(value, big);
    high += value > big / 2;
  }
  EXPECT_NEAR(high, 500, 80);
}

TEST(Random, UnitIsInItsInterval) {
  Random random(9);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = random.unit();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(Random, HexDigits) {
  EXPECT_EQ(random_hex(0), "");
  const std::string id = random_hex(40);
  EXPECT_EQ(id.size(), 40u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  const std::string long_text = random_hex(1000);
  EXPECT_EQ(std::set<char>(long_text.begin(), long_text.end()).size(), 16u);
  EXPECT_NE(random_hex(40), id);
}

}  // namespace
}  // namespace redoubt

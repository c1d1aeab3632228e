#include "benchmark/compare/paired_ratio.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace redoubt {
namespace {

using Pairs = std::vector<FigurePair>;

TEST(PairedRatio, IsTheGeometricMeanOfThePairs) {
  const auto of = paired_ratio(Pairs{{2, 1}, {8, 1}});
  ASSERT_TRUE(of);
  EXPECT_DOUBLE_EQ(of->ratio, 4);
  EXPECT_DOUBLE_EQ(of->a, 4);
  EXPECT_DOUBLE_EQ(of->b, 1);
}

TEST(PairedRatio, PairsThatAgreeLeaveNoDoubt) {
  const auto of = paired_ratio(Pairs{{3, 2}, {30, 20}, {0.3, 0.2}});
  ASSERT_TRUE(of);
  EXPECT_NEAR(of->low, 1.5, 1e-9);
  EXPECT_NEAR(of->high, 1.5, 1e-9);
  EXPECT_TRUE(of->real());
}

// Logarithms of the ratios: 0.1, 0.2, 0.3. Their mean has the error 0.1 / sqrt(3), and Student's t for 2 degrees of freedom is
// 4.302653 at 95 %.
TEST(PairedRatio, TheIntervalIsStudentsOfTheLogarithms) {
  const auto of = paired_ratio(Pairs{{std::exp(0.1), 1}, {std::exp(0.2), 1}, {std::exp(0.3), 1}});
  ASSERT_TRUE(of);
  const double width = 4.302653 * 0.1 / std::sqrt(3.0);
  EXPECT_NEAR(std::log(of->low), 0.2 - width, 1e-6);
  EXPECT_NEAR(std::log(of->high), 0.2 + width, 1e-6);
  EXPECT_FALSE(of->real()) << "1 lies within";
}

TEST(PairedRatio, ServersThatChangePlacesGiveTheInverse) {
  const auto one = paired_ratio(Pairs{{10, 7}, {11, 9}, {12, 7}});
  const auto other = paired_ratio(Pairs{{7, 10}, {9, 11}, {7, 12}});
  ASSERT_TRUE(one && other);
  EXPECT_NEAR(one->ratio * other->ratio, 1, 1e-12);
  EXPECT_NEAR(one->low * other->high, 1, 1e-12);
}

TEST(PairedRatio, NothingFollowsFromOnePairOrFromFiguresThatAreNotKnown) {
  EXPECT_FALSE(paired_ratio(Pairs{}));
  EXPECT_FALSE(paired_ratio(Pairs{{2, 1}}));
  EXPECT_FALSE(paired_ratio(Pairs{{2, 1}, {2, 0}}));
  EXPECT_FALSE(paired_ratio(Pairs{{2, 1}, {-1, 1}}));
  EXPECT_FALSE(paired_ratio(Pairs{{2, 1}, {std::nan(""), 1}}));
}

}  // namespace
}  // namespace redoubt

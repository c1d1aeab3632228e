// The treemap of prefixes.
#include "check-rdb/report/treemap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace redoubt {
namespace {

TEST(Treemap, AreasAreToScaleAndFillTheWhole) {
  const std::vector<double> weights = {60, 50, 40, 20, 20, 10, 1, 0.5};
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  const Rectangle area{10, 20, 400, 250};
  const std::vector<Rectangle> cells = squarify(weights, area);
  ASSERT_EQ(cells.size(), weights.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    const Rectangle& cell = cells[i];
    EXPECT_NEAR(cell.width * cell.height, weights[i] / all * area.width * area.height, 0.01);
    EXPECT_GE(cell.x, area.x - 0.01);
    EXPECT_GE(cell.y, area.y - 0.01);
    EXPECT_LE(cell.x + cell.width, area.x + area.width + 0.01);
    EXPECT_LE(cell.y + cell.height, area.y + area.height + 0.01);
    for (size_t j = 0; j < i; ++j) {
      const Rectangle& other = cells[j];
      const double wide = std::min(cell.x + cell.width, other.x + other.width) - std::max(cell.x, other.x);
      const double tall = std::min(cell.y + cell.height, other.y + other.height) - std::max(cell.y, other.y);
      EXPECT_TRUE(wide < 0.01 || tall < 0.01) << i << " lies over " << j;
    }
  }
}

TEST(Treemap, OfNothingAndOfZeros) {
  EXPECT_TRUE(squarify({}, {0, 0, 10, 10}).empty());
  const std::vector<double> zeros = {0, 0};
  for (const Rectangle& cell : squarify(zeros, {0, 0, 10, 10})) EXPECT_EQ(cell.width * cell.height, 0);
  const std::vector<double> some = {5, 0};
  EXPECT_NEAR(squarify(some, {0, 0, 10, 10})[0].width, 10, 0.01);
}

}  // namespace
}  // namespace redoubt

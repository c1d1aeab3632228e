// Whether two servers differ, told from pairs of figures, each pair measured one soon after the other. The ratio is the geometric
// mean of the pairs' ratios, so that a against b is the inverse of b against a; what both had to suffer in a round cancels out.
// Its confidence interval comes from Student's distribution of the logarithms. Thread-safe: no state.
#pragma once

#include <optional>
#include <span>

namespace redoubt {

struct FigurePair {
  double a = 0;
  double b = 0;
};

struct PairedRatio {
  double a = 0;  // geometric means
  double b = 0;
  double ratio = 0;  // a / b
  // Where the true ratio lies with 95 % confidence.
  double low = 0;
  double high = 0;

  // One of them is larger: 1 lies outside the interval.
  bool real() const { return low > 1 || high < 1; }
};

// None: fewer than two pairs, or some figure is not above 0.
std::optional<PairedRatio> paired_ratio(std::span<const FigurePair> pairs);

}  // namespace redoubt

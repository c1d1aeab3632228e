#include "benchmark/compare/paired_ratio.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace redoubt {
namespace {

constexpr double confidence = 0.95;

}  // namespace

std::optional<PairedRatio> paired_ratio(std::span<const FigurePair> pairs) {
  if (pairs.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(pairs.size());
  double sum_a = 0;
  double sum_b = 0;
  for (const FigurePair& pair : pairs) {
    if (!(pair.a > 0) || !(pair.b > 0)) return std::nullopt;
    sum_a += std::log(pair.a);
    sum_b += std::log(pair.b);
  }
  const double mean = (sum_a - sum_b) / count;
  double squares = 0;
  for (const FigurePair& pair : pairs) {
    const double off = std::log(pair.a) - std::log(pair.b) - mean;
    squares += off * off;
  }
  const double error_of_mean = std::sqrt(squares / (count - 1) / count);
  const boost::math::students_t distribution(count - 1);
  const double width = boost::math::quantile(distribution, (1 + confidence) / 2) * error_of_mean;
  return PairedRatio{.a = std::exp(sum_a / count),
                     .b = std::exp(sum_b / count),
                     .ratio = std::exp(mean),
                     .low = std::exp(mean - width),
                     .high = std::exp(mean + width)};
}

}  // namespace redoubt

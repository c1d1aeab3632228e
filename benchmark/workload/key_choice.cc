#include "benchmark/workload/key_choice.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr double most_theta = 10;
constexpr std::string_view zipf_prefix = "zipf:";
constexpr double near_zero = 1e-8;

// (e^x - 1) / x and ln(1 + x) / x, which go to 1 where x goes to 0.
double growth(double x) { return std::abs(x) < near_zero ? 1 + x / 2 : std::expm1(x) / x; }
double slowness(double x) { return std::abs(x) < near_zero ? 1 - x / 2 : std::log1p(x) / x; }

}  // namespace

Result<KeyChoice> KeyChoice::parse(std::string_view text, uint64_t space) {
  KeyChoice choice(space);
  if (text == "uniform") return choice;
  if (text == "sequential") {
    choice.kind_ = Kind::sequential;
  } else if (text == "normal") {
    choice.kind_ = Kind::normal;
  } else if (text.starts_with(zipf_prefix)) {
    const auto theta = parse_double(text.substr(zipf_prefix.size()));
    if (!theta || !(*theta > 0) || *theta > most_theta) {
      return Error{"the theta of zipf must be a number above 0 and up to 10, as in zipf:0.99"};
    }
    choice.prepare_zipf(*theta);
  } else {
    return Error{"keys are uniform, sequential, zipf:THETA or normal, not '" + std::string(text) + "'"};
  }
  return choice;
}

uint64_t KeyChoice::pick_unevenly(Random& random, std::atomic<uint64_t>& turn) const {
  switch (kind_) {
    case Kind::sequential: return turn.fetch_add(1, std::memory_order_relaxed) % space_;
    case Kind::zipf: return pick_zipf(random);
    case Kind::normal: return pick_normal(random);
    case Kind::uniform: break;
  }
  return random.below(space_);
}

// Rejection-inversion (W. Hörmann and G. Derflinger, 1996): a point below the curve x^-theta is chosen by the area to its left;
// its column is taken unless the point is above the column's own height. No table, whatever the space.
double KeyChoice::likelihood(double x) const { return std::exp(-theta_ * std::log(x)); }

double KeyChoice::area_to(double x) const {
  const double log = std::log(x);
  return growth((1 - theta_) * log) * log;
}

double KeyChoice::end_of(double area) const {
  const double scaled = std::max(-1.0, area * (1 - theta_));
  return std::exp(slowness(scaled) * area);
}

void KeyChoice::prepare_zipf(double theta) {
  kind_ = Kind::zipf;
  theta_ = theta;
  least_area_ = area_to(1.5) - 1;
  whole_area_ = area_to(static_cast<double>(space_) + 0.5);
  sure_distance_ = 2 - end_of(area_to(2.5) - likelihood(2));
}

uint64_t KeyChoice::pick_zipf(Random& random) const {
  while (true) {
    const double area = whole_area_ + random.unit() * (least_area_ - whole_area_);
    const double x = end_of(area);
    const double column = std::clamp(std::floor(x + 0.5), 1.0, static_cast<double>(space_));
    if (column - x <= sure_distance_ || area >= area_to(column + 0.5) - likelihood(column)) {
      return static_cast<uint64_t>(column) - 1;
    }
  }
}

uint64_t KeyChoice::pick_normal(Random& random) const {
  const auto space = static_cast<double>(space_);
  while (true) {
    const double distance = std::sqrt(-2 * std::log(1 - random.unit()));
    const double number = space / 2 + space / 6 * distance * std::cos(2 * std::numbers::pi * random.unit());
    if (number >= 0 && number < space) return static_cast<uint64_t>(number);
  }
}

}  // namespace redoubt

#include "check-rdb/report/treemap.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "common/base/number.h"
#include "common/tool/html_text.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

// How far from a square the worst of these is, laid out in one row along a side.
double worst_ratio(double largest, double smallest, double sum, double side) {
  if (sum <= 0 || smallest <= 0 || side <= 0) return 1e300;
  const double square = sum * sum;
  return std::max(side * side * largest / square, square / (side * side * smallest));
}

}  // namespace

std::vector<Rectangle> squarify(std::span<const double> weights, Rectangle area) {
  std::vector<Rectangle> placed(weights.size());
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (all <= 0) return placed;
  const double scale = area.width * area.height / all;
  for (size_t begin = 0; begin < weights.size();) {
    const bool upright = area.width >= area.height;  // a row stands at the left, else at the top
    const double side = upright ? area.height : area.width;
    double sum = weights[begin] * scale;
    size_t end = begin + 1;
    while (end < weights.size()) {
      const double largest = weights[begin] * scale;
      const double next = weights[end] * scale;
      const double now = worst_ratio(largest, weights[end - 1] * scale, sum, side);
      if (worst_ratio(largest, next, sum + next, side) > now) break;
      sum += next;
      ++end;
    }
    const double thickness = side > 0 ? sum / side : 0;
    double along = 0;
    for (size_t i = begin; i < end; ++i) {
      const double length = thickness > 0 ? weights[i] * scale / thickness : 0;
      placed[i] = upright ? Rectangle{area.x, area.y + along, thickness, length}
                          : Rectangle{area.x + along, area.y, length, thickness};
      along += length;
    }
    if (upright) {
      area.x += thickness;
      area.width = std::max(0.0, area.width - thickness);
    } else {
      area.y += thickness;
      area.height = std::max(0.0, area.height - thickness);
    }
    begin = end;
  }
  return placed;
}

namespace {

constexpr double map_width = 640;
constexpr double map_height = 460;
constexpr double head_height = 16;
constexpr double gap = 1;
constexpr double least_side = 3;
constexpr double character_width = 7.2;
constexpr size_t most_cells = 1500;
constexpr int hues = 8;

class Map {
 public:
  explicit Map(const Prefix& root) : all_(root.sums.memory_bytes) {
    svg_ = fmt::format("<svg class=\"map\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Memory by prefix\">\n",
                       map_width, map_height);
    draw_inside(root, {0, 0, map_width, map_height}, 0, -1);
    svg_ += "</svg>\n";
  }
  std::string take() { return std::move(svg_); }

 private:
  // `hue`: of the prefix of the first level; -1: there is none yet.
  void draw_inside(const Prefix& prefix, Rectangle area, int depth, int hue) {
    std::vector<double> weights;
    for (const Prefix& child : prefix.children) weights.push_back(static_cast<double>(child.sums.memory_bytes));
    weights.push_back(static_cast<double>(prefix.rest.memory_bytes));
    // The rest has its place by its size, too.
    const auto place = std::upper_bound(weights.begin(), weights.end() - 1, weights.back(), std::greater<>());
    const auto rest_at = static_cast<size_t>(place - weights.begin());
    std::rotate(place, weights.end() - 1, weights.end());
    const std::vector<Rectangle> cells = squarify(weights, area);
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i == rest_at) {
        draw_rest(prefix, cells[i]);
        continue;
      }
      const size_t child = i < rest_at ? i : i - 1;
      draw(prefix.children[child], cells[i], depth + 1, hue < 0 ? static_cast<int>(child % hues) : hue);
    }
  }

  void draw(const Prefix& prefix, Rectangle area, int depth, int hue) {
    if (!cell(area, fmt::format("c{} d{}", hue, std::min(depth, 3)), prefix.name, prefix.sums)) return;
    label(area, prefix.name);
    const bool divided = !prefix.children.empty() && area.width > 40 && area.height > 40;
    if (!divided) return;
    draw_inside(prefix, {area.x + 2, area.y + head_height, area.width - 4, area.height - head_height - 2}, depth, hue);
  }

  void draw_rest(const Prefix& prefix, Rectangle area) {
    if (prefix.rest.memory_bytes == 0) return;
    const std::string name =
        prefix.name.empty() ? "(others)" : prefix.name + (prefix.folded ? "… (all others)" : "… (no further prefix)");
    if (cell(area, "rest", name, prefix.rest)) label(area, name);
  }

  // False: too small to be seen.
  bool cell(Rectangle area, std::string_view style, std::string_view name, const PrefixSums& sums) {
    if (std::min(area.width, area.height) < least_side || cells_ == most_cells) return false;
    ++cells_;
    svg_ += fmt::format(
        "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{}: {}, {}, {} "
        "keys</title></rect>\n",
        style, area.x, area.y, area.width - gap, area.height - gap, html_name(name, 120),
        format_bytes_human(sums.memory_bytes), share_of(sums.memory_bytes, all_), grouped(sums.keys));
    return true;
  }

  void label(Rectangle area, std::string_view name) {
    const auto room = static_cast<size_t>(std::max(0.0, area.width - 6) / character_width);
    if (room < 3 || area.height < head_height) return;
    svg_ +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", area.x + 3, area.y + 12, html_name(name, room - 1));
  }

  uint64_t all_;
  size_t cells_ = 0;
  std::string svg_;
};

}  // namespace

std::string treemap_svg(const Prefix& root) { return Map(root).take(); }

}  // namespace redoubt

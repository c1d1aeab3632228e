// A tree of sizes as nested rectangles whose areas are to scale, near to squares (squarified treemap: Bruls, Huizing, van Wijk).
// Thread-safe: no state.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "check-rdb/stats/prefix_tree.h"

namespace redoubt {

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;
};

// Divides `area` among these weights, which descend; in their order.
std::vector<Rectangle> squarify(std::span<const double> weights, Rectangle area);

// An <svg> of what prefixes take in memory, each with a tooltip; colours by the style sheet of the page.
std::string treemap_svg(const Prefix& root);

}  // namespace redoubt

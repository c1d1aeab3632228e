// A line chart as an element of an HTML page: inline SVG with axes, a dot for each value (which a pointer asks for its figure) and
// a legend. Colours come from chart_style. Thread-safe: no state.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

struct LineChart {
  struct Line {
    std::string name;
    std::vector<double> values;  // one for each mark
  };
  std::string title;   // and names, marks and what `text` returns: plain text, which is escaped
  std::string across;  // what the marks are
  std::vector<std::string> marks = {};
  std::vector<Line> lines = {};             // at most six can be told apart
  bool logarithmic = false;                 // values of 0 stand at the bottom
  std::function<std::string(double)> text;  // of a value
};

// <figure>…</figure>; empty without marks or lines.
std::string line_chart(const LineChart& chart);

// Belongs into the page.
inline constexpr std::string_view chart_style = R"(
:root { --l0: #1f6f9f; --l1: #b5521b; --l2: #2f7d3c; --l3: #8b3fa0; --l4: #8a6d00; --l5: #a61e4d; }
@media (prefers-color-scheme: dark) { :root { --l0: #6cb4e0; --l1: #f0965a; --l2: #7ecb88; --l3: #cf97e0; --l4: #d9bd4f;
  --l5: #f28bb0; } }
.lines line { stroke: var(--line); }
.lines polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
.lines text.left { text-anchor: end; } .lines text.below { text-anchor: middle; fill: var(--faint); }
.l0 { stroke: var(--l0); fill: var(--l0); } .l1 { stroke: var(--l1); fill: var(--l1); }
.l2 { stroke: var(--l2); fill: var(--l2); } .l3 { stroke: var(--l3); fill: var(--l3); }
.l4 { stroke: var(--l4); fill: var(--l4); } .l5 { stroke: var(--l5); fill: var(--l5); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; margin: .3rem 0 1rem; }
.legend li { list-style: none; } .legend svg { display: inline-block; width: .8rem; border: 0; background: none; }
)";

}  // namespace redoubt

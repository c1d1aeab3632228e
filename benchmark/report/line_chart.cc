#include "benchmark/report/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/tool/html_text.h"

namespace redoubt {
namespace {

constexpr double width = 420;
constexpr double height = 240;
constexpr double left = 62;
constexpr double right = width - 12;
constexpr double top = 12;
constexpr double bottom = height - 40;
constexpr size_t colours = 6;
constexpr size_t most_labels = 8;
constexpr size_t most_dots = 60;

// Round numbers from the lowest to the highest that is shown.
class Scale {
 public:
  Scale(const LineChart& chart) : logarithmic_(chart.logarithmic) {
    double least = INFINITY;
    double most = 0;
    for (const LineChart::Line& line : chart.lines) {
      for (const double value : line.values) {
        most = std::max(most, value);
        if (value > 0) least = std::min(least, value);
      }
    }
    if (most <= 0) most = least = 1;
    if (logarithmic_) {
      low_ = std::floor(std::log10(least));
      high_ = std::max(std::ceil(std::log10(most)), low_ + 1);
      for (int power = static_cast<int>(low_); power <= static_cast<int>(high_); ++power) {
        marks_.push_back(std::pow(10, power));
      }
    } else {
      const double step = round_step(most / 4);
      const auto steps = static_cast<int>(std::ceil(most / step));
      high_ = steps * step;
      for (int number = 0; number <= steps; ++number) marks_.push_back(number * step);
    }
  }

  double y(double value) const {
    const double at = logarithmic_ ? (value > 0 ? std::log10(value) : low_) : value;
    return bottom - (bottom - top) * std::clamp((at - low_) / (high_ - low_), 0.0, 1.0);
  }
  const std::vector<double>& marks() const { return marks_; }

 private:
  static double round_step(double about) {
    const double power = std::pow(10, std::floor(std::log10(about)));
    for (const double factor : {1, 2, 5}) {
      if (about <= factor * power) return factor * power;
    }
    return 10 * power;
  }

  bool logarithmic_;
  double low_ = 0;
  double high_ = 1;
  std::vector<double> marks_;
};

class Drawing {
 public:
  explicit Drawing(const LineChart& chart) : chart_(chart), scale_(chart) {}

  std::string draw() {
    const std::string title = html_name(chart_.title, SIZE_MAX);
    add("<figure><figcaption>{}</figcaption>\n<svg class=\"lines\" viewBox=\"0 0 {} {}\" role=\"img\" "
        "aria-label=\"{}\">\n",
        title, width, height, title);
    axes();
    for (size_t index = 0; index < chart_.lines.size(); ++index) line(chart_.lines[index], index % colours);
    html_ += "</svg>\n<ul class=\"legend\">\n";
    for (size_t index = 0; index < chart_.lines.size(); ++index) {
      add("<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><circle class=\"l{}\" cx=\"5\" cy=\"5\" "
          "r=\"4\"></circle>"
          "</svg> {}</li>\n",
          index % colours, html_name(chart_.lines[index].name, SIZE_MAX));
    }
    html_ += "</ul></figure>\n";
    return std::move(html_);
  }

 private:
  template <typename... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(html_), format, std::forward<Arguments>(arguments)...);
  }
  double x(size_t mark) const {
    const size_t steps = chart_.marks.size() - 1;
    if (steps == 0) return (left + right) / 2;
    return left + 8 + (right - left - 16) * static_cast<double>(mark) / static_cast<double>(steps);
  }

  void axes() {
    for (const double mark : scale_.marks()) {
      const double y = scale_.y(mark);
      add("<line x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"></line>"
          "<text class=\"left\" x=\"{}\" y=\"{:.1f}\">{}</text>\n",
          left, y, right, y, left - 6, y + 4, html_text(chart_.text(mark)));
    }
    const size_t label_every = (chart_.marks.size() + most_labels - 1) / most_labels;
    for (size_t mark = 0; mark < chart_.marks.size(); mark += label_every) {
      add("<text class=\"below\" x=\"{:.1f}\" y=\"{}\">{}</text>\n", x(mark), bottom + 17,
          html_text(chart_.marks[mark]));
    }
    add("<text class=\"below\" x=\"{}\" y=\"{}\">{}</text>\n", (left + right) / 2, height - 6,
        html_text(chart_.across));
  }

  void line(const LineChart::Line& of, size_t colour) {
    const size_t count = std::min(of.values.size(), chart_.marks.size());
    add("<polyline class=\"l{}\" points=\"", colour);
    for (size_t mark = 0; mark < count; ++mark) add("{:.1f},{:.1f} ", x(mark), scale_.y(of.values[mark]));
    html_ += "\" style=\"fill: none\"></polyline>\n";
    if (count > most_dots) return;
    for (size_t mark = 0; mark < count; ++mark) {
      add("<circle class=\"l{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}, {}: {}</title></circle>\n", colour,
          x(mark), scale_.y(of.values[mark]), html_name(of.name, SIZE_MAX), html_text(chart_.marks[mark]),
          html_text(chart_.text(of.values[mark])));
    }
  }

  const LineChart& chart_;
  Scale scale_;
  std::string html_;
};

}  // namespace

std::string line_chart(const LineChart& chart) {
  if (chart.marks.empty() || chart.lines.empty()) return {};
  return Drawing(chart).draw();
}

}  // namespace redoubt

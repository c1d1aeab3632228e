#include <fmt/format.h>

#include <algorithm>

#include "check-rdb/options.h"
#include "check-rdb/report/page_style.h"
#include "check-rdb/report/stats_report.h"
#include "check-rdb/report/treemap.h"
#include "common/base/number.h"
#include "common/rdb/rdb_type_name.h"
#include "common/tool/html_page.h"
#include "common/tool/html_text.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr size_t shown_prefixes = 50;
constexpr size_t shown_bytes_of_name = 200;

class Page {
 public:
  explicit Page(const FileStats& stats) : stats_(stats) {}

  std::string make() {
    head();
    cards();
    totals();
    prefixes();
    charts();
    top();
    aux();
    return html_page(name_html(stats_.file), page_style, html_);
  }

 private:
  template <typename... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(html_), format, std::forward<Arguments>(arguments)...);
  }
  std::string name_html(std::string_view name, uint64_t whole = 0) {
    return html_name(name, shown_bytes_of_name, whole);
  }

  void head() {
    if (!stats_.damage.empty()) {
      add("<p class=\"bad\">The file is damaged at offset {}: {}. All figures are of what stands before.</p>\n",
          stats_.damage_offset, html_name(stats_.damage, SIZE_MAX));
    }
    add("<p class=\"note\">Looked at on {}; that decides which keys count as expired. Memory is what the keys are "
        "estimated "
        "to take in a server.</p>\n",
        utc_time(stats_.read_at_ms / 1000));
  }

  void card(std::string_view title, std::string_view value) {
    add("<li><span>{}</span><b>{}</b></li>\n", title, value);
  }

  void cards() {
    const KeyTotals all = stats_.total();
    html_ += "<ul class=\"cards\">\n";
    card("keys", grouped(all.keys));
    card("size of the file", format_bytes_human(stats_.file_bytes));
    card("memory in a server", format_bytes_human(all.memory_bytes));
    card("keys that expire", grouped(all.expiring));
    card("already expired", grouped(all.expired));
    card("elements", grouped(all.elements));
    card("databases", grouped(stats_.databases.size()));
    card("libraries of functions", grouped(stats_.functions));
    card("RDB version", fmt::format("{}", stats_.version));
    html_ += "</ul>\n";
  }

  void totals_row(std::string_view db, std::string_view type, const KeyTotals& totals) {
    add("<tr><td>{}</td><td class=\"text\">{}</td>", db, type);
    for (const TotalsFigure& figure : totals_figures) {
      add("<td>{}</td>", figure.bytes ? format_bytes_human(totals.*figure.value) : grouped(totals.*figure.value));
    }
    html_ += "</tr>\n";
  }

  void totals() {
    html_ +=
        "<h2>Keys by database and type</h2>\n<div class=\"wide\"><table>\n<tr><th>db</th><th class=\"text\">type</th>";
    for (const TotalsFigure& figure : totals_figures) add("<th>{}</th>", figure.title);
    html_ += "</tr>\n";
    for (const auto& [db, kinds] : stats_.databases) {
      for (size_t i = 0; i < kind_count; ++i) {
        if (kinds[i].keys != 0) totals_row(fmt::format("{}", db), name_of(static_cast<RdbKind>(i)), kinds[i]);
      }
    }
    totals_row("all", "", stats_.total());
    html_ += "</table></div>\n";
  }

  void prefixes() {
    const auto largest = largest_prefixes(stats_.prefixes, shown_prefixes);
    if (largest.empty()) return;
    html_ += "<h2>Memory by prefix</h2>\n";
    html_ += treemap_svg(stats_.prefixes);
    if (const std::string_view note = prefix_note(stats_); !note.empty()) add("<p class=\"note\">{}</p>\n", note);
    html_ +=
        "<div class=\"wide\"><table>\n<tr><th class=\"text\">prefix</th><th>memory</th><th>share</th><th>in the "
        "file</th><th>keys</th></tr>\n";
    for (const Prefix* prefix : largest) {
      const PrefixSums& sums = prefix->sums;
      add("<tr><td class=\"name\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", name_html(prefix->name),
          format_bytes_human(sums.memory_bytes), share_of(sums.memory_bytes, stats_.prefixes.sums.memory_bytes),
          format_bytes_human(sums.file_bytes), grouped(sums.keys));
    }
    html_ += "</table></div>\n";
  }

  void charts() {
    const KeySpread all = stats_.spread();
    if (all.name_bytes.count() == 0) return;
    html_ += "<h2>How keys are spread</h2>\n<div class=\"charts\">\n";
    for (const SpreadFigure& figure : spread_figures) chart(figure, all.*figure.histogram);
    html_ += "</div>\n";
  }

  // Bars for powers of two, from the first to the last that has keys.
  void chart(const SpreadFigure& figure, const LogHistogram& histogram) {
    static constexpr double width = 400;
    static constexpr double height = 180;
    static constexpr double floor = 156;
    static constexpr double top = 8;
    if (histogram.count() == 0) return;
    const auto counts = histogram.by_power();
    const auto filled = [](uint64_t count) { return count != 0; };
    const auto first = static_cast<size_t>(std::find_if(counts.begin(), counts.end(), filled) - counts.begin());
    const auto last =
        counts.size() - 1 - static_cast<size_t>(std::find_if(counts.rbegin(), counts.rend(), filled) - counts.rbegin());
    const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
    const size_t bars = last - first + 1;
    const double step = width / static_cast<double>(bars);
    add("<figure><figcaption>{}: p50 {}, p90 {}, p99 {}, max {}</figcaption>\n"
        "<svg class=\"bars\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
        figure.title, human(figure.unit, histogram.percentile(50)), human(figure.unit, histogram.percentile(90)),
        human(figure.unit, histogram.percentile(99)), human(figure.unit, histogram.max()), width, height, figure.title);
    const size_t label_every = (bars + 3) / 4;
    for (size_t power = first; power <= last; ++power) {
      const double x = step * static_cast<double>(power - first);
      const double tall = (floor - top) * static_cast<double>(counts[power]) / most;
      add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{}: {} keys</title></rect>\n",
          x + 1, floor - tall, step > 4 ? step - 2 : step, tall, range_of(figure.unit, power), grouped(counts[power]));
      if ((power - first) % label_every != 0) continue;
      const uint64_t from = power == 0 ? 0 : uint64_t{1} << (power - 1);
      add("<text x=\"{:.1f}\" y=\"172\">{}</text>\n", x + 2, human(figure.unit, from));
    }
    html_ += "</svg></figure>\n";
  }

  static std::string range_of(SpreadFigure::Unit unit, size_t power) {
    if (power < 2) return human(unit, power);
    const uint64_t from = uint64_t{1} << (power - 1);
    return fmt::format("{} to {}", human(unit, from), human(unit, from + (from - 1)));
  }

  void top() {
    if (stats_.top.empty()) return;
    html_ +=
        "<h2>Largest keys</h2>\n<div class=\"wide\"><table>\n<tr><th class=\"text\">key</th><th>memory</th><th>in the "
        "file</th>"
        "<th>elements</th><th class=\"text\">type</th><th "
        "class=\"text\">encoding</th><th>db</th><th>expires</th></tr>\n";
    for (const TopKey& key : stats_.top) {
      add("<tr><td class=\"name\">{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"text\">{}</td><td "
          "class=\"text\">{}</td><td>{}</td><td>{}</td></tr>\n",
          name_html(key.name, key.name_size), format_bytes_human(key.memory_bytes), format_bytes_human(key.file_bytes),
          grouped(key.elements), name_of(key.kind), rdb_type_name(key.type), key.db,
          key.expires_ms == RdbKey::never ? "" : utc_time(key.expires_ms / 1000));
    }
    html_ += "</table></div>\n";
  }

  void aux() {
    if (stats_.aux.empty()) return;
    html_ += "<h2>What the server said of itself</h2>\n<div class=\"wide\"><table>\n";
    for (const auto& [name, value] : stats_.aux) {
      add("<tr><td class=\"text\">{}</td><td class=\"name\">{}</td></tr>\n", name_html(name),
          html_text(shown_aux(name, value)));
    }
    html_ += "</table></div>\n";
  }

  const FileStats& stats_;
  std::string html_;
};

}  // namespace

std::string stats_page(const FileStats& stats) { return Page(stats).make(); }

}  // namespace redoubt

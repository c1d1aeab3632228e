#include <fmt/format.h>

#include "check-rdb/options.h"
#include "check-rdb/report/stats_report.h"
#include "common/base/number.h"
#include "common/rdb/rdb_type_name.h"
#include "common/tool/names.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

constexpr size_t shown_prefixes = 30;
constexpr size_t name_width = 60;

class TextReport {
 public:
  TextReport(const FileStats& stats, const Painter& painter, Output& out)
      : stats_(stats), painter_(painter), out_(out) {}

  void print() {
    print_head();
    print_totals();
    print_spreads();
    print_encodings();
    print_prefixes();
    print_top("Largest keys", stats_.top);
    if (kinds_present() > 1) {
      for (size_t i = 0; i < kind_count; ++i) {
        print_top(fmt::format("Largest keys of type {}", name_of(static_cast<RdbKind>(i))), stats_.top_by_kind[i]);
      }
    }
    if (stats_.damage.empty()) return;
    const std::string text = fmt::format("The file is damaged at offset {}: {}. All figures are of what stands before.",
                                         stats_.damage_offset, shown_name(stats_.damage, SIZE_MAX));
    out_.print("\n{}\n", painter_.paint(Style::bad, text));
  }

 private:
  void title(std::string_view text) { out_.print("\n{}\n", painter_.paint(Style::strong, text)); }
  size_t kinds_present() const {
    size_t count = 0;
    for (const auto& keys : stats_.top_by_kind) count += keys.empty() ? 0 : 1;
    return count;
  }

  void print_head() {
    out_.print("{}: {}, RDB version {}{}\n", painter_.paint(Style::strong, shown_name(stats_.file, SIZE_MAX)),
               format_bytes_human(stats_.file_bytes), stats_.version,
               !stats_.damage.empty() ? ""
               : stats_.has_checksum  ? ", with a checksum"
                                      : ", without a checksum");
    for (const auto& [name, value] : stats_.aux) {
      out_.print("  {}: {}\n", shown_name(name, name_width), shown_aux(name, value));
    }
    if (stats_.functions != 0) {
      out_.print("  libraries of functions: {}, {}\n", stats_.functions, format_bytes_human(stats_.function_bytes));
    }
  }

  void print_totals() {
    std::vector<TextTable::Column> columns = {{"db"}, {"type", false}};
    for (const TotalsFigure& figure : totals_figures) columns.push_back({std::string(figure.title)});
    TextTable table(std::move(columns));
    const auto row = [&table](std::string db, std::string_view type, const KeyTotals& totals) {
      std::vector<std::string> cells = {std::move(db), std::string(type)};
      for (const TotalsFigure& figure : totals_figures) {
        cells.push_back(figure.bytes ? format_bytes_human(totals.*figure.value) : grouped(totals.*figure.value));
      }
      table.row(std::move(cells));
    };
    for (const auto& [db, kinds] : stats_.databases) {
      for (size_t i = 0; i < kind_count; ++i) {
        if (kinds[i].keys != 0) row(fmt::format("{}", db), name_of(static_cast<RdbKind>(i)), kinds[i]);
      }
    }
    row("all", "", stats_.total());
    title("Keys by database and type");
    table.print(painter_, out_);
  }

  void print_spreads() {
    std::vector<TextTable::Column> columns = {{"type", false}, {"of each key", false}};
    for (const Percentile& percentile : told_percentiles) columns.push_back({std::string(percentile.name)});
    columns.push_back({"max"});
    TextTable table(std::move(columns));
    const auto rows = [&table](std::string_view type, const KeySpread& spread) {
      for (const SpreadFigure& figure : spread_figures) {
        const LogHistogram& histogram = spread.*figure.histogram;
        if (histogram.count() == 0) continue;
        std::vector<std::string> cells = {std::string(type), std::string(figure.title)};
        for (const Percentile& p : told_percentiles)
          cells.push_back(human(figure.unit, histogram.percentile(p.percent)));
        cells.push_back(human(figure.unit, histogram.max()));
        table.row(std::move(cells));
      }
    };
    for (size_t i = 0; i < kind_count; ++i) rows(name_of(static_cast<RdbKind>(i)), stats_.spreads[i]);
    if (kinds_present() != 1) rows("all", stats_.spread());
    if (table.empty()) return;
    title("How they are spread");
    table.print(painter_, out_);
  }

  void print_encodings() {
    TextTable table({{"type", false}, {"encoding", false}, {"keys"}, {"in the file"}});
    for (size_t i = 0; i < stats_.encodings.size(); ++i) {
      const EncodingTotals& totals = stats_.encodings[i];
      if (totals.keys == 0) continue;
      table.row({std::string(name_of(kind_of_encoding(i))), std::string(rdb_type_name(static_cast<RdbType>(i))),
                 grouped(totals.keys), format_bytes_human(totals.file_bytes)});
    }
    if (table.empty()) return;
    title("How they are written");
    table.print(painter_, out_);
  }

  void print_prefixes() {
    TextTable table({{"memory"}, {"share"}, {"in the file"}, {"keys"}, {"prefix", false}});
    for (const Prefix* prefix : largest_prefixes(stats_.prefixes, shown_prefixes)) {
      const PrefixSums& sums = prefix->sums;
      table.row({format_bytes_human(sums.memory_bytes), share_of(sums.memory_bytes, stats_.prefixes.sums.memory_bytes),
                 format_bytes_human(sums.file_bytes), grouped(sums.keys), shown_name(prefix->name, name_width)});
    }
    if (table.empty()) return;
    title(fmt::format("Largest prefixes, up to '{}'", shown_name({&stats_.separator, 1}, 1)));
    table.print(painter_, out_);
    if (const std::string_view note = prefix_note(stats_); !note.empty()) out_.print("{}\n", note);
  }

  void print_top(std::string_view what, const std::vector<TopKey>& keys) {
    if (keys.empty()) return;
    TextTable table(
        {{"memory"}, {"in the file"}, {"elements"}, {"type", false}, {"expires", false}, {"db"}, {"key", false}});
    for (const TopKey& key : keys) {
      table.row({format_bytes_human(key.memory_bytes), format_bytes_human(key.file_bytes), grouped(key.elements),
                 std::string(name_of(key.kind)), key.expires_ms == RdbKey::never ? "" : utc_time(key.expires_ms / 1000),
                 fmt::format("{}", key.db), shown_name(key.name, name_width, key.name_size)});
    }
    title(what);
    table.print(painter_, out_);
  }

  const FileStats& stats_;
  const Painter& painter_;
  Output& out_;
};

}  // namespace

void print_stats_text(const FileStats& stats, const Painter& painter, Output& out) {
  TextReport(stats, painter, out).print();
}

}  // namespace redoubt

#include <fmt/format.h>

#include "check-rdb/options.h"
#include "check-rdb/report/stats_report.h"
#include "common/rdb/rdb_type_name.h"
#include "common/tool/csv_text.h"

namespace redoubt {
namespace {

class CsvReport {
 public:
  explicit CsvReport(Output& out) : out_(out) {}

  void print(const FileStats& stats) {
    out_.write("section,db,type,name,figure,value\r\n");
    print_file(stats);
    for (const auto& [db, kinds] : stats.databases) {
      for (size_t i = 0; i < kind_count; ++i) {
        if (kinds[i].keys != 0) totals(fmt::format("{}", db), name_of(static_cast<RdbKind>(i)), kinds[i]);
      }
    }
    totals("", "", stats.total());
    for (size_t i = 0; i < kind_count; ++i) spread(name_of(static_cast<RdbKind>(i)), stats.spreads[i]);
    spread("", stats.spread());
    print_encodings(stats);
    print_prefixes(stats.prefixes);
    print_top("top", stats.top);
    for (const auto& keys : stats.top_by_kind) print_top("top_by_type", keys);
  }

 private:
  void row(std::string_view section, std::string_view db, std::string_view type, std::string_view name,
           std::string_view figure, std::string_view value) {
    line_.clear();
    for (const std::string_view cell : {section, db, type, name, figure, value}) {
      if (!line_.empty()) line_ += ',';
      append_csv(line_, cell);
    }
    out_.write(line_ += "\r\n");
  }
  void row(std::string_view section, std::string_view db, std::string_view type, std::string_view name,
           std::string_view figure, uint64_t value) {
    row(section, db, type, name, figure, fmt::format_int(value).c_str());
  }

  void print_file(const FileStats& stats) {
    row("file", "", "", stats.file, "bytes", stats.file_bytes);
    row("file", "", "", stats.file, "rdb_version", static_cast<uint64_t>(stats.version));
    row("file", "", "", stats.file, "functions", stats.functions);
    row("file", "", "", stats.file, "function_bytes", stats.function_bytes);
    if (!stats.damage.empty()) {
      row("file", "", "", stats.file, "damage_offset", stats.damage_offset);
      row("file", "", "", stats.file, "damage", stats.damage);
    }
    for (const auto& [name, value] : stats.aux) row("aux", "", "", name, "value", value);
  }

  void totals(std::string_view db, std::string_view type, const KeyTotals& totals) {
    for (const TotalsFigure& figure : totals_figures) row("keys", db, type, "", figure.name, totals.*figure.value);
  }

  void spread(std::string_view type, const KeySpread& spread) {
    for (const SpreadFigure& figure : spread_figures) {
      const LogHistogram& histogram = spread.*figure.histogram;
      if (histogram.count() == 0) continue;
      for (const Percentile& p : told_percentiles) {
        row("spread", "", type, figure.name, p.name, histogram.percentile(p.percent));
      }
      row("spread", "", type, figure.name, "max", histogram.max());
    }
  }

  void print_encodings(const FileStats& stats) {
    for (size_t i = 0; i < stats.encodings.size(); ++i) {
      const EncodingTotals& totals = stats.encodings[i];
      if (totals.keys == 0) continue;
      const std::string_view kind = name_of(kind_of_encoding(i));
      const std::string_view name = rdb_type_name(static_cast<RdbType>(i));
      row("encodings", "", kind, name, "keys", totals.keys);
      row("encodings", "", kind, name, "file_bytes", totals.file_bytes);
    }
  }

  void print_prefixes(const Prefix& prefix) {
    for (const Prefix& child : prefix.children) {
      row("prefixes", "", "", child.name, "keys", child.sums.keys);
      row("prefixes", "", "", child.name, "file_bytes", child.sums.file_bytes);
      row("prefixes", "", "", child.name, "memory_bytes", child.sums.memory_bytes);
      print_prefixes(child);
    }
  }

  void print_top(std::string_view section, const std::vector<TopKey>& keys) {
    for (const TopKey& key : keys) {
      const std::string db = fmt::format("{}", key.db);
      const std::string_view kind = name_of(key.kind);
      row(section, db, kind, key.name, "memory_bytes", key.memory_bytes);
      row(section, db, kind, key.name, "file_bytes", key.file_bytes);
      row(section, db, kind, key.name, "elements", key.elements);
      row(section, db, kind, key.name, "name_bytes", key.name_size);
    }
  }

  Output& out_;
  std::string line_;
};

}  // namespace

void print_stats_csv(const FileStats& stats, Output& out) { CsvReport(out).print(stats); }

}  // namespace redoubt

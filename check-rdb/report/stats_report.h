// FileStats told in different forms: a table for people, one table of figures, one JSON document, one HTML page; see
// docs/check-rdb-stats.md. What stands in files is made harmless for the form: see shown_name(), json_text.h, csv_text.h.
#pragma once

#include <string>
#include <string_view>

#include "check-rdb/stats/stats.h"
#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

void print_stats_text(const FileStats& stats, const Painter& painter, Output& out);
// Columns section, db, type, name, figure, value: each row one figure.
void print_stats_csv(const FileStats& stats, Output& out);
void print_stats_json(const FileStats& stats, Output& out);
// Needs nothing but itself: no script, no other file.
std::string stats_page(const FileStats& stats);

// ---- what the forms have in common ---------------------------------------------------------------

struct SpreadFigure {
  std::string_view name;
  std::string_view title;
  LogHistogram KeySpread::*histogram;
  enum class Unit : uint8_t { bytes, count, duration } unit;
};
inline constexpr SpreadFigure spread_figures[] = {
    {"name_bytes", "name", &KeySpread::name_bytes, SpreadFigure::Unit::bytes},
    {"value_bytes", "value", &KeySpread::value_bytes, SpreadFigure::Unit::bytes},
    {"elements", "elements", &KeySpread::elements, SpreadFigure::Unit::count},
    {"memory_bytes", "memory", &KeySpread::memory_bytes, SpreadFigure::Unit::bytes},
    {"ttl_ms", "time to live", &KeySpread::ttl_ms, SpreadFigure::Unit::duration},
};
std::string human(SpreadFigure::Unit unit, uint64_t value);

struct Percentile {
  std::string_view name;
  double percent;
};
inline constexpr Percentile told_percentiles[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}};

struct TotalsFigure {
  std::string_view name;
  std::string_view title;
  uint64_t KeyTotals::*value;
  bool bytes;
};
inline constexpr TotalsFigure totals_figures[] = {
    {"keys", "keys", &KeyTotals::keys, false},
    {"expiring", "expiring", &KeyTotals::expiring, false},
    {"expired", "expired", &KeyTotals::expired, false},
    {"elements", "elements", &KeyTotals::elements, false},
    {"file_bytes", "in the file", &KeyTotals::file_bytes, true},
    {"unpacked_bytes", "unpacked", &KeyTotals::unpacked_bytes, true},
    {"memory_bytes", "memory", &KeyTotals::memory_bytes, true},
};

// The prefixes of a tree but its root, the largest first, `most` of them.
std::vector<const Prefix*> largest_prefixes(const Prefix& root, size_t most);
// The kind to which values of a type that was met belong.
RdbKind kind_of_encoding(size_t rdb_type);
// What aux fields say, for people: times as times, sizes as sizes.
std::string shown_aux(std::string_view name, std::string_view value);
// Why the prefixes below cannot all be told; empty if they can.
std::string_view prefix_note(const FileStats& stats);

}  // namespace redoubt

#include "check-rdb/report/stats_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/number.h"
#include "common/tool/names.h"

namespace redoubt {

std::string human(SpreadFigure::Unit unit, uint64_t value) {
  switch (unit) {
    case SpreadFigure::Unit::bytes: return format_bytes_human(value);
    case SpreadFigure::Unit::count: return grouped(value);
    case SpreadFigure::Unit::duration: break;
  }
  return human_duration(value);
}

namespace {

void gather(const Prefix& prefix, std::vector<const Prefix*>& all) {
  for (const Prefix& child : prefix.children) {
    all.push_back(&child);
    gather(child, all);
  }
}

bool any_folded(const Prefix& prefix) {
  return prefix.folded || std::any_of(prefix.children.begin(), prefix.children.end(), any_folded);
}

}  // namespace

std::vector<const Prefix*> largest_prefixes(const Prefix& root, size_t most) {
  std::vector<const Prefix*> all;
  gather(root, all);
  std::stable_sort(all.begin(), all.end(),
                   [](const Prefix* a, const Prefix* b) { return a->sums.memory_bytes > b->sums.memory_bytes; });
  if (all.size() > most) all.resize(most);
  return all;
}

RdbKind kind_of_encoding(size_t rdb_type) { return rdb_kind(static_cast<RdbType>(rdb_type)).value_or(RdbKind::string); }

std::string shown_aux(std::string_view name, std::string_view value) {
  static constexpr size_t most_shown = 200;
  const std::string text = shown_name(value, most_shown);
  if (name == "ctime") {
    if (const auto seconds = parse_i64(value)) return fmt::format("{} ({})", text, utc_time(*seconds));
  }
  if (name == "used-mem") {
    if (const auto bytes = parse_u64(value)) return fmt::format("{} ({})", text, format_bytes_human(*bytes));
  }
  return text;
}

std::string_view prefix_note(const FileStats& stats) {
  if (!any_folded(stats.prefixes)) return {};
  return "Small prefixes are counted with the one above them; where there are very many, figures of those that are "
         "told can be "
         "too small.";
}

}  // namespace redoubt

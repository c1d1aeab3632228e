#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "check-rdb/damage.h"
#include "check-rdb/options.h"
#include "check-rdb/report/stats_report.h"
#include "common/rdb/rdb_type_name.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

namespace json = boost::json;

json::object json_of(const KeyTotals& totals) {
  json::object object;
  for (const TotalsFigure& figure : totals_figures) object[figure.name] = totals.*figure.value;
  return object;
}

json::object json_of(const KeySpread& spread) {
  json::object object;
  for (const SpreadFigure& figure : spread_figures) {
    const LogHistogram& histogram = spread.*figure.histogram;
    json::object values{{"count", histogram.count()}};
    for (const Percentile& p : told_percentiles) values[p.name] = histogram.percentile(p.percent);
    values["max"] = histogram.max();
    object[figure.name] = std::move(values);
  }
  return object;
}

json::object json_of(const PrefixSums& sums) {
  return {{"keys", sums.keys}, {"file_bytes", sums.file_bytes}, {"memory_bytes", sums.memory_bytes}};
}

json::object json_of(const Prefix& prefix) {
  json::object object = json_of(prefix.sums);
  object["prefix"] = json_of_bytes(prefix.name);
  object["rest"] = json_of(prefix.rest);
  object["folded"] = prefix.folded;
  json::array children;
  for (const Prefix& child : prefix.children) children.push_back(json_of(child));
  object["children"] = std::move(children);
  return object;
}

json::array json_of(const std::vector<TopKey>& keys) {
  json::array array;
  for (const TopKey& key : keys) {
    json::object object{{"db", key.db},
                        {"key", json_of_bytes(key.name)},
                        {"name_bytes", key.name_size},
                        {"type", name_of(key.kind)},
                        {"encoding", rdb_type_name(key.type)},
                        {"elements", key.elements},
                        {"file_bytes", key.file_bytes},
                        {"memory_bytes", key.memory_bytes}};
    if (key.expires_ms != RdbKey::never) object["expires_ms"] = key.expires_ms;
    array.push_back(std::move(object));
  }
  return array;
}

json::array databases_of(const FileStats& stats) {
  json::array array;
  for (const auto& [db, kinds] : stats.databases) {
    json::object types;
    for (size_t i = 0; i < kind_count; ++i) {
      if (kinds[i].keys != 0) types[name_of(static_cast<RdbKind>(i))] = json_of(kinds[i]);
    }
    array.push_back({{"db", db}, {"totals", json_of(stats.total_of_database(db))}, {"types", std::move(types)}});
  }
  return array;
}

json::array encodings_of(const FileStats& stats) {
  json::array array;
  for (size_t i = 0; i < stats.encodings.size(); ++i) {
    const EncodingTotals& totals = stats.encodings[i];
    if (totals.keys == 0) continue;
    array.push_back({{"type", name_of(kind_of_encoding(i))},
                     {"encoding", rdb_type_name(static_cast<RdbType>(i))},
                     {"keys", totals.keys},
                     {"file_bytes", totals.file_bytes}});
  }
  return array;
}

}  // namespace

void print_stats_json(const FileStats& stats, Output& out) {
  json::object document{{"file", json_of_bytes(stats.file)},
                        {"file_bytes", stats.file_bytes},
                        {"rdb_version", stats.version},
                        {"checksum", stats.has_checksum},
                        {"read_at_ms", stats.read_at_ms}};
  json::array aux;
  for (const auto& [name, value] : stats.aux) {
    aux.push_back({{"name", json_of_bytes(name)}, {"value", json_of_bytes(value)}});
  }
  document["aux"] = std::move(aux);
  document["functions"] = {{"count", stats.functions}, {"bytes", stats.function_bytes}};
  document["totals"] = json_of(stats.total());
  document["databases"] = databases_of(stats);
  json::object spreads{{"all", json_of(stats.spread())}};
  json::object top_by_type;
  for (size_t i = 0; i < kind_count; ++i) {
    if (stats.spreads[i].name_bytes.count() == 0) continue;
    spreads[name_of(static_cast<RdbKind>(i))] = json_of(stats.spreads[i]);
    top_by_type[name_of(static_cast<RdbKind>(i))] = json_of(stats.top_by_kind[i]);
  }
  document["spread"] = std::move(spreads);
  document["encodings"] = encodings_of(stats);
  document["prefix_separator"] = json_of_bytes({&stats.separator, 1});
  document["prefixes"] = json_of(stats.prefixes);
  document["top"] = json_of(stats.top);
  document["top_by_type"] = std::move(top_by_type);
  if (stats.damage.empty()) {
    document["damage"] = nullptr;
  } else {
    document["damage"] = {{"offset", stats.damage_offset}, {"reason", json_of_bytes(stats.damage)}};
  }
  out.write(json::serialize(document));
  out.write("\n");
}

}  // namespace redoubt

#include "check-aof/stats/stats_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "common/base/config_file.h"
#include "common/base/number.h"
#include "common/tool/json_text.h"
#include "common/tool/names.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

struct NamedTraffic {
  std::string name;
  Traffic traffic;
};

// The largest first.
std::vector<NamedTraffic> commands_in_order(const AofStatsCollector& stats) {
  std::vector<NamedTraffic> rows;
  for (const CommandEntry& entry : stats.book().entries()) {
    if (entry.index < stats.by_command().size()) rows.push_back({entry.name, stats.by_command()[entry.index]});
  }
  std::sort(rows.begin(), rows.end(), [](const NamedTraffic& a, const NamedTraffic& b) {
    if (a.traffic.bytes != b.traffic.bytes) return a.traffic.bytes > b.traffic.bytes;
    return a.name < b.name;
  });
  return rows;
}

std::vector<NamedTraffic> databases_in_order(const AofStatsCollector& stats) {
  std::vector<NamedTraffic> rows;
  for (const auto& [number, traffic] : stats.by_database()) {
    rows.push_back({number == AofStatsCollector::other_databases ? "(others)" : std::to_string(number), traffic});
  }
  return rows;
}

void print_table(std::string title, const std::vector<NamedTraffic>& rows, const Traffic& all, const Painter& painter,
                 Output& out) {
  TextTable table({{std::move(title), false}, {"commands"}, {"share"}, {"bytes"}, {"share"}});
  for (const NamedTraffic& row : rows) {
    std::string name;
    append_word(name, row.name);
    table.row({std::move(name), grouped(row.traffic.commands), share_of(row.traffic.commands, all.commands),
               grouped(row.traffic.bytes), share_of(row.traffic.bytes, all.bytes)});
  }
  out.write("\n");
  table.print(painter, out);
}

void print_keys(const AofStatsCollector& stats, const Painter& painter, Output& out) {
  const std::vector<HeavyKey> keys = stats.keys().top(AofStatsReport::most_keys);
  if (keys.empty()) return;
  const char* what =
      stats.keys().exact() ? "key with most traffic" : "key with most traffic (about: there are too many to count all)";
  TextTable table({{"commands"}, {"bytes"}, {"db"}, {what, false}});
  for (const HeavyKey& key : keys) {
    std::string text;
    append_word(text, key.key);
    if (key.key.size() == HeavyKeys::longest_key) text += "...";
    if (key.missed > 0) text += fmt::format("  (up to {} bytes more)", key.missed);
    table.row({grouped(key.commands), grouped(key.bytes), std::to_string(key.database), std::move(text)});
  }
  out.write("\n");
  table.print(painter, out);
}

uint64_t saved(const AofStatsReport& report) {
  return report.log_size > report.remaining ? report.log_size - report.remaining : 0;
}

}  // namespace

void print_aof_stats(const AofStatsReport& report, const AofStatsCollector& stats, const Painter& painter,
                     Output& out) {
  const Traffic all = stats.all();
  out.print("{}\n", report.log);
  out.print("size          {} bytes ({})\n", report.size, format_bytes_human(report.size));
  if (stats.rdb_bytes() > 0)
    out.print("RDB part      {} bytes; redoubt-check-rdb --stats looks into it\n", stats.rdb_bytes());
  out.print("commands      {}\n", all.commands);
  out.print("transactions  {}, with {} commands\n", stats.transactions(), stats.commands_in_transactions());
  if (stats.first_time()) {
    out.print("time          {} to {}, by {} annotations\n", utc_time(*stats.first_time()),
              utc_time(*stats.last_time()), stats.timestamps());
  } else {
    out.print("time          not noted in the log (aof-timestamp-enabled)\n");
  }
  out.print("rewrite       would save about {}: {} of {} bytes of commands{}\n",
            report.log_size == 0 ? "0 %" : share_of(saved(report), report.log_size), saved(report), report.log_size,
            stats.rewrite().sampled() ? ", by a sample of the keys" : "");
  print_table("command", commands_in_order(stats), all, painter, out);
  print_table("database", databases_in_order(stats), all, painter, out);
  print_keys(stats, painter, out);
}

void print_aof_stats_json(const AofStatsReport& report, const AofStatsCollector& stats, Output& out) {
  const auto list = [](const std::vector<NamedTraffic>& rows, const char* what) {
    boost::json::array array;
    for (const NamedTraffic& row : rows) {
      array.push_back(boost::json::object{
          {what, json_of_bytes(row.name)}, {"commands", row.traffic.commands}, {"bytes", row.traffic.bytes}});
    }
    return array;
  };
  boost::json::array keys;
  for (const HeavyKey& key : stats.keys().top(AofStatsReport::most_keys)) {
    keys.push_back(boost::json::object{{"key", json_of_bytes(key.key)},
                                       {"db", key.database},
                                       {"commands", key.commands},
                                       {"bytes", key.bytes},
                                       {"missed_bytes_at_most", key.missed}});
  }
  const Traffic all = stats.all();
  boost::json::object object = {
      {"log", json_of_bytes(report.log)},
      {"size", report.size},
      {"rdb_bytes", stats.rdb_bytes()},
      {"commands", all.commands},
      {"command_bytes", all.bytes},
      {"transactions", stats.transactions()},
      {"commands_in_transactions", stats.commands_in_transactions()},
      {"timestamps", stats.timestamps()},
      {"first_time", stats.first_time() ? boost::json::value(*stats.first_time()) : nullptr},
      {"last_time", stats.last_time() ? boost::json::value(*stats.last_time()) : nullptr},
      {"rewrite", {{"bytes", report.log_size}, {"saved_about", saved(report)}, {"sampled", stats.rewrite().sampled()}}},
      {"by_command", list(commands_in_order(stats), "command")},
      {"by_database", list(databases_in_order(stats), "db")},
      {"keys", std::move(keys)},
      {"keys_exact", stats.keys().exact()},
      {"status", report.end.status == CheckStatus::sound ? "sound" : "damaged"},
  };
  if (report.end.status != CheckStatus::sound) {
    object["stopped"] = {{"file", json_of_bytes(report.end.file)},
                         {"offset", report.end.position.problem},
                         {"line", report.end.position.line},
                         {"commands", report.end.position.commands},
                         {"problem", report.end.problem}};
  }
  out.print("{}\n", boost::json::serialize(object));
}

}  // namespace redoubt

#include "check-aof/stats/stats_report.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "common/base/config_file.h"
#include "common/base/number.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

struct NamedTraffic {
  std::string name;
  Traffic traffic;
};

double share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

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

void print_table(std::string_view title, const std::vector<NamedTraffic>& rows, const Traffic& all, Output& out) {
  size_t width = title.size();
  std::vector<std::string> names;
  for (const NamedTraffic& row : rows) {
    append_word(names.emplace_back(), row.name);
    width = std::max(width, names.back().size());
  }
  out.print("\n{:<{}}  {:>14}  {:>7}  {:>16}  {:>7}\n", title, width, "commands", "share", "bytes", "share");
  for (size_t i = 0; i < rows.size(); ++i) {
    const Traffic& traffic = rows[i].traffic;
    out.print("{:<{}}  {:>14}  {:>5.1f} %  {:>16}  {:>5.1f} %\n", names[i], width, traffic.commands,
              100 * share(traffic.commands, all.commands), traffic.bytes, 100 * share(traffic.bytes, all.bytes));
  }
}

void print_keys(const AofStatsCollector& stats, Output& out) {
  const std::vector<HeavyKey> keys = stats.keys().top(AofStatsReport::most_keys);
  if (keys.empty()) return;
  out.print("\n{:>14}  {:>16}  {:>4}  key with most traffic{}\n", "commands", "bytes", "db",
            stats.keys().exact() ? "" : " (about: there are too many keys to count all)");
  for (const HeavyKey& key : keys) {
    std::string text;
    append_word(text, key.key);
    if (key.key.size() == HeavyKeys::longest_key) text += "...";
    if (key.missed > 0) text += fmt::format("  (up to {} bytes more)", key.missed);
    out.print("{:>14}  {:>16}  {:>4}  {}\n", key.commands, key.bytes, key.database, text);
  }
}

std::string utc(int64_t unix_seconds) {
  // What no calendar has.
  constexpr int64_t last = 253402300799;
  if (unix_seconds < 0 || unix_seconds > last) return std::to_string(unix_seconds);
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(unix_seconds)));
}

uint64_t saved(const AofStatsReport& report) {
  return report.log_size > report.remaining ? report.log_size - report.remaining : 0;
}

}  // namespace

void print_aof_stats(const AofStatsReport& report, const AofStatsCollector& stats, Output& out) {
  const Traffic all = stats.all();
  out.print("{}\n", report.log);
  out.print("size          {} bytes ({})\n", report.size, format_bytes_human(report.size));
  if (stats.rdb_bytes() > 0)
    out.print("RDB part      {} bytes; redoubt-check-rdb --stats looks into it\n", stats.rdb_bytes());
  out.print("commands      {}\n", all.commands);
  out.print("transactions  {}, with {} commands\n", stats.transactions(), stats.commands_in_transactions());
  if (stats.first_time()) {
    out.print("time          {} to {}, by {} annotations\n", utc(*stats.first_time()), utc(*stats.last_time()),
              stats.timestamps());
  } else {
    out.print("time          not noted in the log (aof-timestamp-enabled)\n");
  }
  out.print("rewrite       would save about {:.0f} %: {} of {} bytes of commands{}\n",
            100 * share(saved(report), report.log_size), saved(report), report.log_size,
            stats.rewrite().sampled() ? ", by a sample of the keys" : "");
  print_table("command", commands_in_order(stats), all, out);
  print_table("database", databases_in_order(stats), all, out);
  print_keys(stats, out);
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

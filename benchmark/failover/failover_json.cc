#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "benchmark/failover/failover_report.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

namespace json = boost::json;

constexpr double ns_per_ms = 1e6;

double ms_of(int64_t ns) { return static_cast<double>(ns) / ns_per_ms; }

json::value name_or_null(const std::string& name) { return name.empty() ? json::value(nullptr) : json_of_bytes(name); }

json::object json_of(const ErrorCounts& errors) {
  json::object counts;
  for (const auto& [kind, times] : errors) counts[kind] = times;
  return counts;
}

// Unix time of a monotonic one.
int64_t wall_of(const FailoverRecord& record, int64_t ns) {
  return record.began_ms + (ns - record.began_ns) / static_cast<int64_t>(ns_per_ms);
}

json::array outages_of(const FailoverRecord& record) {
  json::array outages;
  for (const Outage& outage : record.found.outages) {
    outages.push_back({{"began_ms", wall_of(record, outage.from_ns)},
                       {"outage_ms", ms_of(outage.length_ns())},
                       {"from", name_or_null(outage.before)},
                       {"to", name_or_null(outage.after)},
                       {"errors", json_of(outage.errors)}});
  }
  return outages;
}

json::array losses_of(const FailoverRecord& record) {
  json::array losses;
  for (const Loss& loss : record.losses) {
    losses.push_back({{"key", json_of_bytes(loss.key)},
                      {"counter", loss.counter},
                      {"acknowledged", loss.expected},
                      {"found", loss.found},
                      {"lost", loss.lost},
                      {"primary", json_of_bytes(loss.primary)},
                      {"seen_ms", wall_of(record, loss.seen_ns)}});
  }
  return losses;
}

}  // namespace

std::string failover_json(const FailoverRecord& record) {
  json::array sentinels;
  for (const Endpoint& sentinel : record.plan.sentinels) sentinels.push_back(json_of_bytes(sentinel.text()));
  json::array primaries;
  for (const std::string& primary : record.primaries) primaries.push_back(json_of_bytes(primary));
  const FailoverWriter::Totals& totals = record.totals;
  const json::object document{{"version", 1},
                              {"failover", json_of_bytes(record.plan.primary)},
                              {"sentinels", std::move(sentinels)},
                              {"began_ms", record.began_ms},
                              {"seconds", record.seconds()},
                              {"whole", !record.interrupted},
                              {"writers", record.plan.writers},
                              {"sets", totals.writes},
                              {"increments", totals.increments},
                              {"primaries", std::move(primaries)},
                              {"outages", outages_of(record)},
                              {"other_errors", json_of(record.found.other_errors)},
                              {"longest_silence_ms", ms_of(record.found.longest_silence_ns)},
                              {"read_at_end", !record.unread},
                              {"keys", record.keys},
                              {"sets_lost", totals.lost_writes},
                              {"keys_with_losses", totals.keys_with_losses},
                              {"counters", record.counters},
                              {"counters_back", totals.counters_that_went_back},
                              {"increments_lost", totals.lost_increments},
                              {"sets_unacknowledged", totals.unacknowledged_writes},
                              {"increments_unacknowledged", totals.unacknowledged_increments},
                              {"losses", losses_of(record)}};
  return json::serialize(document) + "\n";
}

}  // namespace redoubt

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "benchmark/report/knee.h"
#include "benchmark/report/run_record.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

namespace json = boost::json;

json::object cpu_of(const Measurement& one) {
  json::object cpu{
      {"client_seconds", one.client_cpu_seconds}, {"client_busy", one.client_busy()}, {"server_seconds", nullptr},
      {"server_main_seconds", nullptr},           {"server_busy", nullptr},           {"limit", name_of(one.limit())}};
  if (one.server_cpu) {
    cpu["server_seconds"] = one.server_cpu->all;
    cpu["server_main_seconds"] = one.server_cpu->main;
  }
  if (const auto busy = one.server_busy()) cpu["server_busy"] = *busy;
  return cpu;
}

json::array json_of(const std::vector<SecondStats>& series) {
  json::array seconds;
  for (const SecondStats& one : series) {
    seconds.push_back({{"second", one.second},
                       {"replies", one.replies},
                       {"p50_ns", one.p50_ns},
                       {"p99_ns", one.p99_ns},
                       {"max_ns", one.max_ns}});
  }
  return seconds;
}

json::object json_of(const TimeFigures& times) {
  json::object figures{{"mean", times.mean_ns}};
  for (const TimeFigure& figure : time_figures) figures[figure.field] = times.*figure.value;
  return figures;
}

json::value json_or_null(const std::optional<TimeFigures>& times) {
  return times ? json::value(json_of(*times)) : json::value(nullptr);
}

json::array commands_of(const Measurement& measurement) {
  json::array commands;
  for (const CommandFigures& one : measurement.commands) {
    commands.push_back({{"command", json_of_bytes(one.command)},
                        {"share", measurement.share(one)},
                        {"requests", one.replies},
                        {"errors", one.errors},
                        {"requests_per_second", measurement.rate(one)},
                        {"latency_ns", json_of(one.latency)}});
  }
  return commands;
}

json::value json_or_null(const std::optional<VerifyCounts>& verified) {
  if (!verified) return nullptr;
  json::object counts{{"replies", verified->replies}};
  for (size_t index = 0; index < verify_faults; ++index) {
    counts[name_of(static_cast<VerifyFault>(index))] = verified->found[index];
  }
  return counts;
}

json::object json_of(const Measurement& one) {
  const std::optional<double> lag_share = one.client_lag_share();
  return {{"test", json_of_bytes(one.test)},
          {"clients", one.clients},
          {"pipeline", one.pipeline},
          {"threads", one.threads},
          {"requests", one.replies},
          {"errors", one.errors},
          {"whole", one.whole},
          {"seconds", one.seconds},
          {"requests_per_second", one.rate()},
          {"requests_per_call", one.requests_per_call},
          {"calls_per_second", one.calls_per_second()},
          {"published_calls_per_second",
           one.published_calls_per_second ? json::value(*one.published_calls_per_second) : json::value()},
          {"latency_ns", json_of(one.latency)},
          {"service_ns", json_or_null(one.service)},
          {"client_lag_ns", json_or_null(one.client_lag)},
          {"client_lag_share", lag_share ? json::value(*lag_share) : json::value(nullptr)},
          {"commands", commands_of(one)},
          {"cpu", cpu_of(one)},
          {"verify", json_or_null(one.verified)},
          {"series", json_of(one.series)}};
}

json::object json_of(const Knee& knee) {
  return {{"test", json_of_bytes(knee.at->test)},
          {"pipeline", knee.at->pipeline},
          {"reached", knee.reached},
          {"clients", knee.at->clients},
          {"requests_per_second", knee.at->rate()},
          {"best_clients", knee.best->clients},
          {"best_requests_per_second", knee.best->rate()}};
}

json::value json_of(const std::vector<ClusterMaster>& cluster) {
  if (cluster.empty()) return nullptr;
  json::array masters;
  for (const ClusterMaster& one : cluster) {
    masters.push_back({{"id", one.id}, {"address", one.address}, {"slots", one.slots}});
  }
  return masters;
}

}  // namespace

std::string run_json(const RunRecord& record) {
  json::array measurements;
  for (const Measurement& one : record.measurements) measurements.push_back(json_of(one));
  json::array knees;
  for (const Knee& knee : find_knees(record.measurements)) knees.push_back(json_of(knee));
  const json::object document{{"version", 1},
                              {"server", json_of_bytes(record.server)},
                              {"cluster", json_of(record.cluster)},
                              {"preset", record.preset.empty() ? json::value() : json::value(record.preset)},
                              {"began_ms", record.began_ms},
                              {"requests", record.requests},
                              {"rate", record.rate},
                              {"data_bytes", record.data_size},
                              {"key_space", record.key_space},
                              {"keep_alive", record.keep_alive},
                              {"whole", record.whole},
                              {"measurements", std::move(measurements)},
                              {"knees", std::move(knees)}};
  return json::serialize(document) + "\n";
}

}  // namespace redoubt

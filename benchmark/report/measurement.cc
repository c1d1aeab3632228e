#include "benchmark/report/measurement.h"

#include <fmt/format.h>

#include <algorithm>

namespace redoubt {
namespace {

constexpr double busy_from = 0.85;
// CPU times are counted in ticks of some milliseconds on some systems.
constexpr double shortest_told_seconds = 0.05;

constexpr double much_lag = 0.25;  // of the latency
// A client that is less busy than that, and late, was kept waiting itself.
constexpr double threads_help_from = 0.5;

double percent(double share) { return share * 100; }

std::string threads_text(size_t threads) {
  return threads == 1 ? std::string("1 thread") : fmt::format("{} threads", threads);
}

}  // namespace

std::string_view name_of(Limit limit) {
  switch (limit) {
    case Limit::client: return "client";
    case Limit::server: return "server";
    case Limit::both: return "both";
    case Limit::neither: return "neither";
    case Limit::unknown: break;
  }
  return "unknown";
}

double Measurement::client_busy() const {
  return seconds > 0 && threads > 0 ? client_cpu_seconds / seconds / static_cast<double>(threads) : 0;
}

std::optional<double> Measurement::client_lag_share() const {
  if (!client_lag || latency.mean_ns <= 0) return std::nullopt;
  return std::min(client_lag->mean_ns / latency.mean_ns, 1.0);
}

bool Measurement::waits_in_client() const {
  return !one_thread && clients > threads && seconds >= shortest_told_seconds &&
         client_lag_share().value_or(0) >= much_lag;
}

std::optional<double> Measurement::server_busy() const {
  if (!server_cpu || server_cpu->at <= 0) return std::nullopt;
  return server_cpu->all / server_cpu->at;
}

Limit Measurement::limit() const {
  if (seconds < shortest_told_seconds) return Limit::unknown;
  const bool client = client_busy() >= busy_from;
  if (!server_cpu) return client ? Limit::client : Limit::unknown;
  if (server_cpu->main >= server_cpu->at * busy_from) return client ? Limit::both : Limit::server;
  return client ? Limit::client : Limit::neither;
}

Measurement measurement_of(std::string_view test, size_t clients, size_t pipeline, size_t threads,
                           const LoadResult& result) {
  Measurement kept;
  kept.test = test;
  kept.clients = clients;
  kept.pipeline = pipeline;
  kept.threads = std::clamp<size_t>(threads, 1, clients);
  kept.replies = result.latency.count();
  for (const auto& [text, count] : result.errors) kept.errors += count;
  kept.seconds = result.seconds;
  kept.latency = figures_of(result.latency);
  if (result.service) kept.service = figures_of(*result.service);
  for (const CommandResult& one : result.commands) {
    kept.commands.push_back({one.command, one.latency.count(), one.errors, figures_of(one.latency)});
  }
  kept.series = result.seconds_series;
  if (result.lag.count() > 0) kept.client_lag = figures_of(result.lag);
  kept.client_cpu_seconds = result.cpu_seconds;
  kept.whole = !result.stopped;
  return kept;
}

std::string verdict_sentence(const Measurement& measurement) {
  std::string text =
      fmt::format("client {:.0f} % of {}", percent(measurement.client_busy()), threads_text(measurement.threads));
  if (measurement.client_lag) text += fmt::format(" (lag p99 {} ms)", ms_text(measurement.client_lag->p99_ns, 2));
  text += ", server ";
  const std::optional<double> server = measurement.server_busy();
  text += server ? fmt::format("{:.0f} %: ", percent(*server)) : std::string("not told: ");
  switch (measurement.limit()) {
    case Limit::unknown: text += "too little to tell what was the limit"; break;
    case Limit::server: text += "the server was the limit"; break;
    case Limit::both: text += "both were busy all the time"; break;
    case Limit::neither: text += "neither was busy all the time"; break;
    case Limit::client: text += "the client was the limit, not the server"; break;
  }
  const size_t more = measurement.threads * 2;
  if (measurement.waits_in_client()) {
    text += fmt::format(", and replies waited in the client for {:.0f} % of the latency; ",
                        percent(*measurement.client_lag_share()));
    text += measurement.client_busy() >= threads_help_from
                ? fmt::format("try --threads {}", std::min(more, measurement.clients))
                : std::string("it had time to spare, so others may have had its processor");
  } else if (!measurement.one_thread && (measurement.limit() == Limit::client || measurement.limit() == Limit::both)) {
    text += more <= measurement.clients ? fmt::format("; try --threads {}", more)
                                        : std::string("; it needs more clients, and --threads");
  }
  return text;
}

}  // namespace redoubt

#include "benchmark/report/knee.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr double ns_per_ms = 1e6;

std::string rate_text(const Measurement& measurement) {
  return grouped(static_cast<uint64_t>(std::llround(measurement.rate()))) + " requests per second";
}

std::string clients_text(const Measurement& measurement) {
  return fmt::format("{} client{}", measurement.clients, measurement.clients == 1 ? "" : "s");
}

}  // namespace

std::optional<Knee> find_knee(std::span<const Measurement> measurements) {
  if (measurements.size() < 2) return std::nullopt;
  const auto slower = [](const Measurement& a, const Measurement& b) { return a.rate() < b.rate(); };
  const auto fewer = [](const Measurement& a, const Measurement& b) { return a.clients < b.clients; };
  const Measurement& best = *std::max_element(measurements.begin(), measurements.end(), slower);
  const Measurement& most = *std::max_element(measurements.begin(), measurements.end(), fewer);
  if (best.replies == 0) return std::nullopt;
  const Measurement* at = &best;
  for (const Measurement& one : measurements) {
    if (one.rate() >= best.rate() * knee_share && one.clients < at->clients) at = &one;
  }
  return Knee{at, &best, at->clients < most.clients};
}

std::vector<Knee> find_knees(std::span<const Measurement> measurements) {
  std::vector<Knee> knees;
  while (!measurements.empty()) {
    const Measurement& first = measurements.front();
    const auto end = std::find_if(measurements.begin(), measurements.end(), [&first](const Measurement& one) {
      return one.test != first.test || one.pipeline != first.pipeline;
    });
    const auto count = static_cast<size_t>(end - measurements.begin());
    if (const auto knee = find_knee(measurements.first(count))) knees.push_back(*knee);
    measurements = measurements.subspan(count);
  }
  return knees;
}

std::string knee_sentence(const Knee& knee, int precision) {
  const auto p99 = [precision](const Measurement& one) {
    return fmt::format("p99 {:.{}f} ms", static_cast<double>(one.latency.p99_ns) / ns_per_ms, precision);
  };
  const Measurement& at = *knee.at;
  std::string text = fmt::format("With pipeline {} ", at.pipeline);
  if (!knee.reached) {
    return text + fmt::format("throughput still grew at {}, the most that were tried: {}, {}.", clients_text(at),
                              rate_text(at), p99(at));
  }
  text += fmt::format("the knee is at {}: {}, {}", clients_text(at), rate_text(at), p99(at));
  if (knee.best == knee.at) return text + ", the best of all.";
  return text + fmt::format("; that is {:.0f} % of the best, which {} had: {}, {}.",
                            at.rate() / knee.best->rate() * 100, clients_text(*knee.best), rate_text(*knee.best),
                            p99(*knee.best));
}

}  // namespace redoubt

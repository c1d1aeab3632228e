#include "benchmark/compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace redoubt {
namespace {

constexpr double us_per_second = 1e6;
constexpr double ns_per_ms = 1e6;
constexpr double most_told = 10;

struct Row {
  std::string_view name;
  std::string_view field;
  bool more_is_better;
  double (*value)(const Measurement& of);  // 0: it is not known
};

// What the server spent in the warm-up is no part of it.
double server_us_per_request(const Measurement& of) {
  const std::optional<double> busy = of.server_busy();
  return busy && of.replies > 0 ? *busy * of.seconds * us_per_second / static_cast<double>(of.replies) : 0;
}

constexpr Row rows[] = {
    {"requests/s", "requests_per_second", true, [](const Measurement& of) { return of.rate(); }},
    {"p50 ms", "p50_ms", false,
     [](const Measurement& of) { return static_cast<double>(of.latency.p50_ns) / ns_per_ms; }},
    {"p99 ms", "p99_ms", false,
     [](const Measurement& of) { return static_cast<double>(of.latency.p99_ns) / ns_per_ms; }},
    {"p99.9 ms", "p99_9_ms", false,
     [](const Measurement& of) { return static_cast<double>(of.latency.p999_ns) / ns_per_ms; }},
    {"server us/request", "server_us_per_request", false, server_us_per_request},
};

}  // namespace

std::vector<ComparedFigure> figures_of(const Comparison& comparison) {
  std::vector<ComparedFigure> figures;
  for (const Row& row : rows) {
    std::vector<FigurePair> pairs;
    for (const Round& round : comparison.rounds) pairs.push_back({row.value(round.a), row.value(round.b)});
    figures.push_back({row.name, row.field, paired_ratio(pairs), row.more_is_better});
  }
  return figures;
}

std::string comparison_sentence(const ComparedFigure& figure) {
  if (!figure.ratio) return "not known";
  const PairedRatio& of = *figure.ratio;
  if (!of.real()) {
    const double seen_from = std::max(of.high, 1 / of.low);
    if (seen_from > most_told) return "the rounds differ too much to tell anything";
    return fmt::format("no difference can be told; one of {:.1f} % would show", (seen_from - 1) * 100);
  }
  const bool a_better = (of.ratio > 1) == figure.more_is_better;
  return fmt::format("{} is better: the difference is real", a_better ? "A" : "B");
}

size_t limited_by_client(const Comparison& comparison) {
  const auto limited = [](const Measurement& of) { return of.limit() == Limit::client || of.limit() == Limit::both; };
  size_t count = 0;
  for (const Round& round : comparison.rounds) count += size_t{limited(round.a)} + size_t{limited(round.b)};
  return count;
}

}  // namespace redoubt

#include "benchmark/report/time_figures.h"

#include <fmt/format.h>

namespace redoubt {

TimeFigures figures_of(const Histogram& times) {
  return {.mean_ns = times.mean(),
          .min_ns = times.min(),
          .p50_ns = times.percentile(50),
          .p95_ns = times.percentile(95),
          .p99_ns = times.percentile(99),
          .p999_ns = times.percentile(99.9),
          .max_ns = times.max()};
}

std::string ms_text(double nanoseconds, int precision) {
  constexpr double ns_per_ms = 1e6;
  return fmt::format("{:.{}f}", nanoseconds / ns_per_ms, precision);
}

std::string csv_names(std::string_view of) {
  std::string names = fmt::format(",\"avg_{}_ms\"", of);
  for (const TimeFigure& figure : time_figures) names += fmt::format(",\"{}_{}_ms\"", figure.field, of);
  return names;
}

std::string csv_values(const TimeFigures& times, int precision) {
  std::string values = fmt::format(",\"{}\"", ms_text(times.mean_ns, precision));
  for (const TimeFigure& figure : time_figures) {
    values += fmt::format(",\"{}\"", ms_text(times.*figure.value, precision));
  }
  return values;
}

}  // namespace redoubt

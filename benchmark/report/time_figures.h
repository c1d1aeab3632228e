// What is told of many times, such as the latencies of a measurement: figures in nanoseconds. Plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "benchmark/load/histogram.h"

namespace redoubt {

struct TimeFigures {
  double mean_ns = 0;
  uint64_t min_ns = 0;
  uint64_t p50_ns = 0;
  uint64_t p95_ns = 0;
  uint64_t p99_ns = 0;
  uint64_t p999_ns = 0;
  uint64_t max_ns = 0;
};

// All 0 of an empty one.
TimeFigures figures_of(const Histogram& times);

// What stands beside the mean, in the order in which it is told.
struct TimeFigure {
  std::string_view name;
  std::string_view field;  // the name in JSON and CSV
  uint64_t TimeFigures::*value;
};
inline constexpr std::array time_figures = {
    TimeFigure{"min", "min", &TimeFigures::min_ns},      TimeFigure{"p50", "p50", &TimeFigures::p50_ns},
    TimeFigure{"p95", "p95", &TimeFigures::p95_ns},      TimeFigure{"p99", "p99", &TimeFigures::p99_ns},
    TimeFigure{"p99.9", "p99_9", &TimeFigures::p999_ns}, TimeFigure{"max", "max", &TimeFigures::max_ns}};

// Milliseconds with so many decimals.
std::string ms_text(double nanoseconds, int precision);
inline std::string ms_text(uint64_t nanoseconds, int precision) {
  return ms_text(static_cast<double>(nanoseconds), precision);
}

// All of them as the fields of CSV, each with a comma before it: the names (,"avg_latency_ms",… for "latency") and the values.
std::string csv_names(std::string_view of);
std::string csv_values(const TimeFigures& times, int precision);

}  // namespace redoubt

// The knee of a sweep: where more clients stop to pay. With each pipeline by itself, it is the fewest clients that reach 90 % of
// the best throughput that any number of clients had. Where these are the most clients that were tried, throughput still grew, and
// the knee was not reached. Thread-safe: no state.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "benchmark/report/measurement.h"

namespace redoubt {

inline constexpr double knee_share = 0.9;  // of the best throughput

struct Knee {
  const Measurement* at;
  const Measurement* best;
  bool reached;  // more clients were tried than these
};

// Of measurements of one test with one pipeline, in any order; they outlive it. None: fewer than two numbers of clients
// were tried, or there were no replies.
std::optional<Knee> find_knee(std::span<const Measurement> measurements);

// One for each test and pipeline that has one, in the order in which they were measured.
std::vector<Knee> find_knees(std::span<const Measurement> measurements);

// "With pipeline 16 …"
std::string knee_sentence(const Knee& knee, int precision);

}  // namespace redoubt

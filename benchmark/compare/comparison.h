// Two servers measured in turn, A B A B, with the same test: what was measured, and what follows from it. Plain data.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/compare/paired_ratio.h"
#include "benchmark/report/measurement.h"

namespace redoubt {

struct Round {
  Measurement a;
  Measurement b;
};

struct Comparison {
  std::string test;
  size_t clients = 0;
  size_t pipeline = 0;
  std::vector<Round> rounds;
};

// A row of the comparison.
struct ComparedFigure {
  std::string_view name;   // as people read it, with its unit
  std::string_view field;  // as programs do
  std::optional<PairedRatio> ratio;
  bool more_is_better = false;
};

// Throughput, latencies, what a request cost the server: of those that were measured in all rounds.
std::vector<ComparedFigure> figures_of(const Comparison& comparison);

// "A is 1.290 times B" with how sure that is; or that no difference can be told, and how large one would have had to be.
std::string comparison_sentence(const ComparedFigure& figure);

// In how many measurements the client had no time left, so that a faster server would not have shown.
size_t limited_by_client(const Comparison& comparison);

}  // namespace redoubt

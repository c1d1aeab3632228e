// What a kind of load that is no test of requests and replies (a replay, hand-offs) gets from the run that it is of, and what it
// gives back. Plain data.
#pragma once

#include <optional>

#include "benchmark/measurer.h"
#include "benchmark/options.h"
#include "benchmark/report/report.h"
#include "benchmark/target.h"
#include "common/tool/output.h"

namespace redoubt {

struct ModeRun {
  const BenchmarkOptions& options;
  const Target& target;
  Measurer& measurer;
  const RunFacts& facts;
  Output& out;
  Output& err;
};

struct ModeOutcome {
  std::optional<Measurement> figures;  // none: nothing was measured
  bool failed = false;                 // why was told
};

}  // namespace redoubt

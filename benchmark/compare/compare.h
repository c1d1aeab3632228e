// Two servers measured in turn with the same tests, and whether they differ. On one thread, but for the loads' own.
#pragma once

#include "benchmark/interrupt.h"
#include "benchmark/options.h"
#include "benchmark/target.h"
#include "common/tool/output.h"

namespace redoubt {

// `options` name the tests and how often both are measured; `a` is their server, `b` the one to compare it with. Returns the exit
// status. SIGINT ends it after the measurement under way; the rounds that both servers have are reported.
int run_comparison(const BenchmarkOptions& options, const Target& a, const Target& b, Interrupt& interrupt, Output& out,
                   Output& err);

}  // namespace redoubt

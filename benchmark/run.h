// One run of the benchmark: the server is asked what it is, then each test is run and reported.
#pragma once

#include "benchmark/options.h"
#include "common/tool/output.h"

namespace redoubt {

// Returns the exit status. SIGINT ends the test under way, whose report is printed, and the run.
int run_benchmark(const BenchmarkOptions& options, Output& out, Output& err);

}  // namespace redoubt

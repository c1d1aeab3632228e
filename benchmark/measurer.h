// Measures tests against a server, one after another: the load, what the server spent meanwhile, the line that a person on a
// terminal sees. What went wrong is told on `err` and remembered. On one thread.
#pragma once

#include <optional>
#include <string>

#include "benchmark/hdr/hdr_log.h"
#include "benchmark/interrupt.h"
#include "benchmark/load/load.h"
#include "benchmark/options.h"
#include "benchmark/report/measurement.h"
#include "benchmark/target.h"
#include "benchmark/workload/standard_tests.h"
#include "common/tool/output.h"

namespace redoubt {

struct Measured {
  LoadResult result;
  Measurement figures;
};

class Measurer {
 public:
  // All outlive it. `link`, to the same target, is what the server is asked by.
  Measurer(const BenchmarkOptions& options, const Target& target, BlockingLink link, Interrupt& interrupt, Output& out,
           Output& err);

  // From now on each second of what is measured is written there, too. It outlives this.
  void log_seconds(HdrLog& log) { log_ = &log; }

  // Sets the keys that were asked for (--preload).
  Status preload();
  // None: the run cannot go on; why was told.
  std::optional<Measured> measure(const StandardTest& test, size_t clients, size_t pipeline);
  // The server answered with errors to some measurement.
  bool errors() const { return errors_; }

 private:
  std::optional<ServerCpu> server_cpu();

  const BenchmarkOptions& options_;
  const Target& target_;
  Interrupt& interrupt_;
  Output& out_;
  Output& err_;
  LoadPlan plan_;
  std::optional<BlockingLink> link_;  // none: it went away
  HdrLog* log_ = nullptr;
  bool errors_ = false;
};

}  // namespace redoubt

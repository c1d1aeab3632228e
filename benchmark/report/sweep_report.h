// What a sweep prints: a table for each test and where its knees are, a line for each combination (quiet), or comma-separated
// values. Not thread-safe.
#pragma once

#include <span>

#include "benchmark/report/measurement.h"
#include "benchmark/report/report.h"
#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

class SweepReport {
 public:
  // `precision`: decimals of milliseconds.
  SweepReport(ReportForm form, int precision, const Painter& painter, Output& out)
      : form_(form), precision_(precision), painter_(painter), out_(out) {}

  // Before the first combination.
  void begin();
  // After each of them.
  void combination(const Measurement& measurement);
  // After all combinations of a test, which are these.
  void test(std::span<const Measurement> measurements);

 private:
  void table(std::span<const Measurement> measurements);
  std::string ms(double nanoseconds) const;

  ReportForm form_;
  int precision_;
  Painter painter_;
  Output& out_;
};

}  // namespace redoubt

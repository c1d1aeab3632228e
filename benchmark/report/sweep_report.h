// What a sweep prints: a table for each test and where its knees are, a line for each combination (quiet), or comma-separated
// values. Not thread-safe.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "benchmark/report/measurement.h"
#include "benchmark/report/report.h"
#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

class SweepReport {
 public:
  SweepReport(ReportForm form, RunFacts facts, const Painter& painter, Output& out)
      : form_(form), facts_(std::move(facts)), painter_(painter), out_(out) {}

  // Before the first combination.
  void begin();
  // After each of them.
  void combination(const Measurement& measurement);
  // After all combinations of a test, which are these.
  void test(std::span<const Measurement> measurements);

 private:
  void table(std::span<const Measurement> measurements);
  template <typename Nanoseconds>
  std::string ms(Nanoseconds nanoseconds) const {
    return ms_text(nanoseconds, facts_.precision);
  }

  ReportForm form_;
  RunFacts facts_;
  Painter painter_;
  Output& out_;
};

}  // namespace redoubt

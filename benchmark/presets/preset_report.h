// What a run of a preset prints: what was measured beside what was published; a table, a line for each row (quiet), or
// comma-separated values. Not thread-safe.
#pragma once

#include <vector>

#include "benchmark/presets/preset.h"
#include "benchmark/report/measurement.h"
#include "benchmark/report/report.h"
#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

class PresetReport {
 public:
  // `precision`: decimals of milliseconds.
  PresetReport(const Preset& preset, ReportForm form, int precision, const Painter& painter, Output& out)
      : preset_(preset), form_(form), precision_(precision), painter_(painter), out_(out) {}

  // Before the first row.
  void begin();
  void row(const Measurement& measurement);
  // After the last of them, or that which was the last.
  void end();

 private:
  const Preset& preset_;
  ReportForm form_;
  int precision_;
  Painter painter_;
  Output& out_;
  std::vector<Measurement> rows_;
};

}  // namespace redoubt

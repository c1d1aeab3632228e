// What is told of a comparison: a table, a line (quiet), comma-separated values, or a JSON document. See docs/benchmark.md. Not
// thread-safe.
#pragma once

#include <span>
#include <string>

#include "benchmark/compare/comparison.h"
#include "benchmark/report/report.h"
#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

struct ComparedServers {
  std::string a;
  std::string b;
};

class ComparisonReport {
 public:
  ComparisonReport(ReportForm form, ComparedServers servers, const Painter& painter, Output& out)
      : form_(form), servers_(std::move(servers)), painter_(painter), out_(out) {}

  // Before the first comparison.
  void begin();
  void comparison(const Comparison& comparison);

 private:
  void full(const Comparison& comparison);
  void csv(const Comparison& comparison);

  ReportForm form_;
  ComparedServers servers_;
  Painter painter_;
  Output& out_;
};

// `whole`: it was not ended before its time.
std::string comparison_json(const ComparedServers& servers, std::span<const Comparison> comparisons, bool whole);

}  // namespace redoubt

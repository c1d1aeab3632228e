// A run with --failover: writers keep writing while the primary changes; then what was acknowledged is compared with what is there.
#pragma once

#include <string>

#include "benchmark/failover/failover_plan.h"
#include "benchmark/report/report.h"
#include "common/tool/output.h"

namespace redoubt {

// Returns the exit status: 0 when nothing that was acknowledged is lost, and it could be looked at. SIGINT ends the writing;
// the report is printed all the same. `json_file`: empty for none.
int run_failover(const FailoverPlan& plan, ReportForm form, const std::string& json_file, Output& out, Output& err);

}  // namespace redoubt

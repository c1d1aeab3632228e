// What a run with --failover found, and the forms in which it is told; see docs/benchmark.md. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "benchmark/failover/failover_plan.h"
#include "benchmark/failover/failover_writer.h"
#include "benchmark/failover/outages.h"
#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

struct FailoverRecord {
  FailoverPlan plan;
  int64_t began_ms = 0;  // Unix time
  int64_t began_ns = 0;  // the same moment, monotonic
  int64_t ended_ns = 0;
  bool interrupted = false;
  size_t keys = 0;
  size_t counters = 0;
  FailoverWriter::Totals totals = {};  // of all writers
  std::vector<Loss> losses = {};
  std::vector<std::string> primaries = {};  // in the order in which they first took writes
  OutageReport found = {};
  std::optional<std::string> unread = {};  // why the keys could not be read at the end

  bool nothing_lost() const { return totals.lost_writes == 0 && totals.lost_increments == 0; }
  double seconds() const { return static_cast<double>(ended_ns - began_ns) / 1e9; }
};

// Takes over what a writer that has ended knows.
void add_writer(const FailoverWriter& writer, FailoverRecord& record);
// The outages, when all writers have been added; their silences.
void find_outages(const std::vector<std::vector<Silence>>& silences, FailoverRecord& record);

void tell_failover(const FailoverRecord& record, const Painter& painter, Output& out);
// In one line.
void tell_failover_briefly(const FailoverRecord& record, Output& out);
std::string failover_json(const FailoverRecord& record);

}  // namespace redoubt

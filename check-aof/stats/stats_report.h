// The figures of --stats as a table and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "check-aof/read_log.h"
#include "check-aof/stats/stats_collector.h"
#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

struct AofStatsReport {
  static constexpr size_t most_keys = 20;

  std::string log;
  uint64_t size = 0;       // of all its files
  uint64_t log_size = 0;   // of them without RDB parts: what a rewrite can save of
  uint64_t remaining = 0;  // about, after a rewrite
  LogEnd end;
};

void print_aof_stats(const AofStatsReport& report, const AofStatsCollector& stats, const Painter& painter, Output& out);
void print_aof_stats_json(const AofStatsReport& report, const AofStatsCollector& stats, Output& out);

}  // namespace redoubt

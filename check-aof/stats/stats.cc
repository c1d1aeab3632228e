#include <memory>

#include "check-aof/modes.h"
#include "check-aof/stats/stats_report.h"
#include "common/base/clock.h"

namespace redoubt {

CheckStatus run_stats(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context) {
  const auto stats = std::make_unique<AofStatsCollector>();
  AofStatsReport report;
  report.log = log.argument;
  for (const CheckedFile& file : log.files) report.size += file.size.value_or(0);
  report.end = read_log(log, context, "Counting", *stats);
  if (report.end.status == CheckStatus::io) {
    print_log_end(report.end, context);
    return report.end.status;
  }
  // Of what was read: also annotations are gone after a rewrite, but they are few.
  report.log_size = stats->all().bytes;
  report.remaining = stats->rewrite().remaining(wall_ms());
  if (options.json) {
    print_aof_stats_json(report, *stats, context.out);
  } else {
    print_aof_stats(report, *stats, context.out_painter, context.out);
  }
  context.out.flush();
  print_log_end(report.end, context);
  return report.end.status;
}

}  // namespace redoubt

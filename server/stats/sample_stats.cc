#include "server/stats/sample_stats.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "server/keyspace/keyspace.h"
#include "server/stats/server_stats.h"

namespace redoubt {

void start_stats(ServerStats& stats, int64_t now_us) {
  stats.started_us = now_us;
  stats.started_wall_ms = wall_ms();
  stats.startup_memory = stats.peak_memory = used_memory();
  stats.peak_memory_at_ms = stats.started_wall_ms;
}

void sample_stats(ServerStats& stats, const Keyspace& keyspace, int64_t now_us) {
  stats.commands_rate.sample(stats.commands_processed, now_us);
  stats.input_rate.sample(stats.net_input_bytes, now_us);
  stats.output_rate.sample(stats.net_output_bytes, now_us);
  stats.eventloop_cycles_rate.sample(stats.eventloop_cycles, now_us);
  stats.eventloop_duration_rate.sample(stats.eventloop_duration_us, now_us);
  const size_t used = used_memory();
  if (used <= stats.peak_memory) return;
  stats.peak_memory = used;
  stats.peak_memory_at_ms = keyspace.shared().now_ms;
}

}  // namespace redoubt

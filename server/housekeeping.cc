#include "server/housekeeping.h"

#include <algorithm>
#include <utility>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/client/client_registry.h"
#include "server/config/config.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/executor.h"
#include "server/keyspace/evict.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/append_log.h"
#include "server/persistence/persistence.h"
#include "server/stats/sample_stats.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

constexpr int64_t sample_interval_us = 100'000;
constexpr int64_t rehash_budget_us = 500;
constexpr size_t rehash_step = 64;  // buckets between two looks at the clock
constexpr size_t clients_per_call = 200;
constexpr int max_hz = 500;
// A busy server expires at the end of its ticks, but not of each; one that is idle by a timer.
constexpr int64_t expire_interval_ns = 1'000'000;
constexpr int64_t eager_expire_ms = 2;

}  // namespace

Housekeeping::Housekeeping(Services& services, Executor& executor, Connections& connections)
    : services_(services),
      executor_(executor),
      connections_(connections),
      expire_cycle_(services.keyspace, services.config),
      client_evictor_(services.clients, services.config, services.stats, services.log),
      watchdog_(services.log),
      hz_(services.config.hz) {}

void Housekeeping::end_tick(int64_t now_ns) {
  if (services_.clients.paused()) services_.clients.check_pause(now_ns / 1'000'000);
  // Clients that wait for a failover must not see the data change meanwhile.
  if (!paused_ && !services_.clients.paused() && !services_.persistence.loading() && now_ns >= next_expire_ns_) {
    next_expire_ns_ = now_ns + expire_interval_ns;
    expire_cycle_.run_slice(ExpireCycle::max_slice_us);
  }
  services_.persistence.append_log().take_ended_syncs();
  executor_.end_overdue_waits();
  if (services_.config.client_memory_limit() != 0) client_evictor_.tick(now_ns / 1000);
  // Goes on with what a time slice cut short.
  if (services_.config.maxmemory != 0 && !services_.clients.paused() && !services_.persistence.loading())
    services_.evictor.make_room();
  connections_.resume();
  tick_persistence();
  connections_.flush();
  watchdog_.pet();
}

void Housekeeping::tick_persistence() {
  const uint64_t commands = services_.stats.commands_processed;
  services_.persistence.tick(std::exchange(commands_before_, commands) != commands);
  executor_.follow_persistence();
}

void Housekeeping::count_tick(int64_t took_ns) {
  ServerStats& stats = services_.stats;
  const auto took_us = static_cast<uint64_t>(took_ns / 1000);
  ++stats.eventloop_cycles;
  stats.eventloop_duration_us += took_us;
  stats.longest_tick_us = std::max(stats.longest_tick_us, took_us);
}

int64_t Housekeeping::expire() {
  const bool more = !paused_ && !services_.clients.paused() && !services_.persistence.loading() &&
                    expire_cycle_.run_slice(ExpireCycle::max_slice_us);
  return more ? eager_expire_ms : 1000 / hz_;
}

// More clients to look after, more often.
void Housekeeping::adapt_hz() {
  hz_ = services_.config.hz;
  if (!services_.config.dynamic_hz) return;
  while (services_.clients.size() / static_cast<size_t>(hz_) > clients_per_call && hz_ < max_hz) hz_ *= 2;
  hz_ = std::min(hz_, max_hz);
}

void Housekeeping::rehash(int64_t budget_us) {
  const int64_t end_us = monotonic_us() + budget_us;
  for (int id = 0; id < services_.keyspace.count(); ++id) {
    Database& db = services_.keyspace[id];
    while (db.rehash(rehash_step)) {
      if (monotonic_us() > end_us) return;
    }
  }
}

void Housekeeping::once_a_second() {
  for (int id = 0; id < services_.keyspace.count(); ++id) services_.keyspace[id].shrink_if_sparse();
  connections_.check_limits(monotonic_ms());
}

int64_t Housekeeping::periodic() {
  adapt_hz();
  if (paused_) return 1000 / hz_;
  const int64_t now_us = monotonic_us();
  if (services_.config.activerehashing) rehash(rehash_budget_us);
  if (now_us >= next_sample_us_) {
    next_sample_us_ = now_us + sample_interval_us;
    sample_stats(services_.stats, services_.keyspace, now_us);
  }
  if (now_us / 1000 >= next_second_ms_) {
    next_second_ms_ = now_us / 1000 + 1000;
    once_a_second();
  }
  return 1000 / hz_;
}

}  // namespace redoubt

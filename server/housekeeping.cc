#include "server/housekeeping.h"

#include <algorithm>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/client/client_registry.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "server/stats/sample_stats.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

constexpr int64_t sample_interval_us = 100'000;
constexpr int64_t rehash_budget_us = 1000;
constexpr size_t rehash_step = 64;  // buckets between two looks at the clock
constexpr size_t clients_per_call = 200;
constexpr int max_hz = 500;
// With a slice per tick a busy server expires as it goes; these are for one that is idle.
constexpr int64_t eager_expire_ms = 2;

}  // namespace

Housekeeping::Housekeeping(Services& services, Connections& connections)
    : services_(services),
      connections_(connections),
      expire_cycle_(services.keyspace, services.config),
      client_evictor_(services.clients, services.config, services.stats, services.log),
      watchdog_(services.log),
      hz_(services.config.hz) {}

void Housekeeping::tick_started(int64_t now_ns) { tick_started_ns_ = now_ns; }

void Housekeeping::tick_ended() {
  ServerStats& stats = services_.stats;
  if (services_.clients.paused()) services_.clients.check_pause(monotonic_ms());
  if (!paused_) expire_cycle_.run_slice(ExpireCycle::max_slice_us);
  if (services_.config.client_memory_limit() != 0) client_evictor_.tick(monotonic_us());
  connections_.end_of_tick();
  watchdog_.pet();
  const auto took_us = static_cast<uint64_t>((monotonic_ns() - tick_started_ns_) / 1000);
  ++stats.eventloop_cycles;
  stats.eventloop_duration_us += took_us;
  stats.longest_tick_us = std::max(stats.longest_tick_us, took_us);
}

int64_t Housekeeping::expire() {
  const bool more = !paused_ && expire_cycle_.run_slice(ExpireCycle::max_slice_us);
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

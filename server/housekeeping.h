// What a server does besides answering: expiry, moving buckets of tables that grow, statistics, limits of clients, the
// watchdog. Work that could take long is done in slices of at most a millisecond. Executor thread only.
#pragma once

#include <cstdint>

#include "common/base/watchdog.h"
#include "server/dispatch/client_eviction.h"
#include "server/dispatch/context.h"
#include "server/keyspace/expire.h"
#include "server/net/connections.h"

namespace redoubt {

class Housekeeping {
 public:
  Housekeeping(Services& services, Executor& executor, Connections& connections);

  // At the end of each tick; `now_ns` is its start, monotonic.
  void end_tick(int64_t now_ns);
  // After it.
  void count_tick(int64_t took_ns);
  // hz times a second; returns the milliseconds until the next time.
  int64_t periodic();
  // Often while keys expire, rarely else; returns the milliseconds until the next time.
  int64_t expire();

  void pause(bool paused) { paused_ = paused; }
  ExpireCycle& expire_cycle() { return expire_cycle_; }
  Watchdog& watchdog() { return watchdog_; }
  int hz() const { return hz_; }

 private:
  void tick_persistence();
  void adapt_hz();
  void rehash(int64_t budget_us);
  void once_a_second();

  Services& services_;
  Executor& executor_;
  Connections& connections_;
  ExpireCycle expire_cycle_;
  ClientEvictor client_evictor_;
  Watchdog watchdog_;
  bool paused_ = false;
  uint64_t commands_before_ = 0;  // this tick
  int hz_ = 10;
  int64_t next_expire_ns_ = 0;
  int64_t next_sample_us_ = 0;
  int64_t next_second_ms_ = 0;
};

}  // namespace redoubt

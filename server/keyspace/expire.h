// Removes keys whose time has come although nobody asks for them. Walks the ExpiryIndex of each database in slices, from its
// end to its beginning: an entry is looked at only when it has expired, so that a pair costs some nanoseconds. Calm while
// little of what it sees has expired; eager, on a larger share of the processor, once more has than active-expire-effort
// tolerates (10 % down to 1 %). Fields of hashes that expire are removed likewise, by the FieldExpiryIndex. Between the slices of a walk keys may come and go as they like. Executor thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "server/config/config.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {

class ExpireCycle {
 public:
  // Monotonic microseconds.
  using Clock = std::function<int64_t()>;
  static constexpr int64_t max_slice_us = 1000;

  ExpireCycle(Keyspace& keyspace, const Config& config);
  ExpireCycle(Keyspace& keyspace, const Config& config, Clock clock);

  // Works for at most `budget_us`, never longer than max_slice_us, and less when its share of the processor over time is
  // used up: to be called each tick, and from a timer when nothing else happens. Cheap when there is nothing to do. What
  // has expired is judged by the keyspace's time. True when expired keys are likely left and another slice, soon, would
  // help. Counts into KeyspaceStats.
  bool run_slice(int64_t budget_us);
  // DEBUG SET-ACTIVE-EXPIRE. While off, run_slice does nothing.
  void set_active(bool active) { active_ = active; }
  bool active() const { return active_; }

 private:
  // The walk over one index of one database. A walk begins at the end of the index and is over at place 0; the next begins after a rest.
  struct Walk {
    size_t left = 0;  // the places below this are still to be visited; 0: at rest
    int64_t rest_until_us = 0;
    uint64_t seen = 0;
    uint64_t expired = 0;
    bool eager = false;
  };

  void earn(int64_t now_us);
  int64_t walk_databases(int64_t start_us, int64_t end_us);
  void rest(int64_t now_us);
  bool begin_walk(Walk& walk, size_t size, int64_t now_us);
  static constexpr size_t walks_per_database = 2;  // keys, fields
  Database& database_of(size_t walk) { return keyspace_[static_cast<int>(walk / walks_per_database)]; }
  static bool over_fields(size_t walk) { return walk % walks_per_database == 1; }
  size_t index_size(size_t walk);
  void step_keys(Database& db, Walk& walk);
  void step_fields(Database& db, Walk& walk);
  void judge(Walk& walk);
  void estimate();

  Keyspace& keyspace_;
  const Config& config_;
  Clock clock_;
  std::vector<Walk> walks_;
  size_t next_ = 0;  // the walk whose turn it is
  size_t eager_walks_ = 0;
  bool active_ = true;
  bool more_ = false;     // the last slice ended before the walks did
  int64_t last_us_ = 0;   // when credit was last earned
  double credit_us_ = 0;  // what may be spent; negative after a slice that took too long
  int64_t idle_until_us_ = 0;
  uint64_t seen_ = 0;  // since the last estimate, over all databases
  uint64_t expired_ = 0;
};

}  // namespace redoubt

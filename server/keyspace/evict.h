// Makes room when more memory is used than maxmemory allows: removes keys by the configured policy. Nothing is kept in
// order. Each round samples some keys of every database and keeps the best candidates seen so far, by how long they have
// been idle, how rarely they are used or how soon they expire, in a small pool that lives on between calls; the best of the
// pool goes. Executor thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "server/config/config.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {

// Brings what the keyspace knows of the configuration up to date: how keys are aged, and whether expired and replaced values
// are freed in the background. At start, and when maxmemory-policy, lfu-log-factor, lfu-decay-time, lazyfree-lazy-expire or
// lazyfree-lazy-server-del change.
void configure_access(Keyspace& keyspace, const Config& config);

class Evictor {
 public:
  // Bytes in use, and monotonic microseconds.
  using MemoryGauge = std::function<size_t()>;
  using Clock = std::function<int64_t()>;

  Evictor(Keyspace& keyspace, const Config& config);
  Evictor(Keyspace& keyspace, const Config& config, MemoryGauge used, Clock clock);

  enum class Outcome : uint8_t {
    within_limit,
    still_over,  // some room was made; the time slice is over, more will follow
    failed,      // nothing can be evicted under this policy: commands that need memory are refused
  };
  // Called before commands when maxmemory is set. Cheap when within the limit. Counts into KeyspaceStats.
  Outcome make_room();

 private:
  static constexpr size_t pool_size = 16;
  struct Candidate {
    uint64_t score = 0;  // the highest goes first
    int db = 0;
    std::string key;
  };

  Outcome evict_until_within();
  bool evict_one();
  Entry* take_best();
  Entry* pick_random();
  bool fill_pool();
  void sample(Database& db);
  void consider(Database& db, const Entry& entry);
  uint64_t score(const Database& db, const Entry& entry) const;
  Outcome wait_for_lazy_frees();
  void note_time(bool over);
  int64_t time_limit_us() const;
  bool over_limit() const { return used_() > config_.maxmemory; }

  Keyspace& keyspace_;
  const Config& config_;
  MemoryGauge used_;
  Clock clock_;
  std::array<Candidate, pool_size> pool_;  // ordered by score, the best last; their keys may be gone by now
  size_t pooled_ = 0;
  MaxmemoryPolicy pooled_for_ = MaxmemoryPolicy::noeviction;
  int victim_db_ = 0;   // of the key that was picked last
  size_t next_db_ = 0;  // where the search for a random key goes on
};

}  // namespace redoubt

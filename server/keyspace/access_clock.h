// How recently or how often a key was used: the 24 bits in each entry that eviction and OBJECT IDLETIME/FREQ read.
// LRU: the time in seconds, modulo 2^24. LFU: 16 bits of minutes of the last decay, and an 8-bit logarithmic counter that
// grows with probability 1 / ((counter - 5) * factor + 1) and loses 1 per decay time. One per keyspace; not thread-safe.
#pragma once

#include <cstdint>

#include "common/base/random.h"
#include "server/keyspace/entry.h"

namespace redoubt {

class AccessClock {
 public:
  struct Settings {
    bool lfu = false;  // maxmemory-policy is one of *-lfu
    int lfu_log_factor = 10;
    int lfu_decay_minutes = 1;  // 0: never
  };
  static constexpr uint8_t initial_counter = 5;

  void configure(const Settings& settings) { settings_ = settings; }
  const Settings& settings() const { return settings_; }
  // While frozen, touch() does nothing (CLIENT NO-TOUCH).
  void set_frozen(bool frozen) { frozen_ = frozen; }
  void set_now(int64_t wall_ms) { now_seconds_ = wall_ms / 1000; }

  void start(Entry& entry) const { entry.set_lru(settings_.lfu ? minutes() << 8 | initial_counter : seconds()); }
  void touch(Entry& entry) {
    if (settings_.lfu) [[unlikely]]
      return touch_lfu(entry);
    // Most touches within a second find nothing to write.
    if (entry.lru() != seconds() && !frozen_) entry.set_lru(seconds());
  }
  // For LRU.
  int64_t idle_seconds(const Entry& entry) const { return (seconds() - entry.lru()) & 0xffffff; }
  // For LFU: the counter after decay.
  uint8_t frequency(const Entry& entry) const;
  // For RESTORE and the loaders.
  void set_idle(Entry& entry, int64_t seconds_idle) const;
  void set_frequency(Entry& entry, uint8_t counter) const { entry.set_lru(minutes() << 8 | counter); }

 private:
  uint32_t seconds() const { return static_cast<uint32_t>(now_seconds_) & 0xffffff; }
  uint32_t minutes() const { return static_cast<uint32_t>(now_seconds_ / 60) & 0xffff; }
  void touch_lfu(Entry& entry);

  Settings settings_;
  int64_t now_seconds_ = 0;
  bool frozen_ = false;
  Random random_;
};

}  // namespace redoubt

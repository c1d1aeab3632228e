#include "server/keyspace/access_clock.h"

#include <algorithm>

namespace redoubt {

uint8_t AccessClock::frequency(const Entry& entry) const {
  const uint32_t counter = entry.lru() & 0xff;
  if (settings_.lfu_decay_minutes == 0) return static_cast<uint8_t>(counter);
  const uint32_t elapsed = (minutes() - (entry.lru() >> 8)) & 0xffff;
  const uint32_t decays = elapsed / static_cast<uint32_t>(settings_.lfu_decay_minutes);
  return static_cast<uint8_t>(counter - std::min(counter, decays));
}

void AccessClock::touch_lfu(Entry& entry) {
  if (frozen_) return;
  uint8_t counter = frequency(entry);
  if (counter < UINT8_MAX) {
    const int above = std::max(0, counter - initial_counter);
    if (random_.unit() < 1.0 / (above * settings_.lfu_log_factor + 1)) ++counter;
  }
  set_frequency(entry, counter);
}

void AccessClock::set_idle(Entry& entry, int64_t seconds_idle) const {
  const int64_t idle = std::clamp<int64_t>(seconds_idle, 0, 0xffffff);
  entry.set_lru(static_cast<uint32_t>(seconds() - idle) & 0xffffff);
}

}  // namespace redoubt

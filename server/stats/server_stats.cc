#include "server/stats/server_stats.h"

#include <algorithm>

namespace redoubt {
namespace {

constexpr size_t max_error_codes = 128;

}  // namespace

void RateMeter::sample(uint64_t total, int64_t now_us) {
  const int64_t elapsed = now_us - last_us_;
  const uint64_t change = total >= last_total_ ? total - last_total_ : 0;
  if (last_us_ != 0 && elapsed > 0) {
    rates_[next_] = change * 1000000 / static_cast<uint64_t>(elapsed);
    next_ = (next_ + 1) % samples;
  }
  last_total_ = total;
  last_us_ = now_us;
}

uint64_t RateMeter::per_second() const {
  uint64_t sum = 0;
  for (const uint64_t rate : rates_) sum += rate;
  return sum / samples;
}

void ServerStats::count_error(std::string_view code) {
  ++error_replies;
  auto found = errors.find(code);
  if (found != errors.end()) {
    ++found->second;
  } else if (errors.size() < max_error_codes) {
    errors.emplace(code, 1);
  }
}

void ServerStats::reset() {
  ServerStats fresh;
  fresh.started_us = started_us;
  fresh.started_wall_ms = started_wall_ms;
  fresh.startup_memory = startup_memory;
  fresh.peak_memory = peak_memory;
  fresh.peak_memory_at_ms = peak_memory_at_ms;
  *this = std::move(fresh);
}

}  // namespace redoubt

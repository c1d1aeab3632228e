#include "server/dispatch/client_eviction.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/client/client_registry.h"
#include "server/config/config.h"
#include "server/dispatch/client_info.h"
#include "server/stats/memory_report.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

constexpr int64_t min_interval_us = 10000;
constexpr int64_t interval_us_per_client = 5;

// Those that are going already do not count.
bool counts(const Client& client) {
  return !client.is(ClientFlag::close_now) && type_of(client) != ClientType::replica;
}

}  // namespace

ClientEvictor::ClientEvictor(ClientRegistry& clients, const Config& config, ServerStats& stats, Log& log)
    : clients_(clients), config_(config), stats_(stats), log_(log) {}

void ClientEvictor::look(int64_t now_us) {
  evict();
  next_us_ = now_us + std::max(min_interval_us, static_cast<int64_t>(clients_.size()) * interval_us_per_client);
}

size_t ClientEvictor::evict() {
  if (config_.client_memory_limit() == 0) return 0;
  const uint64_t limit = std::max(config_.client_memory_limit(), min_limit);
  uint64_t total = 0;
  for (const auto& [id, client] : clients_.all()) {
    if (counts(*client)) total += client_memory(*client);
  }
  if (total < limit) {
    warned_ = false;
    return 0;
  }
  std::vector<std::pair<size_t, Client*>> candidates;
  for (const auto& [id, client] : clients_.all()) {
    if (counts(*client) && !client->is(ClientFlag::no_evict)) candidates.emplace_back(client_memory(*client), client);
  }
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  size_t evicted = 0;
  std::string line;
  for (const auto& [memory, client] : candidates) {
    if (total < limit) break;
    line.clear();
    append_client_info(line, *client, monotonic_ms());
    log_.notice("Evicting client: {}", line);
    clients_.close(*client);
    total -= memory;
    ++evicted;
  }
  stats_.evicted_clients += evicted;
  if (total >= limit && !std::exchange(warned_, true)) {
    log_.warning("Over client maxmemory after evicting all evictable clients");
  }
  return evicted;
}

}  // namespace redoubt

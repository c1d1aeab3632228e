#include <array>

#include "server/config/directive.h"

namespace redoubt {
namespace {

constexpr std::array policies = {
    named("volatile-lru", MaxmemoryPolicy::volatile_lru),       named("volatile-lfu", MaxmemoryPolicy::volatile_lfu),
    named("volatile-random", MaxmemoryPolicy::volatile_random), named("volatile-ttl", MaxmemoryPolicy::volatile_ttl),
    named("allkeys-lru", MaxmemoryPolicy::allkeys_lru),         named("allkeys-lfu", MaxmemoryPolicy::allkeys_lfu),
    named("allkeys-random", MaxmemoryPolicy::allkeys_random),   named("noeviction", MaxmemoryPolicy::noeviction)};

constexpr std::array rows = {
    Directive{"databases", "", start_only, number<&Config::databases>(1, int_max)},
    Directive{"maxmemory", "", modifiable, number<&Config::maxmemory>(0, u64_max, NumberForm::memory)},
    Directive{"maxmemory-policy", "", modifiable, choice<&Config::maxmemory_policy>(policies)},
    Directive{"maxmemory-samples", "", modifiable, number<&Config::maxmemory_samples>(1, int_max)},
    Directive{"maxmemory-eviction-tenacity", "", modifiable, number<&Config::maxmemory_eviction_tenacity>(0, 100)},
    Directive{"maxmemory-clients", "", modifiable,
              number<&Config::maxmemory_clients>(0, i64_max, NumberForm::memory_or_percent)},
    Directive{"lfu-log-factor", "", modifiable, number<&Config::lfu_log_factor>(0, int_max)},
    Directive{"lfu-decay-time", "", modifiable, number<&Config::lfu_decay_time>(0, int_max)},
    Directive{"active-expire-effort", "", modifiable, number<&Config::active_expire_effort>(1, 10)},
    Directive{"lazyfree-lazy-eviction", "", modifiable, YesNo{&Config::lazyfree_lazy_eviction}},
    Directive{"lazyfree-lazy-expire", "", modifiable, YesNo{&Config::lazyfree_lazy_expire}},
    Directive{"lazyfree-lazy-server-del", "", modifiable, YesNo{&Config::lazyfree_lazy_server_del}},
    Directive{"lazyfree-lazy-user-del", "", modifiable, YesNo{&Config::lazyfree_lazy_user_del}},
    Directive{"lazyfree-lazy-user-flush", "", modifiable, YesNo{&Config::lazyfree_lazy_user_flush}},
    Directive{"activerehashing", "", modifiable, YesNo{&Config::activerehashing}},
};

}  // namespace

std::span<const Directive> memory_directives() { return rows; }

}  // namespace redoubt

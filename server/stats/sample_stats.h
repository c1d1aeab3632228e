// What housekeeping does for the statistics. Executor thread only.
#pragma once

#include <cstdint>

namespace redoubt {

class Keyspace;
struct ServerStats;

// Once, when all parts are built and before the first client: what is in use now counts as the server's own.
void start_stats(ServerStats& stats, int64_t now_us);
// Every 100 ms: the rates, the peak of memory. `now_us` is monotonic.
void sample_stats(ServerStats& stats, const Keyspace& keyspace, int64_t now_us);

}  // namespace redoubt

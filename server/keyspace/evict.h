// Makes room when more memory is used than maxmemory allows: removes keys by the configured policy, sampling rather than
// ordering (see evict.cc). Executor thread only.
#pragma once

#include <cstdint>

#include "server/config/config.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {

class Evictor {
 public:
  Evictor(Keyspace& keyspace, const Config& config) : keyspace_(keyspace), config_(config) {}

  enum class Outcome : uint8_t {
    within_limit,
    still_over,  // some room was made; the time slice is over, more will follow
    failed,      // nothing can be evicted under this policy: commands that need memory are refused
  };
  // Called before commands when maxmemory is set. Cheap when within the limit.
  Outcome make_room();

 private:
  Keyspace& keyspace_;
  const Config& config_;
};

}  // namespace redoubt

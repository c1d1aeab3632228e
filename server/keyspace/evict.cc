#include "server/keyspace/evict.h"

#include "common/base/memory.h"

namespace redoubt {

Evictor::Outcome Evictor::make_room() {
  return config_.maxmemory == 0 || used_memory() <= config_.maxmemory ? Outcome::within_limit : Outcome::failed;
}

}  // namespace redoubt

#include "common/hash/keyed_hash.h"

#include <cstring>

#include "common/base/random.h"

namespace redoubt {

HashKey::HashKey() { secure_random(secret, sizeof secret); }

HashKey::HashKey(uint64_t seed) {
  Random random(seed);
  for (size_t at = 0; at < sizeof secret; at += sizeof(uint64_t)) {
    const uint64_t word = random.next();
    std::memcpy(secret + at, &word, sizeof word);
  }
}

}  // namespace redoubt

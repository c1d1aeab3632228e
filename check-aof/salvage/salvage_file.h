// Salvages one file of a log: copies what is whole to another, and says what it left out. Never half of a transaction: when one
// is damaged, or its MULTI or EXEC is lost, all its commands go. What was written of it by then is cut off again, so that memory
// does not depend on its size; it is that of the largest command, of at most longest_salvaged_argument bytes by argument. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "check-aof/checked_log.h"
#include "check-aof/salvage/salvage_loss.h"
#include "common/base/byte_source.h"
#include "common/base/file.h"

namespace redoubt {

// What a server takes from a client unless proto-max-bulk-len is raised.
inline constexpr uint64_t longest_salvaged_argument = uint64_t{512} << 20;

struct SalvagedAof {
  static constexpr size_t most_losses = 1000;

  std::string name;
  uint64_t size = 0;
  uint64_t salvaged_size = 0;
  uint64_t commands = 0;  // that were kept
  uint64_t lost_bytes = 0;
  std::vector<AofLoss> losses;  // the first ones
  uint64_t more_losses = 0;
};

// `source` gives the bytes of the file, whose RDB part, if it has one, is sound. Writes to `out`, which is empty and in a mode that
// appends; nullptr: only counts. Does not sync.
Result<SalvagedAof> salvage_aof(const CheckedFile& file, ByteSource& source, File* out);

}  // namespace redoubt

// How far the append log has come, for those who must not speak too early. Kept by AppendLog; read by the network layer, which
// holds replies back with appendfsync always, and by WAITAOF. Offsets count the bytes that were fed to the log since the start
// of the process, through all its files. Executor thread only.
#pragma once

#include <cstdint>

namespace redoubt {

struct LogProgress {
  uint64_t end = 0;      // fed so far, as of the end of the last tick
  uint64_t syncing = 0;  // what the last sync that was asked for will cover
  uint64_t synced = 0;   // what syncs have covered
  // Whether what is answered now must wait until `synced` has reached `end`.
  bool hold = false;
};

}  // namespace redoubt

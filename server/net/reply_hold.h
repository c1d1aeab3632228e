// Which part of a client's output may be sent, while the append log promises that nothing is acknowledged before it is synced
// (appendfsync always). What was answered up to the end of a tick is marked with the log's end at that time, and may leave once
// a sync has covered it; what was answered before needs not wait for what came later. Two marks are enough for any number of
// ticks: one that the sync under way covers, and one for the next. A client that never has to wait costs one test per flush.
// Positions count the bytes of the client's output since it came. Executor thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/persistence/log_progress.h"

namespace redoubt {

class ReplyHold {
 public:
  // How many of `pending` bytes, which follow `sent` bytes that have left, may leave now. At the end of ticks only, when the
  // log has been written.
  size_t sendable(const LogProgress& log, uint64_t sent, size_t pending) {
    if (!log.hold && marks_.empty()) [[likely]]
      return pending;
    return look(log, sent, pending);
  }
  // What may leave but does not, because the socket is full: it is not held again.
  void release_until(uint64_t position) { released_ = position; }
  // Something waits for a sync.
  bool holding() const { return !marks_.empty(); }

 private:
  struct Mark {
    uint64_t position;  // of the output: what stands before it waits
    uint64_t offset;    // of the log: until this is synced
  };
  size_t look(const LogProgress& log, uint64_t sent, size_t pending);

  std::vector<Mark> marks_;
  uint64_t released_ = 0;
};

}  // namespace redoubt

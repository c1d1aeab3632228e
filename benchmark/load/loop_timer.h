// A timer among the descriptors of an event loop: it has its turn with what else is ready, and is more exact than the loop's own
// milliseconds. Used by one thread, that of the loop.
#pragma once

#include <cstdint>

#include "common/net/event_loop.h"

namespace redoubt {

class LoopTimer {
 public:
  // Both outlive it. Throws std::system_error when the system refuses.
  LoopTimer(EventLoop& loop, ReadyHandler& handler);
  ~LoopTimer();
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;

  // The handler is called at this time of the monotonic clock, and then again and again; 0: only once.
  void set(int64_t at_ns, int64_t every_ns = 0);
  // How often it was due since this was asked last. The handler must ask, or it is called again at once.
  uint64_t take_expired();

 private:
  EventLoop& loop_;
  ReadyHandler& handler_;
  int descriptor_;
};

}  // namespace redoubt

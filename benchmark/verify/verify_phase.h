// What the threads of a run with --verify do at a time: all connect, then all load, then all read. A thread that is done with a
// phase says so, and waits for the next. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace redoubt {

enum class VerifyPhase : uint8_t { connecting, loading, reading, over };

class VerifyPhases {
 public:
  VerifyPhase now() const { return now_.load(); }
  // So many threads are to do it; they must be woken.
  void begin(VerifyPhase phase, size_t threads);
  // One of them is done with it.
  void done();
  // All are. Waits for so long at most; false: they still work.
  bool wait(int64_t patience_ns);

 private:
  std::atomic<VerifyPhase> now_ = VerifyPhase::connecting;
  std::mutex mutex_;
  std::condition_variable all_done_;
  size_t working_ = 0;
};

}  // namespace redoubt

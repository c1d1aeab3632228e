// Frees big values and whole tables on a thread of its own, so that the executor does not stop for it. What is handed over
// belongs to that thread from then on. Handing over: executor thread only; the counters may be read from any.
// The destructor frees what is left and joins the thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace redoubt {

class Entry;
template <typename Traits>
class Dict;
struct KeyTraits;

class LazyFree {
 public:
  LazyFree();
  ~LazyFree();
  LazyFree(const LazyFree&) = delete;
  LazyFree& operator=(const LazyFree&) = delete;

  // An entry that is in no table any more.
  void free_entry(Entry* entry);
  // All entries of a database, and their table.
  void free_keys(Dict<KeyTraits>&& keys);

  uint64_t pending() const { return pending_; }  // objects not freed yet (lazyfree_pending_objects)
  uint64_t freed() const { return freed_; }      // since the start or the last reset (lazyfreed_objects)
  void reset_freed() { freed_ = 0; }
  // Returns when all that was handed over before is freed (tests, and FLUSHALL SYNC after ASYNC at shutdown).
  void drain();

 private:
  struct Job {
    uint64_t objects;
    std::function<void()> run;
  };
  void submit(uint64_t objects, std::function<void()> run);
  void work();

  std::atomic<uint64_t> pending_{0};
  std::atomic<uint64_t> freed_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool busy_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace redoubt

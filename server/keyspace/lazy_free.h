// Frees big values and whole tables on a thread of its own, so that the executor does not stop for it. What is handed over
// belongs to that thread from then on. Handing over: executor thread only; the counters may be read from any.
// The destructor frees what is left and joins the thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "common/base/background_thread.h"

namespace redoubt {

class Entry;
template <typename Traits>
class Dict;
struct KeyTraits;

class LazyFree {
 public:
  // An entry that is in no table any more.
  void free_entry(Entry* entry);
  // All entries of a database, and their table.
  void free_keys(Dict<KeyTraits>&& keys);

  uint64_t pending() const { return pending_; }  // objects not freed yet (lazyfree_pending_objects)
  uint64_t freed() const { return freed_; }      // since the start or the last reset (lazyfreed_objects)
  void reset_freed() { freed_ = 0; }
  // Returns when all that was handed over before is freed (tests, and FLUSHALL SYNC after ASYNC at shutdown).
  void drain() { thread_.drain(); }

 private:
  void submit(uint64_t objects, std::function<void()> run);

  std::atomic<uint64_t> pending_{0};
  std::atomic<uint64_t> freed_{0};
  BackgroundThread thread_;  // goes first, and counts till then
};

}  // namespace redoubt

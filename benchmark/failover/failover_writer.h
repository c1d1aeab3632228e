// One client that keeps writing: numbers to keys of its own, and increments of counters of its own. When its connection
// breaks, or a reply is late or an error, it finds the primary again, reads what it has written, and goes on. It runs on a
// thread of its own; what others may ask meanwhile is said.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/failover/failover_plan.h"
#include "benchmark/failover/outages.h"
#include "benchmark/failover/primary_finder.h"
#include "benchmark/failover/written_history.h"

namespace redoubt {

// Ends all writers. Thread-safe.
class StopSignal {
 public:
  void stop();
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }
  // Waits until then, or until it is stopped.
  void wait_until(int64_t monotonic_ns);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopped_ = false;
};

// What was acknowledged and is not there.
struct Loss {
  std::string key;
  bool counter = false;
  int64_t expected = 0;  // the number, or the counter, that was acknowledged
  int64_t found = 0;
  uint64_t lost = 0;    // writes
  std::string primary;  // where it was looked for
  int64_t seen_ns = 0;  // monotonic
};

class FailoverWriter {
 public:
  static constexpr size_t keys_of_each = 8;
  static constexpr size_t counters_of_each = 2;

  // The names of its keys begin with `prefix`. Plan and signal outlive it.
  FailoverWriter(const FailoverPlan& plan, StopSignal& stop, const std::string& prefix);

  // Until it is stopped.
  void run();

  // From any thread.
  uint64_t acknowledged() const { return acknowledged_.load(std::memory_order_relaxed); }
  int64_t last_ns() const { return last_ns_.load(std::memory_order_relaxed); }  // of the last one; 0: none yet
  std::string primary() const;                                                  // with whom it was connected last
  std::string last_error() const;

  // The rest is for when run() has returned, but for the names of the keys.
  std::vector<std::string> keys() const;
  // Reads all keys, and notes what is lost.
  Status look_at_keys(PrimaryFinder::Primary& primary);
  const std::vector<Silence>& silences() const { return recorder_.silences(); }
  // Those that were seen first; totals are exact.
  const std::vector<Loss>& losses() const { return losses_; }

  struct Totals {
    uint64_t writes = 0;  // acknowledged SET
    uint64_t increments = 0;
    uint64_t lost_writes = 0;
    uint64_t keys_with_losses = 0;
    uint64_t lost_increments = 0;
    uint64_t counters_that_went_back = 0;
    uint64_t unacknowledged_writes = 0;
    uint64_t unacknowledged_increments = 0;
  };
  const Totals& totals() const { return totals_; }

 private:
  struct Key {
    std::string name;
    NumberedKey history = {};
    bool damaged = false;
  };
  struct Counter {
    std::string name;
    WrittenCounter history = {};
    bool damaged = false;
  };
  bool connect();
  bool write();
  bool set(Key& key);
  bool increment(Counter& counter);
  void note_acknowledged();
  // Counts it; the connection is given up.
  void fail(std::string_view text);
  static std::string explain(const Result<Reply>& reply);
  void found(Key& key, const Findings& findings, uint64_t number, const std::string& primary);
  void found(Counter& counter, const Findings& findings, int64_t value, const std::string& primary);
  void note_loss(Loss loss);

  const FailoverPlan& plan_;
  StopSignal& stop_;
  PrimaryFinder finder_;
  std::optional<PrimaryFinder::Primary> primary_;
  std::vector<Key> keys_;
  std::vector<Counter> counters_;
  size_t turn_ = 0;
  SilenceRecorder recorder_;
  std::vector<Loss> losses_;
  Totals totals_;
  std::atomic<uint64_t> acknowledged_ = 0;
  std::atomic<int64_t> last_ns_ = 0;
  mutable std::mutex mutex_;  // of what follows
  std::string primary_name_;
  std::string last_error_;
};

}  // namespace redoubt

// Latencies second by second, gathered by threads that each have a recorder. A second is told when all of them are past it; until
// then its histogram is kept, so memory does not grow with the time but for a few numbers for each second.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "benchmark/load/histogram.h"

namespace redoubt {

struct SecondStats {
  uint64_t second = 0;  // from the begin of the measuring; the last one may be cut short
  uint64_t replies = 0;
  uint64_t p50_ns = 0;
  uint64_t p99_ns = 0;
  uint64_t max_ns = 0;
};

// Thread-safe.
class SecondsSeries {
 public:
  // The first second begins here. Before any latency is recorded.
  void begin(int64_t now_ns) { began_ns_ = now_ns; }
  int64_t began_ns() const { return began_ns_; }

  // From now on the latencies of seconds that are told are kept until they are taken. Before any latency is recorded.
  void keep_latencies() { keeps_ = true; }
  // Of those told since the last call, in order and without gaps; none: a second without replies.
  std::vector<std::optional<Histogram>> take_latencies();

  // Seconds that are over, in order and without gaps, from the `from`th on.
  std::vector<SecondStats> told(size_t from = 0) const;

 private:
  friend class LatencyRecorder;

  size_t join();
  // A recorder's latencies of a second, and the first second for which it may still have some.
  void add(size_t recorder, uint64_t second, const Histogram& latencies, uint64_t next);
  void leave(size_t recorder, uint64_t second, const Histogram& latencies);
  void tell(uint64_t before);

  std::atomic<int64_t> began_ns_ = 0;
  mutable std::mutex mutex_;
  std::vector<uint64_t> next_;          // by recorder
  std::map<uint64_t, Histogram> open_;  // seconds that are not told yet
  std::vector<SecondStats> told_;
  bool keeps_ = false;
  std::vector<std::optional<Histogram>> kept_;
};

// What one thread records: each latency by itself and in its second. Not thread-safe.
class LatencyRecorder {
 public:
  // Before any thread records.
  explicit LatencyRecorder(SecondsSeries& series) : series_(series), number_(series.join()) {}

  // A reply that came now.
  void record(int64_t now_ns, uint64_t latency_ns, uint64_t times = 1) {
    if (now_ns >= end_ns_) turn(now_ns);
    second_.record(latency_ns, times);
  }
  // To be called some times a second, also when there are no replies: others wait for this recorder's seconds.
  void look(int64_t now_ns) {
    if (now_ns >= end_ns_) turn(now_ns);
  }
  // There is no more to come; total() has all.
  void finish();
  const Histogram& total() const { return total_; }

 private:
  void turn(int64_t now_ns);

  SecondsSeries& series_;
  size_t number_;
  uint64_t at_ = 0;     // the second
  int64_t end_ns_ = 0;  // of it; 0: nothing was recorded yet
  Histogram second_;
  Histogram total_;
};

// A second of the measuring that is over.
struct LoadSecond {
  int64_t began_ns;  // monotonic
  double seconds;    // 1, but of the last one
  const Histogram& latencies;
};
using SecondSink = std::function<void(const LoadSecond&)>;

// Hands seconds that are over to a sink, if there is one: not where latencies are recorded, since a sink may take its time.
class SecondTeller {
 public:
  // Before any latency is recorded. `series` outlives it.
  SecondTeller(SecondsSeries& series, SecondSink sink);
  // Those that were told since the last call, in order.
  void tell(double measured_seconds);

 private:
  SecondsSeries& series_;
  SecondSink sink_;
  uint64_t told_ = 0;
};

}  // namespace redoubt

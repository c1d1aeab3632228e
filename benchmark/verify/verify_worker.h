// One thread of a run with --verify: its connections, its event loop, what it has counted. A connection sends a batch of requests
// whose replies it knows, makes what comes back into values, and compares. Used by VerifyLoad only.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/error_texts.h"
#include "benchmark/load/histogram.h"
#include "benchmark/load/lag_probe.h"
#include "benchmark/load/load.h"
#include "benchmark/load/load_link.h"
#include "benchmark/load/request_budget.h"
#include "benchmark/load/seconds_series.h"
#include "benchmark/verify/verify_findings.h"
#include "benchmark/verify/verify_keys.h"
#include "benchmark/verify/verify_phase.h"
#include "benchmark/verify/verify_values.h"
#include "common/base/random.h"
#include "common/net/event_loop.h"
#include "common/resp/reply_parser.h"

namespace redoubt {

// What the threads share.
struct VerifyShared {
  const LoadPlan plan;
  const VerifyValues& values;
  VerifyKeys& keys;
  VerifyFindings& findings;
  VerifyPhases phases = {};
  RequestBudget budget{plan.requests};
  SecondsSeries series = {};
  std::atomic<bool> stopping = false;
};

class VerifyWorker;

class VerifyConnection final : private LoadLink::Owner {
 public:
  VerifyConnection(VerifyWorker& worker, uint64_t number, uint64_t seed);

  void open();
  void next_batch();
  // Replies that have not come.
  uint64_t pending() const { return steps_.size() - answered_; }

 private:
  bool fill();
  void greeted(const Reply& reply);
  void check(const Reply& reply);
  void found(VerifyFault fault, const VerifyStep& step, const Reply& reply, uint64_t newest);
  void link_made() override;
  void link_received(std::string_view bytes) override;
  void link_failed(std::string_view why) override;

  VerifyWorker& worker_;
  const uint64_t number_;
  Random random_;
  uint64_t greeting_left_;         // replies
  std::vector<VerifyStep> steps_;  // of the batch
  size_t answered_ = 0;            // of these
  uint64_t replies_ = 0;           // of all batches
  uint64_t looked_at_ = 0;         // of those, and not counted yet
  uint64_t position_ = 0;          // of what is read at the end
  int64_t sent_ns_ = 0;
  ReplyParser parser_;
  LoadLink link_;
};

class VerifyWorker final : private TickHandler {
 public:
  // Of `threads`, the one with this number. Connections `number`, `number` + `threads` and so on are its own.
  VerifyWorker(VerifyShared& shared, size_t threads, size_t number, Random& seeds);
  ~VerifyWorker();

  // The thread's work, in all phases.
  void run();

  uint64_t replies() const { return replies_.load(std::memory_order_relaxed); }
  // Has it look soon what there is to do. From any thread.
  void wake() { loop_.wake(); }
  // When it is done with a phase.
  uint64_t unanswered() const;
  const std::string& failure() const { return failure_; }
  const std::map<std::string, uint64_t, std::less<>>& errors() const { return errors_.counts(); }
  // When run() has returned, or the phase of loading is over.
  const Histogram& latency() const { return latency_.total(); }
  const Histogram& lag() const { return lag_.lag(); }

 private:
  friend class VerifyConnection;

  void on_tick_start(int64_t) override {}
  void on_tick_end() override;
  void on_tick_over(int64_t) override {}
  void begin_phase(VerifyPhase phase);
  void end_phase();
  void open_next();
  void connection_done() { active_ -= active_ > 0; }
  void fail(std::string text);
  int64_t look_at_stop();

  VerifyShared& shared_;
  EventLoop loop_;
  std::vector<char> input_;
  std::vector<std::unique_ptr<VerifyConnection>> connections_;
  std::optional<VerifyPhase> phase_;
  bool working_ = false;  // in this phase
  size_t active_ = 0;     // connections
  size_t opened_ = 0;
  std::string batch_;
  LatencyRecorder latency_{shared_.series};
  std::atomic<bool> measuring_ = false;
  LagProbe lag_{loop_, measuring_};
  ErrorTexts errors_;
  std::atomic<uint64_t> replies_ = 0;
  int64_t last_reply_ns_ = 0;
  std::string failure_;
};

}  // namespace redoubt

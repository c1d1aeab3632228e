// One thread of a load: its connections, its event loop and what it has counted. Used by Load only.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
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
#include "benchmark/load/load_pacer.h"
#include "benchmark/load/request_budget.h"
#include "benchmark/load/seconds_series.h"
#include "benchmark/workload/workload.h"
#include "common/net/event_loop.h"
#include "common/resp/reply_scanner.h"

namespace redoubt {

// What the threads of a load share.
struct LoadShared {
  const LoadPlan plan;
  const Workload& workload;
  std::atomic<uint64_t> turn = 0;  // of keys that are taken one after another
  // The same by node of a cluster; those that came later have none of their own.
  std::vector<std::atomic<uint64_t>> turns =
      std::vector<std::atomic<uint64_t>>(plan.nodes ? plan.nodes->table()->size() : 0);
  RequestBudget budget{plan.requests};
  std::atomic<bool> measuring = plan.warmup_ns == 0;
  SecondsSeries series = {};
  std::atomic<bool> over = false;  // the time is up
  std::atomic<bool> stopping = false;

  // Takes so many requests or fewer out of those that are left. Those of the warm-up are not counted.
  uint64_t claim(uint64_t most, bool measured);
  bool ending() const { return over || stopping; }
  void end();
};

class LoadConnection final : private LoadLink::Owner, private ReplyScanner::Errors {
 public:
  // `number`: of the client, in the whole load.
  LoadConnection(LoadWorker& worker, size_t number);

  // Connects, and goes on by itself until there are no more requests.
  void start();
  // Sends so many requests or fewer; closes the connection if there are no more.
  void send_batch(uint64_t most);
  void retire();
  uint64_t pending() const { return measured_ ? pending_ : 0; }

 private:
  const LoadNode& node();
  bool serve_node();
  void fail(std::string text);
  void next_batch();
  void record(uint64_t replies);
  void record_commands(uint64_t replies, int64_t now_ns);
  void take(uint64_t replies);
  void link_made() override;
  void link_received(std::string_view bytes) override;
  void link_failed(std::string_view why) override { fail(std::string(why)); }
  void error_reply(std::string_view text, uint64_t before) override;

  LoadWorker& worker_;
  const size_t number_;
  size_t node_ = 0;             // number of the node that it is connected to
  uint64_t greeting_left_ = 0;  // replies
  uint64_t pending_ = 0;        // replies of the batch that have not come
  uint64_t slot_ = 0;           // with a rate: of the next reply
  uint64_t answered_ = 0;       // since it was connected
  bool measured_ = false;       // the batch
  bool was_connected_ = false;
  int64_t sent_ns_ = 0;
  SequencePlace place_;
  std::vector<uint16_t> chosen_;  // of a mix: which requests the batch has
  ReplyScanner scanner_{this};
  LoadLink link_;
};

class LoadWorker final : private TickHandler {
 public:
  // `first`: number of the first of its clients.
  LoadWorker(LoadShared& shared, size_t first, size_t clients, uint64_t seed, uint64_t number);
  ~LoadWorker();

  // The thread's work: until all connections are done, or one has failed.
  void run();

  uint64_t replies() const { return replies_.load(std::memory_order_relaxed); }
  // Has it look soon whether the load is to end. From any thread.
  void wake() { loop_.wake(); }
  // When run() has returned.
  const Histogram& latency() const { return latency_.total(); }
  const std::optional<Histogram>& service() const { return service_; }
  const Histogram& lag() const { return lag_.lag(); }
  uint64_t unanswered() const;
  const std::map<std::string, uint64_t, std::less<>>& errors() const { return errors_.counts(); }
  // Of a mix of several, by the number of the request.
  struct Command {
    uint64_t errors = 0;
    std::optional<Histogram> latency = {};  // none yet: no replies
  };
  const std::vector<Command>& commands() const { return commands_; }
  const std::string& failure() const { return failure_; }

 private:
  friend class LoadConnection;

  void on_tick_start(int64_t) override {}
  void on_tick_end() override;
  void on_tick_over(int64_t) override {}
  void fail(std::string text);
  void take_nodes();
  int64_t look_at_stop();
  void dispatch();
  void start_next();

  LoadShared& shared_;
  std::shared_ptr<const NodeTable> nodes_;  // of a cluster
  uint64_t nodes_version_ = 0;
  EventLoop loop_;
  WorkloadWriter writer_;
  std::vector<std::unique_ptr<LoadConnection>> connections_;
  size_t active_ = 0;
  size_t started_ = 0;
  size_t connected_ = 0;  // at least once
  LagProbe lag_{loop_, shared_.measuring};
  std::optional<LoadPacer> pacer_;
  bool waits_for_due_ = false;        // connections are idle until the next request is due
  std::deque<LoadConnection*> idle_;  // with a pacer
  std::vector<char> input_;
  LatencyRecorder latency_{shared_.series};
  std::optional<Histogram> service_;
  uint64_t overdue_ = 0;  // not sent when the load was to end
  ErrorTexts errors_;
  std::vector<Command> commands_;
  std::atomic<uint64_t> replies_ = 0;
  std::string failure_;
  int64_t stop_seen_ns_ = 0;
};

}  // namespace redoubt

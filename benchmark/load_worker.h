// One thread of a load: its connections, its event loop and what it has counted. Used by Load only.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/histogram.h"
#include "benchmark/load.h"
#include "common/base/random.h"
#include "common/net/event_loop.h"
#include "common/resp/reply_scanner.h"

namespace redoubt {

// What the threads of a load share.
struct LoadShared {
  const LoadPlan plan;
  const Request& request;
  std::atomic<uint64_t> requests_left = plan.requests;
  std::atomic<bool> stopping = false;

  // Takes so many requests or fewer out of those that are left.
  uint64_t claim(uint64_t most);
};

class LoadConnection final : public ReadyHandler, private ReplyScanner::Errors {
 public:
  explicit LoadConnection(LoadWorker& worker) : worker_(worker) {}
  ~LoadConnection();
  LoadConnection(const LoadConnection&) = delete;
  LoadConnection& operator=(const LoadConnection&) = delete;

  // Connects, and goes on by itself until there are no more requests.
  void start();
  void on_ready(bool readable, bool writable, bool hung_up) override;

 private:
  void disconnect();
  void next_batch();
  void send_bytes(std::string_view bytes);
  void receive();
  void take(uint64_t replies);
  void error_reply(std::string_view text) override;

  LoadWorker& worker_;
  int descriptor_ = -1;
  bool connecting_ = false;
  uint64_t greeting_left_ = 0;  // replies
  uint64_t pending_ = 0;        // replies of the batch that have not come
  int64_t sent_ns_ = 0;
  std::string unsent_;
  ReplyScanner scanner_{this};
};

class LoadWorker final : private TickHandler {
 public:
  LoadWorker(LoadShared& shared, size_t clients, uint64_t seed);
  ~LoadWorker();

  // The thread's work: until all connections are done, or one has failed.
  void run();

  uint64_t replies() const { return replies_.load(std::memory_order_relaxed); }
  // When run() has returned.
  const Histogram& latency() const { return latency_; }
  const std::map<std::string, uint64_t, std::less<>>& errors() const { return errors_; }
  const std::string& failure() const { return failure_; }

 private:
  friend class LoadConnection;

  void on_tick_start(int64_t) override {}
  void on_tick_end() override;
  void on_tick_over(int64_t) override {}
  void fail(std::string text);
  int64_t look_at_stop();

  LoadShared& shared_;
  EventLoop loop_;
  Random random_;
  std::vector<std::unique_ptr<LoadConnection>> connections_;
  size_t active_ = 0;
  std::vector<char> output_;  // a batch is put together here
  std::vector<char> input_;
  Histogram latency_;
  std::map<std::string, uint64_t, std::less<>> errors_;
  std::atomic<uint64_t> replies_ = 0;
  std::string failure_;
  int64_t stop_seen_ns_ = 0;
};

}  // namespace redoubt

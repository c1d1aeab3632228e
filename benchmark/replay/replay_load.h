// Sends the requests of a log of MONITOR again: each client of the log is a connection, whose requests stay in their order. At some
// speed, a request is due at its time in the log (open loop), and its latency counts from there; it is sent as soon as it is due
// and fewer than so many of its connection are unanswered. As fast as possible, it is sent as soon as its connection has room, and
// latencies count from there. Runs on the calling thread; the log is read by another one.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "benchmark/load/error_texts.h"
#include "benchmark/load/load.h"
#include "benchmark/load/loop_timer.h"
#include "benchmark/replay/replay_connection.h"
#include "benchmark/replay/replay_feed.h"
#include "common/net/event_loop.h"

namespace redoubt {

struct ReplayPlan {
  ServerAddress address;
  std::string greeting;  // of each connection, and how many requests it is
  uint64_t greeting_replies = 0;
  int db = 0;           // that it selects
  double speed = 1;     // 2: twice as fast as logged; 0: as fast as replies come
  size_t pipeline = 1;  // requests of one connection that are unanswered at the same time, at most
  int64_t duration_ns = 0;
  bool stop_on_error = false;
  size_t most_connections = 8192;  // at the same time; the one that had no use for longest makes room
};

struct ReplayResult {
  LoadResult load;
  ReplayLogFacts log;
  Histogram lateness;        // how long after their time requests were looked at
  uint64_t connections = 0;  // that were made
  uint64_t given_up = 0;     // requests that wait, and went on waiting when their client had gone on
};

class ReplayLoad final : private TickHandler, private ReadyHandler, private ReplayCrowd {
 public:
  // `source` outlives it.
  ReplayLoad(ReplayPlan plan, ReplaySource& source);
  ~ReplayLoad();

  // As Load::run.
  Result<ReplayResult> run(const std::function<bool(const LoadProgress&)>& watch, const SecondSink& each_second = {});
  // While it runs, on its thread.
  ReplayLogFacts log() const { return feed_.facts(); }

 private:
  using Connections = std::list<ReplayConnection>;

  void on_tick_start(int64_t) override {}
  void on_tick_end() override;
  void on_tick_over(int64_t) override {}
  void on_ready(bool, bool, bool) override { timer_.take_expired(); }
  void connection_ready() override;
  void answered(const ReplaySent& request, int64_t now_ns) override;
  void error_reply(std::string_view text, const ReplaySent* request) override;
  void fail(std::string_view why) override;

  void dispatch();
  bool started(int64_t now_ns);
  int64_t due_of(const ReplayRequest& request) const;
  void look_ahead();
  void hand_over(ReplayConnection& connection, int64_t now_ns);
  ReplayConnection* connection_of(const std::string& client);
  bool make_room();
  void open_some();
  int64_t look();
  double measured_seconds() const;
  int64_t show(const std::function<bool(const LoadProgress&)>& watch, SecondTeller& teller);
  void end();
  bool is_done() const;
  void give_up_on_waiting(int64_t now_ns);
  size_t command_number(const std::string& name);
  void gather(ReplayResult& result);

  const ReplayPlan plan_;
  EventLoop loop_;
  LoopTimer timer_{loop_, *this};
  SecondsSeries series_;
  LatencyRecorder latency_{series_};
  ReplayTotals totals_;
  std::vector<char> input_;
  Connections connections_;  // the one that was used last at the end
  std::unordered_map<std::string, Connections::iterator> by_client_;
  std::deque<ReplayConnection*> to_open_;
  size_t opening_ = 0;
  uint64_t opened_ = 0;
  ReplayFeed feed_;
  std::deque<ReplayRequest> ahead_;
  bool log_over_ = false;
  bool held_back_ = false;  // connections have more to send than is kept for them
  int64_t held_until_ns_ = 0;
  int64_t began_ns_ = 0;  // 0: not yet
  int64_t last_due_ns_ = 0;
  int64_t first_us_ = 0;
  int64_t last_reply_ns_ = 0;
  double cpu_before_ = 0;
  bool ending_ = false;
  bool stopped_ = false;
  int64_t patient_from_ns_ = 0;
  std::map<std::string, size_t> command_numbers_;
  std::vector<CommandResult> commands_;
  Histogram service_;
  Histogram lateness_;
  uint64_t replies_ = 0;
  uint64_t given_up_ = 0;
  uint64_t unanswered_ = 0;
  ErrorTexts errors_;
  std::string failure_;
  std::optional<SecondStats> last_second_;
};

}  // namespace redoubt

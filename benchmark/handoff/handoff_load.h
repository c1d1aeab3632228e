// Hands values from clients that send to clients that receive, through lists or channels of the server, and measures how long that
// takes from end to end: from when a value was sent, or with a rate was due, to when its receiver had it. Each value has a
// number, so that lost ones and those that come twice are found. Runs on the calling thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchmark/handoff/handoff_kind.h"
#include "benchmark/handoff/handoff_stamp.h"
#include "benchmark/handoff/number_check.h"
#include "benchmark/load/error_texts.h"
#include "benchmark/load/load.h"
#include "benchmark/load/load_pacer.h"
#include "common/net/event_loop.h"

namespace redoubt {

struct HandoffPlan {
  ServerAddress address;
  std::string greeting;  // of each connection, and how many requests it is
  uint64_t greeting_replies = 0;
  HandoffForm form = HandoffForm::list;
  size_t places = 1;  // lists, channels
  size_t receivers = 1;
  size_t senders = 1;
  size_t pipeline =
      1;  // of each sender: values that are under way, for lists until they are received; messages without a reply
  size_t value_size = HandoffStamp::size;
  uint64_t values = 0;  // in all; UINT64_MAX: until the time is up
  int64_t duration_ns = 0;
  uint64_t rate = 0;  // values per second; 0: as fast as they are handed over
  bool stop_on_error = false;
};

// What became of the values.
struct HandoffCounts {
  uint64_t sent = 0;
  uint64_t refused = 0;   // with an error
  uint64_t received = 0;  // by all receivers together
  uint64_t lost = 0;
  uint64_t twice = 0;
  uint64_t out_of_order = 0;     // channels: after a later one of the same sender
  uint64_t strange = 0;          // what was received and nobody sent
  uint64_t wrong_receivers = 0;  // channels: the server said another number of receivers than there are
};

struct HandoffResult {
  LoadResult load;  // a latency for each value received
  HandoffCounts counts;
};

class HandoffSender;
class HandoffReceiver;

class HandoffLoad final : private TickHandler {
 public:
  explicit HandoffLoad(HandoffPlan plan);
  ~HandoffLoad();

  // As Load::run.
  Result<HandoffResult> run(const std::function<bool(const LoadProgress&)>& watch, const SecondSink& each_second = {});
  const HandoffCounts& counts() const { return counts_; }
  const HandoffKind& kind() const { return kind_; }

 private:
  friend class HandoffSender;
  friend class HandoffReceiver;

  void on_tick_start(int64_t) override {}
  void on_tick_end() override;
  void on_tick_over(int64_t) override {}

  void peer_ready();
  void has_room(HandoffSender& sender) { roomy_.push_back(&sender); }
  void take_value(size_t receiver, std::string_view value, int64_t now_ns);
  NumberCheck::Seen see(size_t receiver, const HandoffStamp& stamp);
  void error_reply(std::string_view text);
  void fail(std::string_view why);
  void open_some();
  bool may_send() const { return !ending_ && counts_.sent < plan_.values; }
  void dispatch();
  bool is_done() const;
  uint64_t expected() const;
  uint64_t never_seen() const;
  int64_t look();
  int64_t show(const std::function<bool(const LoadProgress&)>& watch, SecondTeller& teller);
  double measured_seconds() const;
  void gather(HandoffResult& result);

  const HandoffPlan plan_;
  const HandoffKind kind_;
  EventLoop loop_;
  std::optional<LoadPacer> pacer_;
  SecondsSeries series_;
  LatencyRecorder latency_{series_};
  std::optional<Histogram> service_;
  std::vector<char> input_;
  std::vector<std::unique_ptr<HandoffReceiver>> receivers_;
  std::vector<std::unique_ptr<HandoffSender>> senders_;
  size_t opened_ = 0;  // receivers first
  size_t ready_ = 0;
  std::deque<HandoffSender*> roomy_;
  std::vector<NumberCheck> checks_;  // by receiver (channels), sender and place (channels)
  HandoffCounts counts_;
  uint64_t expected_ = 0;    // receipts of what was sent and not refused
  uint64_t unanswered_ = 0;  // requests
  int64_t began_ns_ = 0;     // 0: not yet
  int64_t last_news_ns_ = 0;
  int64_t last_value_ns_ = 0;
  double cpu_before_ = 0;
  bool ending_ = false;
  bool stopped_ = false;
  ErrorTexts errors_;
  std::string failure_;
  std::optional<SecondStats> last_second_;
};

}  // namespace redoubt

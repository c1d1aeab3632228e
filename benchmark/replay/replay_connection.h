// A client of the log during its replay: its connection, the requests that wait for their turn and those that wait for replies. Used
// by ReplayLoad only, on the thread of its loop.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/load_link.h"
#include "benchmark/replay/replay_feed.h"
#include "common/resp/reply_scanner.h"

namespace redoubt {

struct ReplayPlan;

// What was sent.
struct ReplaySent {
  int64_t due_ns = 0;
  int64_t sent_ns = 0;
  size_t command = 0;
  bool waits = false;
  bool of_log = true;  // false: to have the right database
};

// All connections together.
struct ReplayTotals {
  uint64_t queued = 0;  // requests that are not sent
  uint64_t queued_bytes = 0;
  uint64_t sent = 0;     // and not answered
  uint64_t waiting = 0;  // of these, those that wait
};

// Who has the connections.
class ReplayCrowd {
 public:
  virtual void connection_ready() = 0;
  virtual void answered(const ReplaySent& request, int64_t now_ns) = 0;
  // `request`: of the log, or null.
  virtual void error_reply(std::string_view text, const ReplaySent* request) = 0;
  virtual void fail(std::string_view why) = 0;

 protected:
  ~ReplayCrowd() = default;
};

class ReplayConnection final : private LoadLink::Owner, private ReplyScanner::Errors {
 public:
  // All but the name outlive it.
  ReplayConnection(std::string client, const ReplayPlan& plan, ReplayTotals& totals, EventLoop& loop,
                   std::vector<char>& input, ReplayCrowd& crowd)
      : client_(std::move(client)), plan_(plan), totals_(totals), crowd_(crowd), link_(loop, input, *this) {}
  ~ReplayConnection();
  ReplayConnection(const ReplayConnection&) = delete;
  ReplayConnection& operator=(const ReplayConnection&) = delete;

  const std::string& client() const { return client_; }
  void open();
  // Sent as soon as it is connected, greeted and has room.
  void hand_over(ReplayRequest request, int64_t due_ns, size_t command);
  bool is_idle() const { return queued_.empty() && sent_.empty() && is_ready_; }
  // From when on something stands behind a request that waits; 0: there is no such thing.
  int64_t held_up_since() const;
  // Closes it, and is connected anew for what is queued. How many requests get no reply by this.
  uint64_t restart();
  // Sends no more of what is queued; how much that was.
  uint64_t drop_queued();

 private:
  struct Queued {
    ReplayRequest request;
    int64_t due_ns;
    size_t command;
  };

  void link_made() override;
  void link_received(std::string_view bytes) override;
  void link_failed(std::string_view why) override { crowd_.fail(why); }
  void error_reply(std::string_view text, uint64_t before) override;
  void send_more();
  void become_ready();
  void take_reply(int64_t now_ns);
  uint64_t drop_sent();

  const std::string client_;
  const ReplayPlan& plan_;
  ReplayTotals& totals_;
  ReplayCrowd& crowd_;
  LoadLink link_;
  ReplyScanner scanner_{this};
  bool is_ready_ = false;
  uint64_t greeting_left_ = 0;
  int db_ = 0;
  std::deque<Queued> queued_;
  std::deque<ReplaySent> sent_;
  size_t in_flight_ = 0;  // of sent_, those of the log
};

}  // namespace redoubt

// One connection of a hand-off: made, greeted, its replies as values. Senders and receivers are such. Used by one thread, that of
// the loop.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/load_link.h"
#include "common/resp/reply_parser.h"

namespace redoubt {

struct HandoffPlan;

class HandoffPeer : private LoadLink::Owner {
 public:
  HandoffPeer(const HandoffPlan& plan, EventLoop& loop, std::vector<char>& input)
      : plan_(plan), link_(loop, input, *this) {}
  HandoffPeer(const HandoffPeer&) = delete;
  HandoffPeer& operator=(const HandoffPeer&) = delete;

  void open();

 protected:
  ~HandoffPeer() = default;

  virtual void on_greeted() = 0;
  virtual void on_reply(const Reply& reply, int64_t now_ns) = 0;
  // All replies that have come were handled.
  virtual void on_received() = 0;
  virtual void on_failed(std::string_view why) = 0;

  void send(std::string_view bytes) { link_.send(bytes); }

 private:
  void link_made() override;
  void link_received(std::string_view bytes) override;
  void link_failed(std::string_view why) override { on_failed(why); }

  const HandoffPlan& plan_;
  LoadLink link_;
  ReplyParser parser_;
  uint64_t greeting_left_ = 0;
};

}  // namespace redoubt

// The two ends of a hand-off: who sends values and who receives them. Used by HandoffLoad only, on its thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "benchmark/handoff/handoff_load.h"
#include "benchmark/handoff/handoff_peer.h"

namespace redoubt {

class HandoffReceiver final : public HandoffPeer {
 public:
  HandoffReceiver(HandoffLoad& load, size_t index)
      : HandoffPeer(load.plan_, load.loop_, load.input_), load_(load), index_(index), ask_(load.kind_.ask(index)) {}

 private:
  void on_greeted() override;
  void on_reply(const Reply& reply, int64_t now_ns) override;
  void on_received() override;
  void on_failed(std::string_view why) override { load_.fail(why); }

  HandoffLoad& load_;
  const size_t index_;
  const std::string ask_;
  bool asks_ = false;  // again
};

class HandoffSender final : public HandoffPeer {
 public:
  HandoffSender(HandoffLoad& load, size_t index);

  bool has_room() const;
  // Sent with the next flush.
  void add(int64_t due_ns, int64_t now_ns);
  void flush();
  // A value of this one was received.
  void received();
  // So many numbers were given out for the place.
  uint64_t numbers(size_t place) const { return numbers_[load_.kind_.is_list() ? 0 : place]; }

 private:
  void on_greeted() override { load_.peer_ready(); }
  void on_reply(const Reply& reply, int64_t now_ns) override;
  void on_received() override { tell_room(); }
  void on_failed(std::string_view why) override { load_.fail(why); }
  void tell_room();

  HandoffLoad& load_;
  const uint32_t index_;
  size_t next_place_;
  std::vector<uint64_t> numbers_;  // the next ones; for lists, one for all places
  std::deque<size_t> sent_;        // places of requests without a reply
  uint64_t under_way_ = 0;         // values of lists that were not received
  bool told_room_ = true;          // at first all are given something
  std::string value_;
  std::string batch_;

  friend class HandoffLoad;
};

}  // namespace redoubt

#include "benchmark/handoff/handoff_ends.h"

#include "benchmark/workload/value_choice.h"

namespace redoubt {

void HandoffReceiver::on_greeted() {
  send(ask_);
  // Who waits for a list is not told that it does.
  if (load_.kind_.is_list()) load_.peer_ready();
}

void HandoffReceiver::on_reply(const Reply& reply, int64_t now_ns) {
  if (reply.is_error()) return load_.fail(reply.text);
  std::string_view value;
  switch (load_.kind_.read(reply, value)) {
    case HandoffKind::Said::value:
      load_.take_value(index_, value, now_ns);
      asks_ = load_.kind_.is_list();
      break;
    case HandoffKind::Said::ready: load_.peer_ready(); break;
    case HandoffKind::Said::nothing: break;
    case HandoffKind::Said::unknown: load_.fail("The server's reply is none that a receiver may have"); break;
  }
}

void HandoffReceiver::on_received() {
  if (asks_) send(ask_);
  asks_ = false;
}

HandoffSender::HandoffSender(HandoffLoad& load, size_t index)
    : HandoffPeer(load.plan_, load.loop_, load.input_),
      load_(load),
      index_(static_cast<uint32_t>(index)),
      next_place_(index % load.kind_.places()),
      numbers_(load.kind_.is_list() ? 1 : load.kind_.places()) {}

bool HandoffSender::has_room() const {
  const bool until_received = load_.kind_.is_list() && load_.plan_.rate == 0;
  return (until_received ? under_way_ : sent_.size()) < load_.plan_.pipeline;
}

void HandoffSender::add(int64_t due_ns, int64_t now_ns) {
  const size_t place = next_place_;
  next_place_ = (next_place_ + 1) % load_.kind_.places();
  uint64_t& number = numbers_[load_.kind_.is_list() ? 0 : place];
  value_.clear();
  append_stamp(value_, {index_, static_cast<uint32_t>(place), number++, due_ns, now_ns});
  value_.resize(load_.plan_.value_size, ValueChoice::filling);
  load_.kind_.append_send(batch_, place, value_);
  sent_.push_back(place);
  ++under_way_;
  ++load_.unanswered_;
}

void HandoffSender::flush() {
  send(batch_);
  batch_.clear();
}

void HandoffSender::received() {
  --under_way_;
  tell_room();
}

void HandoffSender::tell_room() {
  if (told_room_ || !has_room()) return;
  told_room_ = true;
  load_.has_room(*this);
}

void HandoffSender::on_reply(const Reply& reply, int64_t now_ns) {
  if (reply.kind == ReplyKind::push) return;
  if (sent_.empty()) return load_.fail("The server sent more replies than it was asked for");
  const size_t place = sent_.front();
  sent_.pop_front();
  --load_.unanswered_;
  load_.last_news_ns_ = now_ns;
  const uint64_t receivers = load_.kind_.receivers_of(place);
  if (reply.is_error()) {
    ++load_.counts_.refused;
    load_.expected_ -= receivers;
    --under_way_;
    return load_.error_reply(reply.text);
  }
  if (reply.kind != ReplyKind::integer) return load_.fail("The server's reply is none that a sender may have");
  if (!load_.kind_.is_list() && static_cast<uint64_t>(reply.integer) != receivers) ++load_.counts_.wrong_receivers;
}

}  // namespace redoubt

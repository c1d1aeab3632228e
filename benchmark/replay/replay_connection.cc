#include "benchmark/replay/replay_connection.h"

#include <utility>

#include "benchmark/replay/replay_load.h"
#include "common/base/clock.h"
#include "common/resp/request_writer.h"

namespace redoubt {

ReplayConnection::~ReplayConnection() {
  drop_queued();
  drop_sent();
}

void ReplayConnection::open() {
  is_ready_ = false;
  greeting_left_ = plan_.greeting_replies;
  db_ = plan_.db;
  scanner_.reset();
  link_.open(plan_.address);
}

void ReplayConnection::link_made() {
  link_.send(plan_.greeting);
  if (greeting_left_ == 0) become_ready();
}

void ReplayConnection::become_ready() {
  is_ready_ = true;
  crowd_.connection_ready();
  send_more();
}

void ReplayConnection::hand_over(ReplayRequest request, int64_t due_ns, size_t command) {
  ++totals_.queued;
  totals_.queued_bytes += request.bytes.size();
  queued_.push_back({std::move(request), due_ns, command});
  send_more();
}

void ReplayConnection::send_more() {
  if (!is_ready_ || queued_.empty() || in_flight_ >= plan_.pipeline) return;
  std::string batch;
  const int64_t now_ns = monotonic_ns();
  while (!queued_.empty() && in_flight_ < plan_.pipeline) {
    Queued& next = queued_.front();
    // A SELECT is logged with the database that it selects.
    if (next.request.db != db_ && next.request.name != "select") {
      const std::string db = std::to_string(next.request.db);
      const std::string_view words[] = {"SELECT", db};
      append_request(batch, words);
      sent_.push_back({.due_ns = next.due_ns, .sent_ns = now_ns, .of_log = false});
    }
    db_ = next.request.db_after;
    batch += next.request.bytes;
    sent_.push_back({next.due_ns, now_ns, next.command, next.request.waits});
    ++in_flight_;
    ++totals_.sent;
    totals_.waiting += next.request.waits ? 1 : 0;
    --totals_.queued;
    totals_.queued_bytes -= next.request.bytes.size();
    queued_.pop_front();
  }
  link_.send(batch);
}

void ReplayConnection::link_received(std::string_view bytes) {
  uint64_t replies = 0;
  if (!scanner_.scan(bytes, replies)) return crowd_.fail("The server's bytes are no replies of the Redis protocol");
  const int64_t now_ns = monotonic_ns();
  for (; replies > 0; --replies) {
    if (greeting_left_ > 0) {
      if (--greeting_left_ == 0) become_ready();
    } else if (sent_.empty()) {
      return crowd_.fail("The server sent more replies than it was asked for");
    } else {
      take_reply(now_ns);
    }
  }
  send_more();
}

void ReplayConnection::take_reply(int64_t now_ns) {
  const ReplaySent request = sent_.front();
  sent_.pop_front();
  if (!request.of_log) return;
  --in_flight_;
  --totals_.sent;
  totals_.waiting -= request.waits ? 1 : 0;
  crowd_.answered(request, now_ns);
}

void ReplayConnection::error_reply(std::string_view text, uint64_t before) {
  if (greeting_left_ > 0) return crowd_.fail(text);
  crowd_.error_reply(text, before < sent_.size() && sent_[before].of_log ? &sent_[before] : nullptr);
}

int64_t ReplayConnection::held_up_since() const {
  size_t next = 0;
  while (next < sent_.size() && !sent_[next].of_log) ++next;
  if (next == sent_.size() || !sent_[next].waits) return 0;
  if (next + 1 < sent_.size()) return std::max(sent_[next + 1].due_ns, sent_[next].sent_ns);
  return queued_.empty() ? 0 : std::max(queued_.front().due_ns, sent_[next].sent_ns);
}

uint64_t ReplayConnection::restart() {
  link_.close();
  const uint64_t lost = drop_sent();
  open();
  return lost;
}

uint64_t ReplayConnection::drop_sent() {
  const uint64_t lost = in_flight_;
  for (const ReplaySent& request : std::exchange(sent_, {})) {
    if (request.of_log) --totals_.sent;
    totals_.waiting -= request.waits ? 1 : 0;
  }
  in_flight_ = 0;
  return lost;
}

uint64_t ReplayConnection::drop_queued() {
  const uint64_t dropped = queued_.size();
  for (const Queued& one : std::exchange(queued_, {})) {
    --totals_.queued;
    totals_.queued_bytes -= one.request.bytes.size();
  }
  return dropped;
}

}  // namespace redoubt

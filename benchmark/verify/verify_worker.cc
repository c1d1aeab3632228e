#include "benchmark/verify/verify_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "benchmark/verify/verify_check.h"
#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr uint64_t reading_pipeline = 64;
constexpr int64_t look_interval_ms = 100;

}  // namespace

// ---- a connection --------------------------------------------------------------------------------

VerifyConnection::VerifyConnection(VerifyWorker& worker, uint64_t number, uint64_t seed)
    : worker_(worker),
      number_(number),
      random_(seed),
      greeting_left_(worker.shared_.plan.greeting_replies),
      link_(worker.loop_, worker.input_, *this) {}

void VerifyConnection::open() { link_.open(worker_.shared_.plan.address); }

void VerifyConnection::link_made() {
  worker_.open_next();
  if (greeting_left_ == 0) return worker_.connection_done();
  link_.send(worker_.shared_.plan.greeting);
}

void VerifyConnection::link_failed(std::string_view why) { worker_.fail(std::string(why)); }

// The steps of the next batch; false: there are no more.
bool VerifyConnection::fill() {
  VerifyShared& shared = worker_.shared_;
  steps_.clear();
  answered_ = 0;
  if (worker_.phase_ == VerifyPhase::loading) {
    for (uint64_t left = shared.stopping ? 0 : shared.budget.take(shared.plan.pipeline); left > 0; --left) {
      steps_.push_back(shared.keys.next(number_, random_));
    }
  } else if (!shared.stopping) {
    while (steps_.size() < std::max<uint64_t>(reading_pipeline, shared.plan.pipeline)) {
      const auto step = shared.keys.next_to_read(number_, position_);
      if (!step) break;
      steps_.push_back(*step);
    }
  }
  return !steps_.empty();
}

void VerifyConnection::next_batch() {
  if (!fill()) return worker_.connection_done();
  std::string& batch = worker_.batch_;
  batch.clear();
  for (const VerifyStep& step : steps_) {
    const std::vector<std::string> words = words_of(worker_.shared_.values, step);
    append_request(batch, std::vector<std::string_view>(words.begin(), words.end()));
  }
  sent_ns_ = monotonic_ns();
  link_.send(batch);
}

void VerifyConnection::link_received(std::string_view bytes) {
  const int64_t now_ns = worker_.last_reply_ns_ = monotonic_ns();
  const size_t answered_before = answered_;
  while (!bytes.empty()) {
    const ReplyParser::Progress progress = parser_.parse(bytes);
    if (progress == ReplyParser::Progress::unfinished) break;
    if (progress == ReplyParser::Progress::failed) {
      return worker_.fail("The server's bytes are no replies of the Redis protocol: " + parser_.error());
    }
    const Reply reply = parser_.take();
    if (reply.kind == ReplyKind::push) continue;
    if (greeting_left_ > 0) {
      greeted(reply);
    } else if (pending() == 0) {
      worker_.fail("The server sent more replies than it was asked for");
    } else {
      check(reply);
    }
    if (!worker_.failure_.empty()) return;
  }
  const uint64_t replies = answered_ - answered_before;
  if (replies == 0) return;
  worker_.shared_.findings.add_replies(std::exchange(looked_at_, 0));
  if (worker_.phase_ == VerifyPhase::loading) {
    worker_.replies_.store(worker_.replies() + replies, std::memory_order_relaxed);
    worker_.latency_.record(now_ns, static_cast<uint64_t>(now_ns - sent_ns_), replies);
  }
  if (pending() == 0) next_batch();
}

void VerifyConnection::greeted(const Reply& reply) {
  if (reply.is_error()) return worker_.fail(reply.text);
  if (--greeting_left_ == 0) worker_.connection_done();
}

void VerifyConnection::check(const Reply& reply) {
  VerifyKeys& keys = worker_.shared_.keys;
  const VerifyStep& step = steps_[answered_++];
  ++replies_;
  // An error is one, whatever the key holds.
  if (!keys.is_trusted(step) && !reply.is_error()) return;
  ++looked_at_;
  const uint64_t newest = step.foreign ? keys.newest(step.number) : 0;
  const auto fault = find_fault(worker_.shared_.values, step, reply, newest);
  keys.answered(step, !fault);
  if (fault) found(*fault, step, reply, newest);
}

void VerifyConnection::found(VerifyFault fault, const VerifyStep& step, const Reply& reply, uint64_t newest) {
  VerifyShared& shared = worker_.shared_;
  if (shared.plan.stop_on_error) shared.stopping = true;
  if (fault == VerifyFault::error && worker_.phase_ == VerifyPhase::loading) worker_.errors_.count(reply.text);
  if (!shared.findings.count(fault)) return;
  shared.findings.tell(fmt::format("{}: connection {}, reply {}: {}\n  expected {}\n  got {}\n", name_of(fault),
                                   number_, replies_, request_text(shared.values, step),
                                   expected_text(shared.values, step, newest),
                                   reply_text(shared.values, step.family, reply)));
}

// ---- a thread ------------------------------------------------------------------------------------

VerifyWorker::VerifyWorker(VerifyShared& shared, size_t threads, size_t number, Random& seeds)
    : shared_(shared), input_(LoadLink::input_size) {
  for (size_t client = number; client < shared.plan.clients; client += threads) {
    connections_.push_back(std::make_unique<VerifyConnection>(*this, client, seeds.next()));
  }
}

VerifyWorker::~VerifyWorker() = default;

void VerifyWorker::run() {
  loop_.every(look_interval_ms, [this] { return look_at_stop(); });
  lag_.begin();
  begin_phase(VerifyPhase::connecting);
  loop_.run(*this);
}

void VerifyWorker::begin_phase(VerifyPhase phase) {
  phase_ = phase;
  if (phase == VerifyPhase::over) return loop_.stop();
  working_ = true;
  active_ = connections_.size();
  last_reply_ns_ = monotonic_ns();
  measuring_ = phase == VerifyPhase::loading;
  if (phase == VerifyPhase::connecting) {
    for (size_t count = 0; count < links_opened_at_once; ++count) open_next();
  } else {
    for (const auto& connection : connections_) {
      if (!failure_.empty()) return;
      connection->next_batch();
    }
  }
}

void VerifyWorker::end_phase() {
  working_ = measuring_ = false;
  if (phase_ == VerifyPhase::loading) latency_.finish();
  shared_.phases.done();
}

void VerifyWorker::open_next() {
  if (opened_ < connections_.size() && failure_.empty() && !shared_.stopping) connections_[opened_++]->open();
}

void VerifyWorker::on_tick_end() {
  if (working_ && (active_ == 0 || !failure_.empty())) return end_phase();
  if (!working_ && phase_ != shared_.phases.now()) begin_phase(shared_.phases.now());
}

uint64_t VerifyWorker::unanswered() const {
  uint64_t all = 0;
  for (const auto& connection : connections_) all += connection->pending();
  return all;
}

void VerifyWorker::fail(std::string text) {
  if (failure_.empty()) failure_ = std::move(text);
  shared_.stopping = true;
}

// After a stop, replies are awaited as long as some come.
int64_t VerifyWorker::look_at_stop() {
  const int64_t now_ns = monotonic_ns();
  if (!working_) return look_interval_ms;
  if (phase_ == VerifyPhase::loading) latency_.look(now_ns);
  if (shared_.stopping && now_ns - last_reply_ns_ > patience_after_stop_ns) active_ = 0;
  return look_interval_ms;
}

}  // namespace redoubt

#include "benchmark/load/load_worker.h"

#include <algorithm>
#include <utility>

#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr int64_t stop_interval_ms = 100;

}  // namespace

uint64_t LoadShared::claim(uint64_t most, bool measured) {
  if (stopping.load(std::memory_order_relaxed)) return 0;
  return measured ? budget.take(most) : most;
}

void LoadShared::end() {
  budget.clear();
  over = true;
}

// ---- a connection --------------------------------------------------------------------------------

LoadConnection::LoadConnection(LoadWorker& worker, size_t number)
    : worker_(worker), number_(number), link_(worker.loop_, worker.input_, *this) {}

// Of a cluster: the one that this client asks, as the nodes are now.
const LoadNode& LoadConnection::node() {
  worker_.take_nodes();
  return (*worker_.nodes_)[number_ % worker_.nodes_->size()];
}

// Keys are of the node's slots from now on. False: it is another node than before, and is connected to first.
bool LoadConnection::serve_node() {
  const LoadNode& now = node();
  if (now.number != node_) {
    link_.close();
    start();
    return false;
  }
  LoadShared& shared = worker_.shared_;
  worker_.writer_.serve(now.slots, node_ < shared.turns.size() ? shared.turns[node_] : shared.turn);
  return true;
}

void LoadConnection::fail(std::string text) {
  if (worker_.nodes_ == nullptr) return worker_.fail(std::move(text));
  for (const LoadNode& one : *worker_.nodes_) {
    if (one.number == node_) return worker_.fail(one.name + ": " + text);
  }
  worker_.fail("a node that serves no slots any more: " + text);
}

void LoadConnection::start() {
  const LoadNode* const its_node = worker_.shared_.plan.nodes != nullptr ? &node() : nullptr;
  if (its_node != nullptr) node_ = its_node->number;
  scanner_.reset();
  answered_ = 0;
  greeting_left_ = worker_.shared_.plan.greeting_replies;
  link_.open(its_node != nullptr ? its_node->address : worker_.shared_.plan.address);
}

void LoadConnection::link_made() {
  if (greeting_left_ > 0) link_.send(worker_.shared_.plan.greeting);
  if (!std::exchange(was_connected_, true)) {
    ++worker_.connected_;
    worker_.start_next();
  }
  if (worker_.failure_.empty()) next_batch();
}

void LoadConnection::retire() {
  link_.close();
  --worker_.active_;
}

void LoadConnection::next_batch() {
  if (worker_.pacer_) return worker_.idle_.push_back(this);
  send_batch(worker_.shared_.plan.pipeline);
}

void LoadConnection::send_batch(uint64_t most) {
  if (worker_.nodes_ && !serve_node()) return;
  const uint64_t reconnect_after = worker_.shared_.plan.reconnect_after;
  if (reconnect_after > 0) most = std::min(most, reconnect_after - answered_);
  measured_ = worker_.shared_.measuring.load(std::memory_order_relaxed);
  pending_ = worker_.shared_.claim(most, measured_);
  if (pending_ == 0) return retire();
  if (worker_.pacer_) slot_ = worker_.pacer_->take(pending_);
  const std::string_view batch =
      worker_.commands_.empty() ? worker_.writer_.write(pending_) : worker_.writer_.write(pending_, chosen_, place_);
  sent_ns_ = monotonic_ns();
  link_.send(batch);
}

void LoadConnection::link_received(std::string_view bytes) {
  if (!worker_.failure_.empty()) return;
  uint64_t replies = 0;
  if (!scanner_.scan(bytes, replies)) return fail("The server's bytes are no replies of the Redis protocol");
  if (replies > 0) take(replies);
}

void LoadConnection::take(uint64_t replies) {
  const uint64_t greeted = std::min(replies, greeting_left_);
  greeting_left_ -= greeted;
  replies -= greeted;
  if (replies == 0) return;
  if (replies > pending_) return fail("The server sent more replies than it was asked for");
  if (measured_) record(replies);
  pending_ -= replies;
  answered_ += replies;
  if (pending_ > 0) return;
  if (answered_ != worker_.shared_.plan.reconnect_after) return next_batch();
  link_.close();
  start();
}

void LoadConnection::record(uint64_t replies) {
  const int64_t now_ns = monotonic_ns();
  const auto service_ns = static_cast<uint64_t>(now_ns - sent_ns_);
  worker_.replies_.store(worker_.replies() + replies, std::memory_order_relaxed);
  if (!worker_.commands_.empty()) record_commands(replies, now_ns);
  if (!worker_.pacer_) return worker_.latency_.record(now_ns, service_ns, replies);
  worker_.service_->record(service_ns, replies);
  for (const uint64_t end = slot_ + replies; slot_ < end; ++slot_) {
    worker_.latency_.record(now_ns, static_cast<uint64_t>(now_ns - worker_.pacer_->start_of(slot_)));
  }
}

// Replies come in the order of the requests.
void LoadConnection::record_commands(uint64_t replies, int64_t now_ns) {
  const size_t first = chosen_.size() - pending_;
  for (uint64_t number = 0; number < replies; ++number) {
    const int64_t start_ns = worker_.pacer_ ? worker_.pacer_->start_of(slot_ + number) : sent_ns_;
    std::optional<Histogram>& latency = worker_.commands_[chosen_[first + number]].latency;
    if (!latency) latency.emplace();
    latency->record(static_cast<uint64_t>(now_ns - start_ns));
  }
}

void LoadConnection::error_reply(std::string_view text, uint64_t before) {
  if (greeting_left_ > before) return fail(std::string(text));
  if (worker_.nodes_) {
    // They name slots and nodes: of a kind are those with the same first word.
    const std::string_view redirection = redirection_of(text);
    if (!redirection.empty()) text = redirection;
    if (!redirection.empty() || text.starts_with("CLUSTERDOWN ")) worker_.shared_.plan.nodes->doubt(node_);
  }
  if (worker_.shared_.plan.stop_on_error) {
    worker_.shared_.stopping = true;
  } else if (!measured_) {
    return;
  }
  // More replies than requests are told when they are taken.
  if (const uint64_t at = before - greeting_left_; !worker_.commands_.empty() && at < pending_) {
    ++worker_.commands_[chosen_[chosen_.size() - pending_ + at]].errors;
  }
  worker_.errors_.count(text);
}

// ---- a thread ------------------------------------------------------------------------------------

LoadWorker::LoadWorker(LoadShared& shared, size_t first, size_t clients, uint64_t seed, uint64_t number)
    : shared_(shared),
      writer_(shared.workload, shared.turn, seed, number),
      active_(clients),
      input_(LoadLink::input_size) {
  if (shared.plan.rate > 0) {
    // Each thread makes the part of the load that its connections are of all.
    pacer_.emplace(loop_, static_cast<double>(shared.plan.rate) * static_cast<double>(clients) /
                              static_cast<double>(shared.plan.clients));
    service_.emplace();
  }
  if (shared.workload.requests().size() > 1) commands_.resize(shared.workload.requests().size());
  for (size_t index = 0; index < clients; ++index) {
    connections_.push_back(std::make_unique<LoadConnection>(*this, first + index));
  }
}

LoadWorker::~LoadWorker() = default;

void LoadWorker::run() {
  lag_.begin();
  loop_.every(stop_interval_ms, [this] { return look_at_stop(); });
  for (size_t count = 0; count < links_opened_at_once; ++count) start_next();
  if (failure_.empty() && active_ > 0) loop_.run(*this);
  latency_.finish();
}

// The nodes as they are now.
void LoadWorker::take_nodes() {
  const LoadNodes& nodes = *shared_.plan.nodes;
  const uint64_t version = nodes.version();
  if (nodes_version_ == version) return;
  nodes_version_ = version;
  nodes_ = nodes.table();
}

void LoadWorker::start_next() {
  if (started_ < connections_.size() && failure_.empty()) connections_[started_++]->start();
}

void LoadWorker::on_tick_end() {
  if (pacer_ && failure_.empty()) dispatch();
  if (active_ == 0) loop_.stop();
}

// Requests are due from when all connections are made.
void LoadWorker::dispatch() {
  if (shared_.ending() || shared_.budget.empty()) {
    if (overdue_ == 0 && shared_.ending()) overdue_ = pacer_->due(monotonic_ns());
    for (LoadConnection* const connection : std::exchange(idle_, {})) connection->retire();
    return;
  }
  if (connected_ < connections_.size()) return;
  while (!idle_.empty() && failure_.empty()) {
    const int64_t now_ns = monotonic_ns();
    const uint64_t due = pacer_->due(now_ns);
    if (due == 0) {
      waits_for_due_ = true;
      return pacer_->wake_at_next();
    }
    // There were connections for it, so it was this loop that was late.
    if (std::exchange(waits_for_due_, false)) lag_.record(now_ns - pacer_->next_start());
    LoadConnection& connection = *idle_.front();
    idle_.pop_front();
    connection.send_batch(std::min<uint64_t>(due, shared_.plan.pipeline));
  }
}

uint64_t LoadWorker::unanswered() const {
  uint64_t all = overdue_;
  for (const auto& connection : connections_) all += connection->pending();
  return all;
}

void LoadWorker::fail(std::string text) {
  if (failure_.empty()) failure_ = std::move(text);
  shared_.stopping = true;
  loop_.stop();
}

int64_t LoadWorker::look_at_stop() {
  if (shared_.measuring) latency_.look(monotonic_ns());
  if (!shared_.ending()) return stop_interval_ms;
  const int64_t now_ns = monotonic_ns();
  if (stop_seen_ns_ == 0) stop_seen_ns_ = now_ns;
  if (now_ns - stop_seen_ns_ > patience_after_stop_ns) loop_.stop();
  return stop_interval_ms;
}

}  // namespace redoubt

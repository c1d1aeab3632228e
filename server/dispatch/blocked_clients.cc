#include "server/dispatch/blocked_clients.h"

#include "server/keyspace/database.h"

namespace redoubt {

size_t BlockedClients::keys() const {
  size_t total = 0;
  for (const auto& [db, queues] : databases_) total += queues.size();
  return total;
}

BlockedClients::Wait& BlockedClients::begin_wait(CommandContext& ctx, BlockDeadline deadline) {
  auto owned = std::make_unique<Wait>(*this, ctx.client);
  Wait& wait = *owned;
  wait.number = ++last_number_;
  wait.words.assign(ctx.args.begin(), ctx.args.end());
  wait.db = ctx.client.db;
  wait.deadline = deadline;
  if (deadline != 0) deadlines_.emplace(deadline, &wait);
  ++count_;
  wait.waiting = true;
  ctx.client.wait = std::move(owned);
  return wait;
}

void BlockedClients::add(CommandContext& ctx, std::span<const std::string_view> keys, Type type,
                         BlockDeadline deadline) {
  Wait& wait = begin_wait(ctx, deadline);
  wait.type = type;
  Queues& queues = databases_[wait.db];
  for (const std::string_view key : keys) {
    auto found = queues.find(key);
    if (found == queues.end()) found = queues.emplace(std::string(key), Queue{}).first;
    std::list<Wait*>& line = found->second.waits;
    if (!line.empty() && line.back() == &wait) continue;  // named twice
    line.push_back(&wait);
    wait.places.push_back({found->first, std::prev(line.end())});
  }
}

void BlockedClients::add_for_log(CommandContext& ctx, uint64_t offset, BlockDeadline deadline, TimeoutAnswer answer) {
  auto* wait = static_cast<Wait*>(ctx.client.wait.get());
  if (wait == nullptr) {
    wait = &begin_wait(ctx, deadline);
    wait->timeout_answer = answer;
    wait->for_log = true;
  } else {
    for_log_.erase({wait->log_offset, wait->number});
  }
  wait->waiting = true;
  wait->log_offset = offset;
  for_log_.emplace(LogGoal{offset, wait->number}, wait);
}

void BlockedClients::leave(Wait& wait) {
  const auto queues = databases_.find(wait.db);
  for (const Wait::Place& place : wait.places) {
    const auto found = queues->second.find(place.key);
    found->second.waits.erase(place.at);
    if (found->second.waits.empty()) queues->second.erase(found);
  }
  if (wait.deadline != 0) deadlines_.erase({wait.deadline, &wait});
  if (wait.for_log) for_log_.erase({wait.log_offset, wait.number});
  --count_;
}

void BlockedClients::mark_ready(int db, Queues::value_type& entry) {
  if (entry.second.ready) return;
  entry.second.ready = true;
  ready_.push_back({db, entry.first});
}

void BlockedClients::touched(int db, std::string_view key) {
  const auto queues = databases_.find(db);
  if (queues == databases_.end()) return;
  const auto found = queues->second.find(key);
  if (found != queues->second.end()) mark_ready(db, *found);
}

void BlockedClients::touched_all(int db) {
  const auto queues = databases_.find(db);
  if (queues == databases_.end()) return;
  for (auto& entry : queues->second) mark_ready(db, entry);
}

BlockedClients::ReadyKey BlockedClients::take_ready() {
  ReadyKey ready = std::move(ready_.front());
  ready_.pop_front();
  const auto found = databases_[ready.db].find(ready.key);
  if (found != databases_[ready.db].end()) found->second.ready = false;
  return ready;
}

BlockedClients::Wait* BlockedClients::next(const ReadyKey& ready, Type type, uint64_t after) const {
  const auto queues = databases_.find(ready.db);
  if (queues == databases_.end()) return nullptr;
  const auto found = queues->second.find(ready.key);
  if (found == queues->second.end()) return nullptr;
  for (Wait* wait : found->second.waits) {
    if (wait->number > after && wait->type == type && !wait->client.closing()) return wait;
  }
  return nullptr;
}

BlockedClients::Wait* BlockedClients::next_for_log(const LogGoal& after, uint64_t durable) const {
  for (auto at = for_log_.upper_bound(after); at != for_log_.end() && at->first.first <= durable; ++at) {
    if (!at->second->client.closing()) return at->second;
  }
  return nullptr;
}

Client* BlockedClients::expired(int64_t now_ms) const {
  if (deadlines_.empty() || deadlines_.begin()->first > now_ms) return nullptr;
  return &deadlines_.begin()->second->client;
}

}  // namespace redoubt

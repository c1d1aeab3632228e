#include "server/client/client_registry.h"

#include <algorithm>

namespace redoubt {

void ClientRegistry::remove(Client& client) {
  clients_.erase(client.id);
  // Lists that were given away are not touched: whoever walks one may be removing clients from it.
  for (auto* list : {&to_flush_, &to_close_, &postponed_, &to_resume_}) std::erase(*list, &client);
}

Client* ClientRegistry::find(uint64_t id) const {
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : found->second;
}

void ClientRegistry::close(Client& client, bool after_reply) {
  if (client.is(ClientFlag::close_now)) return;
  if (after_reply) {
    client.set(ClientFlag::close_after_reply);
    schedule_flush(client);
    return;
  }
  client.set(ClientFlag::close_now);
  to_close_.push_back(&client);
}

void ClientRegistry::postpone(Client& client) {
  if (client.is(ClientFlag::postponed)) return;
  client.set(ClientFlag::postponed);
  postponed_.push_back(&client);
}

void ClientRegistry::pause(int64_t until_ms, PauseMode mode) {
  if (!paused() || mode == PauseMode::all) pause_mode_ = mode;
  paused_until_ms_ = std::max(paused_until_ms_, until_ms);
  gates_.set(gate_pause, paused());
}

void ClientRegistry::unpause() {
  paused_until_ms_ = 0;
  gates_.set(gate_pause, false);
  to_resume_.insert(to_resume_.end(), postponed_.begin(), postponed_.end());
  postponed_.clear();
}

void ClientRegistry::check_pause(int64_t now_ms) {
  if (paused() && now_ms >= paused_until_ms_) unpause();
}

const std::vector<Client*>& ClientRegistry::take_resumed() {
  for (Client* client : to_resume_) client->set(ClientFlag::postponed, false);
  return take(to_resume_, taken_resumed_);
}

}  // namespace redoubt

// All clients, by id, and the lists through which commands ask the network layer for things: to send, to close, to go on
// with input that waited. What holds for all of them, the server-wide gates, stands here too. Does not own the clients: the network layer adds them and removes them before they go.
// Executor thread only.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "server/client/client.h"

namespace redoubt {

class ClientRegistry {
 public:
  uint64_t next_id() { return ++last_id_; }
  void add(Client& client) { clients_.emplace(client.id, &client); }
  void remove(Client& client);
  Client* find(uint64_t id) const;
  size_t size() const { return clients_.size(); }
  // In the order in which they came.
  const std::map<uint64_t, Client*>& all() const { return clients_; }

  // Something was appended to the client's output: it is sent at the end of the tick.
  void schedule_flush(Client& client) {
    if (client.is(ClientFlag::flush_scheduled)) return;
    client.set(ClientFlag::flush_scheduled);
    to_flush_.push_back(&client);
  }
  // Closes at the end of the tick; `after_reply`: once its output has been sent.
  void close(Client& client, bool after_reply = false);

  // The client waited and may go on with its input.
  void resume(Client& client) { to_resume_.push_back(&client); }
  // Input of this client waits until the pause is over.
  void postpone(Client& client);

  enum class PauseMode : uint8_t { writes, all };
  void pause(int64_t until_ms, PauseMode mode);  // monotonic; a running pause is only ever made longer and stricter
  void unpause();
  bool paused() const { return paused_until_ms_ != 0; }
  int64_t paused_until_ms() const { return paused_until_ms_; }
  PauseMode pause_mode() const { return pause_mode_; }
  // The executor reads them; gate_pause follows the pause by itself, the others are set through the executor.
  ServerGates& gates() { return gates_; }
  // Ends the pause when its time has come.
  void check_pause(int64_t now_ms);

  // For the network layer: each list as it was, good until the next call; a new one is begun. Clients in it may be closing.
  const std::vector<Client*>& take_flushes() { return take(to_flush_, taken_flushes_); }
  const std::vector<Client*>& take_closes() { return take(to_close_, taken_closes_); }
  // Those that may go on now.
  bool anyone_resumed() const { return !to_resume_.empty(); }
  const std::vector<Client*>& take_resumed();

 private:
  static const std::vector<Client*>& take(std::vector<Client*>& list, std::vector<Client*>& taken) {
    taken.clear();
    taken.swap(list);
    return taken;
  }

  uint64_t last_id_ = 0;
  ServerGates gates_;
  std::map<uint64_t, Client*> clients_;
  std::vector<Client*> to_flush_;
  std::vector<Client*> to_close_;
  std::vector<Client*> postponed_;
  std::vector<Client*> to_resume_;
  std::vector<Client*> taken_flushes_;
  std::vector<Client*> taken_closes_;
  std::vector<Client*> taken_resumed_;
  int64_t paused_until_ms_ = 0;
  PauseMode pause_mode_ = PauseMode::all;
};

}  // namespace redoubt

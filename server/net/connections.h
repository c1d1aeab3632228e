// All connections of the server: accepts them, enforces maxclients, protected mode and timeouts, sends and closes at the end
// of each tick what the registry asks for. Owns listeners and connections. Executor thread only.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/net/event_loop.h"
#include "common/net/listener.h"
#include "server/net/connection.h"

namespace redoubt {

class Connections {
 public:
  Connections(EventLoop& loop, Executor& executor, ClientRegistry& registry, const Config& config, ServerStats& stats,
              Log& log, const LogProgress& log_progress);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // Listens on the configured addresses instead of those before, or, when that fails, on those before again. An address
  // that begins with '-' may be unavailable. The reasons go to the log; the error is for the one who asked.
  Status listen(const Config& config);
  Status listen_unix(const Config& config);
  void stop_listening();
  size_t listeners() const { return tcp_.size() + (unix_ == nullptr ? 0 : 1); }
  // "127.0.0.1:6379", "*:6379" or the unix socket's path: for the process title.
  std::string listen_address() const;

  // First of what ends a tick: closes what the registry lists, and goes on with the input of those who waited.
  void resume();
  // Last, when the append log has been written: sends what may leave, and closes.
  void flush();
  // Once a second: closes those that have been idle too long or over a soft limit.
  void check_limits(int64_t now_ms);
  // Tries to send what may leave to everybody, once: before the process ends.
  void flush_all();

 private:
  Status open(const std::vector<std::string>& addresses, int port, const ListenOptions& options);
  void accept(int descriptor, Peer peer);
  void close_tcp();
  void refuse(int descriptor, std::string_view error);
  void destroy(Client& client);
  void flush_held();
  void check_soft_limit(Connection& connection, int64_t now_ms);

  BlockPool pool_;
  std::vector<char> read_buffer_;
  ConnectionShared shared_;
  uint64_t flushed_synced_ = 0;  // how far the log was synced when held output was last looked at
  std::vector<std::unique_ptr<Listener>> tcp_;
  std::vector<std::string> addresses_;  // as configured, of tcp_
  int port_ = 0;
  std::unique_ptr<Listener> unix_;
  std::vector<std::unique_ptr<Listener>> stopped_;  // go at the end of the tick
  std::unordered_map<uint64_t, std::unique_ptr<Connection>> connections_;
};

}  // namespace redoubt

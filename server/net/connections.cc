#include "server/net/connections.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/log.h"
#include "server/client/authentication.h"
#include "server/client/client_registry.h"
#include "server/client/output_limits.h"
#include "server/config/config.h"
#include "server/dispatch/errors.h"
#include "server/dispatch/executor.h"
#include "server/stats/server_stats.h"

namespace redoubt {

Connections::Connections(EventLoop& loop, Executor& executor, ClientRegistry& registry, const Config& config,
                         ServerStats& stats, Log& log, const LogProgress& log_progress)
    : read_buffer_(ConnectionShared::read_size), shared_{loop, executor, registry,     config, stats,
                                                         log,  pool_,    log_progress, {},     read_buffer_.data()} {}

Connections::~Connections() {
  for (auto& [id, connection] : connections_) shared_.registry.remove(*connection);
}

// ---- listening -----------------------------------------------------------------------------------

Status Connections::open(const std::vector<std::string>& addresses, int port, const ListenOptions& options) {
  for (const std::string& entry : addresses) {
    if (port == 0) break;
    const bool optional = entry.starts_with('-');
    const std::string address = optional ? entry.substr(1) : entry;
    auto listener = Listener::tcp(shared_.loop, address, port, options);
    if (!listener.has_value()) {
      shared_.log.warning("Warning: Could not create server TCP listening socket {}:{}: {}", address, port,
                          listener.error().text);
      if (listener.error().unavailable && optional) continue;
      close_tcp();
      return Error{"Unable to listen on this port. Check server logs."};
    }
    tcp_.push_back(std::move(listener.value()));
    tcp_.back()->start([this](int descriptor, Peer peer) { accept(descriptor, std::move(peer)); });
  }
  return {};
}

Status Connections::listen(const Config& config) {
  const ListenOptions options{config.tcp_backlog, config.socket_mark_id};
  // The old sockets go first: "*" and one address of this machine cannot be listened on at once.
  close_tcp();
  Status status = open(config.bind, config.port, options);
  if (status) {
    addresses_ = config.bind;
    port_ = config.port;
  } else {
    (void)open(addresses_, port_, options);
  }
  return status;
}

Status Connections::listen_unix(const Config& config) {
  if (config.unixsocket.empty()) return {};
  auto listener = Listener::unix_socket(shared_.loop, config.unixsocket, config.unixsocketperm,
                                        {config.tcp_backlog, config.socket_mark_id});
  if (!listener) return Error{"Failed opening Unix socket: bind: " + listener.error().text};
  unix_ = std::move(listener.value());
  unix_->start([this](int descriptor, Peer peer) { accept(descriptor, std::move(peer)); });
  return {};
}

void Connections::close_tcp() {
  for (auto& listener : tcp_) {
    listener->stop();
    stopped_.push_back(std::move(listener));
  }
  tcp_.clear();
}

void Connections::stop_listening() {
  close_tcp();
  if (unix_ == nullptr) return;
  unix_->stop();
  stopped_.push_back(std::move(unix_));
}

std::string Connections::listen_address() const {
  if (!tcp_.empty()) return tcp_.front()->address() + ":" + std::to_string(tcp_.front()->port());
  return unix_ != nullptr ? unix_->address() : "";
}

// ---- accepting -----------------------------------------------------------------------------------

void Connections::refuse(int descriptor, std::string_view error) {
  std::string line = "-";
  line.append(error).append("\r\n");
  // Best effort: a client that does not read it is told by the close.
  (void)!send(descriptor, line.data(), line.size(), MSG_NOSIGNAL);
  ++shared_.stats.rejected_connections;
  close(descriptor);
}

void Connections::accept(int descriptor, Peer peer) {
  const Config& config = shared_.config;
  if (!peer.unix_socket) set_tcp_options(descriptor, config.tcp_keepalive);
  if (connections_.size() >= config.maxclients) return refuse(descriptor, errors::max_clients);
  if (config.protected_mode && config.requirepass.empty() && !peer.loopback) {
    return refuse(descriptor, errors::protected_mode);
  }
  ++shared_.stats.connections_received;
  auto connection = std::make_unique<Connection>(shared_, shared_.registry.next_id(), descriptor, std::move(peer));
  set_default_user(*connection, config);
  shared_.registry.add(*connection);
  const uint64_t id = connection->id;
  connections_.emplace(id, std::move(connection));
}

// ---- ticks ---------------------------------------------------------------------------------------

void Connections::destroy(Client& client) {
  if (auto& connection = static_cast<Connection&>(client); connection.held) std::erase(shared_.held, &connection);
  shared_.registry.remove(client);
  connections_.erase(client.id);
}

void Connections::check_soft_limit(Connection& connection, int64_t now_ms) {
  if (connection.closing() || !over_output_limit(connection, shared_.config, now_ms)) return;
  ++shared_.stats.output_buffer_limit_disconnections;
  shared_.log.warning("Client id={} addr={} scheduled to be closed ASAP for overcoming of output buffer limits.",
                      connection.id, connection.peer);
  shared_.registry.close(connection);
}

void Connections::resume() {
  ClientRegistry& registry = shared_.registry;
  // First those that are to go: when CLIENT KILL is answered, the connection is gone. Nobody points to them any more: no
  // handler runs at the end of a tick.
  for (Client* client : registry.take_closes()) destroy(*client);
  // What one of them does may let others go on.
  while (registry.anyone_resumed()) {
    for (Client* client : registry.take_resumed()) static_cast<Connection*>(client)->resume();
  }
}

// A sync has ended: those whose replies waited for it.
void Connections::flush_held() {
  if (shared_.held.empty() || shared_.log_progress.synced == flushed_synced_) return;
  flushed_synced_ = shared_.log_progress.synced;
  for (Connection* connection : shared_.held) {
    connection->held = false;
    shared_.registry.schedule_flush(*connection);
  }
  shared_.held.clear();
}

void Connections::flush() {
  ClientRegistry& registry = shared_.registry;
  flush_held();
  for (Client* client : registry.take_flushes()) {
    client->set(ClientFlag::flush_scheduled, false);
    if (client->is(ClientFlag::close_now)) continue;
    auto& connection = static_cast<Connection&>(*client);
    connection.flush();
    if (!connection.out.empty()) check_soft_limit(connection, shared_.executor.tick_ms());
  }
  for (Client* client : registry.take_closes()) destroy(*client);
  stopped_.clear();
}

void Connections::check_limits(int64_t now_ms) {
  const int64_t timeout_ms = int64_t{shared_.config.timeout} * 1000;
  for (auto& [id, connection] : connections_) {
    if (!connection->out.empty()) check_soft_limit(*connection, now_ms);
    const bool exempt = connection->is(ClientFlag::replica | ClientFlag::pubsub | ClientFlag::monitor);
    if (timeout_ms == 0 || exempt || connection->closing() || connection->waiting()) continue;
    if (now_ms - connection->last_active_ms <= timeout_ms) continue;
    shared_.log.verbose("Closing idle client");
    shared_.registry.close(*connection);
  }
}

void Connections::flush_all() {
  for (auto& [id, connection] : connections_) {
    if (!connection->out.empty() && !connection->is(ClientFlag::close_now)) connection->flush();
  }
}

}  // namespace redoubt

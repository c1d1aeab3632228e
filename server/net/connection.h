// One client with its socket: reads, cuts requests, hands them to the executor, sends what the client was answered. Reads go
// into a buffer that all connections share; only what is left of an unfinished request is kept. Executor thread only.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "common/net/event_loop.h"
#include "common/net/listener.h"
#include "common/resp/request_parser.h"
#include "server/client/client.h"
#include "server/net/input_buffer.h"
#include "server/net/reply_hold.h"

namespace redoubt {

class ClientRegistry;
class Connection;
class Executor;
class Log;
struct Config;
struct ServerStats;

// What connections share; owned by Connections.
struct ConnectionShared {
  static constexpr size_t read_size = 64 * 1024;
  EventLoop& loop;
  Executor& executor;
  ClientRegistry& registry;
  const Config& config;
  ServerStats& stats;
  Log& log;
  BlockPool& pool;
  const LogProgress& log_progress;
  RequestBatch batch = {};
  char* read_buffer = nullptr;         // read_size bytes
  std::vector<Connection*> held = {};  // those whose output waits for a sync of the append log
};

class Connection : public Client, public ReadyHandler {
 public:
  Connection(ConnectionShared& shared, uint64_t client_id, int socket, Peer from);
  ~Connection();

  void on_ready(bool readable, bool writable, bool hung_up) override;
  // Sends what it may and can; asks to be told when the socket takes more. At the end of a tick, when the append log has been
  // written.
  void flush();
  // Goes on with input that waited.
  void resume();

  bool held = false;  // in ConnectionShared::held

 private:
  // `more`: something will be left after one read.
  void read(bool more);
  // How much is wanted in one read, and where it goes.
  void process(std::string_view input, size_t& used);
  bool process_batch(std::string_view input, size_t& used);
  void keep_rest(std::string_view input, size_t used);
  void want(bool read, bool write);
  void wait_for_sync();
  // Tells the client's accounts what input is held.
  void count_input();

  ConnectionShared& shared_;
  RequestParser parser_;
  InputBuffer pending_;
  ReplyHold hold_;
  bool reading_ = true;
  bool writing_ = false;
};

}  // namespace redoubt

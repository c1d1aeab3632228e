// What the server knows of one client, without its socket: which database, which protocol version, what it may do, what
// it is to be told. Commands read and change it; the network layer owns it, feeds it and sends `out`. Executor thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/resp/output_buffer.h"
#include "common/resp/reply_writer.h"

namespace redoubt {

struct Command;

enum class ClientFlag : uint32_t {
  none = 0,
  replica = 1u << 0,
  monitor = 1u << 1,
  pubsub = 1u << 2,
  unix_socket = 1u << 3,
  no_evict = 1u << 4,
  no_touch = 1u << 5,
  reply_off = 1u << 6,        // CLIENT REPLY OFF
  reply_skip_next = 1u << 7,  // CLIENT REPLY SKIP: the next command's reply
  close_now = 1u << 8,        // as soon as the tick allows, without sending what is left
  close_after_reply = 1u << 9,
  flush_scheduled = 1u << 10,  // in the registry's list of clients with output
  postponed = 1u << 11,        // has input that waits (CLIENT PAUSE)
  readonly = 1u << 12,
  from_log = 1u << 13,  // stands for a log whose commands are carried out: see command_executor.h
};
constexpr ClientFlag operator|(ClientFlag a, ClientFlag b) {
  return static_cast<ClientFlag>(static_cast<uint32_t>(a) | static_cast<uint32_t>(b));
}

// Why commands cannot simply run: bits of the word that the executor tests once per command. The server, the client
// and the command each contribute theirs. See executor.h.
enum Gate : uint32_t {
  gate_auth = 1u << 0,       // the client has not authenticated
  gate_protected = 1u << 1,  // the command is guarded by a directive (DEBUG)
  gate_maxmemory = 1u << 2,  // maxmemory is set
  gate_pause = 1u << 3,      // CLIENT PAUSE is on
  gate_reply = 1u << 4,      // replies are dropped: set by CLIENT REPLY OFF and SKIP, cleared by ON
  gate_no_touch = 1u << 5,   // look-ups must not touch
  gate_disk = 1u << 6,       // what is written might get lost
  gate_loading = 1u << 7,    // the data set is being loaded
};

// The gates that hold for all clients, one word that the executor reads for every command.
struct ServerGates {
  uint32_t bits = 0;
  void set(Gate gate, bool on) { bits = on ? bits | gate : bits & ~static_cast<uint32_t>(gate); }
};

// A client's wait for something to happen; what it waits for is known to whoever made it (server/dispatch/blocked_clients.h).
// Goes with the client, and takes it off the lists then.
class ClientWait {
 public:
  virtual ~ClientWait() = default;
  bool waiting = false;  // not while the command is being carried out again
};

struct Client {
  Client(uint64_t client_id, BlockPool& pool) : id(client_id), out(pool), reply(out) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool is(ClientFlag f) const { return (static_cast<uint32_t>(flags) & static_cast<uint32_t>(f)) != 0; }
  void set(ClientFlag f, bool on = true) {
    const auto bit = static_cast<uint32_t>(f);
    const auto all = static_cast<uint32_t>(flags);
    flags = static_cast<ClientFlag>(on ? all | bit : all & ~bit);
  }
  // Blocked: no more input is executed until the command under way has been answered.
  bool waiting() const { return wait != nullptr && wait->waiting; }
  bool closing() const { return is(ClientFlag::close_now | ClientFlag::close_after_reply); }
  void set_gate(Gate gate, bool on) { gates = on ? gates | gate : gates & ~static_cast<uint32_t>(gate); }
  int resp_version() const { return reply.resp3() ? 3 : 2; }
  bool authenticated() const { return (gates & gate_auth) == 0; }

  // Hot: touched by each command.
  uint64_t id;
  uint32_t gates = 0;
  ClientFlag flags = ClientFlag::none;
  int db = 0;
  OutputBuffer out;
  ReplyWriter reply;
  const Command* last_command = nullptr;  // the one under way, or the last; null when that was unknown
  std::unique_ptr<ClientWait> wait;
  uint64_t commands = 0;
  int64_t last_active_ms = 0;  // monotonic
  uint64_t log_offset = 0;     // of the append log, after the last change that this client made

  std::string name;
  std::string lib_name;
  std::string lib_version;
  std::string user = "default";
  std::string peer;  // "127.0.0.1:50000", "[::1]:50000" or "/path/redis.sock:0"
  std::string local;
  int descriptor = -1;
  bool from_loopback = false;       // or from a unix socket: a local connection for enable-debug-command local
  int64_t created_ms = 0;           // monotonic
  int64_t soft_limit_since_ms = 0;  // when the soft output limit was first exceeded; 0: it is not
  uint64_t net_in = 0;
  uint64_t net_out = 0;
  // Kept current by the network layer.
  size_t input_bytes = 0;     // read, not executed yet
  size_t input_capacity = 0;  // of the buffer they stand in
  size_t parser_memory = 0;
};

}  // namespace redoubt

// Carries out requests. Every command, from whatever source, comes through execute(): look-up, arity, the gates, the
// handler, the accounts. The gates are an ordered table of named checks; each has a bit, and one test of the bits of server,
// client and command together tells that none applies, which is the plain case. Executor thread only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "common/base/clock.h"
#include "common/resp/request_parser.h"
#include "server/client/client.h"
#include "server/dispatch/blocked_clients.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"

namespace redoubt {

class AppendLog;

class Executor {
 public:
  // How many requests of one client are parsed, prefetched and executed together.
  static constexpr size_t max_batch = 32;

  // Tells the Unix time in milliseconds; asked by update_time() only. Tests have a clock of their own.
  using ClockFn = std::function<int64_t()>;

  explicit Executor(Services& services, ClockFn clock = wall_ms);

  // Executes the requests in order and returns how many were done: fewer than all when the client is to be closed, or when
  // it has to wait (it is postponed then). At most max_batch requests.
  size_t run(Client& client, const RequestBatch& batch);

  // At the start of a tick; `now_ns` is monotonic.
  void start_tick(int64_t now_ns);
  // Whenever time may have passed: keys expire by this time.
  void update_time();
  // The monotonic time at the start of this tick, in milliseconds.
  int64_t tick_ms() const { return tick_ms_; }
  // Ends the waits whose deadline has passed, and serves those whose keys became ready during a pause and those for whom the
  // append log has come far enough. At the end of a tick.
  void end_overdue_waits();
  // Shuts and opens the gates that persistence rules over. After its tick, and when a command may have changed its mind.
  void follow_persistence();
  // Turns a server-wide gate on or off.
  void set_gate(Gate gate, bool on) { gates_.set(gate, on); }

  // The client and the command under way, for crash reports; null between commands.
  const Client* current_client() const { return current_client_; }
  std::span<const std::string_view> current_args() const { return current_args_; }

 private:
  struct Call {
    Client& client;
    Command& command;
    std::span<const std::string_view> args;
  };
  enum class Verdict : uint8_t { pass, refused, postponed };
  struct GateRule {
    Gate bit;
    Verdict (Executor::*check)(const Call&);
  };
  static const GateRule gate_rules[];

  bool execute(Client& client, std::span<const std::string_view> args, Command* command);
  void call(Client& client, std::span<const std::string_view> args, Command& command);
  void call_told(CommandContext& ctx);
  bool execute_gated(const Call& call, uint32_t gates);
  void refuse_call(Client& client, std::span<const std::string_view> args, Command* command);
  void refuse(Client& client, Command* command, std::string_view error);
  void refuse_unknown(Client& client, std::span<const std::string_view> args);
  void refuse_malformed(Client& client, std::span<const std::string_view> args, Command* command);
  void account_errors(Client& client, Command* command);
  void check_output(Client& client);
  void serve_blocked();
  void serve_waits_for_log();
  void carry_out_again(BlockedClients::Wait& wait);
  void prefetch(Client& client, const RequestBatch& batch);

  Verdict check_auth(const Call& call);
  Verdict check_protected(const Call& call);
  Verdict check_memory(const Call& call);
  Verdict check_disk(const Call& call);
  Verdict check_loading(const Call& call);
  Verdict check_pause(const Call& call);

  // Commands are timed by runs: up to `max_run` commands of one kind in a row share two readings of the clock, as long as
  // they are cheap; one that was not is timed alone the next time.
  static constexpr uint32_t max_run = max_batch;
  void start_clock();
  void begin_call(Command& command);
  void end_call(const Command& command);
  void close_run();

  Services& services_;
  ClockFn clock_;
  ServerGates& gates_;  // kept by the registry of clients
  BlockedClients& blocked_;
  Propagation& propagation_;
  const AppendLog& append_log_;
  int64_t tick_ms_ = 0;
  Command* run_command_ = nullptr;
  uint32_t run_calls_ = 0;
  uint64_t run_start_ = 0;
  double nanoseconds_per_cycle_;
  uint64_t cheap_cycles_;
  uint64_t stale_cycles_;
  uint64_t updated_cycles_ = 0;  // when the time was last read
  std::array<Command*, max_batch> commands_{};
  std::array<uint64_t, max_batch> hashes_{};
  const Client* current_client_ = nullptr;
  std::span<const std::string_view> current_args_;
};

}  // namespace redoubt

#include "server/dispatch/executor.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/client/client_registry.h"
#include "server/client/output_limits.h"
#include "server/config/config.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/errors.h"
#include "server/keyspace/evict.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/append_log.h"
#include "server/persistence/persistence.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

#ifdef REDOUBT_STATISTICS
constexpr bool statistics = true;
#else
constexpr bool statistics = false;
#endif

constexpr double cheap_us = 2;
constexpr double stale_us = 500;
constexpr size_t shown_arguments = 128;  // bytes of arguments in the answer to an unknown command

// A word as errors show it: cut, and only up to a zero byte.
std::string_view as_shown(std::string_view word, size_t most) {
  return word.substr(0, std::min(most, word.find('\0')));
}

// Whether the reply of the command that begins is to be dropped. SKIP is for this one command, whatever it is.
bool begin_reply(Client& client) {
  client.set(ClientFlag::reply_skip_next, false);
  return (client.gates & gate_reply) != 0;
}

// Unless the command was CLIENT REPLY ON, which has opened the gate.
void end_silent_reply(Client& client, const OutputBuffer::Mark& before) {
  if ((client.gates & gate_reply) != 0) client.out.rollback(before);
  if (!client.is(ClientFlag::reply_off | ClientFlag::reply_skip_next))
    client.gates &= ~static_cast<uint32_t>(gate_reply);
}

}  // namespace

// The order is that of Redis: what is open to anybody, who you are, whether there is room, whether it is time.
const Executor::GateRule Executor::gate_rules[] = {
    {gate_protected, &Executor::check_protected}, {gate_auth, &Executor::check_auth},
    {gate_maxmemory, &Executor::check_memory},    {gate_disk, &Executor::check_disk},
    {gate_loading, &Executor::check_loading},     {gate_pause, &Executor::check_pause},
};

Executor::Executor(Services& services, ClockFn clock)
    : services_(services),
      clock_(std::move(clock)),
      gates_(services.clients.gates()),
      blocked_(services.effects.blocked()),
      propagation_(services.effects.propagation()),
      append_log_(services.persistence.append_log()),
      nanoseconds_per_cycle_(1000.0 / cycles_per_us()),
      cheap_cycles_(static_cast<uint64_t>(cycles_per_us() * cheap_us)),
      stale_cycles_(static_cast<uint64_t>(cycles_per_us() * stale_us)) {
  update_time();
}

void Executor::start_tick(int64_t now_ns) {
  tick_ms_ = now_ns / 1'000'000;
  update_time();
}

void Executor::update_time() {
  services_.keyspace.set_now(clock_());
  if constexpr (statistics) updated_cycles_ = cycles();
}

// ---- batches -------------------------------------------------------------------------------------

size_t Executor::run(Client& client, const RequestBatch& batch) {
  const size_t count = batch.requests.size();
  KeyspaceShared& shared = services_.keyspace.shared();
  start_clock();
  prefetch(client, batch);
  size_t done = 0;
  while (done < count) {
    const auto args = batch.args_of(batch.requests[done]);
    Command* command = commands_[done];
    if (count > 1 && command != nullptr && command->first_key != 0 &&
        args.size() > static_cast<size_t>(command->first_key)) {
      shared.hint(args[static_cast<size_t>(command->first_key)], hashes_[done]);
    } else {
      shared.clear_hint();
    }
    if (!execute(client, args, command)) break;
    ++done;
    if (blocked_.has_ready()) [[unlikely]]
      serve_blocked();
    if (client.closing() || client.wait != nullptr) [[unlikely]]
      break;
  }
  shared.clear_hint();
  close_run();
  services_.clients.schedule_flush(client);
  return done;
}

// First all buckets, then all entries, then those in the second bucket of a chain: by the time the first command runs, its
// memory is on the way. Of a command that may have several keys only the bucket of the first: it waits for the others
// anyway, and was measured to lose.
void Executor::prefetch(Client& client, const RequestBatch& batch) {
  const size_t count = batch.requests.size();
  if (count == 1) {
    commands_[0] = services_.commands.find(batch.args_of(batch.requests[0]));
    return;
  }
  const Database& db = services_.keyspace[client.db];
  std::string_view last_name;
  Command* last = nullptr;
  bool one_key = false;
  static_assert(max_batch <= 64);
  uint64_t entries = 0, chained = 0;  // bit i: for request i
  for (size_t i = 0; i < count; ++i) {
    const auto args = batch.args_of(batch.requests[i]);
    // Pipelines tend to repeat one command.
    if (last == nullptr || !same_bytes(args[0], last_name) || !last->subcommands.empty() || last->parent != nullptr) {
      last = services_.commands.find(args);
      last_name = args[0];
      one_key = last != nullptr && last->first_key != 0 && last->spec->keys[0].last_key == 0;
    }
    commands_[i] = last;
    if (last == nullptr || last->first_key == 0 || args.size() <= static_cast<size_t>(last->first_key)) continue;
    hashes_[i] = db.hash(args[static_cast<size_t>(last->first_key)]);
    db.prefetch_bucket(hashes_[i]);
    entries |= uint64_t{one_key} << i;
  }
  for (; entries != 0; entries &= entries - 1) {
    const int i = __builtin_ctzll(entries);
    chained |= uint64_t{db.prefetch_entry(hashes_[static_cast<size_t>(i)])} << i;
  }
  for (; chained != 0; chained &= chained - 1) {
    db.prefetch_chained_entry(hashes_[static_cast<size_t>(__builtin_ctzll(chained))]);
  }
}

// ---- one command ---------------------------------------------------------------------------------

bool Executor::execute(Client& client, std::span<const std::string_view> args, Command* command) {
  client.last_command = command;
  if (command == nullptr || !command->accepts(args.size()) || command->handler == nullptr) [[unlikely]] {
    refuse_malformed(client, args, command);
    return true;
  }
  const uint32_t gates = gates_.bits | client.gates | command->gates;
  if (gates != 0) [[unlikely]]
    return execute_gated({client, *command, args}, gates);
  call(client, args, *command);
  return true;
}

void Executor::call(Client& client, std::span<const std::string_view> args, Command& command) {
  begin_call(command);
  current_client_ = &client;
  current_args_ = args;
  CommandContext ctx{args,
                     client.reply,
                     client,
                     services_.keyspace[client.db],
                     command,
                     services_,
                     services_.keyspace.shared().now_ms};
  if (propagation_.active()) [[unlikely]] {
    call_told(ctx);
  } else {
    command.handler(ctx);
  }
  current_client_ = nullptr;
  if (!client.waiting()) [[likely]]
    end_call(command);
  if (client.reply.errors() != 0) [[unlikely]]
    account_errors(client, &command);
  if (client.out.memory() > OutputBuffer::block_size * 2) [[unlikely]]
    check_output(client);
}

// Somebody is told what the command does.
void Executor::call_told(CommandContext& ctx) {
  const Effects& effects = services_.effects;
  const uint64_t dirty = effects.dirty();
  const uint64_t logged = append_log_.end();
  propagation_.begin_command();
  ctx.command.handler(ctx);
  propagation_.end_command(ctx.db.id(), ctx.args, effects.dirty() != dirty);
  if (append_log_.end() != logged) ctx.client.log_offset = append_log_.end();
}

bool Executor::execute_gated(const Call& current, uint32_t gates) {
  Client& client = current.client;
  const OutputBuffer::Mark before = client.out.mark();
  Verdict verdict = Verdict::pass;
  for (const GateRule& rule : gate_rules) {
    if ((gates & rule.bit) == 0) continue;
    verdict = (this->*rule.check)(current);
    if (verdict != Verdict::pass) break;
  }
  if (verdict == Verdict::postponed) {
    services_.clients.postpone(client);
    return false;
  }
  const bool silent = begin_reply(client);
  if (verdict == Verdict::pass) {
    AccessClock& access = services_.keyspace.shared().access;
    access.set_frozen((gates & gate_no_touch) != 0 && current.command.full_name != "touch");
    call(client, current.args, current.command);
    access.set_frozen(false);
  }
  if (silent) end_silent_reply(client, before);
  return true;
}

// ---- clients that wait ---------------------------------------------------------------------------

// What serving one client changes may make other keys ready: they are served in the same turn.
void Executor::serve_blocked() {
  if (services_.clients.paused()) return;
  while (blocked_.has_ready()) {
    const BlockedClients::ReadyKey ready = blocked_.take_ready();
    uint64_t last = 0;
    while (const Entry* entry = services_.keyspace[ready.db].peek(ready.key)) {
      BlockedClients::Wait* wait = blocked_.next(ready, entry->type(), last);
      if (wait == nullptr) break;
      last = wait->number;
      carry_out_again(*wait);
    }
  }
}

void Executor::carry_out_again(BlockedClients::Wait& wait) {
  Client& client = wait.client;
  const std::vector<std::string_view> args = wait.args();
  wait.waiting = false;
  execute(client, args, services_.commands.find(args));
  if (!wait.waiting) release_waiting(services_, client);
}

void Executor::serve_waits_for_log() {
  if (!append_log_.has_base()) return;
  const uint64_t durable = append_log_.durable();
  BlockedClients::LogGoal last{};
  while (BlockedClients::Wait* wait = blocked_.next_for_log(last, durable)) {
    last = {wait->log_offset, wait->number};
    carry_out_again(*wait);
  }
}

void Executor::end_overdue_waits() {
  if (blocked_.any_for_log(never_reached - 1)) serve_waits_for_log();
  const int64_t now_ms = services_.keyspace.shared().now_ms;
  while (Client* client = blocked_.expired(now_ms)) end_wait(services_, *client, WaitEnd::timeout);
  if (blocked_.has_ready()) serve_blocked();
}

// ---- gates ---------------------------------------------------------------------------------------

Executor::Verdict Executor::check_auth(const Call& call) {
  // The password may have been taken away since.
  if (services_.config.requirepass.empty()) return Verdict::pass;
  if (has(call.command.flags, CommandFlag::no_auth)) return Verdict::pass;
  refuse(call.client, &call.command, errors::no_auth);
  return Verdict::refused;
}

Executor::Verdict Executor::check_protected(const Call& call) {
  const AccessScope scope = services_.config.enable_debug_command;
  if (scope == AccessScope::everybody || (scope == AccessScope::local_clients && call.client.from_loopback)) {
    return Verdict::pass;
  }
  refuse(call.client, &call.command,
         "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a "
         "local connection, otherwise you need to set this option in the configuration file, and then restart the "
         "server.");
  return Verdict::refused;
}

Executor::Verdict Executor::check_memory(const Call& call) {
  if (services_.clients.paused()) return Verdict::pass;  // the data set stands still
  if (services_.evictor.make_room() != Evictor::Outcome::failed) return Verdict::pass;
  if (!has(call.command.flags, CommandFlag::denyoom)) return Verdict::pass;
  refuse(call.client, &call.command, errors::out_of_memory);
  return Verdict::refused;
}

// PING tells load balancers and the like of it.
Executor::Verdict Executor::check_disk(const Call& call) {
  if (!has(call.command.flags, CommandFlag::write) && call.command.full_name != "ping") return Verdict::pass;
  const std::string reason = services_.persistence.refusal();
  if (reason.empty()) return Verdict::pass;
  refuse(call.client, &call.command, reason);
  return Verdict::refused;
}

Executor::Verdict Executor::check_loading(const Call& call) {
  if (has(call.command.flags, CommandFlag::loading)) return Verdict::pass;
  refuse(call.client, &call.command, errors::loading);
  return Verdict::refused;
}

void Executor::follow_persistence() {
  const Persistence& persistence = services_.persistence;
  set_gate(gate_loading, persistence.loading());
  set_gate(gate_disk, !persistence.refusal().empty());
}

Executor::Verdict Executor::check_pause(const Call& call) {
  ClientRegistry& clients = services_.clients;
  const bool held = clients.pause_mode() == ClientRegistry::PauseMode::all ||
                    has(call.command.flags, CommandFlag::write | CommandFlag::may_replicate);
  return clients.paused() && held && !call.client.is(ClientFlag::replica) ? Verdict::postponed : Verdict::pass;
}

// ---- refusals and errors -------------------------------------------------------------------------

// No such command, or not so many arguments. Not worth a gate, but CLIENT REPLY holds here too.
void Executor::refuse_malformed(Client& client, std::span<const std::string_view> args, Command* command) {
  const OutputBuffer::Mark before = client.out.mark();
  const bool silent = begin_reply(client);
  if (command == nullptr) {
    refuse_unknown(client, args);
  } else {
    refuse(client, command, "ERR wrong number of arguments for '" + command->full_name + "' command");
  }
  if (silent) end_silent_reply(client, before);
}

void Executor::refuse(Client& client, Command* command, std::string_view error) {
  client.reply.error(error);
  services_.stats.count_error(client.reply.last_error_code());
  client.reply.take_errors();
  if (command != nullptr) ++command->stats.rejected;
}

void Executor::refuse_unknown(Client& client, std::span<const std::string_view> args) {
  const auto shown = [](std::string_view word) { return fmt::format("'{}'", as_shown(word, shown_arguments)); };
  if (const Command* container = services_.commands.find(args[0]); container != nullptr) {
    std::string upper = container->name;
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return refuse(client, nullptr, "ERR unknown subcommand " + shown(args[1]) + ". Try " + upper + " HELP.");
  }
  std::string text = "ERR unknown command " + shown(args[0]) + ", with args beginning with: ";
  size_t room = shown_arguments;
  for (size_t i = 1; i < args.size() && room > 0; ++i) {
    const std::string_view part = as_shown(args[i], room);
    text.append("'").append(part).append("' ");
    room -= std::min(room, part.size() + 3);
  }
  refuse(client, nullptr, text);
}

void Executor::account_errors(Client& client, Command* command) {
  ++command->stats.failed;
  services_.stats.count_error(client.reply.last_error_code());
  client.reply.take_errors();
}

void Executor::check_output(Client& client) {
  if ((client.gates & gate_reply) != 0) return;  // it is about to be dropped
  if (client.closing() || !over_output_limit(client, services_.config, tick_ms_)) return;
  ++services_.stats.output_buffer_limit_disconnections;
  services_.log.warning("Client id={} addr={} closed for overcoming of output buffer limits.", client.id, client.peer);
  services_.clients.close(client);
}

// ---- statistics ----------------------------------------------------------------------------------

void Executor::start_clock() {
  if constexpr (statistics) run_start_ = cycles();
}

void Executor::begin_call(Command& command) {
  if constexpr (!statistics) return;
  if (run_command_ == &command && run_calls_ < max_run) [[likely]]
    return;
  close_run();
  run_command_ = &command;
}

void Executor::end_call(const Command& command) {
  if constexpr (!statistics) return;
  ++run_calls_;
  if (!command.cheap) [[unlikely]]
    close_run();
}

void Executor::close_run() {
  if constexpr (!statistics) return;
  if (run_calls_ == 0) return;
  const uint64_t now = cycles();
  const uint64_t each = (now - run_start_) / run_calls_;
  CommandStats& stats = run_command_->stats;
  stats.calls += run_calls_;
  stats.cycles += now - run_start_;
  services_.stats.commands_processed += run_calls_;
  services_.stats.command_cycles += now - run_start_;
  if (services_.config.latency_tracking) {
    stats.latency.record(static_cast<uint64_t>(static_cast<double>(each) * nanoseconds_per_cycle_), run_calls_);
  }
  run_command_->cheap = each < cheap_cycles_;
  run_start_ = now;
  run_calls_ = 0;
  // What comes after a slow command must not see old time.
  if (now - updated_cycles_ > stale_cycles_) [[unlikely]]
    update_time();
}

}  // namespace redoubt

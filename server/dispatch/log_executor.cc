#include "server/dispatch/log_executor.h"

#include <fmt/format.h>
#include <sys/uio.h>

#include <algorithm>

#include "common/base/bytes.h"
#include "common/base/log.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/keyspace/keyspace.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

constexpr size_t shown_name = 128;    // bytes of a name that is unknown
constexpr size_t shown_error = 4096;  // bytes of an answer that nobody should have got

// MULTI, EXEC and DISCARD come alone.
bool is_word(CommandExecutor::Arguments args, std::string_view upper_case) {
  return args.size() == 1 && same_option(args[0], upper_case);
}

bool changes_data(const Command& command) {
  return has(command.flags, CommandFlag::write | CommandFlag::may_replicate);
}

}  // namespace

// While commands of a log are carried out no key expires, nobody is told of anything, and changes do not count.
class LogExecutor::Conditions {
 public:
  explicit Conditions(LogExecutor& executor)
      : shared_(executor.services_.keyspace.shared()),
        effects_(executor.services_.effects),
        now_ms_(shared_.now_ms),
        dirty_(effects_.dirty()) {
    executor.now_ms_ = now_ms_;
    shared_.now_ms = 0;
    shared_.clear_hint();
    effects_.propagation().mute(true);
  }
  Conditions(const Conditions&) = delete;
  Conditions& operator=(const Conditions&) = delete;
  ~Conditions() {
    shared_.clear_hint();
    shared_.now_ms = now_ms_;
    effects_.propagation().mute(false);
    effects_.set_dirty(dirty_);
  }

 private:
  KeyspaceShared& shared_;
  Effects& effects_;
  int64_t now_ms_;
  uint64_t dirty_;
};

LogExecutor::LogExecutor(Services& services)
    : services_(services), client_(0, pool_), select_(services.commands.find_full("select")) {
  client_.set(ClientFlag::from_log);
  client_.out.reserve(1);
  begin_ = client_.out.mark();
}

void LogExecutor::begin_log() {
  client_.db = 0;
  in_transaction_ = false;
  queue_.clear();
}

// By the name that the server's clients use, or else by its own: what is told in place of a command is not renamed.
Command* LogExecutor::find(Arguments args) const {
  if (args.empty()) return nullptr;
  if (Command* command = services_.commands.find(args); command != nullptr) return command;
  Command* command = services_.commands.find_full(args[0]);
  return command != nullptr && command->handler != nullptr ? command : nullptr;
}

Status LogExecutor::execute_logged(Arguments args) {
  const Conditions conditions(*this);
  return carry_out(args, find(args));
}

size_t LogExecutor::execute_logged(std::span<const Arguments> commands, Status& refused) {
  const Conditions conditions(*this);
  KeyspaceShared& shared = services_.keyspace.shared();
  size_t done = 0;
  while (done < commands.size()) {
    const auto some = commands.subspan(done, std::min(batch, commands.size() - done));
    prefetch(some);
    for (size_t i = 0; i < some.size(); ++i, ++done) {
      const Command* command = commands_[i];
      if (command != nullptr && command->first_key != 0 && some[i].size() > static_cast<size_t>(command->first_key)) {
        shared.hint(some[i][static_cast<size_t>(command->first_key)], hashes_[i]);
      } else {
        shared.clear_hint();
      }
      if (Status status = carry_out(some[i], commands_[i]); !status) {
        refused = std::move(status);
        return done;
      }
    }
  }
  return done;
}

// First all buckets, then all entries, as Executor does for pipelines.
void LogExecutor::prefetch(std::span<const Arguments> commands) {
  const Database& db = services_.keyspace[client_.db];
  const auto has_key = [&](size_t i) {
    const Command* command = commands_[i];
    return command != nullptr && command->first_key != 0 &&
           commands[i].size() > static_cast<size_t>(command->first_key);
  };
  std::string_view last_name;
  Command* last = nullptr;
  for (size_t i = 0; i < commands.size(); ++i) {
    // Logs tend to repeat one command.
    if (last == nullptr || commands[i].empty() || !same_bytes(commands[i][0], last_name) ||
        !last->subcommands.empty() || last->parent != nullptr) {
      last = find(commands[i]);
      last_name = commands[i].empty() ? std::string_view() : commands[i][0];
    }
    commands_[i] = last;
    if (!has_key(i)) continue;
    hashes_[i] = db.hash(commands[i][static_cast<size_t>(last->first_key)]);
    db.prefetch_bucket(hashes_[i]);
  }
  for (size_t i = 0; i < commands.size(); ++i) {
    if (has_key(i)) db.prefetch_entry(hashes_[i]);
  }
}

// ---- one command ---------------------------------------------------------------------------------

Status LogExecutor::carry_out(Arguments args, Command* command) {
  if (args.size() == 1) {
    if (in_transaction_ && is_word(args, "EXEC")) {
      execute_queue();
      return {};
    }
    if (is_word(args, "MULTI") || is_word(args, "DISCARD")) {
      in_transaction_ = is_word(args, "MULTI");
      queue_.clear();
      return {};
    }
    if (is_word(args, "EXEC")) return {};
  }
  if (command == nullptr || command->handler == nullptr) {
    const std::string_view name = args.empty() ? std::string_view() : args[0].substr(0, shown_name);
    return Error{fmt::format("Unknown command '{}'", name.substr(0, name.find('\0')))};
  }
  if (!command->accepts(args.size())) {
    return Error{fmt::format("Wrong number of arguments for command '{}'", command->full_name)};
  }
  if (in_transaction_) {
    queue(args);
  } else {
    call(args, *command);
  }
  return {};
}

void LogExecutor::call(Arguments args, Command& command) {
  if (!changes_data(command) && &command != select_) return;
  CommandContext ctx{args, client_.reply, client_, services_.keyspace[client_.db], command, services_, now_ms_};
  command.handler(ctx);
  if (client_.reply.errors() != 0) [[unlikely]]
    tell_of_error(command);
  client_.out.rollback(begin_);
}

void LogExecutor::queue(Arguments args) { queue_.emplace_back(args.begin(), args.end()); }

void LogExecutor::execute_queue() {
  services_.keyspace.shared().clear_hint();
  in_transaction_ = false;
  std::vector<std::string_view> words;
  for (const auto& command : queue_) {
    words.assign(command.begin(), command.end());
    call(words, *find(words));
  }
  queue_.clear();
}

// The command did not do what it did when the log was written: worth to be known, but no reason to stop.
void LogExecutor::tell_of_error(const Command& command) {
  iovec piece{};
  std::string_view reply;
  if (client_.out.pieces(&piece, 1) == 1) reply = {static_cast<const char*>(piece.iov_base), piece.iov_len};
  const size_t from = reply.empty() ? 0 : 1;  // behind the '-'
  reply = reply.substr(from, reply.find('\r', from) - from).substr(0, shown_error);
  services_.log.warning(
      "== CRITICAL == This server is sending an error to its AOF-loading-client: '{}' after processing the command "
      "'{}'",
      reply, command.full_name);
  ++services_.stats.unexpected_error_replies;
  client_.reply.take_errors();
}

}  // namespace redoubt

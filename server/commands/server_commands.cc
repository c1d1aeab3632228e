#include "server/commands/server_commands.h"

#include <optional>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/memory.h"
#include "server/client/client_registry.h"
#include "server/commands/info_report.h"
#include "server/config/config.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/server_control.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/persistence.h"

namespace redoubt {
namespace {

void dbsize_command(CommandContext& ctx) { ctx.reply.integer(static_cast<int64_t>(ctx.db.size())); }

void time_command(CommandContext& ctx) {
  const int64_t now_us = wall_us();
  ctx.reply.array(2);
  ctx.reply.bulk_integer(now_us / 1000000);
  ctx.reply.bulk_integer(now_us % 1000000);
}

void info_command(CommandContext& ctx) { ctx.reply.verbatim(info_report(ctx.server, ctx.args.subspan(1))); }

// ---- emptying and swapping -----------------------------------------------------------------------

// Whether to free on the background thread; nullopt when the arguments are wrong.
std::optional<bool> wants_lazy(const CommandContext& ctx) {
  if (ctx.count() == 1) return ctx.server.config.lazyfree_lazy_user_flush;
  if (ctx.count() == 2 && same_option(ctx.arg(1), "ASYNC")) return true;
  if (ctx.count() == 2 && same_option(ctx.arg(1), "SYNC")) return false;
  return std::nullopt;
}

void flush(Database& db, bool lazily, Effects& effects) {
  const size_t keys = db.size();
  db.clear(lazily);
  effects.flushed(db, keys);
}

void flushdb_command(CommandContext& ctx) {
  const auto lazily = wants_lazy(ctx);
  if (!lazily) return ctx.reply.error(errors::syntax);
  flush(ctx.db, *lazily, ctx.server.effects);
  ctx.tell_always();
  // The command has been long already; so the memory is back before the answer is.
  if (!*lazily) purge_allocator();
  ctx.reply.ok();
}

void flushall_command(CommandContext& ctx) {
  const auto lazily = wants_lazy(ctx);
  if (!lazily) return ctx.reply.error(errors::syntax);
  Keyspace& keyspace = ctx.server.keyspace;
  for (int id = 0; id < keyspace.count(); ++id) flush(keyspace[id], *lazily, ctx.server.effects);
  ctx.tell_always();
  ctx.server.persistence.flushed_all();
  if (!*lazily) purge_allocator();
  ctx.reply.ok();
}

// Numbers beyond 32 bits are no indexes at all to Redis.
std::optional<int32_t> parse_db_index(std::string_view text) {
  const auto index = parse_i64(text);
  if (!index || *index < INT32_MIN || *index > INT32_MAX) return std::nullopt;
  return static_cast<int32_t>(*index);
}

void swapdb_command(CommandContext& ctx) {
  const auto first = parse_db_index(ctx.arg(1));
  if (!first) return ctx.reply.error("ERR invalid first DB index");
  const auto second = parse_db_index(ctx.arg(2));
  if (!second) return ctx.reply.error("ERR invalid second DB index");
  Keyspace& keyspace = ctx.server.keyspace;
  const auto exists = [&](int32_t id) { return id >= 0 && id < keyspace.count(); };
  if (!exists(*first) || !exists(*second)) return ctx.reply.error(errors::db_index_out_of_range);
  Database& one = keyspace[*first];
  Database& other = keyspace[*second];
  if (*first != *second) {
    one.swap_contents(other);
    ctx.server.effects.flushed(other, 0);
  }
  ctx.server.effects.flushed(one, 1);
  ctx.reply.ok();
}

// ---- SHUTDOWN ------------------------------------------------------------------------------------

void abort_shutdown(CommandContext& ctx) {
  if (const Status done = ctx.server.control.abort_shutdown(); !done) {
    return ctx.reply.error("ERR No shutdown in progress.");
  }
  ctx.reply.ok();
}

void shutdown_command(CommandContext& ctx) {
  ShutdownOptions options;
  bool abort = false;
  struct Word {
    std::string_view name;
    bool& on;
  };
  const Word words[] = {{"NOSAVE", options.nosave},
                        {"SAVE", options.save},
                        {"NOW", options.now},
                        {"FORCE", options.force},
                        {"ABORT", abort}};
  ArgumentReader in(ctx, 1);
  while (in.more()) {
    bool known = false;
    for (const Word& word : words) {
      if (!known && in.option(word.name)) known = word.on = true;
    }
    if (!known) in.fail(errors::syntax);
  }
  if (options.save && options.nosave) in.fail(errors::syntax);
  if (abort && options != ShutdownOptions{}) in.fail(errors::syntax);
  if (!in.ok()) return in.reply_error();
  if (abort) return abort_shutdown(ctx);
  if (const Status done = ctx.server.control.shut_down(options); !done) {
    ctx.reply.error("ERR Errors trying to SHUTDOWN. Check logs.");
    return;
  }
  // Nothing that it sent after this is carried out.
  ctx.server.clients.close(ctx.client, true);
}

}  // namespace

void register_server_commands(CommandTable& table) {
  table.handle("dbsize", dbsize_command);
  table.handle("flushall", flushall_command);
  table.handle("flushdb", flushdb_command);
  table.handle("info", info_command);
  table.handle("lolwut", lolwut_command);
  table.handle("shutdown", shutdown_command);
  table.handle("swapdb", swapdb_command);
  table.handle("time", time_command);
  register_memory_commands(table);
  register_debug_commands(table);
  register_append_log_commands(table);
  register_persistence_commands(table);
}

}  // namespace redoubt

// BGREWRITEAOF; DEBUG LOADAOF.
#include "common/base/log.h"
#include "server/commands/debug_commands.h"
#include "server/commands/server_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/persistence/persistence.h"

namespace redoubt {
namespace {

void bgrewriteaof_command(CommandContext& ctx) {
  Persistence& persistence = ctx.server.persistence;
  LogRewrite& rewrite = persistence.log_rewrite();
  if (rewrite.running()) return ctx.reply.error("ERR Background append only file rewriting already in progress");
  if (persistence.busy()) {
    rewrite.schedule();
    return ctx.reply.simple("Background append only file rewriting scheduled");
  }
  if (const Status started = rewrite.start(); !started) return ctx.reply.error("ERR " + started.error().text);
  ctx.reply.simple("Background append only file rewriting started");
}

void debug_loadaof(CommandContext& ctx) {
  if (!ctx.server.persistence.reload_log()) {
    return ctx.reply.error("ERR Error trying to load the AOF files, check server logs.");
  }
  ctx.server.log.notice("Append Only File loaded by DEBUG LOADAOF");
  ctx.reply.ok();
}

constexpr DebugSubcommand rows[] = {
    {"LOADAOF",
     0,
     0,
     debug_loadaof,
     {"LOADAOF", "Empties the data set and loads what the append only file has, after all of it was written."}},
};

}  // namespace

std::span<const DebugSubcommand> debug_append_log_commands() { return rows; }

void register_append_log_commands(CommandTable& table) { table.handle("bgrewriteaof", bgrewriteaof_command); }

}  // namespace redoubt

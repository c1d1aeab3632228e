// SAVE, BGSAVE and LASTSAVE; DEBUG RELOAD.
#include "server/persistence/persistence.h"

#include "common/base/log.h"
#include "server/commands/debug_commands.h"
#include "server/commands/server_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"

namespace redoubt {
namespace {

constexpr std::string_view save_under_way = "ERR Background save already in progress";

void save_command(CommandContext& ctx) {
  Saver& saver = ctx.server.persistence.saver();
  if (saver.running()) return ctx.reply.error(save_under_way);
  saver.count_save();
  if (!saver.save()) return ctx.reply.error("ERR");
  ctx.reply.ok();
}

void bgsave_command(CommandContext& ctx) {
  const bool schedule = ctx.count() == 2 && same_option(ctx.arg(1), "SCHEDULE");
  if (ctx.count() > 1 && !schedule) return ctx.reply.error(errors::syntax);
  Persistence& persistence = ctx.server.persistence;
  Saver& saver = persistence.saver();
  if (saver.running()) return ctx.reply.error(save_under_way);
  if (!persistence.busy()) {
    saver.start();
    return ctx.reply.simple("Background saving started");
  }
  if (!schedule) {
    return ctx.reply.error(
        "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule "
        "a BGSAVE whenever possible.");
  }
  saver.schedule();
  ctx.reply.simple("Background saving scheduled");
}

void lastsave_command(CommandContext& ctx) { ctx.reply.integer(ctx.server.persistence.saver().last_save_seconds()); }

void debug_reload(CommandContext& ctx) {
  bool merge = false;
  bool flush = true;
  bool save = true;
  for (size_t i = 2; i < ctx.count(); ++i) {
    if (same_option(ctx.arg(i), "MERGE")) {
      merge = true;
    } else if (same_option(ctx.arg(i), "NOFLUSH")) {
      flush = false;
    } else if (same_option(ctx.arg(i), "NOSAVE")) {
      save = false;
    } else {
      return ctx.reply.error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
    }
  }
  Persistence& persistence = ctx.server.persistence;
  if (save && !persistence.saver().save()) return ctx.reply.error("ERR");
  if (!persistence.reload(flush, merge)) {
    return ctx.reply.error("ERR Error trying to load the RDB dump, check server logs.");
  }
  ctx.server.log.warning("DB reloaded by DEBUG RELOAD");
  ctx.reply.ok();
}

constexpr DebugSubcommand rows[] = {
    {"RELOAD",
     0,
     any_number,
     debug_reload,
     {"RELOAD [MERGE] [NOFLUSH] [NOSAVE]",
      "Saves the data set, empties it and loads it again; NOSAVE loads the file that is there, NOFLUSH keeps the keys, "
      "of which MERGE replaces those that the file has too."}},
};

}  // namespace

std::span<const DebugSubcommand> debug_persistence_commands() { return rows; }

void register_persistence_commands(CommandTable& table) {
  table.handle("save", save_command);
  table.handle("bgsave", bgsave_command);
  table.handle("lastsave", lastsave_command);
}

}  // namespace redoubt

#include "server/commands/debug_commands.h"

#include <array>
#include <string>
#include <vector>

#include "server/commands/server_commands.h"
#include "server/dispatch/command_table.h"

namespace redoubt {
namespace {

std::array<std::span<const DebugSubcommand>, 5> parts() {
  return {debug_append_log_commands(), debug_data_commands(), debug_persistence_commands(), debug_process_commands(),
          debug_protocol_commands()};
}

void debug_help(CommandContext& ctx) {
  std::vector<HelpEntry> entries;
  for (const auto& part : parts()) {
    for (const DebugSubcommand& row : part) entries.push_back(row.help);
  }
  reply_help(ctx, entries);
}

void debug_command(CommandContext& ctx) {
  const size_t arguments = ctx.count() - 2;
  if (arguments == 0 && same_option(ctx.arg(1), "HELP")) return debug_help(ctx);
  for (const auto& part : parts()) {
    for (const DebugSubcommand& row : part) {
      if (!same_option(ctx.arg(1), row.name)) continue;
      if (arguments >= row.min_arguments && arguments <= row.max_arguments) return row.run(ctx);
    }
  }
  ctx.reply.error("ERR unknown subcommand or wrong number of arguments for '" + std::string(ctx.arg(1).substr(0, 128)) +
                  "'. Try DEBUG HELP.");
}

}  // namespace

void register_debug_commands(CommandTable& table) {
  table.handle("debug", debug_command);
  table.find_full("debug")->gates |= gate_protected;
}

}  // namespace redoubt

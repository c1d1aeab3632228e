#include "server/commands/help.h"

#include <fmt/format.h>

#include <vector>

#include "server/dispatch/command_table.h"

namespace redoubt {

void reply_help(CommandContext& ctx, std::span<const HelpEntry> entries) {
  const Command& container = ctx.command.parent != nullptr ? *ctx.command.parent : ctx.command;
  std::string name = container.full_name;
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  ctx.reply.array(1 + 2 * (entries.size() + 1));
  ctx.reply.simple(fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", name));
  for (const HelpEntry& entry : entries) {
    ctx.reply.simple(entry.call);
    ctx.reply.simple(fmt::format("    {}", entry.meaning));
  }
  ctx.reply.simple("HELP");
  ctx.reply.simple("    Lists the subcommands.");
}

void container_help(CommandContext& ctx) {
  std::vector<HelpEntry> entries;
  for (const Command* sibling : ctx.command.parent->subcommands) {
    if (sibling->handler == nullptr || sibling == &ctx.command) continue;
    const std::string_view line = sibling->spec->syntax;
    entries.push_back({line.substr(line.find(' ') + 1), sibling->spec->summary});
  }
  reply_help(ctx, entries);
}

}  // namespace redoubt

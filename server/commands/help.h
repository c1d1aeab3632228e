// The HELP subcommands of containers: how their replies are laid out.
#pragma once

#include <span>
#include <string_view>

#include "server/dispatch/context.h"

namespace redoubt {

struct HelpEntry {
  std::string_view call;     // the subcommand with its arguments: "GET <pattern>"
  std::string_view meaning;  // one sentence
};

// Heading, entries, and HELP itself, one line of the reply each.
void reply_help(CommandContext& ctx, std::span<const HelpEntry> entries);

// The whole of a HELP subcommand, from the syntax lines and summaries in the specs of its siblings.
void container_help(CommandContext& ctx);

}  // namespace redoubt

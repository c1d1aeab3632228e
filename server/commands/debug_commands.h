// The subcommands of DEBUG, as rows of one table. They serve tests and the hunt for bugs, not clients: DEBUG is guarded by
// enable-debug-command.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "server/commands/help.h"
#include "server/dispatch/context.h"

namespace redoubt {

struct DebugSubcommand {
  std::string_view name;  // upper case
  size_t min_arguments;   // behind the name
  size_t max_arguments;
  void (*run)(CommandContext&);
  HelpEntry help;
};
inline constexpr size_t any_number = SIZE_MAX;

// By theme, each in a file of its own.
std::span<const DebugSubcommand> debug_data_commands();
std::span<const DebugSubcommand> debug_append_log_commands();
std::span<const DebugSubcommand> debug_persistence_commands();
std::span<const DebugSubcommand> debug_process_commands();
std::span<const DebugSubcommand> debug_protocol_commands();

}  // namespace redoubt

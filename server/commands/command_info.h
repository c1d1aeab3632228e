// COMMAND and its subcommands: what commands there are, what they take, and where their keys stand. The answers are made
// from the command table and the specs alone. Executor thread only.
#pragma once

#include <span>
#include <string_view>

#include "server/dispatch/command_table.h"

namespace redoubt {

class ReplyWriter;

// Gives COMMAND and its subcommands their functions.
void register_command_info(CommandTable& table);

// The command or subcommand of that name ("get", "config|get", as renamed); null when there is none.
const Command* find_listed_command(const CommandTable& table, std::string_view name);

// One element of the answers of COMMAND INFO: ten fields, subcommands nested.
void write_command_info(ReplyWriter& reply, const Command& command);
// One pair of the map that COMMAND DOCS answers: the name, and a map of what is known, subcommands nested.
void write_command_docs(ReplyWriter& reply, const Command& command);

// COMMAND LIST; `args` is all of it, name and subcommand included.
void write_command_list(ReplyWriter& reply, const CommandTable& table, std::span<const std::string_view> args);
// COMMAND GETKEYS and GETKEYSANDFLAGS for the call `args`.
void write_keys(ReplyWriter& reply, const CommandTable& table, std::span<const std::string_view> args, bool with_flags);

}  // namespace redoubt

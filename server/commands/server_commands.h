// The commands on the server as a whole: BGSAVE, DBSIZE, DEBUG, FLUSHALL, FLUSHDB, INFO, LASTSAVE, LOLWUT, MEMORY, SAVE,
// SHUTDOWN, SWAPDB, TIME.
#pragma once

#include <string>

namespace redoubt {

class CommandTable;
struct CommandContext;
class Random;

void register_server_commands(CommandTable& table);

// In files of their own; called by register_server_commands.
void register_memory_commands(CommandTable& table);
void register_debug_commands(CommandTable& table);
void register_append_log_commands(CommandTable& table);
void register_persistence_commands(CommandTable& table);
void lolwut_command(CommandContext& ctx);

// LOLWUT's picture: walls, towers and a night sky, `columns` x `rows` characters, a line each.
std::string draw_redoubt(Random& random, int columns, int rows);

}  // namespace redoubt

// The commands on sets.
#pragma once

namespace redoubt {

class CommandTable;

void register_set_commands(CommandTable& table);

// The parts of the above, by file.
void register_set_random_commands(CommandTable& table);
void register_set_algebra_commands(CommandTable& table);

}  // namespace redoubt

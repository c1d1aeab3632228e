// CONFIG GET, SET, REWRITE, RESETSTAT and HELP.
#pragma once

namespace redoubt {

class CommandTable;

void register_config_commands(CommandTable& table);

}  // namespace redoubt

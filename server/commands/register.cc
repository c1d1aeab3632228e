#include "server/commands/register.h"

#include "server/commands/command_info.h"
#include "server/commands/config_commands.h"

namespace redoubt {

void register_all_commands(CommandTable& table) {
  register_command_info(table);
  register_config_commands(table);
}

}  // namespace redoubt

#include "server/commands/register.h"

#include "server/commands/command_info.h"
#include "server/commands/config_commands.h"
#include "server/commands/connection_commands.h"
#include "server/commands/generic/generic_commands.h"
#include "server/commands/hashes/hash_commands.h"
#include "server/commands/lists/list_commands.h"
#include "server/commands/server_commands.h"
#include "server/commands/sets/set_commands.h"
#include "server/commands/sorted_sets/sorted_set_commands.h"
#include "server/commands/strings/string_commands.h"

namespace redoubt {

void register_all_commands(CommandTable& table) {
  register_command_info(table);
  register_config_commands(table);
  register_server_commands(table);
  register_generic_commands(table);
  register_set_commands(table);
  register_string_commands(table);
  register_hash_commands(table);
  register_sorted_set_commands(table);
  register_list_commands(table);
  register_connection_commands(table);
}

}  // namespace redoubt

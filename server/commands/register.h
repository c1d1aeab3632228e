// The one list of all families of commands. Each family's file has a function that gives its commands to the table; the
// list calls them one by one, so that nothing depends on the order in which objects are linked.
#pragma once

namespace redoubt {

class CommandTable;

void register_all_commands(CommandTable& table);

}  // namespace redoubt

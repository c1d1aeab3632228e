// The commands on the connection itself: AUTH, CLIENT, ECHO, HELLO, PING, QUIT, RESET, SELECT.
#pragma once

#include <string_view>

namespace redoubt {

class CommandTable;
struct CommandContext;

void register_connection_commands(CommandTable& table);

// CLIENT, in a file of its own; called by register_connection_commands.
void register_client_commands(CommandTable& table);

// Whether names of connections and libraries may be so: no blanks, no control characters, ASCII only. May be empty.
bool is_plain_name(std::string_view name);
inline constexpr std::string_view bad_client_name =
    "ERR Client names cannot contain spaces, newlines or special characters.";

}  // namespace redoubt

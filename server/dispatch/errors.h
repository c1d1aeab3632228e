// Every error text that clients see and that more than one place sends, and those of the gates. Texts are part of the
// protocol: client libraries match them.
#pragma once

#include <string_view>

namespace redoubt::errors {

inline constexpr std::string_view wrong_type = "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view syntax = "ERR syntax error";
inline constexpr std::string_view not_integer = "ERR value is not an integer or out of range";
inline constexpr std::string_view out_of_range = "ERR value is out of range";
inline constexpr std::string_view must_be_positive = "ERR value is out of range, must be positive";
inline constexpr std::string_view not_float = "ERR value is not a valid float";
inline constexpr std::string_view overflow = "ERR increment or decrement would overflow";
inline constexpr std::string_view nan_or_infinity = "ERR increment would produce NaN or Infinity";
inline constexpr std::string_view no_such_key = "ERR no such key";
inline constexpr std::string_view offset_out_of_range = "ERR offset is out of range";
inline constexpr std::string_view string_too_long = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
inline constexpr std::string_view db_index_out_of_range = "ERR DB index is out of range";
inline constexpr std::string_view invalid_db_index = "ERR invalid DB index";
inline constexpr std::string_view same_object = "ERR source and destination objects are the same";
inline constexpr std::string_view no_auth = "NOAUTH Authentication required.";
inline constexpr std::string_view wrong_password = "WRONGPASS invalid username-password pair or user is disabled.";
inline constexpr std::string_view out_of_memory = "OOM command not allowed when used memory > 'maxmemory'.";
inline constexpr std::string_view loading = "LOADING Redis is loading the dataset in memory";
inline constexpr std::string_view protected_mode =
    "DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the "
    "default user. In this mode connections are only accepted from the loopback interface. If you want to connect "
    "from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode "
    "sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the "
    "same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. "
    "Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by "
    "editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the "
    "server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' "
    "option. 4) Set up an authentication password for the default user. NOTE: You only need to do one of the above "
    "things in order for the server to start accepting connections from the outside.";
inline constexpr std::string_view busy_key = "BUSYKEY Target key name already exists.";
inline constexpr std::string_view no_such_command = "ERR Invalid command specified";
inline constexpr std::string_view no_keys = "ERR The command has no key arguments";
inline constexpr std::string_view wrong_count_for_command = "ERR Invalid number of arguments specified for command";
inline constexpr std::string_view wrong_arguments_for_command = "ERR Invalid arguments specified for command";
inline constexpr std::string_view max_clients = "ERR max number of clients reached";

}  // namespace redoubt::errors

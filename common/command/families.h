// The tables of command specs, one function and one source per family. Only command_spec.cc needs this;
// everybody else asks all_command_specs() or find_command_spec().
#pragma once

#include "common/command/command_spec.h"

namespace redoubt {

std::span<const CommandSpec> connection_commands();
std::span<const CommandSpec> generic_commands();
std::span<const CommandSpec> string_commands();
std::span<const CommandSpec> list_commands();
std::span<const CommandSpec> hash_commands();
std::span<const CommandSpec> set_commands();
std::span<const CommandSpec> sorted_set_commands();
std::span<const CommandSpec> server_commands();
std::span<const CommandSpec> server_info_commands();

}  // namespace redoubt

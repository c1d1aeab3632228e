// The commands on strings. One function registers all of them; their sources stand by what they do: plain reads and
// writes (string_commands.cc), SET and its options (string_set.cc), numbers (string_numbers.cc), parts of strings
// (string_ranges.cc), LCS (string_lcs.cc).
#pragma once

#include <cstdint>
#include <string_view>

namespace redoubt {

class CommandTable;
struct CommandContext;

void register_string_commands(CommandTable& table);

// ---- for the sources of this family ----
void register_string_set_commands(CommandTable& table);
void register_string_number_commands(CommandTable& table);
void register_string_range_commands(CommandTable& table);
void register_string_lcs_commands(CommandTable& table);

// GET: replies the string at the key, or nil. False when an error was replied, because it holds another type.
bool reply_string(CommandContext& ctx, std::string_view key);
// False, with an error replied, when a string of `size` bytes that grows by `more` would be longer than
// proto-max-bulk-len.
bool check_string_size(CommandContext& ctx, uint64_t size, uint64_t more);

}  // namespace redoubt

// The commands on hashes. One function registers all of them; their sources stand by what they do: single fields
// (hash_commands.cc), numbers (hash_numbers.cc), whole hashes and random parts of them (hash_walks.cc), the expiry of
// fields (hash_expiry.cc).
#pragma once

#include <span>
#include <string_view>

#include "server/types/hash.h"

namespace redoubt {

class CommandTable;
class ReplyWriter;
struct CommandContext;
template <typename T>
class WriteAccess;

void register_hash_commands(CommandTable& table);

// ---- for the sources of this family ----
void register_hash_number_commands(CommandTable& table);
void register_hash_walk_commands(CommandTable& table);
void register_hash_expiry_commands(CommandTable& table);

void reply_value(ReplyWriter& reply, ListpackValue value);

// After a read of these fields of a hash that has_expired(): those of them that expired are removed, and the key with the
// last one.
void remove_expired_fields(CommandContext& ctx, std::string_view key, std::span<const std::string_view> fields);
// Removes this field if it has expired, and tells logs of it; the rest is up to tell_of_expired_fields().
bool remove_if_expired(CommandContext& ctx, Hash& hash, std::string_view key, std::string_view field);
// Before this field is set by what asks for its value: if it has expired it is removed, and the key with the last one, so
// that whoever is told does the same.
void remove_before_setting(CommandContext& ctx, WriteAccess<Hash>& access, std::string_view key,
                           std::string_view field);
// Tells of `removed` such fields. `emptied`: the key went with the last one.
void tell_of_expired_fields(CommandContext& ctx, std::string_view key, size_t removed, bool emptied);

}  // namespace redoubt

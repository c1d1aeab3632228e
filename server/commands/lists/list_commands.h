// The commands on lists. One function registers all of them; their sources stand by what they do: adding and taking at
// the ends (list_push_pop.cc), reading (list_reads.cc), changes in the middle (list_edits.cc), from one list to another
// (list_moves.cc), from the first of several (list_first_of.cc). The last two have the commands that wait.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/resp/reply_writer.h"
#include "server/dispatch/value_access.h"
#include "server/types/list.h"

namespace redoubt {

class CommandTable;
struct CommandContext;

void register_list_commands(CommandTable& table);

// ---- for the sources of this family ----
void register_list_push_pop_commands(CommandTable& table);
void register_list_read_commands(CommandTable& table);
void register_list_edit_commands(CommandTable& table);
void register_list_move_commands(CommandTable& table);
void register_list_first_of_commands(CommandTable& table);

inline void reply_element(ReplyWriter& reply, const ListpackValue& value) {
  value.is_integer() ? reply.bulk_integer(value.integer) : reply.bulk(value.text);
}
// The elements that the reader gives, `count` of them, as an array.
void reply_elements(ReplyWriter& reply, ListReader& reader, size_t count);

// LEFT or RIGHT. False: it is neither, which has been answered.
bool read_list_end(CommandContext& ctx, size_t index, ListEnd& end);

// Commits a list that `count` elements were popped from, and tells of it.
void tell_popped(CommandContext& ctx, WriteAccess<List>& list, std::string_view key, ListEnd end, uint64_t count);
// Replies up to `count` elements from that end as an array, and takes them out of the list, which exists.
void pop_many(CommandContext& ctx, WriteAccess<List>& list, std::string_view key, ListEnd end, uint64_t count);

}  // namespace redoubt

// LPUSH, RPUSH, LPUSHX, RPUSHX, LPOP, RPOP, and what the whole family shares.
#include <algorithm>
#include <string>

#include "server/commands/lists/list_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"

namespace redoubt {

void register_list_commands(CommandTable& table) {
  register_list_push_pop_commands(table);
  register_list_read_commands(table);
  register_list_edit_commands(table);
  register_list_move_commands(table);
  register_list_first_of_commands(table);
}

bool read_list_end(CommandContext& ctx, size_t index, ListEnd& end) {
  if (same_option(ctx.arg(index), "LEFT")) {
    end = ListEnd::head;
  } else if (same_option(ctx.arg(index), "RIGHT")) {
    end = ListEnd::tail;
  } else {
    ctx.reply.error(errors::syntax);
    return false;
  }
  return true;
}

void reply_elements(ReplyWriter& reply, ListReader& reader, size_t count) {
  reply.array(count);
  for (ListpackValue value; reader.next(value);) reply_element(reply, value);
}

void tell_popped(CommandContext& ctx, WriteAccess<List>& list, std::string_view key, ListEnd end, uint64_t count) {
  const bool gone = list.commit();
  ctx.modified(key, EventClass::list, end == ListEnd::head ? "lpop" : "rpop", count);
  if (gone) ctx.event(key, EventClass::generic, "del");
}

void pop_many(CommandContext& ctx, WriteAccess<List>& list, std::string_view key, ListEnd end, uint64_t count) {
  using Direction = ListReader::Direction;
  const size_t size = list->size();
  count = std::min<uint64_t>(count, size);
  const bool head = end == ListEnd::head;
  {
    ListReader reader(*list, head ? 0 : size - 1, count, head ? Direction::forwards : Direction::backwards);
    reply_elements(ctx.reply, reader, count);
  }
  list->erase(head ? 0 : size - count, count);
  tell_popped(ctx, list, key, end, count);
}

namespace {

template <ListEnd end>
void push(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  WriteAccess<List> list(ctx, key);
  if (list.refused()) return;
  list.or_create().push(end, ctx.args.subspan(2));
  ctx.reply.integer(static_cast<int64_t>(list->size()));
  list.commit();
  ctx.modified(key, EventClass::list, end == ListEnd::head ? "lpush" : "rpush", ctx.count() - 2);
}

template <ListEnd end>
void push_if_there(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  WriteAccess<List> list(ctx, key);
  if (list.refused()) return;
  if (!list) return ctx.reply.integer(0);
  list->push(end, ctx.args.subspan(2));
  ctx.reply.integer(static_cast<int64_t>(list->size()));
  list.commit();
  ctx.modified(key, EventClass::list, end == ListEnd::head ? "lpush" : "rpush", ctx.count() - 2);
}

template <ListEnd end>
void pop(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  const bool counted = ctx.count() == 3;
  int64_t count = 0;
  if (ctx.count() > 3) {
    return ctx.reply.error("ERR wrong number of arguments for '" + ctx.command.full_name + "' command");
  }
  if (counted) {
    const auto given = parse_i64(ctx.arg(2));
    if (!given || *given < 0) return ctx.reply.error(errors::must_be_positive);
    count = *given;
  }
  WriteAccess<List> list(ctx, key);
  if (list.refused()) return;
  if (!list) return counted ? ctx.reply.null_array() : ctx.reply.null();
  if (counted) return count == 0 ? ctx.reply.array(0) : pop_many(ctx, list, key, end, static_cast<uint64_t>(count));
  reply_element(ctx.reply, list->end(end));
  list->pop(end);
  tell_popped(ctx, list, key, end, 1);
}

}  // namespace

void register_list_push_pop_commands(CommandTable& table) {
  table.handle("lpush", push<ListEnd::head>);
  table.handle("rpush", push<ListEnd::tail>);
  table.handle("lpushx", push_if_there<ListEnd::head>);
  table.handle("rpushx", push_if_there<ListEnd::tail>);
  table.handle("lpop", pop<ListEnd::head>);
  table.handle("rpop", pop<ListEnd::tail>);
}

}  // namespace redoubt

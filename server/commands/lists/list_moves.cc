// LMOVE, RPOPLPUSH, BLMOVE, BRPOPLPUSH.
#include <vector>

#include "server/commands/lists/list_commands.h"
#include "server/dispatch/blocking.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"

namespace redoubt {
namespace {

std::string_view push_event(ListEnd end) { return end == ListEnd::head ? "lpush" : "rpush"; }
std::string_view pop_event(ListEnd end) { return end == ListEnd::head ? "lpop" : "rpop"; }

// Source and destination are one.
void rotate(CommandContext& ctx, WriteAccess<List>& list, std::string_view key, ListEnd from, ListEnd to) {
  reply_element(ctx.reply, list->end(from));
  list->rotate(from, to);
  list.commit();
  ctx.modified(key, EventClass::list, push_event(to));
  ctx.event(key, EventClass::list, pop_event(from));
}

// From the list at argument 1, which exists, to that at 2.
void move(CommandContext& ctx, WriteAccess<List>& source, ListEnd from, ListEnd to) {
  const std::string_view source_key = ctx.arg(1);
  const std::string_view target_key = ctx.arg(2);
  if (source_key == target_key) return rotate(ctx, source, source_key, from, to);
  WriteAccess<List> target(ctx, target_key);
  if (target.refused()) return;
  const ListpackValue element = source->end(from);
  reply_element(ctx.reply, element);
  target.or_create().push(to, element);
  source->pop(from);
  target.commit();
  const bool gone = source.commit();
  ctx.modified(target_key, EventClass::list, push_event(to), 0);
  ctx.modified(source_key, EventClass::list, pop_event(from));
  if (gone) ctx.event(source_key, EventClass::generic, "del");
}

void move_or_null(CommandContext& ctx, ListEnd from, ListEnd to) {
  WriteAccess<List> source(ctx, ctx.arg(1));
  if (source.refused()) return;
  if (!source) return ctx.reply.null();
  move(ctx, source, from, to);
}

// The same without the last argument, how long to wait.
void tell_plain(CommandContext& ctx, std::string_view name) {
  if (!ctx.is_told()) return;
  std::vector<ToldWord> words(ctx.args.begin(), ctx.args.end() - 1);
  words[0] = name;
  ctx.tell_instead(words);
}

// `plain`: the command that does not wait, for those who are told.
void move_or_wait(CommandContext& ctx, ListEnd from, ListEnd to, std::string_view plain) {
  const auto deadline = read_block_timeout(ctx, ctx.count() - 1);
  if (!deadline) return;
  WriteAccess<List> source(ctx, ctx.arg(1));
  if (source.refused()) return;
  if (source) {
    move(ctx, source, from, to);
    return tell_plain(ctx, plain);
  }
  wait_for_keys(ctx, ctx.args.subspan(1, 1), Type::list, *deadline);
}

void lmove(CommandContext& ctx) {
  ListEnd from{};
  ListEnd to{};
  if (read_list_end(ctx, 3, from) && read_list_end(ctx, 4, to)) move_or_null(ctx, from, to);
}

void rpoplpush(CommandContext& ctx) { move_or_null(ctx, ListEnd::tail, ListEnd::head); }

void blmove(CommandContext& ctx) {
  ListEnd from{};
  ListEnd to{};
  if (read_list_end(ctx, 3, from) && read_list_end(ctx, 4, to)) move_or_wait(ctx, from, to, "LMOVE");
}

void brpoplpush(CommandContext& ctx) { move_or_wait(ctx, ListEnd::tail, ListEnd::head, "RPOPLPUSH"); }

}  // namespace

void register_list_move_commands(CommandTable& table) {
  table.handle("lmove", lmove);
  table.handle("rpoplpush", rpoplpush);
  table.handle("blmove", blmove);
  table.handle("brpoplpush", brpoplpush);
}

}  // namespace redoubt

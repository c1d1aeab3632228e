// LSET, LINSERT, LTRIM, LREM.
#include <algorithm>
#include <limits>

#include "server/commands/lists/list_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"

namespace redoubt {
namespace {

void lset(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  WriteAccess<List> list(ctx, key);
  if (list.refused()) return;
  if (!list) return ctx.reply.error(errors::no_such_key);
  const auto given = parse_i64(ctx.arg(2));
  if (!given) return ctx.reply.error(errors::not_integer);
  const int64_t index = *given < 0 ? *given + static_cast<int64_t>(list->size()) : *given;
  const bool set = list->set(index < 0 ? SIZE_MAX : static_cast<size_t>(index), ctx.arg(3));
  list.commit();
  if (!set) return ctx.reply.error("ERR index out of range");
  ctx.reply.ok();
  ctx.modified(key, EventClass::list, "lset");
}

void linsert(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  const bool after = same_option(ctx.arg(2), "AFTER");
  if (!after && !same_option(ctx.arg(2), "BEFORE")) return ctx.reply.error(errors::syntax);
  WriteAccess<List> list(ctx, key);
  if (list.refused()) return;
  if (!list) return ctx.reply.integer(0);
  const bool inserted = list->insert(after ? List::Side::after : List::Side::before, ctx.arg(3), ctx.arg(4));
  const size_t size = list->size();
  list.commit();
  if (!inserted) return ctx.reply.integer(-1);
  ctx.modified(key, EventClass::list, "linsert");
  ctx.reply.integer(static_cast<int64_t>(size));
}

void ltrim(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  ArgumentReader in(ctx, 2);
  int64_t start = in.integer();
  int64_t end = in.integer();
  if (!in.ok()) return in.reply_error();
  WriteAccess<List> list(ctx, key);
  if (list.refused()) return;
  if (!list) return ctx.reply.ok();
  const auto size = static_cast<int64_t>(list->size());
  if (start < 0) start = std::max<int64_t>(start + size, 0);
  if (end < 0) end += size;
  end = std::min(end, size - 1);
  const int64_t kept = start > end ? 0 : end - start + 1;
  list->trim(static_cast<size_t>(start), static_cast<size_t>(kept));
  const bool gone = list.commit();
  ctx.modified(key, EventClass::list, "ltrim", static_cast<uint64_t>(size - kept));
  if (gone) ctx.event(key, EventClass::generic, "del");
  ctx.reply.ok();
}

void lrem(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  const auto given = parse_i64(ctx.arg(2));
  if (!given) return ctx.reply.error(errors::not_integer);
  if (*given == std::numeric_limits<int64_t>::min()) {
    return ctx.reply.error(
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
  }
  WriteAccess<List> list(ctx, key);
  if (list.refused()) return;
  if (!list) return ctx.reply.integer(0);
  const size_t limit = *given == 0 ? SIZE_MAX : static_cast<size_t>(*given < 0 ? -*given : *given);
  const size_t removed = list->remove(*given < 0 ? ListEnd::tail : ListEnd::head, ctx.arg(3), limit);
  const bool gone = list.commit();
  if (removed != 0) ctx.modified(key, EventClass::list, "lrem", removed);
  if (gone) ctx.event(key, EventClass::generic, "del");
  ctx.reply.integer(static_cast<int64_t>(removed));
}

}  // namespace

void register_list_edit_commands(CommandTable& table) {
  table.handle("lset", lset);
  table.handle("linsert", linsert);
  table.handle("ltrim", ltrim);
  table.handle("lrem", lrem);
}

}  // namespace redoubt

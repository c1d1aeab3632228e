// The commands on the members of one set: SADD, SREM, SISMEMBER, SMOVE, SMEMBERS, SSCAN and so on.
#include "server/commands/sets/set_commands.h"

#include "server/commands/generic/scan_options.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/value_access.h"
#include "server/types/set.h"

namespace redoubt {
namespace {

void sadd(CommandContext& ctx) {
  WriteAccess<Set> access(ctx, ctx.arg(1));
  if (access.refused()) return;
  Set& set = access.or_create();
  const auto members = ctx.args.subspan(2);
  set.expect(members.front(), members.size());
  uint64_t added = 0;
  for (const std::string_view member : members) added += set.add(member) ? 1 : 0;
  access.commit();
  if (added > 0) ctx.modified(ctx.arg(1), EventClass::set, "sadd", added);
  ctx.reply.integer(static_cast<int64_t>(added));
}

void srem(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  WriteAccess<Set> set(ctx, key);
  if (set.refused()) return;
  if (!set) return ctx.reply.integer(0);
  uint64_t removed = 0;
  for (const std::string_view member : ctx.args.subspan(2)) {
    removed += set->remove(member) ? 1 : 0;
    if (set->size() == 0) break;
  }
  const bool gone = set.commit();
  if (removed > 0) ctx.modified(key, EventClass::set, "srem", removed);
  if (gone) ctx.event(key, EventClass::generic, "del");
  ctx.reply.integer(static_cast<int64_t>(removed));
}

void scard(CommandContext& ctx) {
  ReadAccess<Set> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  ctx.reply.integer(set ? static_cast<int64_t>(set->size()) : 0);
}

void sismember(CommandContext& ctx) {
  ReadAccess<Set> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  ctx.reply.integer(set && set->contains(ctx.arg(2)) ? 1 : 0);
}

void smismember(CommandContext& ctx) {
  ReadAccess<Set> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  const auto members = ctx.args.subspan(2);
  ctx.reply.array(members.size());
  for (const std::string_view member : members) ctx.reply.integer(set && set->contains(member) ? 1 : 0);
}

void smembers(CommandContext& ctx) {
  ReadAccess<Set> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  if (!set) return ctx.reply.set(0);
  ctx.reply.set(set->size());
  set->for_each([&](std::string_view member) { ctx.reply.bulk(member); });
}

// Source and destination are one key: nothing moves.
void move_to_itself(CommandContext& ctx) {
  WriteAccess<Set> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  ctx.reply.integer(set && set->contains(ctx.arg(3)) ? 1 : 0);
}

void smove(CommandContext& ctx) {
  const std::string_view from_key = ctx.arg(1);
  const std::string_view to_key = ctx.arg(2);
  const std::string_view member = ctx.arg(3);
  if (from_key == to_key) return move_to_itself(ctx);
  WriteAccess<Set> from(ctx, from_key);
  if (from.refused()) return;
  if (!from) return ctx.reply.integer(0);
  WriteAccess<Set> to(ctx, to_key);
  if (to.refused()) return;
  if (!from->remove(member)) return ctx.reply.integer(0);
  if (!to) to.or_create().expect(member, 1);
  const bool added = to->add(member);
  const bool gone = from.commit();
  to.commit();
  ctx.modified(from_key, EventClass::set, "srem");
  if (gone) ctx.event(from_key, EventClass::generic, "del");
  if (added) ctx.modified(to_key, EventClass::set, "sadd");
  ctx.reply.integer(1);
}

void sscan(CommandContext& ctx) {
  const auto cursor = read_scan_cursor(ctx, 2);
  if (!cursor) return;
  ReadAccess<Set> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  if (!set) return reply_empty_scan(ctx.reply);
  const auto options = read_scan_options(ctx, 3, ScanCommand::sscan);
  if (!options) return;
  ScanReply out(ctx.reply);
  out.finish(scan_stretches(*cursor, options->count, [&](uint64_t at, uint64_t& seen) {
    return set->scan(at, [&](std::string_view member) {
      ++seen;
      if (options->matches(member)) out.add(member);
    });
  }));
}

}  // namespace

void register_set_commands(CommandTable& table) {
  table.handle("sadd", sadd);
  table.handle("srem", srem);
  table.handle("scard", scard);
  table.handle("sismember", sismember);
  table.handle("smismember", smismember);
  table.handle("smembers", smembers);
  table.handle("smove", smove);
  table.handle("sscan", sscan);
  register_set_random_commands(table);
  register_set_algebra_commands(table);
}

}  // namespace redoubt

// EXPIRE and its kin, TTL and its kin, PERSIST.
#include <algorithm>
#include <limits>
#include <string>

#include "server/commands/generic/generic_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/remove_key.h"
#include "server/keyspace/database.h"

namespace redoubt {
namespace {

constexpr int64_t seconds = 1000;
constexpr int64_t milliseconds = 1;
constexpr int64_t max_time = std::numeric_limits<int64_t>::max();
constexpr int64_t min_time = std::numeric_limits<int64_t>::min();

struct Conditions {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;

  // Whether a key that expires at `current` may be made to expire at `next`. No expiry counts as the latest.
  bool allow(int64_t current, int64_t next) const {
    const bool persistent = current == Database::never;
    if (nx && !persistent) return false;
    if (xx && persistent) return false;
    if (gt && (persistent || next <= current)) return false;
    if (lt && !persistent && next >= current) return false;
    return true;
  }
};

// False when the words make no sense; the error has been sent then.
bool read_conditions(CommandContext& ctx, Conditions& conditions) {
  ArgumentReader in(ctx, 3);
  while (in.more()) {
    if (in.option("NX")) {
      conditions.nx = true;
    } else if (in.option("XX")) {
      conditions.xx = true;
    } else if (in.option("GT")) {
      conditions.gt = true;
    } else if (in.option("LT")) {
      conditions.lt = true;
    } else {
      ctx.reply.error("ERR Unsupported option " + std::string(in.word()));
      return false;
    }
  }
  if (conditions.nx && (conditions.xx || conditions.gt || conditions.lt)) {
    ctx.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
    return false;
  }
  if (conditions.gt && conditions.lt) {
    ctx.reply.error("ERR GT and LT options at the same time are not compatible");
    return false;
  }
  return true;
}

// Times are told as they are, and in milliseconds; the conditions go along.
void tell_expiry(CommandContext& ctx, int64_t at_ms, bool is_unix_ms) {
  if (!is_unix_ms) ctx.tell_replacing({{0, "PEXPIREAT"}, {2, at_ms}});
}

// `base_ms`: what the time is counted from.
void set_expiry(CommandContext& ctx, int64_t base_ms, int64_t unit) {
  Conditions conditions;
  if (!read_conditions(ctx, conditions)) return;
  const auto given = parse_i64(ctx.arg(2));
  if (!given) return ctx.reply.error(errors::not_integer);
  if (*given > max_time / unit || *given < min_time / unit || *given * unit > max_time - base_ms) {
    return ctx.reply.error("ERR invalid expire time in '" + ctx.command.full_name + "' command");
  }
  const int64_t at_ms = *given * unit + base_ms;

  const std::string_view key = ctx.arg(1);
  Entry* entry = ctx.db.find_for_write(key);
  if (entry == nullptr || !conditions.allow(ctx.db.expiry_of(*entry), at_ms)) return ctx.reply.integer(0);
  if (ctx.is_past(at_ms)) {
    remove_as_past(ctx, key);
  } else {
    // A log may tell of times before 1970.
    ctx.db.set_expiry(*entry, std::max<int64_t>(at_ms, 0));
    ctx.modified(key, EventClass::generic, "expire");
    tell_expiry(ctx, at_ms, base_ms == 0 && unit == milliseconds);
  }
  ctx.reply.integer(1);
}

void expire(CommandContext& ctx) { set_expiry(ctx, ctx.now_ms, seconds); }
void pexpire(CommandContext& ctx) { set_expiry(ctx, ctx.now_ms, milliseconds); }
void expireat(CommandContext& ctx) { set_expiry(ctx, 0, seconds); }
void pexpireat(CommandContext& ctx) { set_expiry(ctx, 0, milliseconds); }

// `base_ms`: what the answer is counted from.
void reply_expiry(CommandContext& ctx, int64_t base_ms, int64_t unit) {
  constexpr int64_t no_key = -2, no_expiry = -1;
  const Entry* entry = ctx.db.find_without_touch(ctx.arg(1));
  if (entry == nullptr) return ctx.reply.integer(no_key);
  const int64_t at_ms = ctx.db.expiry_of(*entry);
  if (at_ms == Database::never) return ctx.reply.integer(no_expiry);
  const int64_t left_ms = std::max<int64_t>(at_ms - base_ms, 0);
  // To the nearest.
  ctx.reply.integer(left_ms / unit + (left_ms % unit >= (unit + 1) / 2 ? 1 : 0));
}

void ttl(CommandContext& ctx) { reply_expiry(ctx, ctx.now_ms, seconds); }
void pttl(CommandContext& ctx) { reply_expiry(ctx, ctx.now_ms, milliseconds); }
void expiretime(CommandContext& ctx) { reply_expiry(ctx, 0, seconds); }
void pexpiretime(CommandContext& ctx) { reply_expiry(ctx, 0, milliseconds); }

void persist(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  Entry* entry = ctx.db.find_for_write(key);
  if (entry == nullptr || !ctx.db.clear_expiry(*entry)) return ctx.reply.integer(0);
  ctx.modified(key, EventClass::generic, "persist");
  ctx.reply.integer(1);
}

}  // namespace

void register_expire_commands(CommandTable& table) {
  table.handle("expire", expire);
  table.handle("expireat", expireat);
  table.handle("expiretime", expiretime);
  table.handle("persist", persist);
  table.handle("pexpire", pexpire);
  table.handle("pexpireat", pexpireat);
  table.handle("pexpiretime", pexpiretime);
  table.handle("pttl", pttl);
  table.handle("ttl", ttl);
}

}  // namespace redoubt

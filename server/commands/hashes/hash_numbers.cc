// HINCRBY and HINCRBYFLOAT.
#include <cmath>
#include <string>

#include "server/commands/hashes/hash_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

// What the field holds as a number, 0 when there is none; nothing when it holds something else.
std::optional<int64_t> integer_of(const Hash& hash, std::string_view field) {
  const auto value = hash.get(field);
  if (!value) return 0;
  return value->is_integer() ? value->integer : parse_i64(value->text);
}

std::optional<long double> real_of(const Hash& hash, std::string_view field) {
  const auto value = hash.get(field);
  if (!value) return 0.0L;
  return value->is_integer() ? static_cast<long double>(value->integer) : parse_long_double(value->text);
}

// The field keeps its expiry.
void store(CommandContext& ctx, WriteAccess<Hash>& access, std::string_view text, std::string_view event) {
  remove_before_setting(ctx, access, ctx.arg(1), ctx.arg(2));
  access.or_create().set(ctx.arg(2), text, Hash::Expiry::keep);
  access.commit();
  ctx.modified(ctx.arg(1), EventClass::hash, event);
}

void hincrby(CommandContext& ctx) {
  const auto increment = parse_i64(ctx.arg(3));
  if (!increment) return ctx.reply.error(errors::not_integer);
  WriteAccess<Hash> access(ctx, ctx.arg(1));
  if (access.refused()) return;
  const auto old = access ? integer_of(*access, ctx.arg(2)) : 0;
  if (!old) return ctx.reply.error("ERR hash value is not an integer");
  int64_t sum = 0;
  if (__builtin_add_overflow(*old, *increment, &sum)) return ctx.reply.error(errors::overflow);
  char digits[max_integer_text];
  store(ctx, access, {digits, format_i64(digits, sum)}, "hincrby");
  ctx.reply.integer(sum);
}

// Told as what came of it. HSET takes the field's expiry away, so that this may take another command.
void tell_sum(CommandContext& ctx, std::string_view text, int64_t at_ms) {
  const std::string_view key = ctx.arg(1), field = ctx.arg(2);
  if (at_ms == Hash::no_expiry) return ctx.tell_instead({"HSET", key, field, text});
  ctx.tell_also({"HSET", key, field, text});
  ctx.tell_instead({"HPEXPIREAT", key, at_ms, "FIELDS", "1", field});
}

void hincrbyfloat(CommandContext& ctx) {
  const auto increment = parse_long_double(ctx.arg(3));
  if (!increment) return ctx.reply.error(errors::not_float);
  if (!std::isfinite(*increment)) return ctx.reply.error("ERR value is NaN or Infinity");
  WriteAccess<Hash> access(ctx, ctx.arg(1));
  if (access.refused()) return;
  const auto old = access ? real_of(*access, ctx.arg(2)) : 0.0L;
  if (!old) return ctx.reply.error("ERR hash value is not a float");
  const long double sum = *old + *increment;
  if (!std::isfinite(sum)) return ctx.reply.error(errors::nan_or_infinity);
  const std::string text = format_long_double(sum);
  const int64_t at_ms = access ? access->expiry_of(ctx.arg(2)).value_or(Hash::no_expiry) : Hash::no_expiry;
  store(ctx, access, text, "hincrbyfloat");
  tell_sum(ctx, text, at_ms);
  ctx.reply.bulk(text);
}

}  // namespace

void register_hash_number_commands(CommandTable& table) {
  table.handle("hincrby", hincrby);
  table.handle("hincrbyfloat", hincrbyfloat);
}

}  // namespace redoubt

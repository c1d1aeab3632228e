// INCR and its relatives.
#include <cmath>
#include <cstdint>
#include <optional>

#include "server/commands/strings/string_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/keyspace/database.h"

namespace redoubt {
namespace {

// The string at the entry as an integer; replies an error and returns false when it is none.
bool read_integer(CommandContext& ctx, const Entry& entry, int64_t& value) {
  if (entry.type() != Type::string) {
    ctx.reply.error(errors::wrong_type);
    return false;
  }
  if (entry.is_integer()) [[likely]] {
    value = entry.integer();
    return true;
  }
  char digits[max_integer_text];
  const std::optional<int64_t> parsed = parse_i64(entry.string(digits));
  if (!parsed) {
    ctx.reply.error(errors::not_integer);
    return false;
  }
  value = *parsed;
  return true;
}

void add(CommandContext& ctx, int64_t increment) {
  const std::string_view key = ctx.arg(1);
  Entry* entry = ctx.db.find_for_write(key);
  int64_t value = 0;
  if (entry != nullptr && !read_integer(ctx, *entry, value)) return;
  if (__builtin_add_overflow(value, increment, &value)) return ctx.reply.error(errors::overflow);
  if (entry != nullptr && entry->is_integer()) {
    entry->set_integer(value);
  } else {
    ctx.db.set_integer(key, value, Database::Ttl::keep);
  }
  ctx.modified(key, EventClass::string, "incrby");
  ctx.reply.integer(value);
}

void incr(CommandContext& ctx) { add(ctx, 1); }
void decr(CommandContext& ctx) { add(ctx, -1); }

void incrby(CommandContext& ctx) {
  const std::optional<int64_t> increment = parse_i64(ctx.arg(2));
  if (!increment) return ctx.reply.error(errors::not_integer);
  add(ctx, *increment);
}

void decrby(CommandContext& ctx) {
  const std::optional<int64_t> decrement = parse_i64(ctx.arg(2));
  if (!decrement) return ctx.reply.error(errors::not_integer);
  if (*decrement == INT64_MIN) return ctx.reply.error("ERR decrement would overflow");
  add(ctx, -*decrement);
}

void incrbyfloat(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  const Entry* entry = ctx.db.find_for_write(key);
  if (entry != nullptr && entry->type() != Type::string) return ctx.reply.error(errors::wrong_type);
  char digits[max_integer_text];
  const auto value = entry == nullptr ? 0.0L : parse_long_double(entry->string(digits));
  const auto increment = parse_long_double(ctx.arg(2));
  if (!value || !increment) return ctx.reply.error(errors::not_float);
  const long double sum = *value + *increment;
  if (!std::isfinite(sum)) return ctx.reply.error(errors::nan_or_infinity);
  const std::string text = format_long_double(sum);
  ctx.db.set_text(key, text, Database::Ttl::keep);
  ctx.modified(key, EventClass::string, "incrbyfloat");
  ctx.tell_instead({"SET", key, text, "KEEPTTL"});
  ctx.reply.bulk(text);
}

}  // namespace

void register_string_number_commands(CommandTable& table) {
  table.handle("incr", incr);
  table.handle("decr", decr);
  table.handle("incrby", incrby);
  table.handle("decrby", decrby);
  table.handle("incrbyfloat", incrbyfloat);
}

}  // namespace redoubt

#include "server/commands/hashes/hash_commands.h"

#include <string>

#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

// False when there is a field without a value, which has been answered then.
bool check_pairs(CommandContext& ctx) {
  if (ctx.count() % 2 == 0) return true;
  ctx.reply.error("ERR wrong number of arguments for '" + ctx.command.full_name + "' command");
  return false;
}

// Sets what HSET and HMSET are given; nothing when an error was answered.
std::optional<int64_t> set_pairs(CommandContext& ctx) {
  if (!check_pairs(ctx)) return std::nullopt;
  const std::string_view key = ctx.arg(1);
  WriteAccess<Hash> access(ctx, key);
  if (access.refused()) return std::nullopt;
  Hash& hash = access.or_create();
  const size_t pairs = ctx.count() / 2 - 1;
  hash.expect(pairs);
  int64_t created = 0;
  for (size_t i = 2; i < ctx.count(); i += 2) created += hash.set(ctx.arg(i), ctx.arg(i + 1));
  access.commit();
  ctx.modified(key, EventClass::hash, "hset", pairs);
  return created;
}

void hset(CommandContext& ctx) {
  const auto created = set_pairs(ctx);
  if (created) ctx.reply.integer(*created);
}

void hmset(CommandContext& ctx) {
  if (set_pairs(ctx)) ctx.reply.ok();
}

void hsetnx(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1), field = ctx.arg(2);
  WriteAccess<Hash> access(ctx, key);
  if (access.refused()) return;
  if (access && access->contains(field)) return ctx.reply.integer(0);
  remove_before_setting(ctx, access, key, field);
  access.or_create().set(field, ctx.arg(3));
  access.commit();
  ctx.modified(key, EventClass::hash, "hset");
  ctx.reply.integer(1);
}

void hdel(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  WriteAccess<Hash> hash(ctx, key);
  if (hash.refused()) return;
  if (!hash) return ctx.reply.integer(0);
  size_t removed = 0, expired = 0;
  for (const std::string_view field : ctx.args.subspan(2)) {
    if (remove_if_expired(ctx, *hash, key, field)) {
      ++expired;
    } else {
      removed += hash->erase(field);
    }
    if (hash->size() == 0) break;
  }
  const bool emptied = hash.commit();
  if (expired > 0) tell_of_expired_fields(ctx, key, expired, emptied && removed == 0);
  if (removed > 0) {
    ctx.modified(key, EventClass::hash, "hdel", removed);
    if (emptied) ctx.event(key, EventClass::generic, "del");
  }
  ctx.reply.integer(static_cast<int64_t>(removed));
}

void hget(CommandContext& ctx) {
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  if (!hash) return ctx.reply.null();
  if (const auto value = hash->get(ctx.arg(2))) {
    reply_value(ctx.reply, *value);
  } else {
    ctx.reply.null();
  }
  if (hash->has_expired()) remove_expired_fields(ctx, ctx.arg(1), ctx.args.subspan(2));
}

void hmget(CommandContext& ctx) {
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  const auto fields = ctx.args.subspan(2);
  ctx.reply.array(fields.size());
  for (const std::string_view field : fields) {
    const auto value = hash ? hash->get(field) : std::nullopt;
    if (value) {
      reply_value(ctx.reply, *value);
    } else {
      ctx.reply.null();
    }
  }
  if (hash && hash->has_expired()) remove_expired_fields(ctx, ctx.arg(1), fields);
}

// Answers f(value) for the field of HEXISTS or HSTRLEN, 0 when there is none.
template <typename F>
void reply_about_field(CommandContext& ctx, F f) {
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  const auto value = hash ? hash->get(ctx.arg(2)) : std::nullopt;
  ctx.reply.integer(value ? f(*value) : 0);
  if (hash && hash->has_expired()) remove_expired_fields(ctx, ctx.arg(1), ctx.args.subspan(2));
}

void hexists(CommandContext& ctx) {
  reply_about_field(ctx, [](ListpackValue) { return 1; });
}

void hstrlen(CommandContext& ctx) {
  reply_about_field(ctx, [](ListpackValue value) {
    char digits[max_integer_text];
    return static_cast<int64_t>(value.bytes(digits).size());
  });
}

void hlen(CommandContext& ctx) {
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  ctx.reply.integer(hash ? static_cast<int64_t>(hash->size()) : 0);
}

}  // namespace

void reply_value(ReplyWriter& reply, ListpackValue value) {
  if (value.is_integer()) {
    reply.bulk_integer(value.integer);
  } else {
    reply.bulk(value.text);
  }
}

void tell_of_expired_fields(CommandContext& ctx, std::string_view key, size_t removed, bool emptied) {
  ctx.db.shared().stats.expired_fields += removed;
  ctx.event(key, EventClass::hash, "hexpired");
  if (emptied) ctx.event(key, EventClass::generic, "del");
}

bool remove_if_expired(CommandContext& ctx, Hash& hash, std::string_view key, std::string_view field) {
  if (!hash.remove_if_expired(field)) return false;
  ctx.tell_also({"HDEL", key, field});
  return true;
}

void remove_before_setting(CommandContext& ctx, WriteAccess<Hash>& access, std::string_view key,
                           std::string_view field) {
  if (access && remove_if_expired(ctx, *access, key, field)) tell_of_expired_fields(ctx, key, 1, access.commit());
}

void remove_expired_fields(CommandContext& ctx, std::string_view key, std::span<const std::string_view> fields) {
  WriteAccess<Hash> hash(ctx, key);
  if (!hash) return;
  size_t removed = 0;
  for (const std::string_view field : fields) removed += remove_if_expired(ctx, *hash, key, field);
  if (removed == 0) return;
  const bool emptied = hash.commit();
  tell_of_expired_fields(ctx, key, removed, emptied);
}

void register_hash_commands(CommandTable& table) {
  table.handle("hdel", hdel);
  table.handle("hexists", hexists);
  table.handle("hget", hget);
  table.handle("hlen", hlen);
  table.handle("hmget", hmget);
  table.handle("hmset", hmset);
  table.handle("hset", hset);
  table.handle("hsetnx", hsetnx);
  table.handle("hstrlen", hstrlen);
  register_hash_number_commands(table);
  register_hash_walk_commands(table);
  register_hash_expiry_commands(table);
}

}  // namespace redoubt

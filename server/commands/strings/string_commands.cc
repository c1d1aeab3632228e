#include "server/commands/strings/string_commands.h"

#include <string>

#include "server/config/config.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/keyspace/database.h"

namespace redoubt {

bool reply_string(CommandContext& ctx, std::string_view key) {
  const Entry* entry = ctx.db.find_for_read(key);
  if (entry == nullptr) {
    ctx.reply.null();
    return true;
  }
  if (entry->type() != Type::string) [[unlikely]] {
    ctx.reply.error(errors::wrong_type);
    return false;
  }
  char digits[max_integer_text];
  ctx.reply.bulk(entry->string(digits));
  return true;
}

bool check_string_size(CommandContext& ctx, uint64_t size, uint64_t more) {
  uint64_t total = 0;
  if (!__builtin_add_overflow(size, more, &total) && total <= ctx.server.config.proto_max_bulk_len) return true;
  ctx.reply.error(errors::string_too_long);
  return false;
}

namespace {

void get(CommandContext& ctx) { reply_string(ctx, ctx.arg(1)); }

void getdel(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  if (!reply_string(ctx, key)) return;
  if (!ctx.db.erase(key)) return;
  ctx.modified(key, EventClass::generic, "del");
  ctx.tell_instead({"DEL", key});
}

void getset(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  if (!reply_string(ctx, key)) return;
  ctx.db.set_string(key, ctx.arg(2));
  ctx.modified(key, EventClass::string, "set");
  ctx.tell_replacing({{0, "SET"}});
}

void strlen(CommandContext& ctx) {
  const Entry* entry = ctx.db.find_for_read(ctx.arg(1));
  if (entry == nullptr) return ctx.reply.integer(0);
  if (entry->type() != Type::string) return ctx.reply.error(errors::wrong_type);
  ctx.reply.integer(static_cast<int64_t>(entry->string_size()));
}

void mget(CommandContext& ctx) {
  ctx.reply.array(ctx.count() - 1);
  char digits[max_integer_text];
  for (const std::string_view key : ctx.args.subspan(1)) {
    const Entry* entry = ctx.db.find_for_read(key);
    if (entry == nullptr || entry->type() != Type::string) {
      ctx.reply.null();
    } else {
      ctx.reply.bulk(entry->string(digits));
    }
  }
}

bool check_pairs(CommandContext& ctx) {
  if (ctx.count() % 2 == 1) return true;
  ctx.reply.error("ERR wrong number of arguments for '" + ctx.command.full_name + "' command");
  return false;
}

void set_pairs(CommandContext& ctx) {
  for (size_t i = 1; i < ctx.count(); i += 2) {
    ctx.db.set_string(ctx.arg(i), ctx.arg(i + 1));
    ctx.modified(ctx.arg(i), EventClass::string, "set");
  }
}

void mset(CommandContext& ctx) {
  if (!check_pairs(ctx)) return;
  set_pairs(ctx);
  ctx.reply.ok();
}

void msetnx(CommandContext& ctx) {
  if (!check_pairs(ctx)) return;
  for (size_t i = 1; i < ctx.count(); i += 2) {
    if (ctx.db.find_for_write(ctx.arg(i)) != nullptr) return ctx.reply.integer(0);
  }
  set_pairs(ctx);
  ctx.reply.integer(1);
}

}  // namespace

void register_string_commands(CommandTable& table) {
  table.handle("get", get);
  table.handle("getdel", getdel);
  table.handle("getset", getset);
  table.handle("strlen", strlen);
  table.handle("mget", mget);
  table.handle("mset", mset);
  table.handle("msetnx", msetnx);
  register_string_set_commands(table);
  register_string_number_commands(table);
  register_string_range_commands(table);
  register_string_lcs_commands(table);
}

}  // namespace redoubt

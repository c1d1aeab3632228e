#include "server/commands/generic/generic_commands.h"

#include <climits>

#include "server/config/config.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {
namespace {

constexpr std::string_view not_an_int = "ERR value is out of range, value must between -2147483648 and 2147483647";

int64_t count_keys(CommandContext& ctx, Entry* (Database::*find)(std::string_view)) {
  int64_t found = 0;
  for (const std::string_view key : ctx.args.subspan(1)) found += (ctx.db.*find)(key) != nullptr;
  return found;
}

void remove_keys(CommandContext& ctx, bool lazily) {
  int64_t removed = 0;
  for (const std::string_view key : ctx.args.subspan(1)) {
    if (!(lazily ? ctx.db.erase_lazily(key) : ctx.db.erase(key))) continue;
    ctx.modified(key, EventClass::generic, "del");
    ++removed;
  }
  ctx.reply.integer(removed);
}

// Takes away what is to be overwritten.
void remove_target(const CommandContext& ctx, Database& db, std::string_view key) {
  if (ctx.server.config.lazyfree_lazy_server_del) {
    db.erase_lazily(key);
  } else {
    db.erase(key);
  }
}

void del(CommandContext& ctx) { remove_keys(ctx, ctx.server.config.lazyfree_lazy_user_del); }

void unlink(CommandContext& ctx) { remove_keys(ctx, true); }

void exists(CommandContext& ctx) { ctx.reply.integer(count_keys(ctx, &Database::find_without_touch)); }

void touch(CommandContext& ctx) { ctx.reply.integer(count_keys(ctx, &Database::find_for_read)); }

void type(CommandContext& ctx) {
  const Entry* entry = ctx.db.find_without_touch(ctx.arg(1));
  ctx.reply.simple(entry == nullptr ? "none" : type_name(entry->type()));
}

void randomkey(CommandContext& ctx) {
  while (Entry* entry = ctx.db.random_entry()) {
    if (!ctx.db.is_expired(*entry)) return ctx.reply.bulk(entry->key());
    ctx.db.expire(*entry);
  }
  ctx.reply.null();
}

// Tells of a key that went from one place to another: two events, one change.
void moved(const CommandContext& ctx, std::string_view from, std::string_view from_event, Database& target,
           std::string_view to, std::string_view to_event) {
  ctx.server.effects.modified(ctx.db, from, EventClass::generic, from_event, 0);
  ctx.server.effects.modified(target, to, EventClass::generic, to_event);
}

// False when there is no such key; the error has been sent then.
bool find_source(CommandContext& ctx) {
  if (ctx.db.find_for_write(ctx.arg(1)) != nullptr) return true;
  ctx.reply.error(errors::no_such_key);
  return false;
}

void rename(CommandContext& ctx) {
  const std::string_view from = ctx.arg(1), to = ctx.arg(2);
  if (!find_source(ctx)) return;
  if (from != to) {
    remove_target(ctx, ctx.db, to);
    ctx.db.move_to(from, ctx.db, to);
    moved(ctx, from, "rename_from", ctx.db, to, "rename_to");
  }
  ctx.reply.ok();
}

void renamenx(CommandContext& ctx) {
  const std::string_view from = ctx.arg(1), to = ctx.arg(2);
  if (!find_source(ctx)) return;
  if (from == to || ctx.db.peek(to) != nullptr) return ctx.reply.integer(0);
  ctx.db.move_to(from, ctx.db, to);
  moved(ctx, from, "rename_from", ctx.db, to, "rename_to");
  ctx.reply.integer(1);
}

// The number of a database; latches an error when there is none of that number.
int read_database(ArgumentReader& in, const CommandContext& ctx) {
  const int64_t id = in.integer_between(INT_MIN, INT_MAX, not_an_int);
  if (!in.ok()) return 0;
  if (id >= 0 && id < ctx.server.keyspace.count()) return static_cast<int>(id);
  in.fail(errors::db_index_out_of_range);
  return 0;
}

void move(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  ArgumentReader in(ctx, 2);
  const int id = read_database(in, ctx);
  if (!in.ok()) return in.reply_error();
  if (id == ctx.db.id()) return ctx.reply.error(errors::same_object);
  Database& target = ctx.server.keyspace[id];
  if (ctx.db.find_for_write(key) == nullptr || target.peek(key) != nullptr) return ctx.reply.integer(0);
  ctx.db.move_to(key, target, key);
  moved(ctx, key, "move_from", target, key, "move_to");
  ctx.reply.integer(1);
}

void copy(CommandContext& ctx) {
  const std::string_view from = ctx.arg(1), to = ctx.arg(2);
  int id = ctx.db.id();
  bool replace = false;
  ArgumentReader in(ctx, 3);
  while (in.more()) {
    if (in.option("REPLACE")) {
      replace = true;
    } else if (in.option("DB", 1)) {
      id = read_database(in, ctx);
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) return in.reply_error();
  Database& target = ctx.server.keyspace[id];
  if (id == ctx.db.id() && from == to) return ctx.reply.error(errors::same_object);
  if (ctx.db.find_for_read(from) == nullptr) return ctx.reply.integer(0);
  if (target.peek(to) != nullptr) {
    if (!replace) return ctx.reply.integer(0);
    remove_target(ctx, target, to);
  }
  ctx.db.copy_to(*ctx.db.peek(from), target, to);
  ctx.server.effects.modified(target, to, EventClass::generic, "copy_to");
  ctx.reply.integer(1);
}

}  // namespace

void register_key_commands(CommandTable& table) {
  table.handle("copy", copy);
  table.handle("del", del);
  table.handle("exists", exists);
  table.handle("move", move);
  table.handle("randomkey", randomkey);
  table.handle("rename", rename);
  table.handle("renamenx", renamenx);
  table.handle("touch", touch);
  table.handle("type", type);
  table.handle("unlink", unlink);
}

void register_generic_commands(CommandTable& table) {
  register_key_commands(table);
  register_expire_commands(table);
  register_scan_commands(table);
  register_sort_commands(table);
  register_dump_commands(table);
  register_wait_commands(table);
  register_object_commands(table);
}

}  // namespace redoubt

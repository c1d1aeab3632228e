// SET with its options, and those that share them: SETEX, PSETEX, SETNX, GETEX.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/commands/strings/string_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/remove_key.h"
#include "server/keyspace/database.h"

namespace redoubt {
namespace {

// How the time of an expiry is given.
enum class TimeForm : uint8_t { none, ex, px, exat, pxat };

struct Options {
  bool only_new = false;
  bool only_existing = false;
  bool get = false;
  bool keep_ttl = false;
  bool persist = false;
  TimeForm form = TimeForm::none;
  std::string_view time;  // read only once all options are known to be right
};

// Takes one of the four times, which exclude each other; the same one may come twice, and the last one counts.
bool read_time(ArgumentReader& in, Options& options) {
  static constexpr struct {
    std::string_view name;
    TimeForm form;
  } forms[] = {{"EX", TimeForm::ex}, {"PX", TimeForm::px}, {"EXAT", TimeForm::exat}, {"PXAT", TimeForm::pxat}};
  for (const auto& [name, form] : forms) {
    if (!in.option(name, 1)) continue;
    options.time = in.word();
    if (options.keep_ttl || options.persist || (options.form != TimeForm::none && options.form != form)) {
      in.fail(errors::syntax);
    }
    options.form = form;
    return true;
  }
  return false;
}

void read_set_option(ArgumentReader& in, Options& options) {
  if (in.option("NX")) {
    options.only_new = true;
  } else if (in.option("XX")) {
    options.only_existing = true;
  } else if (in.option("GET")) {
    options.get = true;
  } else if (in.option("KEEPTTL")) {
    options.keep_ttl = true;
    if (options.form != TimeForm::none) in.fail(errors::syntax);
  } else if (!read_time(in, options)) {
    in.fail(errors::syntax);
  }
  if (options.only_new && options.only_existing) in.fail(errors::syntax);
}

void read_getex_option(ArgumentReader& in, Options& options) {
  if (in.option("PERSIST")) {
    options.persist = true;
    if (options.form != TimeForm::none) in.fail(errors::syntax);
  } else if (!read_time(in, options)) {
    in.fail(errors::syntax);
  }
}

bool fail_time(const CommandContext& ctx) {
  ctx.reply.error("ERR invalid expire time in '" + ctx.command.full_name + "' command");
  return false;
}

// The Unix time in milliseconds that was asked for. Replies an error and returns false when there is no such time.
bool read_expiry(const CommandContext& ctx, TimeForm form, std::string_view text, int64_t& at_ms) {
  const std::optional<int64_t> value = parse_i64(text);
  if (!value) {
    ctx.reply.error(errors::not_integer);
    return false;
  }
  at_ms = *value;
  if (at_ms <= 0) return fail_time(ctx);
  const bool seconds = form == TimeForm::ex || form == TimeForm::exat;
  const bool relative = form == TimeForm::ex || form == TimeForm::px;
  if (seconds && __builtin_mul_overflow(at_ms, int64_t{1000}, &at_ms)) return fail_time(ctx);
  if (relative && __builtin_add_overflow(at_ms, ctx.now_ms, &at_ms)) return fail_time(ctx);
  return true;
}

void set_with_expiry(CommandContext& ctx, std::string_view key, std::string_view value, int64_t at_ms) {
  Entry& entry = ctx.db.set_string(key, value);
  ctx.db.set_expiry(entry, at_ms);
  ctx.modified(key, EventClass::string, "set");
  ctx.event(key, EventClass::generic, "expire");
  ctx.tell_instead({"SET", key, value, "PXAT", at_ms});
}

// SET ... GET is told without GET, as SET.
void tell_without_get(CommandContext& ctx) {
  if (!ctx.is_told()) return;
  std::vector<ToldWord> words(ctx.args.begin(), ctx.args.begin() + 3);
  for (const std::string_view word : ctx.args.subspan(3)) {
    if (!same_option(word, "GET")) words.emplace_back(word);
  }
  ctx.tell_instead(words);
}

void set_with_options(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  Options options;
  ArgumentReader in(ctx, 3);
  while (in.more()) read_set_option(in, options);
  if (!in.ok()) return in.reply_error();
  int64_t at_ms = Database::never;
  if (options.form != TimeForm::none && !read_expiry(ctx, options.form, options.time, at_ms)) return;
  if (options.get && !reply_string(ctx, key)) return;
  if (options.only_new || options.only_existing) {
    const bool exists = ctx.db.find_for_write(key) != nullptr;
    if (exists == options.only_new) {
      if (!options.get) ctx.reply.null();
      return;
    }
  }
  if (at_ms != Database::never) {
    set_with_expiry(ctx, key, ctx.arg(2), at_ms);
  } else {
    ctx.db.set_string(key, ctx.arg(2), options.keep_ttl ? Database::Ttl::keep : Database::Ttl::drop);
    ctx.modified(key, EventClass::string, "set");
    if (options.get) tell_without_get(ctx);
  }
  if (!options.get) ctx.reply.ok();
}

void set(CommandContext& ctx) {
  if (ctx.count() > 3) [[unlikely]]
    return set_with_options(ctx);
  ctx.db.set_string(ctx.arg(1), ctx.arg(2));
  ctx.modified(ctx.arg(1), EventClass::string, "set");
  ctx.reply.ok();
}

void set_for(CommandContext& ctx, TimeForm form) {
  int64_t at_ms = 0;
  if (!read_expiry(ctx, form, ctx.arg(2), at_ms)) return;
  set_with_expiry(ctx, ctx.arg(1), ctx.arg(3), at_ms);
  ctx.reply.ok();
}
void setex(CommandContext& ctx) { set_for(ctx, TimeForm::ex); }
void psetex(CommandContext& ctx) { set_for(ctx, TimeForm::px); }

void setnx(CommandContext& ctx) {
  if (ctx.db.find_for_write(ctx.arg(1)) != nullptr) return ctx.reply.integer(0);
  ctx.db.set_string(ctx.arg(1), ctx.arg(2));
  ctx.modified(ctx.arg(1), EventClass::string, "set");
  ctx.reply.integer(1);
}

// GETEX once the reply is written.
void change_expiry(CommandContext& ctx, std::string_view key, const Options& options, int64_t at_ms) {
  Entry* entry = ctx.db.peek(key);
  if (options.form == TimeForm::exat || options.form == TimeForm::pxat) {
    if (ctx.is_past(at_ms)) return remove_as_past(ctx, key);
  }
  if (options.form != TimeForm::none) {
    ctx.db.set_expiry(*entry, at_ms);
    ctx.modified(key, EventClass::generic, "expire");
    ctx.tell_instead({"PEXPIREAT", key, at_ms});
  } else if (options.persist && ctx.db.clear_expiry(*entry)) {
    ctx.modified(key, EventClass::generic, "persist");
    ctx.tell_instead({"PERSIST", key});
  }
}

void getex(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  Options options;
  ArgumentReader in(ctx, 2);
  while (in.more()) read_getex_option(in, options);
  if (!in.ok()) return in.reply_error();
  const Entry* entry = ctx.db.find_for_read(key);
  if (entry == nullptr) return ctx.reply.null();
  if (entry->type() != Type::string) return ctx.reply.error(errors::wrong_type);
  int64_t at_ms = Database::never;
  if (options.form != TimeForm::none && !read_expiry(ctx, options.form, options.time, at_ms)) return;
  char digits[max_integer_text];
  ctx.reply.bulk(entry->string(digits));
  if (options.form != TimeForm::none || options.persist) change_expiry(ctx, key, options, at_ms);
}

}  // namespace

void register_string_set_commands(CommandTable& table) {
  table.handle("set", set);
  table.handle("setex", setex);
  table.handle("psetex", psetex);
  table.handle("setnx", setnx);
  table.handle("getex", getex);
}

}  // namespace redoubt

// HEXPIRE and its kin, HTTL and its kin, HPERSIST: when fields of hashes expire. Replies are arrays, a code for each field.
#include <algorithm>
#include <string>
#include <vector>

#include "server/commands/hashes/hash_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

constexpr int64_t seconds = 1000;
constexpr int64_t milliseconds = 1;
// The latest time that Redis can keep in its own encoding of such fields: 46 bits.
constexpr int64_t max_time_ms = (int64_t{1} << 46) - 1;

constexpr int64_t no_field = -2;
constexpr int64_t no_time = -1;
constexpr int64_t not_met = 0;
constexpr int64_t done = 1;
constexpr int64_t deleted_at_once = 2;

constexpr std::string_view bad_field_count = "ERR Parameter `numFields` should be greater than 0";
constexpr std::string_view bad_number_of_fields = "ERR Number of fields must be a positive integer";

enum class Condition : uint8_t { none, nx, xx, gt, lt };

Condition condition_of(std::string_view word) {
  if (same_option(word, "NX")) return Condition::nx;
  if (same_option(word, "XX")) return Condition::xx;
  if (same_option(word, "GT")) return Condition::gt;
  if (same_option(word, "LT")) return Condition::lt;
  return Condition::none;
}

// A field without a time counts as one that expires last of all.
bool allows(Condition condition, int64_t current, int64_t next) {
  const bool stays = current == Hash::no_expiry;
  switch (condition) {
    case Condition::nx: return stays;
    case Condition::xx: return !stays;
    case Condition::gt: return !stays && current < next;
    case Condition::lt: return stays || current > next;
    case Condition::none: break;
  }
  return true;
}

// FIELDS numfields field ... from argument `at` on; empty when that is wrong, which has been answered then.
std::span<const std::string_view> read_fields(CommandContext& ctx, size_t at, std::string_view count_error) {
  std::string_view error;
  const int64_t count = at + 1 < ctx.count() ? parse_i64(ctx.arg(at + 1)).value_or(0) : 0;
  if (!same_option(ctx.arg(at), "FIELDS")) {
    error = "ERR Mandatory argument FIELDS is missing or not at the right position";
  } else if (count < 1) {
    error = count_error;
  } else if (static_cast<uint64_t>(count) != ctx.count() - at - 2) {
    error = "ERR The `numfields` parameter must match the number of arguments";
  }
  if (error.empty()) return ctx.args.subspan(at + 2);
  ctx.reply.error(error);
  return {};
}

void reply_to_each(CommandContext& ctx, std::span<const std::string_view> fields, int64_t code) {
  ctx.reply.array(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) ctx.reply.integer(code);
}

// The time that argument 2 tells, in Unix milliseconds; nothing when it is wrong, which has been answered then.
std::optional<int64_t> read_time(CommandContext& ctx, int64_t base_ms, int64_t unit) {
  const auto given = parse_i64(ctx.arg(2));
  if (!given) {
    ctx.reply.error(errors::not_integer);
  } else if (*given < 0) {
    ctx.reply.error("ERR invalid expire time, must be >= 0");
  } else if (*given > max_time_ms / unit || *given * unit > max_time_ms - base_ms) {
    ctx.reply.error("ERR invalid expire time in '" + ctx.command.full_name + "' command");
  } else {
    return *given * unit + base_ms;
  }
  return std::nullopt;
}

// What one of these commands did to a hash.
struct Outcome {
  size_t changed = 0;
  size_t deleted = 0;
  size_t expired = 0;
};

int64_t set_field_expiry(CommandContext& ctx, Hash& hash, std::string_view field, int64_t at_ms, Condition condition,
                         Outcome& outcome) {
  if (remove_if_expired(ctx, hash, ctx.arg(1), field)) {
    ++outcome.expired;
    return no_field;
  }
  const auto current = hash.expiry_of(field);
  if (!current) return no_field;
  if (!allows(condition, *current, at_ms)) return not_met;
  if (ctx.is_past(at_ms)) {
    hash.erase(field);
    ctx.tell_also({"HDEL", ctx.arg(1), field});
    ++outcome.deleted;
    return deleted_at_once;
  }
  hash.set_expiry(field, std::max<int64_t>(at_ms, 1));
  ++outcome.changed;
  return done;
}

// Commits, and tells of all that was done.
void finish(CommandContext& ctx, WriteAccess<Hash>& hash, const Outcome& outcome, std::string_view event,
            uint64_t changes) {
  const std::string_view key = ctx.arg(1);
  const bool emptied = hash.commit();
  if (outcome.expired > 0) tell_of_expired_fields(ctx, key, outcome.expired, emptied && outcome.deleted == 0);
  if (outcome.changed > 0) ctx.modified(key, EventClass::hash, event, changes);
  if (outcome.deleted == 0) return;
  ctx.db.shared().stats.expired_fields += outcome.deleted;
  ctx.modified(key, EventClass::hash, "hdel", outcome.deleted);
  if (emptied) ctx.event(key, EventClass::generic, "del");
}

// The time as it is, in milliseconds, and only the fields that took it: the others were removed, which HDEL tells, or are
// as before.
void tell_expiries(CommandContext& ctx, int64_t at_ms, Condition condition, std::span<const ToldWord> fields) {
  if (fields.empty()) return ctx.tell_nothing();
  std::vector<ToldWord> words = {"HPEXPIREAT", ctx.arg(1), at_ms};
  if (condition != Condition::none) words.emplace_back(ctx.arg(3));
  words.emplace_back("FIELDS");
  words.emplace_back(static_cast<int64_t>(fields.size()));
  words.insert(words.end(), fields.begin(), fields.end());
  ctx.tell_instead(words);
}

// `base_ms`: what the time is counted from.
void expire_fields(CommandContext& ctx, int64_t base_ms, int64_t unit) {
  WriteAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  const auto at_ms = read_time(ctx, base_ms, unit);
  if (!at_ms) return;
  const Condition condition = condition_of(ctx.arg(3));
  const auto fields = read_fields(ctx, condition == Condition::none ? 3 : 4, bad_field_count);
  if (fields.empty()) return;
  if (!hash) return reply_to_each(ctx, fields, no_field);
  Outcome outcome;
  std::vector<ToldWord> changed;
  ctx.reply.array(fields.size());
  for (const std::string_view field : fields) {
    const int64_t code = set_field_expiry(ctx, *hash, field, *at_ms, condition, outcome);
    if (code == done && ctx.is_told()) changed.emplace_back(field);
    ctx.reply.integer(code);
  }
  tell_expiries(ctx, *at_ms, condition, changed);
  finish(ctx, hash, outcome, "hexpire", outcome.changed);
}

void hexpire(CommandContext& ctx) { expire_fields(ctx, ctx.now_ms, seconds); }
void hpexpire(CommandContext& ctx) { expire_fields(ctx, ctx.now_ms, milliseconds); }
void hexpireat(CommandContext& ctx) { expire_fields(ctx, 0, seconds); }
void hpexpireat(CommandContext& ctx) { expire_fields(ctx, 0, milliseconds); }

// `base_ms`: what the answer is counted from.
void reply_expiries(CommandContext& ctx, int64_t base_ms, int64_t unit) {
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  const auto fields = read_fields(ctx, 2, bad_number_of_fields);
  if (fields.empty()) return;
  if (!hash) return reply_to_each(ctx, fields, no_field);
  ctx.reply.array(fields.size());
  for (const std::string_view field : fields) {
    const auto at_ms = hash->expiry_of(field);
    if (!at_ms) {
      ctx.reply.integer(no_field);
    } else if (*at_ms == Hash::no_expiry) {
      ctx.reply.integer(no_time);
    } else {
      ctx.reply.integer((*at_ms - base_ms + unit - 1) / unit);
    }
  }
}

void httl(CommandContext& ctx) { reply_expiries(ctx, ctx.now_ms, seconds); }
void hpttl(CommandContext& ctx) { reply_expiries(ctx, ctx.now_ms, milliseconds); }
void hexpiretime(CommandContext& ctx) { reply_expiries(ctx, 0, seconds); }
void hpexpiretime(CommandContext& ctx) { reply_expiries(ctx, 0, milliseconds); }

void hpersist(CommandContext& ctx) {
  WriteAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  const auto fields = read_fields(ctx, 2, bad_number_of_fields);
  if (fields.empty()) return;
  if (!hash) return reply_to_each(ctx, fields, no_field);
  Outcome outcome;
  ctx.reply.array(fields.size());
  for (const std::string_view field : fields) {
    const auto at_ms = hash->expiry_of(field);
    if (!at_ms) {
      outcome.expired += remove_if_expired(ctx, *hash, ctx.arg(1), field);
      ctx.reply.integer(no_field);
    } else if (*at_ms == Hash::no_expiry) {
      ctx.reply.integer(no_time);
    } else {
      hash->set_expiry(field, Hash::no_expiry);
      ++outcome.changed;
      ctx.reply.integer(done);
    }
  }
  finish(ctx, hash, outcome, "hpersist", 1);
}

}  // namespace

void register_hash_expiry_commands(CommandTable& table) {
  table.handle("hexpire", hexpire);
  table.handle("hexpireat", hexpireat);
  table.handle("hexpiretime", hexpiretime);
  table.handle("hpersist", hpersist);
  table.handle("hpexpire", hpexpire);
  table.handle("hpexpireat", hpexpireat);
  table.handle("hpexpiretime", hpexpiretime);
  table.handle("hpttl", hpttl);
  table.handle("httl", httl);
}

}  // namespace redoubt

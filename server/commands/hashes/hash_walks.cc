// HGETALL, HKEYS, HVALS, HSCAN and HRANDFIELD.
#include <limits>

#include "server/commands/generic/scan_options.h"
#include "server/commands/hashes/hash_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

void hgetall(CommandContext& ctx) {
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  ctx.reply.map(hash ? hash->live_size() : 0);
  if (!hash) return;
  hash->for_each([&](ListpackValue field, ListpackValue value) {
    reply_value(ctx.reply, field);
    reply_value(ctx.reply, value);
  });
}

void reply_one_of_each(CommandContext& ctx, bool values) {
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  ctx.reply.array(hash ? hash->live_size() : 0);
  if (!hash) return;
  hash->for_each([&](ListpackValue field, ListpackValue value) { reply_value(ctx.reply, values ? value : field); });
}

void hkeys(CommandContext& ctx) { reply_one_of_each(ctx, false); }
void hvals(CommandContext& ctx) { reply_one_of_each(ctx, true); }

void hscan(CommandContext& ctx) {
  const auto cursor = read_scan_cursor(ctx, 2);
  if (!cursor) return;
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  if (!hash) return reply_empty_scan(ctx.reply);
  const auto options = read_scan_options(ctx, 3, ScanCommand::hscan);
  if (!options) return;
  ScanReply out(ctx.reply);
  char digits[max_integer_text];
  out.finish(scan_stretches(*cursor, options->count, [&](uint64_t at, uint64_t& seen) {
    return hash->scan(at, [&](ListpackValue field, ListpackValue value) {
      ++seen;
      const std::string_view name = field.bytes(digits);
      if (!options->matches(name)) return;
      out.add(name);
      if (!options->no_values) out.add(value.bytes(digits));
    });
  }));
}

// ---- HRANDFIELD ----------------------------------------------------------------------------------

struct RandomOptions {
  bool repeating = false;  // a negative count: each is drawn anew
  uint64_t count = 0;
  bool values = false;
};

// Nothing when the options are wrong, which has been answered then.
std::optional<RandomOptions> read_random_options(CommandContext& ctx) {
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  const auto count = parse_i64(ctx.arg(2));
  const bool values = ctx.count() == 4 && same_option(ctx.arg(3), "WITHVALUES");
  std::string_view error;
  if (!count) {
    error = errors::not_integer;
  } else if (*count < -most) {
    error = "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";
  } else if (ctx.count() > 3 && !values) {
    error = errors::syntax;
  } else if (values && (*count < -most / 2 || *count > most / 2)) {
    error = errors::out_of_range;
  }
  if (!error.empty()) {
    ctx.reply.error(error);
    return std::nullopt;
  }
  return RandomOptions{*count < 0, static_cast<uint64_t>(*count < 0 ? -*count : *count), values};
}

void reply_pair(ReplyWriter& reply, const Hash::Pair& pair, bool values) {
  if (values && reply.resp3()) reply.array(2);
  reply_value(reply, pair.field);
  if (values) reply_value(reply, pair.value);
}

void reply_head(ReplyWriter& reply, size_t pairs, bool values) {
  reply.array(values && !reply.resp3() ? pairs * 2 : pairs);
}

void reply_random_pairs(CommandContext& ctx, const Hash& hash, const RandomOptions& options) {
  Random& random = ctx.db.shared().random;
  if (!options.repeating) {
    const auto pairs = hash.sample(random, options.count);
    reply_head(ctx.reply, pairs.size(), options.values);
    for (const Hash::Pair& pair : pairs) reply_pair(ctx.reply, pair, options.values);
    return;
  }
  Hash::Picker picker(hash, random);
  if (picker.empty()) return ctx.reply.array(0);
  reply_head(ctx.reply, options.count, options.values);
  for (uint64_t i = 0; i < options.count; ++i) reply_pair(ctx.reply, picker.next(), options.values);
}

void hrandfield(CommandContext& ctx) {
  std::optional<RandomOptions> options;
  if (ctx.count() > 2) {
    options = read_random_options(ctx);
    if (!options) return;
  }
  ReadAccess<Hash> hash(ctx, ctx.arg(1));
  if (hash.refused()) return;
  if (options) {
    if (!hash) return ctx.reply.array(0);
    return reply_random_pairs(ctx, *hash, *options);
  }
  if (!hash) return ctx.reply.null();
  Hash::Picker picker(*hash, ctx.db.shared().random);
  if (picker.empty()) return ctx.reply.null();
  reply_value(ctx.reply, picker.next().field);
}

}  // namespace

void register_hash_walk_commands(CommandTable& table) {
  table.handle("hgetall", hgetall);
  table.handle("hkeys", hkeys);
  table.handle("hrandfield", hrandfield);
  table.handle("hscan", hscan);
  table.handle("hvals", hvals);
}

}  // namespace redoubt

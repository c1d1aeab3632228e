// Popping from either end, at once or when there is something to pop.
#include <algorithm>
#include <span>

#include "common/base/number.h"
#include "server/commands/sorted_sets/sorted_set_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/blocking.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

using Keys = std::span<const std::string_view>;

enum class End : uint8_t { min, max };

// How members stand in a reply.
enum class Shape : uint8_t {
  flat,       // ZPOPMIN: member, score, member, score, ...
  pairs,      // the same of RESP3 with a count: [member, score], ...
  key_flat,   // BZPOPMIN: key, member, score
  key_pairs,  // ZMPOP: key, [[member, score], ...]
};

void begin_reply(ReplyWriter& reply, Shape shape, std::string_view key, size_t members) {
  switch (shape) {
    case Shape::flat: return reply.array(members * 2);
    case Shape::pairs: return reply.array(members);
    case Shape::key_flat: reply.array(members * 2 + 1); return reply.bulk(key);
    case Shape::key_pairs:
      reply.array(2);
      reply.bulk(key);
      return reply.array(members);
  }
}

// Pops up to `count` members, at least one, and replies them. The set is not empty.
void pop(CommandContext& ctx, WriteAccess<SortedSet>& set, std::string_view key, End end, size_t count, Shape shape) {
  count = std::min(count, set->size());
  begin_reply(ctx.reply, shape, key, count);
  const auto reply_member = [&](std::string_view member, double score) {
    if (shape == Shape::pairs || shape == Shape::key_pairs) ctx.reply.array(2);
    ctx.reply.bulk(member);
    ctx.reply.number(score);
  };
  if (end == End::min) {
    set->pop_min(count, reply_member);
  } else {
    set->pop_max(count, reply_member);
  }
  const bool gone = set.commit();
  ctx.modified(key, EventClass::zset, end == End::min ? "zpopmin" : "zpopmax", count);
  if (gone) ctx.event(key, EventClass::generic, "del");
  // Of several keys, and after waiting: told as what came of it. ZPOPMIN and ZPOPMAX are told as they are.
  const std::string_view plain = end == End::min ? "ZPOPMIN" : "ZPOPMAX";
  if (shape == Shape::key_flat) ctx.tell_instead({plain, key});
  if (shape == Shape::key_pairs) ctx.tell_instead({plain, key, static_cast<int64_t>(count)});
}

// Pops from the first key that exists. False: there is none, and nothing was replied.
bool pop_first(CommandContext& ctx, Keys keys, End end, size_t count, Shape shape) {
  for (const std::string_view key : keys) {
    WriteAccess<SortedSet> set(ctx, key);
    if (set.refused()) return true;
    if (!set) continue;
    pop(ctx, set, key, end, count, shape);
    return true;
  }
  return false;
}

void pop_one_key(CommandContext& ctx, End end) {
  if (ctx.count() > 3) return ctx.reply.error(errors::syntax);
  const bool counted = ctx.count() == 3;
  const std::optional<int64_t> count = counted ? parse_i64(ctx.arg(2)) : 1;
  if (!count || *count < 0) return ctx.reply.error(errors::must_be_positive);
  const std::string_view key = ctx.arg(1);
  WriteAccess<SortedSet> set(ctx, key);
  if (set.refused()) return;
  if (!set || *count == 0) return ctx.reply.array(0);
  pop(ctx, set, key, end, static_cast<size_t>(*count), counted && ctx.reply.resp3() ? Shape::pairs : Shape::flat);
}
void zpopmin(CommandContext& ctx) { pop_one_key(ctx, End::min); }
void zpopmax(CommandContext& ctx) { pop_one_key(ctx, End::max); }

void wait_and_pop(CommandContext& ctx, End end) {
  const auto deadline = read_block_timeout(ctx, ctx.count() - 1);
  if (!deadline) return;
  const Keys keys = ctx.args.subspan(1, ctx.count() - 2);
  if (pop_first(ctx, keys, end, 1, Shape::key_flat)) return;
  wait_for_keys(ctx, keys, Type::zset, *deadline);
}
void bzpopmin(CommandContext& ctx) { wait_and_pop(ctx, End::min); }
void bzpopmax(CommandContext& ctx) { wait_and_pop(ctx, End::max); }

// numkeys key [key ...] MIN | MAX [COUNT count]
struct ManyKeys {
  Keys keys;
  End end = End::min;
  size_t count = 1;
};

// From argument `first` on. False: answered.
bool read_many_keys(CommandContext& ctx, size_t first, ManyKeys& wanted) {
  constexpr std::string_view bad_keys = "ERR numkeys should be greater than 0";
  constexpr std::string_view bad_count = "ERR count should be greater than 0";
  ArgumentReader in(ctx, first);
  const int64_t keys = in.integer(bad_keys);
  if (keys < 1) in.fail(bad_keys);
  // Behind the keys stands MIN or MAX.
  if (in.ok() && keys >= static_cast<int64_t>(in.left())) in.fail(errors::syntax);
  if (in.ok()) {
    wanted.keys = ctx.args.subspan(first + 1, static_cast<size_t>(keys));
    for (int64_t i = 0; i < keys; ++i) in.word();
  }
  if (in.option("MAX")) {
    wanted.end = End::max;
  } else if (!in.option("MIN")) {
    in.fail(errors::syntax);
  }
  bool counted = false;
  while (in.more()) {
    if (!counted && in.option("COUNT", 1)) {
      counted = true;
      const int64_t count = in.integer(bad_count);
      if (count < 1) in.fail(bad_count);
      wanted.count = static_cast<size_t>(count);
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) in.reply_error();
  return in.ok();
}

void zmpop(CommandContext& ctx) {
  ManyKeys wanted;
  if (!read_many_keys(ctx, 1, wanted)) return;
  if (!pop_first(ctx, wanted.keys, wanted.end, wanted.count, Shape::key_pairs)) ctx.reply.null_array();
}

void bzmpop(CommandContext& ctx) {
  ManyKeys wanted;
  if (!read_many_keys(ctx, 2, wanted)) return;
  const auto deadline = read_block_timeout(ctx, 1);
  if (!deadline) return;
  if (pop_first(ctx, wanted.keys, wanted.end, wanted.count, Shape::key_pairs)) return;
  wait_for_keys(ctx, wanted.keys, Type::zset, *deadline);
}

}  // namespace

void register_sorted_set_pop_commands(CommandTable& table) {
  table.handle("zpopmin", zpopmin);
  table.handle("zpopmax", zpopmax);
  table.handle("bzpopmin", bzpopmin);
  table.handle("bzpopmax", bzpopmax);
  table.handle("zmpop", zmpop);
  table.handle("bzmpop", bzmpop);
}

}  // namespace redoubt

// Look-ups and counts.
#include "server/commands/sorted_sets/sorted_set_commands.h"

#include "server/dispatch/command_table.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

using Reading = ReadAccess<SortedSet>;

void zcard(CommandContext& ctx) {
  Reading set(ctx, ctx.arg(1));
  if (set.refused()) return;
  ctx.reply.integer(set ? static_cast<int64_t>(set->size()) : 0);
}

void reply_score(ReplyWriter& reply, std::optional<double> score) {
  if (score) {
    reply.number(*score);
  } else {
    reply.null();
  }
}

void zscore(CommandContext& ctx) {
  Reading set(ctx, ctx.arg(1));
  if (set.refused()) return;
  reply_score(ctx.reply, set ? set->score(ctx.arg(2)) : std::nullopt);
}

void zmscore(CommandContext& ctx) {
  Reading set(ctx, ctx.arg(1));
  if (set.refused()) return;
  ctx.reply.array(ctx.count() - 2);
  for (const std::string_view member : ctx.args.subspan(2)) {
    reply_score(ctx.reply, set ? set->score(member) : std::nullopt);
  }
}

void rank(CommandContext& ctx, bool reverse) {
  if (ctx.count() > 4) {
    return ctx.reply.error(reverse ? "ERR wrong number of arguments for 'zrevrank' command"
                                   : "ERR wrong number of arguments for 'zrank' command");
  }
  const bool with_score = ctx.count() > 3;
  if (with_score && !same_option(ctx.arg(3), "WITHSCORE")) return ctx.reply.error(errors::syntax);
  Reading set(ctx, ctx.arg(1));
  if (set.refused()) return;
  const auto place = set ? set->find(ctx.arg(2)) : std::nullopt;
  if (!place) return with_score ? ctx.reply.null_array() : ctx.reply.null();
  if (with_score) ctx.reply.array(2);
  ctx.reply.integer(static_cast<int64_t>(reverse ? set->size() - 1 - place->rank : place->rank));
  if (with_score) ctx.reply.number(place->score);
}
void zrank(CommandContext& ctx) { rank(ctx, false); }
void zrevrank(CommandContext& ctx) { rank(ctx, true); }

template <typename Range>
void count_range(CommandContext& ctx, const std::optional<Range>& range) {
  if (!range) return;
  Reading set(ctx, ctx.arg(1));
  if (set.refused()) return;
  ctx.reply.integer(set ? static_cast<int64_t>(set->ranks(*range).size()) : 0);
}
void zcount(CommandContext& ctx) { count_range(ctx, read_score_range(ctx, ctx.arg(2), ctx.arg(3))); }
void zlexcount(CommandContext& ctx) { count_range(ctx, read_lex_range(ctx, ctx.arg(2), ctx.arg(3))); }

}  // namespace

void register_sorted_set_commands(CommandTable& table) {
  table.handle("zcard", zcard);
  table.handle("zscore", zscore);
  table.handle("zmscore", zmscore);
  table.handle("zrank", zrank);
  table.handle("zrevrank", zrevrank);
  table.handle("zcount", zcount);
  table.handle("zlexcount", zlexcount);
  register_sorted_set_change_commands(table);
  register_sorted_set_range_commands(table);
  register_sorted_set_pop_commands(table);
  register_sorted_set_algebra_commands(table);
  register_sorted_set_random_commands(table);
}

}  // namespace redoubt

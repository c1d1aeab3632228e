// ZRANGE in all its forms, the older commands that each are one of these forms, and ZRANGESTORE.
#include "common/base/number.h"
#include "server/commands/sorted_sets/sorted_set_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/store_result.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

enum class By : uint8_t { open, rank, score, lex };  // open: the options say
enum class Direction : uint8_t { open, ascending, descending };

// What a command fixes of a query.
struct Form {
  By by = By::open;
  Direction direction = Direction::open;
  bool store = false;
  size_t first = 1;  // the argument with the source's key
};

struct Query {
  By by = By::open;
  bool reverse = false;
  bool with_scores = false;
  int64_t offset = 0;
  int64_t limit = -1;  // negative: none
  int64_t start = 0;   // by rank
  int64_t stop = 0;
  ScoreRange scores;
  LexRange lex;
};

bool read_options(CommandContext& ctx, const Form& form, Query& query) {
  query.by = form.by;
  Direction direction = form.direction;
  ArgumentReader in(ctx, form.first + 3);
  while (in.more()) {
    if (!form.store && in.option("WITHSCORES")) {
      query.with_scores = true;
    } else if (in.option("LIMIT", 2)) {
      query.offset = in.integer();
      query.limit = in.integer();
    } else if (direction == Direction::open && in.option("REV")) {
      direction = Direction::descending;
    } else if (query.by == By::open && in.option("BYLEX")) {
      query.by = By::lex;
    } else if (query.by == By::open && in.option("BYSCORE")) {
      query.by = By::score;
    } else {
      in.fail(errors::syntax);
    }
  }
  if (query.by == By::open) query.by = By::rank;
  query.reverse = direction == Direction::descending;
  if (query.limit != -1 && query.by == By::rank) {
    in.fail("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  if (query.with_scores && query.by == By::lex) {
    in.fail("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  if (!in.ok()) in.reply_error();
  return in.ok();
}

bool read_bounds(CommandContext& ctx, std::string_view first, std::string_view second, Query& query) {
  if (query.by == By::rank) {
    const auto start = parse_i64(first), stop = parse_i64(second);
    if (!start || !stop) {
      ctx.reply.error(errors::not_integer);
      return false;
    }
    query.start = *start;
    query.stop = *stop;
    return true;
  }
  // Who asks for descending order names the greater bound first.
  if (query.reverse) std::swap(first, second);
  if (query.by == By::score) {
    const auto range = read_score_range(ctx, first, second);
    query.scores = range.value_or(ScoreRange{});
    return range.has_value();
  }
  const auto range = read_lex_range(ctx, first, second);
  query.lex = range.value_or(LexRange{});
  return range.has_value();
}

RankRange find_ranks(const SortedSet& set, const Query& query) {
  if (query.by == By::rank) return resolve_ranks(query.start, query.stop, set.size(), query.reverse);
  if (query.offset < 0 || query.limit == 0) return {};
  const RankRange range = query.by == By::score ? set.ranks(query.scores) : set.ranks(query.lex);
  return range.limited(static_cast<size_t>(query.offset), query.limit < 0 ? SIZE_MAX : static_cast<size_t>(query.limit),
                       query.reverse);
}

void store_range(CommandContext& ctx, const SortedSet* source, const Query& query) {
  const RankRange ranks = source == nullptr ? RankRange{} : find_ranks(*source, query);
  ObjectValue result;
  if (!ranks.empty()) {
    SortedSetBuilder builder(ctx.db.shared().types);
    builder.reserve(ranks.size());
    source->for_range(ranks, false, [&](std::string_view member, double score) { builder.add_new(member, score); });
    result = builder.finish();
  }
  store_result(ctx, ctx.arg(1), Type::zset, result, ranks.size(), EventClass::zset, "zrangestore");
}

void run_range(CommandContext& ctx, const Form& form) {
  Query query;
  if (!read_options(ctx, form, query)) return;
  if (!read_bounds(ctx, ctx.arg(form.first + 1), ctx.arg(form.first + 2), query)) return;
  ReadAccess<SortedSet> set(ctx, ctx.arg(form.first));
  if (set.refused()) return;
  if (form.store) return store_range(ctx, set ? &*set : nullptr, query);
  if (!set) return ctx.reply.array(0);
  const RankRange ranks = find_ranks(*set, query);
  const MembersReply reply(ctx.reply, ranks.size(), query.with_scores);
  if (!ranks.empty()) set->for_range(ranks, query.reverse, reply);
}

void zrange(CommandContext& ctx) { run_range(ctx, {}); }
void zrangestore(CommandContext& ctx) { run_range(ctx, {.store = true, .first = 2}); }
void zrevrange(CommandContext& ctx) { run_range(ctx, {.by = By::rank, .direction = Direction::descending}); }
void zrangebyscore(CommandContext& ctx) { run_range(ctx, {.by = By::score, .direction = Direction::ascending}); }
void zrevrangebyscore(CommandContext& ctx) { run_range(ctx, {.by = By::score, .direction = Direction::descending}); }
void zrangebylex(CommandContext& ctx) { run_range(ctx, {.by = By::lex, .direction = Direction::ascending}); }
void zrevrangebylex(CommandContext& ctx) { run_range(ctx, {.by = By::lex, .direction = Direction::descending}); }

}  // namespace

void register_sorted_set_range_commands(CommandTable& table) {
  table.handle("zrange", zrange);
  table.handle("zrangestore", zrangestore);
  table.handle("zrevrange", zrevrange);
  table.handle("zrangebyscore", zrangebyscore);
  table.handle("zrevrangebyscore", zrevrangebyscore);
  table.handle("zrangebylex", zrangebylex);
  table.handle("zrevrangebylex", zrevrangebylex);
}

}  // namespace redoubt

// LLEN, LINDEX, LRANGE, LPOS.
#include <algorithm>
#include <limits>

#include "server/commands/lists/list_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"

namespace redoubt {
namespace {

constexpr std::string_view rank_is_zero =
    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from "
    "the end of the list";
constexpr std::string_view rank_out_of_range =
    "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";

void llen(CommandContext& ctx) {
  ReadAccess<List> list(ctx, ctx.arg(1));
  if (list.refused()) return;
  ctx.reply.integer(list ? static_cast<int64_t>(list->size()) : 0);
}

void lindex(CommandContext& ctx) {
  ReadAccess<List> list(ctx, ctx.arg(1));
  if (list.refused()) return;
  if (!list) return ctx.reply.null();
  const auto given = parse_i64(ctx.arg(2));
  if (!given) return ctx.reply.error(errors::not_integer);
  const int64_t index = *given < 0 ? *given + static_cast<int64_t>(list->size()) : *given;
  ListpackValue value;
  if (index < 0) return ctx.reply.null();
  ListReader reader(*list, static_cast<size_t>(index), 1);
  reader.next(value) ? reply_element(ctx.reply, value) : ctx.reply.null();
}

void lrange(CommandContext& ctx) {
  ArgumentReader in(ctx, 2);
  int64_t start = in.integer();
  int64_t end = in.integer();
  if (!in.ok()) return in.reply_error();
  ReadAccess<List> list(ctx, ctx.arg(1));
  if (list.refused()) return;
  if (!list) return ctx.reply.array(0);
  const auto size = static_cast<int64_t>(list->size());
  if (start < 0) start = std::max<int64_t>(start + size, 0);
  if (end < 0) end += size;
  end = std::min(end, size - 1);
  if (start > end) return ctx.reply.array(0);
  const auto count = static_cast<size_t>(end - start + 1);
  ListReader reader(*list, static_cast<size_t>(start), count);
  reply_elements(ctx.reply, reader, count);
}

struct PositionOptions {
  int64_t rank = 1;
  int64_t count = -1;  // not given
  int64_t max_length = 0;
};

bool read_position_options(CommandContext& ctx, PositionOptions& options) {
  constexpr int64_t largest = std::numeric_limits<int64_t>::max();
  ArgumentReader in(ctx, 3);
  const auto not_negative = [&in](std::string_view error) {
    const int64_t value = in.integer(error);
    if (value < 0) in.fail(error);
    return value;
  };
  while (in.more()) {
    if (in.option("RANK", 1)) {
      options.rank = in.integer();
      if (options.rank < -largest) in.fail(rank_out_of_range);
      if (options.rank == 0) in.fail(rank_is_zero);
    } else if (in.option("COUNT", 1)) {
      options.count = not_negative("ERR COUNT can't be negative");
    } else if (in.option("MAXLEN", 1)) {
      options.max_length = not_negative("ERR MAXLEN can't be negative");
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) in.reply_error();
  return in.ok();
}

// Calls f(index) for the matches that are asked for, until it says false.
template <typename F>
void for_each_match(const List& list, std::string_view element, const PositionOptions& options, F&& f) {
  using Direction = ListReader::Direction;
  const bool backwards = options.rank < 0;
  const size_t size = list.size();
  const size_t seen = options.max_length == 0 ? SIZE_MAX : static_cast<size_t>(options.max_length);
  int64_t to_skip = (backwards ? -options.rank : options.rank) - 1;
  const ListMatcher matches(element);
  ListReader reader(list, backwards ? size - 1 : 0, seen, backwards ? Direction::backwards : Direction::forwards);
  size_t step = 0;
  for (ListpackValue value; reader.next(value); ++step) {
    if (!matches(value) || to_skip-- > 0) continue;
    if (!f(static_cast<int64_t>(backwards ? size - 1 - step : step))) return;
  }
}

void lpos(CommandContext& ctx) {
  PositionOptions options;
  if (!read_position_options(ctx, options)) return;
  const bool many = options.count != -1;
  ReadAccess<List> list(ctx, ctx.arg(1));
  if (list.refused()) return;
  if (!list) return many ? ctx.reply.array(0) : ctx.reply.null();
  if (!many) {
    bool found = false;
    for_each_match(*list, ctx.arg(2), options, [&](int64_t index) {
      ctx.reply.integer(index);
      found = true;
      return false;
    });
    if (!found) ctx.reply.null();
    return;
  }
  const ReplyWriter::Deferred place = ctx.reply.begin();
  int64_t count = 0;
  for_each_match(*list, ctx.arg(2), options, [&](int64_t index) {
    ctx.reply.integer(index);
    return ++count != options.count;
  });
  ctx.reply.end(place, ReplyWriter::Aggregate::array, static_cast<size_t>(count));
}

}  // namespace

void register_list_read_commands(CommandTable& table) {
  table.handle("llen", llen);
  table.handle("lindex", lindex);
  table.handle("lrange", lrange);
  table.handle("lpos", lpos);
}

}  // namespace redoubt

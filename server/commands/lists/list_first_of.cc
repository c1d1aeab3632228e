// Commands that pop from the first of several lists that has something: LMPOP, BLMPOP, BLPOP, BRPOP.
#include <algorithm>

#include "server/commands/lists/list_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/blocking.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"

namespace redoubt {
namespace {

using Keys = std::span<const std::string_view>;

// Calls pop(list, key) for the first list. False: there is none, and nothing was answered.
template <typename F>
bool pop_from_first(CommandContext& ctx, Keys keys, F&& pop) {
  for (const std::string_view key : keys) {
    WriteAccess<List> list(ctx, key);
    if (list.refused()) return true;
    if (!list) continue;
    pop(list, key);
    return true;
  }
  return false;
}

// What all of these are told as.
std::string_view pop_command(ListEnd end) { return end == ListEnd::head ? "LPOP" : "RPOP"; }

template <ListEnd end>
void blocking_pop(CommandContext& ctx) {
  const auto deadline = read_block_timeout(ctx, ctx.count() - 1);
  if (!deadline) return;
  const Keys keys = ctx.args.subspan(1, ctx.count() - 2);
  const bool done = pop_from_first(ctx, keys, [&](WriteAccess<List>& list, std::string_view key) {
    ctx.reply.array(2);
    ctx.reply.bulk(key);
    reply_element(ctx.reply, list->end(end));
    list->pop(end);
    tell_popped(ctx, list, key, end, 1);
    ctx.tell_instead({pop_command(end), key});
  });
  if (!done) wait_for_keys(ctx, keys, Type::list, *deadline);
}

struct ManyPop {
  Keys keys;
  ListEnd end{};
  uint64_t count = 1;
};

// numkeys key [key ...] LEFT|RIGHT [COUNT count], from argument `first` on.
bool read_many_pop(CommandContext& ctx, size_t first, ManyPop& pop) {
  const auto keys = parse_i64(ctx.arg(first));
  if (!keys || *keys < 1) {
    ctx.reply.error("ERR numkeys should be greater than 0");
    return false;
  }
  const size_t rest = ctx.count() - first - 1;
  if (static_cast<uint64_t>(*keys) >= rest) {
    ctx.reply.error(errors::syntax);
    return false;
  }
  pop.keys = ctx.args.subspan(first + 1, static_cast<size_t>(*keys));
  const size_t end_at = first + 1 + pop.keys.size();
  if (!read_list_end(ctx, end_at, pop.end)) return false;
  ArgumentReader in(ctx, end_at + 1);
  bool counted = false;
  while (in.more()) {
    if (!counted && in.option("COUNT", 1)) {
      const int64_t count = in.integer("ERR count should be greater than 0");
      if (count < 1) in.fail("ERR count should be greater than 0");
      pop.count = static_cast<uint64_t>(count);
      counted = true;
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) in.reply_error();
  return in.ok();
}

bool pop_many_from_first(CommandContext& ctx, const ManyPop& pop) {
  return pop_from_first(ctx, pop.keys, [&](WriteAccess<List>& list, std::string_view key) {
    ctx.reply.array(2);
    ctx.reply.bulk(key);
    const auto count = static_cast<int64_t>(std::min<uint64_t>(pop.count, list->size()));
    pop_many(ctx, list, key, pop.end, pop.count);
    ctx.tell_instead({pop_command(pop.end), key, count});
  });
}

void lmpop(CommandContext& ctx) {
  ManyPop pop;
  if (!read_many_pop(ctx, 1, pop)) return;
  if (!pop_many_from_first(ctx, pop)) ctx.reply.null_array();
}

void blmpop(CommandContext& ctx) {
  ManyPop pop;
  if (!read_many_pop(ctx, 2, pop)) return;
  const auto deadline = read_block_timeout(ctx, 1);
  if (!deadline) return;
  if (pop_many_from_first(ctx, pop)) return;
  wait_for_keys(ctx, pop.keys, Type::list, *deadline);
}

}  // namespace

void register_list_first_of_commands(CommandTable& table) {
  table.handle("blpop", blocking_pop<ListEnd::head>);
  table.handle("brpop", blocking_pop<ListEnd::tail>);
  table.handle("lmpop", lmpop);
  table.handle("blmpop", blmpop);
}

}  // namespace redoubt

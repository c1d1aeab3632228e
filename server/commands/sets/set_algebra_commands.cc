// Union, intersection and difference of sets, as replies and under a key.
#include <limits>
#include <optional>
#include <vector>

#include "server/commands/sets/set_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/store_result.h"
#include "server/dispatch/value_access.h"
#include "server/types/set_algebra.h"

namespace redoubt {
namespace {

// The sets that a command names.
class Sources {
 public:
  Sources(CommandContext& ctx, std::span<const std::string_view> keys) {
    opened_.reserve(keys.size());
    for (const std::string_view key : keys) {
      opened_.emplace_back(ctx, key);
      refused_ = opened_.back().refused();
      if (refused_) return;
    }
    for (auto& set : opened_) sets_.push_back(set ? &*set : nullptr);
  }
  bool refused() const { return refused_; }
  Sets sets() const { return sets_; }

 private:
  bool refused_ = false;
  std::vector<ReadAccess<Set>> opened_;
  std::vector<const Set*> sets_;
};

using Operation = NewSet (*)(Sets, const TypeSettings&);

void reply_result(CommandContext& ctx, Operation operation) {
  const Sources sources(ctx, ctx.args.subspan(1));
  if (sources.refused()) return;
  const NewSet result = operation(sources.sets(), ctx.db.shared().types);
  ctx.reply.set(result.size());
  result.for_each([&](std::string_view member) { ctx.reply.bulk(member); });
}

void store(CommandContext& ctx, Operation operation, std::string_view event) {
  const Sources sources(ctx, ctx.args.subspan(2));
  if (sources.refused()) return;
  NewSet result = operation(sources.sets(), ctx.db.shared().types);
  const size_t size = result.size();
  store_result(ctx, ctx.arg(1), Type::set, result.release(), size, EventClass::set, event);
}

void sunion(CommandContext& ctx) { reply_result(ctx, union_of); }
void sunionstore(CommandContext& ctx) { store(ctx, union_of, "sunionstore"); }
void sdiff(CommandContext& ctx) { reply_result(ctx, difference_of); }
void sdiffstore(CommandContext& ctx) { store(ctx, difference_of, "sdiffstore"); }
void sinterstore(CommandContext& ctx) { store(ctx, intersection_of, "sinterstore"); }

void sinter(CommandContext& ctx) {
  const Sources sources(ctx, ctx.args.subspan(1));
  if (sources.refused()) return;
  const ReplyWriter::Deferred head = ctx.reply.begin();
  size_t found = 0;
  each_in_all(sources.sets(), [&](std::string_view member) {
    ctx.reply.bulk(member);
    ++found;
    return true;
  });
  ctx.reply.end(head, ReplyWriter::Aggregate::set, found);
}

// The number of keys, argument 1; none: it was wrong, which has been answered.
std::optional<size_t> read_key_count(CommandContext& ctx) {
  constexpr std::string_view not_positive = "ERR numkeys should be greater than 0";
  ArgumentReader in(ctx, 1);
  const int64_t count = in.integer(not_positive);
  if (count < 1) in.fail(not_positive);
  if (in.ok() && static_cast<size_t>(count) > ctx.count() - 2)
    in.fail("ERR Number of keys can't be greater than number of args");
  if (in.ok()) return static_cast<size_t>(count);
  in.reply_error();
  return std::nullopt;
}

void sintercard(CommandContext& ctx) {
  constexpr std::string_view negative_limit = "ERR LIMIT can't be negative";
  const auto keys = read_key_count(ctx);
  if (!keys) return;
  ArgumentReader in(ctx, 2 + *keys);
  int64_t limit = 0;
  while (in.more()) {
    if (in.option("LIMIT", 1)) {
      limit = in.integer(negative_limit);
      if (limit < 0) in.fail(negative_limit);
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) return in.reply_error();
  const Sources sources(ctx, ctx.args.subspan(2, *keys));
  if (sources.refused()) return;
  const int64_t most = limit == 0 ? std::numeric_limits<int64_t>::max() : limit;
  int64_t found = 0;
  each_in_all(sources.sets(), [&](std::string_view) { return ++found < most; });
  ctx.reply.integer(found);
}

}  // namespace

void register_set_algebra_commands(CommandTable& table) {
  table.handle("sunion", sunion);
  table.handle("sunionstore", sunionstore);
  table.handle("sdiff", sdiff);
  table.handle("sdiffstore", sdiffstore);
  table.handle("sinter", sinter);
  table.handle("sinterstore", sinterstore);
  table.handle("sintercard", sintercard);
}

}  // namespace redoubt

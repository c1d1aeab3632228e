// SPOP and SRANDMEMBER.
#include <limits>
#include <optional>

#include "server/commands/sets/set_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/value_access.h"
#include "server/types/set_algebra.h"

namespace redoubt {
namespace {

Random& chance(CommandContext& ctx) { return ctx.db.shared().random; }

void pop_one(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  WriteAccess<Set> set(ctx, key);
  if (set.refused()) return;
  if (!set) return ctx.reply.null();
  set->pop(chance(ctx), [&](std::string_view member) {
    ctx.reply.bulk(member);
    ctx.tell_instead({"SREM", key, member});
  });
  const bool gone = set.commit();
  ctx.modified(key, EventClass::set, "spop");
  if (gone) ctx.event(key, EventClass::generic, "del");
}

void pop_all(CommandContext& ctx, WriteAccess<Set>& set) {
  const size_t size = set->size();
  ctx.reply.set(size);
  set->for_each([&](std::string_view member) { ctx.reply.bulk(member); });
  ctx.db.erase(ctx.arg(1));
  ctx.modified(ctx.arg(1), EventClass::set, "spop", size);
  ctx.event(ctx.arg(1), EventClass::generic, "del");
  ctx.tell_instead({ctx.db.shared().lazy_server_del ? "UNLINK" : "DEL", ctx.arg(1)});
}

// Answers members that were popped, and tells of them by SREM, many at a time.
class PoppedMembers {
 public:
  explicit PoppedMembers(CommandContext& ctx) : ctx_(ctx), told_(ctx.is_told()) { ctx.tell_nothing(); }
  void add(std::string_view member) {
    ctx_.reply.bulk(member);
    if (!told_) return;
    if (count_++ % most_at_a_time == 0) ctx_.tell_also({"SREM", ctx_.arg(1)});
    ctx_.server.effects.propagation().also_word(member);
  }

 private:
  static constexpr size_t most_at_a_time = 1024;
  CommandContext& ctx_;
  bool told_;
  size_t count_ = 0;
};

// Few stay: they are taken out, into a set of their own, and what is left is the answer.
void pop_but_few(CommandContext& ctx, Set& set, size_t few, PoppedMembers& popped) {
  NewSet rest(set.settings());
  if (set.encoding() != Encoding::intset) rest.become_listpack(0);
  const auto keep = [&](std::string_view member) { rest.add(member); };
  while (few-- > 0) set.pop(chance(ctx), keep);
  set.for_each([&](std::string_view member) { popped.add(member); });
  set.exchange(rest);
}

void pop_many(CommandContext& ctx) {
  constexpr size_t few_in = 5;
  const std::string_view key = ctx.arg(1);
  ArgumentReader in(ctx, 2);
  const int64_t wanted = in.integer(errors::must_be_positive);
  if (wanted < 0) in.fail(errors::must_be_positive);
  if (!in.ok()) return in.reply_error();
  WriteAccess<Set> set(ctx, key);
  if (set.refused()) return;
  if (!set || wanted == 0) return ctx.reply.set(0);
  const auto count = static_cast<size_t>(wanted);
  if (count >= set->size()) return pop_all(ctx, set);
  ctx.reply.set(count);
  PoppedMembers popped(ctx);
  const size_t rest = set->size() - count;
  if (rest * few_in > count) {
    for (size_t left = count; left > 0; --left) {
      set->pop(chance(ctx), [&](std::string_view member) { popped.add(member); });
    }
  } else {
    pop_but_few(ctx, *set, rest, popped);
  }
  set.commit();
  ctx.modified(key, EventClass::set, "spop", count);
}

void spop(CommandContext& ctx) {
  if (ctx.count() == 2) return pop_one(ctx);
  if (ctx.count() == 3) return pop_many(ctx);
  ctx.reply.error(errors::syntax);
}

void srandmember_one(CommandContext& ctx) {
  ReadAccess<Set> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  if (!set) return ctx.reply.null();
  char digits[max_integer_text];
  ctx.reply.bulk(set->random(chance(ctx), digits));
}

void srandmember_many(CommandContext& ctx) {
  ArgumentReader in(ctx, 2);
  const int64_t wanted = in.integer();
  if (in.ok() && wanted == std::numeric_limits<int64_t>::min())
    in.fail("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
  if (!in.ok()) return in.reply_error();
  ReadAccess<Set> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  if (!set || wanted == 0) return ctx.reply.array(0);
  if (wanted > 0) {
    const size_t count = std::min(static_cast<size_t>(wanted), set->size());
    ctx.reply.array(count);
    return set->sample(chance(ctx), count, [&](std::string_view member) { ctx.reply.bulk(member); });
  }
  ctx.reply.array(static_cast<size_t>(-wanted));
  char digits[max_integer_text];
  for (int64_t left = -wanted; left > 0 && !ctx.client.closing(); --left) {
    ctx.reply.bulk(set->random(chance(ctx), digits));
  }
}

void srandmember(CommandContext& ctx) {
  if (ctx.count() == 2) return srandmember_one(ctx);
  if (ctx.count() == 3) return srandmember_many(ctx);
  ctx.reply.error(errors::syntax);
}

}  // namespace

void register_set_random_commands(CommandTable& table) {
  table.handle("spop", spop);
  table.handle("srandmember", srandmember);
}

}  // namespace redoubt

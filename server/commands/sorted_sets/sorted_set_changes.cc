// ZADD and ZINCRBY, and what takes members out by name or by range.
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "common/base/number.h"
#include "server/commands/sorted_sets/sorted_set_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

using Writing = WriteAccess<SortedSet>;

constexpr std::string_view not_a_number = "ERR resulting score is not a number (NaN)";

struct AddFlags {
  bool only_new = false;
  bool only_existing = false;
  bool greater = false;
  bool less = false;
  bool changes = false;  // CH: reply what was added and what was changed
  bool increment = false;
};

// False when the word is no flag: scores begin there.
bool read_flag(std::string_view word, AddFlags& flags) {
  if (word.size() != 2 && word.size() != 4) return false;
  if (word.front() <= '9') return false;  // a score, most likely
  static constexpr struct {
    std::string_view name;
    bool AddFlags::*flag;
  } known[] = {{"NX", &AddFlags::only_new}, {"XX", &AddFlags::only_existing}, {"GT", &AddFlags::greater},
               {"LT", &AddFlags::less},     {"CH", &AddFlags::changes},       {"INCR", &AddFlags::increment}};
  for (const auto& [name, flag] : known) {
    if (!same_option(word, name)) continue;
    flags.*flag = true;
    return true;
  }
  return false;
}

// Scores are read before anything is changed. Few of them need no allocation.
class Scores {
 public:
  // None: one of them is no number.
  bool read(CommandContext& ctx, size_t first) {
    const size_t count = (ctx.count() - first) / 2;
    double* out = few_.data();
    if (count > few_.size()) {
      many_.resize(count);
      out = many_.data();
    }
    values_ = {out, count};
    for (size_t i = 0; i < count; ++i) {
      const auto score = parse_double(ctx.arg(first + i * 2));
      if (!score) return false;
      out[i] = *score;
    }
    return true;
  }
  std::span<const double> values() const { return values_; }

 private:
  std::array<double, 16> few_;  // NOLINT: written before it is read
  std::vector<double> many_;
  std::span<const double> values_;
};

// What became of the members of one ZADD.
struct Outcome {
  size_t added = 0;
  size_t updated = 0;
  bool processed = false;  // the last member was there, or is now, and no flag forbade it
  bool nan = false;
  double score = 0;  // of the last member that was processed
};

void add_member(SortedSet& set, std::string_view member, double score, const AddFlags& flags, Outcome& outcome) {
  const auto decide = [&](const double* old) -> std::optional<double> {
    double wanted = score;
    if (old == nullptr) {
      if (flags.only_existing) return std::nullopt;
    } else {
      if (flags.only_new) return std::nullopt;
      if (flags.increment) wanted += *old;
      if (std::isnan(wanted)) {
        outcome.nan = true;
        return std::nullopt;
      }
      if ((flags.less && wanted >= *old) || (flags.greater && wanted <= *old)) return std::nullopt;
    }
    outcome.processed = true;
    outcome.score = wanted;
    return wanted;
  };
  const auto guess = flags.increment ? std::nullopt : std::optional<double>(score);
  switch (set.update(member, decide, guess)) {
    case SortedSet::Change::added: ++outcome.added; break;
    case SortedSet::Change::updated: ++outcome.updated; break;
    case SortedSet::Change::unchanged: break;
  }
}

void reply_outcome(CommandContext& ctx, const AddFlags& flags, const Outcome& outcome) {
  if (!flags.increment) {
    return ctx.reply.integer(static_cast<int64_t>(outcome.added + (flags.changes ? outcome.updated : 0)));
  }
  if (!outcome.processed) return ctx.reply.null();
  ctx.reply.number(outcome.score);
}

// Scores and members from argument `first` on.
void add(CommandContext& ctx, const AddFlags& flags, size_t first) {
  Scores scores;
  if (!scores.read(ctx, first)) return ctx.reply.error(errors::not_float);
  const std::string_view key = ctx.arg(1);
  Outcome outcome;
  Writing set(ctx, key);
  if (set.refused()) return;
  if (!set && flags.only_existing) return reply_outcome(ctx, flags, outcome);
  SortedSet& members = set.or_create();
  members.expect(ctx.arg(first + 1), scores.values().size());
  for (size_t i = 0; i < scores.values().size(); ++i) {
    add_member(members, ctx.arg(first + 1 + i * 2), scores.values()[i], flags, outcome);
  }
  set.commit();
  if (outcome.nan) return ctx.reply.error(not_a_number);
  const size_t changes = outcome.added + outcome.updated;
  if (changes != 0) ctx.modified(key, EventClass::zset, flags.increment ? "zincr" : "zadd", changes);
  reply_outcome(ctx, flags, outcome);
}

void zadd(CommandContext& ctx) {
  AddFlags flags;
  size_t first = 2;
  while (first < ctx.count() && read_flag(ctx.arg(first), flags)) ++first;
  const size_t left = ctx.count() - first;
  if (left == 0 || left % 2 != 0) return ctx.reply.error(errors::syntax);
  if (flags.only_new && flags.only_existing) {
    return ctx.reply.error("ERR XX and NX options at the same time are not compatible");
  }
  if (flags.greater + flags.less + flags.only_new > 1) {
    return ctx.reply.error("ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  if (flags.increment && left > 2) {
    return ctx.reply.error("ERR INCR option supports a single increment-element pair");
  }
  add(ctx, flags, first);
}

void zincrby(CommandContext& ctx) {
  // Redis reads flags here too, so that none of them can be the increment.
  AddFlags flags;
  if (read_flag(ctx.arg(2), flags)) return ctx.reply.error(errors::syntax);
  flags.increment = true;
  add(ctx, flags, 2);
}

void zrem(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  Writing set(ctx, key);
  if (set.refused()) return;
  if (!set) return ctx.reply.integer(0);
  size_t removed = 0;
  for (const std::string_view member : ctx.args.subspan(2)) {
    removed += set->remove(member) ? 1 : 0;
    if (set->size() == 0) break;
  }
  const bool gone = set.commit();
  if (removed != 0) ctx.modified(key, EventClass::zset, "zrem", removed);
  if (gone) ctx.event(key, EventClass::generic, "del");
  ctx.reply.integer(static_cast<int64_t>(removed));
}

// `pick` gives the ranks to remove from a set that exists.
template <typename Pick>
void remove_range(CommandContext& ctx, std::string_view event, Pick pick) {
  const std::string_view key = ctx.arg(1);
  Writing set(ctx, key);
  if (set.refused()) return;
  if (!set) return ctx.reply.integer(0);
  const size_t removed = set->remove_range(pick(*set));
  const bool gone = set.commit();
  if (removed != 0) ctx.modified(key, EventClass::zset, event, removed);
  if (gone) ctx.event(key, EventClass::generic, "del");
  ctx.reply.integer(static_cast<int64_t>(removed));
}

void zremrangebyrank(CommandContext& ctx) {
  const auto start = parse_i64(ctx.arg(2)), stop = parse_i64(ctx.arg(3));
  if (!start || !stop) return ctx.reply.error(errors::not_integer);
  remove_range(ctx, "zremrangebyrank",
               [&](const SortedSet& set) { return resolve_ranks(*start, *stop, set.size(), false); });
}

void zremrangebyscore(CommandContext& ctx) {
  const auto range = read_score_range(ctx, ctx.arg(2), ctx.arg(3));
  if (range) remove_range(ctx, "zremrangebyscore", [&](const SortedSet& set) { return set.ranks(*range); });
}

void zremrangebylex(CommandContext& ctx) {
  const auto range = read_lex_range(ctx, ctx.arg(2), ctx.arg(3));
  if (range) remove_range(ctx, "zremrangebylex", [&](const SortedSet& set) { return set.ranks(*range); });
}

}  // namespace

void register_sorted_set_change_commands(CommandTable& table) {
  table.handle("zadd", zadd);
  table.handle("zincrby", zincrby);
  table.handle("zrem", zrem);
  table.handle("zremrangebyrank", zremrangebyrank);
  table.handle("zremrangebyscore", zremrangebyscore);
  table.handle("zremrangebylex", zremrangebylex);
}

}  // namespace redoubt

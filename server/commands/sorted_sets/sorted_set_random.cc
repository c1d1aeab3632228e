// Random members, and ZSCAN.
#include <algorithm>
#include <limits>

#include "common/base/number.h"
#include "server/client/output_limits.h"
#include "server/commands/generic/scan_options.h"
#include "server/commands/sorted_sets/sorted_set_commands.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/value_access.h"

namespace redoubt {
namespace {

// A reply with repetitions can be longer than any memory: now and then it is asked whether the client may still have it.
constexpr uint64_t members_between_checks = 4096;

void reply_with_repetitions(CommandContext& ctx, const SortedSet& set, uint64_t count, bool with_scores) {
  const MembersReply reply(ctx.reply, count, with_scores);
  for (uint64_t i = 0; i < count; ++i) {
    if (i % members_between_checks == 0 &&
        over_output_limit(ctx.client, ctx.server.config, ctx.client.last_active_ms)) {
      return;
    }
    set.random(ctx.db.shared().random, reply);
  }
}

void zrandmember(CommandContext& ctx) {
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  const bool counted = ctx.count() > 2;
  int64_t count = 1;
  bool with_scores = false;
  if (counted) {
    const auto given = parse_i64(ctx.arg(2));
    if (!given) return ctx.reply.error(errors::not_integer);
    count = *given;
    if (count < -most) {
      return ctx.reply.error(
          "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    }
    with_scores = ctx.count() > 3;
    if (ctx.count() > 4 || (with_scores && !same_option(ctx.arg(3), "WITHSCORES"))) {
      return ctx.reply.error(errors::syntax);
    }
    // The reply would have more elements than can be counted.
    if (with_scores && (count < -(most / 2) || count > most / 2)) return ctx.reply.error(errors::out_of_range);
  }
  ReadAccess<SortedSet> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  Random& random = ctx.db.shared().random;
  if (!counted) {
    if (!set) return ctx.reply.null();
    return set->random(random, [&](std::string_view member, double) { ctx.reply.bulk(member); });
  }
  if (!set || count == 0) return ctx.reply.array(0);
  if (count < 0) return reply_with_repetitions(ctx, *set, static_cast<uint64_t>(-count), with_scores);
  const size_t wanted = std::min(static_cast<size_t>(count), set->size());
  set->sample(random, wanted, MembersReply(ctx.reply, wanted, with_scores));
}

void zscan(CommandContext& ctx) {
  const auto cursor = read_scan_cursor(ctx, 2);
  if (!cursor) return;
  ReadAccess<SortedSet> set(ctx, ctx.arg(1));
  if (set.refused()) return;
  if (!set) return reply_empty_scan(ctx.reply);
  const auto options = read_scan_options(ctx, 3, ScanCommand::zscan);
  if (!options) return;
  char digits[max_short_double_text];
  ScanReply out(ctx.reply);
  out.finish(scan_stretches(*cursor, options->count, [&](uint64_t at, uint64_t& seen) {
    return set->scan(at, [&](std::string_view member, double score) {
      ++seen;
      if (!options->matches(member)) return;
      out.add(member);
      out.add(set->scan_text(score, digits));
    });
  }));
}

}  // namespace

void register_sorted_set_random_commands(CommandTable& table) {
  table.handle("zrandmember", zrandmember);
  table.handle("zscan", zscan);
}

}  // namespace redoubt

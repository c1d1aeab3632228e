// The commands on sorted sets. One function registers all of them; their sources stand by what they do: look-ups and counts
// (sorted_set_commands.cc), adding and removing (sorted_set_changes.cc), ranges and ZRANGESTORE (sorted_set_ranges.cc),
// popping and waiting for something to pop (sorted_set_pop.cc), unions, intersections and differences
// (sorted_set_algebra.cc), random members and ZSCAN (sorted_set_random.cc).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/resp/reply_writer.h"
#include "server/types/sorted_set.h"

namespace redoubt {

class CommandTable;
struct CommandContext;

void register_sorted_set_commands(CommandTable& table);

// ---- for the sources of this family ----
void register_sorted_set_change_commands(CommandTable& table);
void register_sorted_set_range_commands(CommandTable& table);
void register_sorted_set_pop_commands(CommandTable& table);
void register_sorted_set_algebra_commands(CommandTable& table);
void register_sorted_set_random_commands(CommandTable& table);

// Bounds as ZRANGEBYSCORE takes them: "1.5", "(1.5", "-inf". None, with an error replied: one of them is wrong.
std::optional<ScoreRange> read_score_range(CommandContext& ctx, std::string_view min, std::string_view max);
// "[text", "(text", "-" and "+". The range refers to the arguments.
std::optional<LexRange> read_lex_range(CommandContext& ctx, std::string_view min, std::string_view max);
// The ranks from `start` to `stop`, both included, counted from the end when negative, in a set of `size` members; in
// descending order, when `reverse`.
RankRange resolve_ranks(int64_t start, int64_t stop, size_t size, bool reverse);

// Replies members, with their scores if wanted: in RESP2 all in one array, in RESP3 each pair in one of its own.
class MembersReply {
 public:
  MembersReply(ReplyWriter& reply, size_t count, bool with_scores)
      : reply_(reply), with_scores_(with_scores), nested_(with_scores && reply.resp3()) {
    reply_.array(with_scores && !nested_ ? count * 2 : count);
  }
  void operator()(std::string_view member, double score) const {
    if (nested_) reply_.array(2);
    reply_.bulk(member);
    if (with_scores_) reply_.number(score);
  }

 private:
  ReplyWriter& reply_;
  bool with_scores_;
  bool nested_;
};

}  // namespace redoubt

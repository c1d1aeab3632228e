// Bounds of ranges.
#include <algorithm>

#include "common/base/number.h"
#include "server/commands/sorted_sets/sorted_set_commands.h"
#include "server/dispatch/context.h"

namespace redoubt {
namespace {

// "(" ahead of a number leaves the number itself out.
bool parse_score_bound(std::string_view text, double& score, bool& exclusive) {
  exclusive = text.starts_with('(');
  const std::optional<double> value = parse_c_double(exclusive ? text.substr(1) : text);
  score = value.value_or(0);
  return value.has_value();
}

bool parse_lex_bound(std::string_view text, LexBound& bound) {
  if (text.empty()) return false;
  switch (text.front()) {
    case '-': bound = {LexBound::Kind::lowest}; break;
    case '+': bound = {LexBound::Kind::highest}; break;
    case '[': bound = {LexBound::Kind::inclusive, text.substr(1)}; return true;
    case '(': bound = {LexBound::Kind::exclusive, text.substr(1)}; return true;
    default: return false;
  }
  // The signs stand alone; Redis looks no further than a zero byte.
  return text.size() == 1 || text[1] == '\0';
}

}  // namespace

std::optional<ScoreRange> read_score_range(CommandContext& ctx, std::string_view min, std::string_view max) {
  ScoreRange range;
  if (parse_score_bound(min, range.min, range.min_exclusive) &&
      parse_score_bound(max, range.max, range.max_exclusive)) {
    return range;
  }
  ctx.reply.error("ERR min or max is not a float");
  return std::nullopt;
}

std::optional<LexRange> read_lex_range(CommandContext& ctx, std::string_view min, std::string_view max) {
  LexRange range;
  if (parse_lex_bound(min, range.min) && parse_lex_bound(max, range.max)) return range;
  ctx.reply.error("ERR min or max not valid string range item");
  return std::nullopt;
}

RankRange resolve_ranks(int64_t start, int64_t stop, size_t size, bool reverse) {
  const auto count = static_cast<int64_t>(size);
  if (start < 0) start = std::max<int64_t>(start + count, 0);
  if (stop < 0) stop += count;
  stop = std::min(stop, count - 1);
  if (start > stop) return {};
  const auto first = static_cast<size_t>(start), last = static_cast<size_t>(stop) + 1;
  return reverse ? RankRange{size - last, size - first} : RankRange{first, last};
}

}  // namespace redoubt

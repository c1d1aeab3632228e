// Unions, intersections and differences of sorted sets and sets, whose members count as having the score 1.
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "server/commands/sorted_sets/sorted_set_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/store_result.h"
#include "server/dispatch/value_access.h"
#include "server/types/set.h"

namespace redoubt {
namespace {

// One input: a sorted set, a set, or nothing where there is no such key.
class Source {
 public:
  Source() = default;
  Source(const Entry& entry, const TypeSettings& settings) {
    if (entry.type() == Type::set) {
      value_.emplace<Set>(value_of(entry), settings);
      size_ = std::get<Set>(value_).size();
    } else {
      value_.emplace<SortedSet>(value_of(entry), settings);
      size_ = std::get<SortedSet>(value_).size();
    }
  }

  double weight = 1;

  size_t size() const { return size_; }
  // Calls f(member, score).
  template <typename F>
  void for_each(F&& f) const {
    if (const auto* sorted = std::get_if<SortedSet>(&value_)) {
      sorted->for_each(f);
    } else if (const auto* set = std::get_if<Set>(&value_)) {
      set->for_each([&f](std::string_view member) { f(member, 1.0); });
    }
  }
  std::optional<double> score(std::string_view member) const {
    if (const auto* sorted = std::get_if<SortedSet>(&value_)) return sorted->score(member);
    const auto* set = std::get_if<Set>(&value_);
    return set != nullptr && set->contains(member) ? std::optional<double>(1.0) : std::nullopt;
  }

 private:
  std::variant<std::monostate, Set, SortedSet> value_;
  size_t size_ = 0;
};

enum class Operation : uint8_t { union_of, intersection, difference };
enum class Aggregate : uint8_t { sum, min, max };

// What a command does with the result.
enum class Use : uint8_t { reply, store, count };

struct Request {
  std::vector<Source> sources;
  Aggregate aggregate = Aggregate::sum;
  bool with_scores = false;
  size_t limit = 0;  // of counting; 0: none
};

// Infinities of different signs make 0, and so do infinity and a weight of 0.
double not_nan(double score) { return std::isnan(score) ? 0 : score; }

double aggregate(Aggregate how, double a, double b) {
  switch (how) {
    case Aggregate::sum: return not_nan(a + b);
    case Aggregate::min: return b < a ? b : a;
    case Aggregate::max: return b > a ? b : a;
  }
  return a;
}

// ---- arguments -----------------------------------------------------------------------------------

// numkeys key [key ...]. False: answered.
bool read_sources(CommandContext& ctx, ArgumentReader& in, Request& request) {
  const int64_t count = in.integer();
  if (in.ok() && count < 1) {
    ctx.reply.error("ERR at least 1 input key is needed for '" + ctx.command.full_name + "' command");
    return false;
  }
  if (in.ok() && count > static_cast<int64_t>(in.left())) in.fail(errors::syntax);
  if (!in.ok()) {
    in.reply_error();
    return false;
  }
  request.sources.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    const Entry* entry = ctx.db.find_for_read(in.word());
    if (entry == nullptr) {
      request.sources.emplace_back();
    } else if (entry->type() == Type::zset || entry->type() == Type::set) {
      request.sources.emplace_back(*entry, ctx.db.shared().types);
    } else {
      ctx.reply.error(errors::wrong_type);
      return false;
    }
  }
  return true;
}

void read_aggregate(ArgumentReader& in, Request& request) {
  if (in.option("SUM")) {
    request.aggregate = Aggregate::sum;
  } else if (in.option("MIN")) {
    request.aggregate = Aggregate::min;
  } else if (in.option("MAX")) {
    request.aggregate = Aggregate::max;
  } else {
    in.fail(errors::syntax);
  }
}

bool read_request(CommandContext& ctx, size_t first, Operation operation, Use use, Request& request) {
  constexpr std::string_view bad_limit = "ERR LIMIT can't be negative";
  ArgumentReader in(ctx, first);
  if (!read_sources(ctx, in, request)) return false;
  const bool weighted = operation != Operation::difference && use != Use::count;
  while (in.more()) {
    if (weighted && in.option("WEIGHTS", request.sources.size())) {
      for (Source& source : request.sources) source.weight = in.number("ERR weight value is not a float");
    } else if (weighted && in.option("AGGREGATE", 1)) {
      read_aggregate(in, request);
    } else if (use == Use::reply && in.option("WITHSCORES")) {
      request.with_scores = true;
    } else if (use == Use::count && in.option("LIMIT", 1)) {
      const int64_t limit = in.integer(bad_limit);
      if (limit < 0) in.fail(bad_limit);
      request.limit = static_cast<size_t>(limit);
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) in.reply_error();
  return in.ok();
}

// ---- results -------------------------------------------------------------------------------------

void unite(const Request& request, SortedSetBuilder& result) {
  result.reserve(request.sources.back().size());
  for (const Source& source : request.sources) {
    source.for_each([&](std::string_view member, double score) {
      score = not_nan(source.weight * score);
      const auto [total, added] = result.add(member, score);
      if (!added) *total = aggregate(request.aggregate, *total, score);
    });
  }
}

// What a member of the first source comes to together with the others; none when it is missing in one of them.
std::optional<double> common_score(const Request& request, std::string_view member, double score) {
  double total = not_nan(request.sources.front().weight * score);
  for (const Source& source : std::span(request.sources).subspan(1)) {
    const std::optional<double> found = source.score(member);
    if (!found) return std::nullopt;
    total = aggregate(request.aggregate, total, *found * source.weight);
  }
  return total;
}

void intersect(const Request& request, SortedSetBuilder& result) {
  request.sources.front().for_each([&](std::string_view member, double score) {
    if (const auto total = common_score(request, member, score)) result.add_new(member, *total);
  });
}

size_t count_common(const Request& request) {
  size_t found = 0;
  request.sources.front().for_each([&](std::string_view member, double score) {
    if (request.limit != 0 && found == request.limit) return false;
    found += common_score(request, member, score).has_value() ? 1 : 0;
    return true;
  });
  return found;
}

// What of the first source no other one has: either each of its members is looked up in the others, or the members of
// the others are taken out of a copy of it, whichever promises less work.
void subtract(const Request& request, SortedSetBuilder& result) {
  const Source& first = request.sources.front();
  const std::span<const Source> others = std::span(request.sources).subspan(1);
  if (first.size() == 0) return;
  size_t in_others = 0;
  for (const Source& other : others) in_others += other.size();
  const bool look_up = first.size() * others.size() / 2 <= first.size() + in_others;
  if (!look_up) result.reserve(first.size());
  first.for_each([&](std::string_view member, double score) {
    const auto has_it = [member](const Source& other) { return other.score(member).has_value(); };
    if (look_up && std::any_of(others.begin(), others.end(), has_it)) return;
    result.add_new(member, score);
  });
  if (look_up) return;
  for (const Source& other : others) {
    if (result.size() == 0) return;
    other.for_each([&](std::string_view member, double) { result.remove(member); });
  }
}

void carry_out(Operation operation, const Request& request, SortedSetBuilder& result) {
  switch (operation) {
    case Operation::union_of: return unite(request, result);
    case Operation::intersection: return intersect(request, result);
    case Operation::difference: return subtract(request, result);
  }
}

// Sums depend on the order of their parts: it is Redis's, from the smallest source to the largest.
void sort_by_size(Request& request) {
  std::stable_sort(request.sources.begin(), request.sources.end(),
                   [](const Source& a, const Source& b) { return a.size() < b.size(); });
}

void reply_members(CommandContext& ctx, SortedSetBuilder& result, bool with_scores) {
  const MembersReply reply(ctx.reply, result.size(), with_scores);
  if (result.size() == 0) return;
  // Never a listpack: that would not tell -0 from 0.
  const ObjectValue value = result.finish_table();
  SortedSet(value, ctx.db.shared().types).for_each(reply);
  destroy_object(Type::zset, value.encoding, value.data);
}

void reply_result(CommandContext& ctx, Operation operation) {
  Request request;
  if (!read_request(ctx, 1, operation, Use::reply, request)) return;
  if (operation != Operation::difference) sort_by_size(request);
  SortedSetBuilder result(ctx.db.shared().types);
  carry_out(operation, request, result);
  reply_members(ctx, result, request.with_scores);
}

void store(CommandContext& ctx, Operation operation, std::string_view event) {
  Request request;
  if (!read_request(ctx, 2, operation, Use::store, request)) return;
  if (operation != Operation::difference) sort_by_size(request);
  SortedSetBuilder result(ctx.db.shared().types);
  carry_out(operation, request, result);
  const size_t size = result.size();
  store_result(ctx, ctx.arg(1), Type::zset, size == 0 ? ObjectValue{} : result.finish(), size, EventClass::zset, event);
}

void zunion(CommandContext& ctx) { reply_result(ctx, Operation::union_of); }
void zinter(CommandContext& ctx) { reply_result(ctx, Operation::intersection); }
void zdiff(CommandContext& ctx) { reply_result(ctx, Operation::difference); }
void zunionstore(CommandContext& ctx) { store(ctx, Operation::union_of, "zunionstore"); }
void zinterstore(CommandContext& ctx) { store(ctx, Operation::intersection, "zinterstore"); }
void zdiffstore(CommandContext& ctx) { store(ctx, Operation::difference, "zdiffstore"); }

void zintercard(CommandContext& ctx) {
  Request request;
  if (!read_request(ctx, 1, Operation::intersection, Use::count, request)) return;
  sort_by_size(request);
  ctx.reply.integer(static_cast<int64_t>(count_common(request)));
}

}  // namespace

void register_sorted_set_algebra_commands(CommandTable& table) {
  table.handle("zunion", zunion);
  table.handle("zinter", zinter);
  table.handle("zdiff", zdiff);
  table.handle("zunionstore", zunionstore);
  table.handle("zinterstore", zinterstore);
  table.handle("zdiffstore", zdiffstore);
  table.handle("zintercard", zintercard);
}

}  // namespace redoubt

#include "common/command/key_finder.h"

#include <algorithm>

#include "common/base/number.h"
#include "common/command/letter_case.h"

namespace redoubt {
namespace {

// What one spec says about one call. The spec may not apply to this call (keyword absent), or not fit its arguments.
enum class Outcome { found, absent, invalid };

struct Span {
  int64_t first = 0;
  int64_t last = 0;
};

Outcome find_begin(const KeySpec& spec, std::span<const std::string_view> args, int64_t& begin) {
  if (spec.begin == KeySpec::Begin::unknown) return Outcome::invalid;
  if (spec.begin == KeySpec::Begin::index) {
    begin = spec.index;
    return Outcome::found;
  }
  // A positive start searches forwards, a negative one backwards from the end. A keyword in last place has nothing after
  // it, so it cannot be one.
  const auto count = static_cast<int64_t>(args.size());
  const bool forwards = spec.index > 0;
  int64_t at = forwards ? spec.index : count + spec.index;
  for (; forwards ? at < count - 1 : at > 0; at += forwards ? 1 : -1) {
    if (equal_ignoring_case(args[static_cast<size_t>(at)], spec.keyword)) {
      begin = at + 1;
      return Outcome::found;
    }
  }
  return Outcome::absent;
}

Outcome find_span(const KeySpec& spec, std::span<const std::string_view> args, int64_t begin, Span& span) {
  const auto count = static_cast<int64_t>(args.size());
  if (spec.find == KeySpec::Find::unknown) return Outcome::invalid;
  if (spec.find == KeySpec::Find::range) {
    span.first = begin;
    if (spec.last_key >= 0) {
      span.last = begin + spec.last_key;
    } else if (spec.limit > 1) {
      span.last = begin + (count - begin) / spec.limit + spec.last_key;
    } else {
      span.last = count + spec.last_key;
    }
  } else {
    const int64_t number_at = begin + spec.keynum_index;
    if (number_at >= count) return Outcome::invalid;
    std::optional<int64_t> keys = parse_i64(args[static_cast<size_t>(number_at)]);
    if (!keys || *keys < 0 || *keys > count) return Outcome::invalid;
    if (*keys == 0) return Outcome::absent;
    span.first = begin + spec.first_key;
    span.last = span.first + (*keys - 1) * spec.step;
  }
  const bool fits = span.first > 0 && span.first < count && span.last >= span.first && span.last < count;
  return fits ? Outcome::found : Outcome::invalid;
}

// `may_have_none`: a number of keys may be 0.
bool add_keys(const KeySpec& spec, bool may_have_none, std::span<const std::string_view> args,
              std::vector<FoundKey>& found) {
  int64_t begin = 0;
  Span span;
  Outcome outcome = find_begin(spec, args, begin);
  if (outcome == Outcome::found) outcome = find_span(spec, args, begin, span);
  if (outcome == Outcome::absent) return may_have_none || spec.find != KeySpec::Find::keynum;
  if (outcome == Outcome::invalid) return false;
  for (int64_t at = span.first; at <= span.last; at += spec.step) {
    found.push_back({.position = static_cast<size_t>(at), .flags = spec.flags});
  }
  return true;
}

bool find_by_specs(const CommandSpec& command, std::span<const std::string_view> args, std::vector<FoundKey>& found) {
  const bool may_have_none = has(command.flags, CommandFlag::no_mandatory_keys);
  return std::ranges::all_of(command.keys, [&](const KeySpec& spec) {
    return has(spec.flags, KeyFlag::not_key) || add_keys(spec, may_have_none, args, found);
  });
}

}  // namespace

bool can_have_keys(const CommandSpec& spec) {
  return spec.key_rule != nullptr ||
         std::ranges::any_of(spec.keys, [](const KeySpec& key) { return !has(key.flags, KeyFlag::not_key); });
}

bool find_keys(const CommandSpec& spec, std::span<const std::string_view> args, std::vector<FoundKey>& found) {
  found.clear();
  const bool specs_suffice = spec.key_rule == nullptr || std::ranges::none_of(spec.keys, [](const KeySpec& key) {
                               return has(key.flags, KeyFlag::variable_flags | KeyFlag::incomplete);
                             });
  if (specs_suffice && find_by_specs(spec, args, found)) return true;
  found.clear();
  if (spec.key_rule == nullptr) return false;
  if (spec.key_rule(args, found)) return true;
  found.clear();
  return false;
}

KeyRange legacy_key_range(const CommandSpec& spec) {
  KeyRange range;
  int last_before = 0;
  for (const KeySpec& key : spec.keys) {
    const bool plain = key.begin == KeySpec::Begin::index && key.find == KeySpec::Find::range;
    // One range is given as it is; of several, those of single steps that follow each other without a gap are joined.
    const bool joins = spec.keys.size() == 1 || (key.step == 1 && (last_before == 0 || last_before == key.index - 1));
    if (!plain || !joins) {
      range.movable = true;
      continue;
    }
    if (has(key.flags, KeyFlag::incomplete)) range.movable = true;
    const int last = key.last_key < 0 ? key.last_key : key.index + key.last_key;
    range.first = range.first == 0 ? key.index : std::min(range.first, key.index);
    // As unsigned numbers, positions from the end lie beyond all positions from the start.
    if (static_cast<unsigned>(last) > static_cast<unsigned>(range.last)) range.last = last;
    range.step = key.step;
    last_before = range.last;
  }
  return range;
}

}  // namespace redoubt

#include "common/base/glob.h"

#include <utility>

namespace redoubt {
namespace {

// Plain char may be unsigned; the ranges of Redis compare signed bytes.
int byte_at(std::string_view text, size_t index) { return static_cast<signed char>(text[index]); }
int lower(int byte) { return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte; }
bool equal(int a, int b, bool ignore_case) { return ignore_case ? lower(a) == lower(b) : a == b; }

// Whether `byte` is in the class that starts behind the '[' at `at`; moves `at` behind the class.
bool match_class(std::string_view pattern, size_t& at, int byte, bool ignore_case) {
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  bool found = false;
  for (; at < pattern.size() && pattern[at] != ']'; ++at) {
    const size_t left = pattern.size() - at;
    if (pattern[at] == '\\' && left >= 2) {
      ++at;
      found |= byte_at(pattern, at) == byte;  // a quoted byte keeps its case
    } else if (left >= 3 && pattern[at + 1] == '-') {
      int low = byte_at(pattern, at);
      int high = byte_at(pattern, at + 2);
      if (low > high) std::swap(low, high);
      if (ignore_case) {
        found |= lower(byte) >= lower(low) && lower(byte) <= lower(high);
      } else {
        found |= byte >= low && byte <= high;
      }
      at += 2;
    } else {
      found |= equal(byte_at(pattern, at), byte, ignore_case);
    }
  }
  if (at < pattern.size()) ++at;
  return found != negated;
}

// One element of the pattern, not a star, against one byte; moves `at` behind the element.
bool match_one(std::string_view pattern, size_t& at, int byte, bool ignore_case) {
  switch (pattern[at]) {
    case '?': ++at; return true;
    case '[': ++at; return match_class(pattern, at, byte, ignore_case);
    case '\\':
      if (at + 1 < pattern.size()) ++at;
      [[fallthrough]];
    default: return equal(byte_at(pattern, at++), byte, ignore_case);
  }
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case) {
  if (pattern == "*") return true;
  if (text.empty()) return pattern.empty();
  size_t at = 0;
  size_t position = 0;
  // Only the last star needs another try: whatever an earlier one could take, the last one can take as well.
  size_t behind_star = std::string_view::npos;
  size_t star_position = 0;
  while (position < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      behind_star = ++at;
      star_position = position;
      continue;
    }
    if (at < pattern.size() && match_one(pattern, at, byte_at(text, position), ignore_case)) {
      ++position;
      continue;
    }
    if (behind_star == std::string_view::npos) return false;
    if (behind_star == pattern.size()) return true;
    at = behind_star;
    position = ++star_position;
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace redoubt

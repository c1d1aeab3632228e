// The parsing of one command, for the sources of AofReader (aof_reader.cc, aof_verify.cc, aof_resync.cc). Nobody else includes it.
#pragma once

#include <bit>
#include <cstring>
#include <string_view>

#include "common/aof/aof_reader.h"

namespace redoubt {

namespace detail {

// A line of a mark, one to three digits and an end of line, as nearly all are, eight bytes at once. False: it is another, or stands
// too near the end.
inline bool parse_short_count(const char*& at, const char* end, char mark, uint64_t& value) {
  static_assert(std::endian::native == std::endian::little);
  if (end - at < 8) return false;
  uint64_t line = 0;
  std::memcpy(&line, at, sizeof line);
  const uint64_t first = ((line >> 8) & 0xff) - '0';
  if ((line & 0xff) != static_cast<unsigned char>(mark) || first > 9) return false;
  constexpr uint64_t end_of_line = '\r' | '\n' << 8;
  if (((line >> 16) & 0xffff) == end_of_line) {
    value = first;
    at += 4;
    return true;
  }
  const uint64_t second = ((line >> 16) & 0xff) - '0';
  if (second > 9) return false;
  if (((line >> 24) & 0xffff) == end_of_line) {
    value = first * 10 + second;
    at += 5;
    return true;
  }
  const uint64_t third = ((line >> 24) & 0xff) - '0';
  if (third > 9 || ((line >> 32) & 0xffff) != end_of_line) return false;
  value = first * 100 + second * 10 + third;
  at += 6;
  return true;
}

}  // namespace detail

inline AofReader::Parsed AofReader::parse_count(const char*& at, char mark, uint64_t& value) {
  if (detail::parse_short_count(at, end_of_data(), mark, value)) [[likely]]
    return Parsed::whole;
  return parse_any_count(at, mark, value);
}

// Moves `at` behind the argument.
inline AofReader::Parsed AofReader::parse_argument(const char*& at, std::string_view& argument) {
  uint64_t length = 0;
  if (const Parsed header = parse_count(at, '$', length); header != Parsed::whole) return header;
  const auto there = static_cast<size_t>(end_of_data() - at);
  if (length >= there || there - length < 2) [[unlikely]]
    return argument_beyond(at, length);
  const char* const tail = at + length;
  if (tail[0] != '\r' || tail[1] != '\n') [[unlikely]]
    return unexpected_tail(tail[0] != '\r' ? tail : tail + 1);
  argument = {at, static_cast<size_t>(length)};
  at = tail + 2;
  return Parsed::whole;
}

// One command at `at`, which is moved behind it; keep(argument) is called for each.
template <typename Keep>
inline AofReader::Parsed AofReader::parse_command(const char*& at, uint64_t& count, Keep keep) {
  const char* p = at;
  unfinished_bytes_ = nullptr;
  if (const Parsed header = parse_count(p, '*', count); header != Parsed::whole) return header;
  if (count == 0) return damage(at, "Expected a command of at least one argument, got none");
  for (uint64_t left = count; left > 0; --left) {
    std::string_view argument;
    if (const Parsed parsed = parse_argument(p, argument); parsed != Parsed::whole) return parsed;
    keep(argument);
  }
  at = p;
  return Parsed::whole;
}

}  // namespace redoubt

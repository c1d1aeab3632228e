// Numbers to text and back, by the rules of the Redis protocol. No locale, no allocation unless a std::string
// is returned. Parsers take the whole view or fail: no leading or trailing blanks, no '+', no leading zeros
// (but "0"), no "-0". Thread-safe: no state.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace redoubt {

inline constexpr size_t max_integer_text = 21;       // "-9223372036854775808" and one to spare
inline constexpr size_t max_short_double_text = 40;  // what format_double writes
inline constexpr size_t max_double_text = 5 * 1024;  // a long double in plain decimal notation can be this long

inline std::optional<int64_t> parse_i64(std::string_view text);
inline std::optional<uint64_t> parse_u64(std::string_view text);
// Floats as commands accept them: decimal or hexadecimal or "inf" forms as strtod takes them ('+' and leading
// zeros too), no blanks, nan refused; a finite text out of range is refused, one that is merely denormal is
// not.
std::optional<double> parse_double(std::string_view text);
// As plain strtod: leading blanks are skipped, an empty text is 0, a zero byte ends the text, what is out of range is
// infinite or 0. Only nan and texts that are no numbers are refused. The bounds of ZRANGEBYSCORE are read like this.
std::optional<double> parse_c_double(std::string_view text);
std::optional<long double> parse_long_double(std::string_view text);
// "10", "64mb", "1GB", "5k", "100b" (k, m, g are powers of 1000, kb, mb, gb powers of 1024; case does not
// matter). As in redis.conf the digits may be missing ("" and "kb" are 0). A sign or an overflow is refused.
std::optional<uint64_t> parse_memory_size(std::string_view text);

// Write the decimal form to `out` (at least max_integer_text bytes) and return its length; no terminating
// zero.
size_t format_i64(char* out, int64_t value);
size_t format_u64(char* out, uint64_t value);
inline size_t count_digits(uint64_t value);

// A double as Redis 7.0 replies it in RESP: %.17g; "inf", "-inf", "nan".
std::string format_double(double value);
// The same, written to `out` (max_short_double_text bytes); returns the length.
size_t format_double(char* out, double value);
// A long double in plain decimal notation as INCRBYFLOAT stores it: %.17Lf without trailing zeros, never
// "-0".
std::string format_long_double(long double value);
// "1.50M" style of the *_human fields of INFO.
std::string format_bytes_human(uint64_t bytes);

// ---- inline parts: integers are parsed and measured for every request ----

namespace detail {
inline unsigned digit_value(char c) { return static_cast<unsigned>(static_cast<unsigned char>(c)) - '0'; }

// Eight digits at once: pairs, then fours, then all are joined by multiplications within one word.
inline bool parse_eight_digits(const char* at, uint64_t& value) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  const uint64_t nibbles = word ^ 0x3030303030303030;
  if (((nibbles | (nibbles + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) != 0) return false;
  word = nibbles * 10 + (nibbles >> 8);
  word = ((word & 0x000000ff000000ff) * (100 + (1000000ull << 32)) +
          ((word >> 16) & 0x000000ff000000ff) * (1 + (10000ull << 32))) >>
         32;
  value = word;
  return true;
}

// Decimal digits only, no leading zero, up to 2^64-1.
inline bool parse_digits(const char* at, const char* end, uint64_t& value) {
  const auto length = static_cast<size_t>(end - at);
  if (length == 0 || length > 20 || (*at == '0' && length > 1)) return false;
  uint64_t result = 0;
  // 19 digits always fit; only a 20th can overflow.
  const char* safe_end = length == 20 ? end - 1 : end;
  for (uint64_t eight = 0; safe_end - at >= 8; at += 8) {
    if (!parse_eight_digits(at, eight)) return false;
    result = result * 100000000 + eight;
  }
  for (; at < safe_end; ++at) {
    const unsigned digit = digit_value(*at);
    if (digit > 9) return false;
    result = result * 10 + digit;
  }
  if (at != end) {
    const unsigned digit = digit_value(*at);
    if (digit > 9 || result > UINT64_MAX / 10) return false;
    if (__builtin_add_overflow(result * 10, uint64_t{digit}, &result)) return false;
  }
  value = result;
  return true;
}

inline constexpr uint64_t powers_of_ten[20] = {1ull,
                                               10ull,
                                               100ull,
                                               1000ull,
                                               10000ull,
                                               100000ull,
                                               1000000ull,
                                               10000000ull,
                                               100000000ull,
                                               1000000000ull,
                                               10000000000ull,
                                               100000000000ull,
                                               1000000000000ull,
                                               10000000000000ull,
                                               100000000000000ull,
                                               1000000000000000ull,
                                               10000000000000000ull,
                                               100000000000000000ull,
                                               1000000000000000000ull,
                                               10000000000000000000ull};
}  // namespace detail

inline std::optional<uint64_t> parse_u64(std::string_view text) {
  uint64_t value = 0;
  if (!detail::parse_digits(text.data(), text.data() + text.size(), value)) return std::nullopt;
  return value;
}

inline std::optional<int64_t> parse_i64(std::string_view text) {
  const char* at = text.data();
  const char* end = at + text.size();
  const bool negative = at != end && *at == '-';
  uint64_t value = 0;
  if (!detail::parse_digits(at + negative, end, value)) return std::nullopt;
  if (negative) {
    if (value == 0 || value > uint64_t{1} << 63) return std::nullopt;
    return static_cast<int64_t>(~value + 1);
  }
  if (value > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<int64_t>(value);
}

inline size_t count_digits(uint64_t value) {
  // 1233/4096 approximates log10(2): a guess from the bit length that is one too high at most.
  const auto bits = static_cast<size_t>(64 - __builtin_clzll(value | 1));
  const size_t guess = bits * 1233 >> 12;
  return guess + (guess < 20 && (value | 1) >= detail::powers_of_ten[guess] ? 1 : 0);
}

}  // namespace redoubt

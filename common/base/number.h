// Numbers to text and back, by the rules of the Redis protocol. No locale, no allocation unless a std::string is
// returned. Parsers take the whole view or fail: no leading or trailing blanks, no '+', no leading zeros (but "0"),
// no "-0". Thread-safe: no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redoubt {

inline constexpr size_t max_integer_text = 21;   // "-9223372036854775808" and one to spare
inline constexpr size_t max_double_text = 5 * 1024;  // a long double in plain decimal notation can be this long

std::optional<int64_t> parse_i64(std::string_view text);
std::optional<uint64_t> parse_u64(std::string_view text);
// Floats as commands accept them: decimal or hexadecimal or "inf" forms as strtod takes them, no blanks, nan refused.
std::optional<double> parse_double(std::string_view text);
std::optional<long double> parse_long_double(std::string_view text);
// "10", "64mb", "1GB", "5k", "100b" (k, m, g are powers of 1000, kb, mb, gb powers of 1024; case does not matter).
std::optional<uint64_t> parse_memory_size(std::string_view text);

// Write the decimal form to `out` (at least max_integer_text bytes) and return its length; no terminating zero.
size_t format_i64(char* out, int64_t value);
size_t format_u64(char* out, uint64_t value);
size_t count_digits(uint64_t value);

// A double as Redis replies it in RESP: shortest form of %.17g, integers without a point; "inf", "-inf", "nan".
std::string format_double(double value);
// A long double in plain decimal notation as INCRBYFLOAT stores it: %.17Lf without trailing zeros.
std::string format_long_double(long double value);
// "1.50M" style of the *_human fields of INFO.
std::string format_bytes_human(uint64_t bytes);

}  // namespace redoubt

#include "common/base/number.h"

#include <fmt/core.h>
#include <locale.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace redoubt {
namespace {

constexpr auto digit_pairs = [] {
  struct {
    char text[200];
  } table{};
  for (int i = 0; i < 100; ++i) {
    table.text[2 * i] = static_cast<char>('0' + i / 10);
    table.text[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

// strtod reads the decimal point of the current locale; protocol numbers must not.
locale_t c_locale() {
  static const locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
  return locale;
}

template <typename T>
std::optional<T> parse_with_strtod(std::string_view text, T (*convert)(const char*, char**, locale_t)) {
  // The parsers of C stop at a zero byte and skip leading blanks; both are refused here.
  if (text.empty() || std::memchr(" \t\n\v\f\r", text.front(), 6) != nullptr) return std::nullopt;
  const std::string terminated(text);
  char* end = nullptr;
  errno = 0;
  const T value = convert(terminated.c_str(), &end, c_locale());
  if (static_cast<size_t>(end - terminated.c_str()) != text.size()) return std::nullopt;
  if (std::isnan(value)) return std::nullopt;
  if (errno == ERANGE && (std::isinf(value) || std::fpclassify(value) == FP_ZERO)) return std::nullopt;
  return value;
}

std::optional<uint64_t> memory_unit(std::string_view unit) {
  struct Row {
    std::string_view name;
    uint64_t factor;
  };
  static constexpr Row rows[] = {{"", 1},
                                 {"b", 1},
                                 {"k", 1000},
                                 {"kb", 1024},
                                 {"m", 1000 * 1000},
                                 {"mb", 1024 * 1024},
                                 {"g", 1000 * 1000 * 1000},
                                 {"gb", 1024 * 1024 * 1024}};
  for (const Row& row : rows) {
    const bool same =
        std::equal(unit.begin(), unit.end(), row.name.begin(), row.name.end(), [](char given, char lower) {
          return given == lower || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == lower);
        });
    if (same) return row.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
  // from_chars takes a subset of what strtod takes, much faster; what it does not take whole goes the slow
  // way.
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end) {
    if (std::isnan(value)) return std::nullopt;
    return value;
  }
  return parse_with_strtod<double>(text, strtod_l);
}

std::optional<double> parse_c_double(std::string_view text) {
  if (const auto value = parse_double(text)) return value;
  const std::string terminated(text);
  char* end = nullptr;
  const double value = strtod_l(terminated.c_str(), &end, c_locale());
  if (*end != '\0' || std::isnan(value)) return std::nullopt;
  return value;
}

std::optional<long double> parse_long_double(std::string_view text) {
  if (text.size() >= max_double_text) return std::nullopt;
  return parse_with_strtod<long double>(text, strtold_l);
}

std::optional<uint64_t> parse_memory_size(std::string_view text) {
  size_t digits = 0;
  uint64_t value = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    const auto digit = static_cast<uint64_t>(text[digits] - '0');
    if (__builtin_mul_overflow(value, uint64_t{10}, &value)) return std::nullopt;
    if (__builtin_add_overflow(value, digit, &value)) return std::nullopt;
    ++digits;
  }
  const std::optional<uint64_t> factor = memory_unit(text.substr(digits));
  if (!factor || __builtin_mul_overflow(value, *factor, &value)) return std::nullopt;
  return value;
}

size_t format_u64(char* out, uint64_t value) {
  const size_t length = count_digits(value);
  char* at = out + length;
  while (value >= 100) {
    at -= 2;
    std::memcpy(at, digit_pairs.text + 2 * (value % 100), 2);
    value /= 100;
  }
  if (value >= 10) {
    std::memcpy(out, digit_pairs.text + 2 * value, 2);
  } else {
    *out = static_cast<char>('0' + value);
  }
  return length;
}

size_t format_i64(char* out, int64_t value) {
  if (value >= 0) return format_u64(out, static_cast<uint64_t>(value));
  *out = '-';
  return 1 + format_u64(out + 1, ~static_cast<uint64_t>(value) + 1);
}

size_t format_double(char* out, double value) {
  if (!std::isfinite(value)) {
    const std::string_view name = std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    std::memcpy(out, name.data(), name.size());
    return name.size();
  }
  // %.17g writes integers below 10^17 in full; those are most scores.
  if (value > -1e17 && value < 1e17 && value != 0) {
    const auto integer = static_cast<int64_t>(value);
    if (static_cast<double>(integer) == value) return format_i64(out, integer);
  }
  const auto end = std::to_chars(out, out + max_short_double_text, value, std::chars_format::general, 17);
  return static_cast<size_t>(end.ptr - out);
}

std::string format_double(double value) {
  char buffer[max_short_double_text];
  return {buffer, format_double(buffer, value)};
}

std::string format_long_double(long double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[max_double_text];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, 17);
  char* last = end.ptr;
  while (last[-1] == '0') --last;
  if (last[-1] == '.') --last;
  const std::string_view text(buffer, static_cast<size_t>(last - buffer));
  return std::string(text == "-0" ? "0" : text);
}

std::string format_bytes_human(uint64_t bytes) {
  static constexpr char units[] = {'K', 'M', 'G', 'T', 'P'};
  if (bytes < 1024) return fmt::format("{}B", bytes);
  uint64_t unit = 1024;
  for (const char name : units) {
    // The unit after P is beyond what the fields of INFO know.
    if (bytes / 1024 < unit) {
      return fmt::format("{:.2f}{}", static_cast<double>(bytes) / static_cast<double>(unit), name);
    }
    unit *= 1024;
  }
  return fmt::format("{}B", bytes);
}

}  // namespace redoubt

#include "common/base/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>

#include "common/base/random.h"

namespace redoubt {
namespace {

using namespace std::string_view_literals;

TEST(Number, ParsesSignedIntegersStrictly) {
  struct {
    std::string_view text;
    std::optional<int64_t> value;
  } const cases[] = {{"0", 0},
                     {"7", 7},
                     {"-1", -1},
                     {"1234567890123456789", 1234567890123456789},
                     {"9223372036854775807", INT64_MAX},
                     {"-9223372036854775807", -INT64_MAX},
                     {"-9223372036854775808", INT64_MIN},
                     {"9223372036854775808", {}},
                     {"-9223372036854775809", {}},
                     {"18446744073709551615", {}},
                     {"99999999999999999999", {}},
                     {"-99999999999999999999", {}},
                     {"100000000000000000000", {}},
                     {"", {}},
                     {"-", {}},
                     {"-0", {}},
                     {"--1", {}},
                     {"+1", {}},
                     {"00", {}},
                     {"01", {}},
                     {"-01", {}},
                     {" 1", {}},
                     {"1 ", {}},
                     {"1\0"sv, {}},
                     {"1a", {}},
                     {"a", {}},
                     {"1.0", {}},
                     {"0x1", {}},
                     {"/", {}},
                     {":", {}},
                     {"1234567890123456789:", {}},
                     {"\xff", {}}};
  for (const auto& row : cases) EXPECT_EQ(parse_i64(row.text), row.value) << row.text;
}

TEST(Number, RefusesAnyByteButADigitAtAnyPlace) {
  for (size_t length = 1; length <= 20; ++length) {
    for (size_t place = 0; place < length; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(length, '1');
        text[place] = static_cast<char>(byte);
        const bool digit = byte >= '0' && byte <= '9' && (byte != '0' || place > 0 || length == 1);
        const auto value = parse_u64(text);
        ASSERT_EQ(value.has_value(), digit && (length < 20 || text <= "18446744073709551615")) << text;
        if (digit && value) {
          ASSERT_EQ(std::to_string(*value), text);
        }
      }
    }
  }
}

TEST(Number, ParsesUnsignedIntegersStrictly) {
  struct {
    std::string_view text;
    std::optional<uint64_t> value;
  } const cases[] = {{"0", 0},
                     {"18446744073709551615", UINT64_MAX},
                     {"10000000000000000000", 10000000000000000000u},
                     {"18446744073709551616", {}},
                     {"18446744073709551620", {}},
                     {"28446744073709551615", {}},
                     {"-1", {}},
                     {"", {}},
                     {"00", {}},
                     {"+0", {}}};
  for (const auto& row : cases) EXPECT_EQ(parse_u64(row.text), row.value) << row.text;
}

TEST(Number, IntegersSurviveFormatAndParse) {
  char buffer[max_integer_text];
  const auto check = [&](uint64_t value) {
    const std::string_view text(buffer, format_u64(buffer, value));
    EXPECT_EQ(text, std::to_string(value));
    EXPECT_EQ(count_digits(value), text.size());
    EXPECT_EQ(parse_u64(text), value);
    const auto as_signed = static_cast<int64_t>(value);
    const std::string_view signed_text(buffer, format_i64(buffer, as_signed));
    EXPECT_EQ(signed_text, std::to_string(as_signed));
    EXPECT_EQ(parse_i64(signed_text), as_signed);
  };
  for (int shift = 0; shift < 64; ++shift) {
    for (int offset = -1; offset <= 1; ++offset) check((uint64_t{1} << shift) + static_cast<uint64_t>(offset));
  }
  uint64_t power = 1;
  for (int i = 0; i < 20; ++i, power *= 10) {
    for (int offset = -1; offset <= 1; ++offset) check(power + static_cast<uint64_t>(offset));
  }
  Random random(1);
  for (int i = 0; i < 20000; ++i) check(random.next() >> random.below(64));
}

constexpr double infinity = std::numeric_limits<double>::infinity();

// What ZADD of redis-server 7.0.15 takes and refuses.
TEST(Number, ParsesDoublesAsZaddDoes) {
  struct {
    std::string_view text;
    std::optional<double> value;
  } const cases[] = {{"1", 1},
                     {"+1", 1},
                     {"-1", -1},
                     {"1.", 1},
                     {".5", 0.5},
                     {"+.5e1", 5},
                     {"1e5", 1e5},
                     {"1E5", 1e5},
                     {"00012", 12},
                     {"0.1", 0.1},
                     {"inf", infinity},
                     {"+inf", infinity},
                     {"-inf", -infinity},
                     {"Infinity", infinity},
                     {"-INFINITY", -infinity},
                     {"INF", infinity},
                     {"0x10", 16},
                     {"+0x10", 16},
                     {"0x1p3", 8},
                     {"-0x1.8p1", -3},
                     {"0x.8", 0.5},
                     {"0x0p-99999", 0},
                     {"0e-999999", 0},
                     {"5e-324", 5e-324},
                     {"3e-324", 5e-324},
                     {"1e-310", 1e-310},
                     {"1e308", 1e308},
                     {"", {}},
                     {" 1", {}},
                     {"1 ", {}},
                     {"\t1", {}},
                     {"\n5", {}},
                     {"1\0"sv, {}},
                     {"\0"sv, {}},
                     {"\0001"sv, {}},
                     {".", {}},
                     {"-", {}},
                     {"+", {}},
                     {"--1", {}},
                     {"+-1", {}},
                     {"1e", {}},
                     {"1e+", {}},
                     {"1,5", {}},
                     {"1_0", {}},
                     {"0x", {}},
                     {"0x1p", {}},
                     {"nan", {}},
                     {"-nan", {}},
                     {"+nan", {}},
                     {"nan(1)", {}},
                     {"infx", {}},
                     {"infinit", {}},
                     {"1e400", {}},
                     {"-1e400", {}},
                     {"1e-400", {}},
                     {"2e-324", {}},
                     {"0x1p-1080", {}},
                     {"0x1p1024", {}},
                     {"1.7976931348623159e308", {}}};
  for (const auto& row : cases) EXPECT_EQ(parse_double(row.text), row.value) << row.text;
  EXPECT_EQ(parse_double(std::string(300, '0') + "1"), 1);
  EXPECT_TRUE(std::signbit(*parse_double("-0")));
}

// What INCRBYFLOAT of redis-server 7.0.15 takes and refuses.
TEST(Number, ParsesLongDoublesAsIncrbyfloatDoes) {
  struct {
    std::string_view text;
    std::optional<long double> value;
  } const cases[] = {{"1", 1.0L},
                     {"+.5e1", 5.0L},
                     {"0.1", 0.1L},
                     {"0x1p3", 8.0L},
                     {"-inf", -std::numeric_limits<long double>::infinity()},
                     {"1e400", 1e400L},
                     {"1e-400", 1e-400L},
                     {"1e4932", 1e4932L},
                     {"1e-4940", 1e-4940L},
                     {"1.2e4932", {}},
                     {"1e5000", {}},
                     {"1e-5000", {}},
                     {"", {}},
                     {" 1", {}},
                     {"1 ", {}},
                     {"1\0"sv, {}},
                     {"nan", {}},
                     {"0x", {}},
                     {"1e", {}}};
  for (const auto& row : cases) EXPECT_EQ(parse_long_double(row.text), row.value) << row.text;
  EXPECT_EQ(parse_long_double(std::string(max_double_text - 2, '0') + "1"), 1.0L);
  EXPECT_FALSE(parse_long_double(std::string(max_double_text - 1, '0') + "1"));
}

TEST(Number, ParsesMemorySizes) {
  struct {
    std::string_view text;
    std::optional<uint64_t> value;
  } const cases[] = {{"0", 0},
                     {"007", 7},
                     {"1b", 1},
                     {"100B", 100},
                     {"1k", 1000},
                     {"1K", 1000},
                     {"1kb", 1024},
                     {"1Kb", 1024},
                     {"1m", 1000000},
                     {"64mb", 64 << 20},
                     {"1g", 1000000000},
                     {"1GB", 1 << 30},
                     {"", 0},
                     {"kb", 0},
                     {"18446744073709551615", UINT64_MAX},
                     {"18446744073709551616", {}},
                     {"184467440737095516150", {}},
                     {"18446744073709551615k", {}},
                     {"17179869184gb", {}},
                     {"17179869183gb", uint64_t{17179869183} << 30},
                     {"-1", {}},
                     {"-1k", {}},
                     {"+5", {}},
                     {"1t", {}},
                     {"1kk", {}},
                     {"1.5mb", {}},
                     {" 1", {}},
                     {"1 ", {}},
                     {"1 k", {}},
                     {"1k ", {}}};
  for (const auto& row : cases) EXPECT_EQ(parse_memory_size(row.text), row.value) << row.text;
}

TEST(Number, FormatsDoublesAsZscoreDoes) {
  struct {
    double value;
    std::string_view text;
  } const cases[] = {{0, "0"},
                     {-0.0, "-0"},
                     {1, "1"},
                     {-1, "-1"},
                     {0.1, "0.10000000000000001"},
                     {3.0, "3"},
                     {1e15, "1000000000000000"},
                     {1e16, "10000000000000000"},
                     {99999999999999984.0, "99999999999999984"},
                     {1e17, "1e+17"},
                     {-1e17, "-1e+17"},
                     {123456789012345678.0, "1.2345678901234568e+17"},
                     {1e20, "1e+20"},
                     {1e100, "1e+100"},
                     {-1e22, "-1e+22"},
                     {1.5e300, "1.5000000000000001e+300"},
                     {5e-324, "4.9406564584124654e-324"},
                     {1e-5, "1.0000000000000001e-05"},
                     {0.0001, "0.0001"},
                     {1e-7, "9.9999999999999995e-08"},
                     {3.14159265358979, "3.14159265358979"},
                     {9007199254740993.0, "9007199254740992"},
                     {9.2e18, "9.2e+18"},
                     {123456.789, "123456.789"},
                     {-123456789.5, "-123456789.5"},
                     {4503599627370495.5, "4503599627370495.5"},
                     {1.7976931348623157e308, "1.7976931348623157e+308"},
                     {infinity, "inf"},
                     {-infinity, "-inf"},
                     {std::nan(""), "nan"},
                     {-std::nan(""), "nan"}};
  for (const auto& row : cases) EXPECT_EQ(format_double(row.value), row.text);
}

TEST(Number, FormatsDoublesAsPrintfDoes) {
  Random random(2);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = random.next();
    double value = 0;
    static_assert(sizeof value == sizeof bits);
    memcpy(&value, &bits, sizeof value);
    if (i % 2 == 0) value = static_cast<double>(static_cast<int64_t>(bits) >> (i % 60)) / 8;
    if (std::isnan(value)) continue;
    char expected[64];
    snprintf(expected, sizeof expected, "%.17g", value);
    ASSERT_EQ(format_double(value), expected);
    ASSERT_EQ(parse_double(expected), value);
  }
}

TEST(Number, FormatsLongDoublesAsIncrbyfloatDoes) {
  struct {
    long double value;
    std::string_view text;
  } const cases[] = {{0.0L, "0"},
                     {-0.0L, "0"},
                     {1.0L, "1"},
                     {0.1L, "0.1"},
                     {1.10L, "1.1"},
                     {100.0L, "100"},
                     {1200.0L, "1200"},
                     {1e17L, "100000000000000000"},
                     {12345678901234567890.0L, "12345678901234567890"},
                     {18446744073709551615.0L, "18446744073709551615"},
                     {1e-17L, "0.00000000000000001"},
                     {1e-18L, "0"},
                     {-1e-18L, "0"},
                     {1e-5L, "0.00001"},
                     {-3.14159L, "-3.14159"},
                     {std::numeric_limits<long double>::infinity(), "inf"},
                     {-std::numeric_limits<long double>::infinity(), "-inf"}};
  for (const auto& row : cases) EXPECT_EQ(format_long_double(row.value), row.text);
  EXPECT_EQ(format_long_double(std::numeric_limits<long double>::max()).size(), 4933u);
}

TEST(Number, FormatsBytesForPeople) {
  struct {
    uint64_t bytes;
    std::string_view text;
  } const cases[] = {{0, "0B"},
                     {1023, "1023B"},
                     {1024, "1.00K"},
                     {1536, "1.50K"},
                     {(1 << 20) - 1, "1024.00K"},
                     {1 << 20, "1.00M"},
                     {1572864, "1.50M"},
                     {uint64_t{1} << 30, "1.00G"},
                     {uint64_t{1} << 40, "1.00T"},
                     {uint64_t{1} << 50, "1.00P"},
                     {uint64_t{1} << 60, "1152921504606846976B"}};
  for (const auto& row : cases) EXPECT_EQ(format_bytes_human(row.bytes), row.text);
}

}  // namespace
}  // namespace redoubt

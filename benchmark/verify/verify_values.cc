#include "benchmark/verify/verify_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "common/base/number.h"

namespace redoubt {
namespace {

// A value: checksum of all that follows, number, version, filling; the first three in hexadecimal digits.
//   9a3f00c1:00012f:000000002d…
constexpr size_t checksum_digits = 8;
constexpr size_t number_at = 9;
constexpr size_t number_digits = 6;
constexpr size_t version_at = 16;
constexpr size_t version_digits = 10;
static_assert(version_at + version_digits == VerifyValues::least_size);
static_assert(VerifyValues::most_numbers <= uint64_t{1} << (4 * number_digits));

constexpr unsigned value_checksum_bits = 4 * checksum_digits;
constexpr unsigned element_checksum_bits = 16;
constexpr unsigned integer_checksum_bits = 20;
constexpr unsigned place_bits = 6;
constexpr unsigned integer_label_bits = place_bits + 4 * number_digits;
constexpr uint64_t absent_one_in = 8;
constexpr uint64_t number_factor = 0xbf58476d1ce4e5b9;
constexpr uint64_t version_factor = 0xd1342543de82ef95;

constexpr std::array<std::string_view, verify_families> family_names = {"string", "counter", "set", "list"};

// As it is written here: a letter that became a large one is damage.
std::optional<uint64_t> hexadecimal(std::string_view text) {
  if (text.find_first_of("ABCDEF") != std::string_view::npos) return std::nullopt;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view bytes_of(const uint64_t& number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }

}  // namespace

VerifyValues::VerifyValues(std::string_view run, uint64_t numbers, ValueChoice sizes, uint64_t seed)
    : prefix_(fmt::format("verify:{}:", run)),
      numbers_(numbers),
      sizes_(std::move(sizes)),
      seed_(seed),
      hash_key_(XXH3_64bits(run.data(), run.size())) {}

std::string VerifyValues::key(VerifyFamily family, uint64_t number) const {
  return fmt::format("{}{}:{:06x}", prefix_, family_names[static_cast<size_t>(family)], number);
}

Random VerifyValues::drawn(uint64_t number, uint64_t version) const {
  return Random(seed_ ^ (number * number_factor) ^ (version * version_factor));
}

uint64_t VerifyValues::checksum(std::string_view text, unsigned bits) const {
  return keyed_hash(text, hash_key_) >> (64 - bits);
}

std::optional<VerifyLabel> VerifyValues::known(uint64_t number, int64_t at) const {
  if (number >= numbers_) return std::nullopt;
  return VerifyLabel{number, at};
}

// ---- strings -------------------------------------------------------------------------------------

bool VerifyValues::is_absent(uint64_t number, uint64_t version) const {
  return version == 0 || drawn(number, version).below(absent_one_in) == 0;
}

size_t VerifyValues::size(uint64_t number, uint64_t version) const {
  Random random = drawn(number, version);
  random.next();
  return sizes_.pick_size(random);
}

std::string VerifyValues::value(uint64_t number, uint64_t version) const {
  Random random = drawn(number, version);
  random.next();
  std::string value(sizes_.pick_size(random), '\0');
  for (size_t at = least_size; at < value.size(); at += sizeof(uint64_t)) {
    const uint64_t filling = random.next();
    memcpy(value.data() + at, &filling, std::min(sizeof filling, value.size() - at));
  }
  fmt::format_to(value.data() + checksum_digits, ":{:06x}:{:010x}", number, version);
  fmt::format_to(value.data(), "{:08x}",
                 checksum(std::string_view(value).substr(checksum_digits), value_checksum_bits));
  return value;
}

std::optional<VerifyLabel> VerifyValues::label_of_value(std::string_view value) const {
  if (value.size() < least_size) return std::nullopt;
  const auto sum = hexadecimal(value.substr(0, checksum_digits));
  const auto number = hexadecimal(value.substr(number_at, number_digits));
  const auto version = hexadecimal(value.substr(version_at, version_digits));
  if (!sum || !number || !version || *sum != checksum(value.substr(checksum_digits), value_checksum_bits)) {
    return std::nullopt;
  }
  return known(*number, static_cast<int64_t>(*version));
}

// ---- elements, members, counters -----------------------------------------------------------------

// 12f:-3:9ac3: number, place, checksum.
std::string VerifyValues::element(uint64_t number, int64_t place) const {
  std::string text = fmt::format("{:x}:{}", number, place);
  fmt::format_to(std::back_inserter(text), ":{:04x}", checksum(text, element_checksum_bits));
  return text;
}

// An integer: checksum, number and place in its bits.
std::string VerifyValues::member(uint64_t number, int64_t place) const {
  if (number % 2 != 0) return element(number, place);
  const uint64_t label = (number << place_bits) | static_cast<uint64_t>(place);
  return std::to_string((checksum(bytes_of(label), integer_checksum_bits) << integer_label_bits) | label);
}

std::optional<VerifyLabel> VerifyValues::label_of_element(std::string_view text) const {
  if (const auto integer = parse_u64(text)) {
    const uint64_t label = *integer & ((uint64_t{1} << integer_label_bits) - 1);
    if (*integer >> integer_label_bits != checksum(bytes_of(label), integer_checksum_bits)) return std::nullopt;
    return known(label >> place_bits, static_cast<int64_t>(label & ((1 << place_bits) - 1)));
  }
  const size_t last = text.rfind(':');
  const size_t first = text.find(':');
  if (first >= last || last == std::string_view::npos) return std::nullopt;
  const auto number = hexadecimal(text.substr(0, first));
  const auto place = parse_i64(text.substr(first + 1, last - first - 1));
  const auto sum = hexadecimal(text.substr(last + 1));
  if (!number || !place || !sum || *sum != checksum(text.substr(0, last), element_checksum_bits)) return std::nullopt;
  return known(*number, *place);
}

std::optional<VerifyLabel> VerifyValues::label_of_counter(int64_t counter) const {
  constexpr int64_t half = int64_t{1} << (counter_bits - 1);
  if (counter < half || counter > INT64_MAX - half) return std::nullopt;
  const uint64_t number = (static_cast<uint64_t>(counter + half) >> counter_bits) - 1;
  return known(number, counter - counter_begin(number));
}

}  // namespace redoubt

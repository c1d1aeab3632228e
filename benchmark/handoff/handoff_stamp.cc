#include "benchmark/handoff/handoff_stamp.h"

namespace redoubt {
namespace {

constexpr size_t short_digits = 8;
constexpr size_t long_digits = 16;
constexpr uint64_t base = 16;
constexpr std::string_view digits = "0123456789abcdef";

void append_number(std::string& out, uint64_t number, size_t count) {
  for (size_t left = count; left > 0; --left) out += digits[number >> (4 * (left - 1)) & (base - 1)];
}

std::optional<uint64_t> take_number(std::string_view& text, size_t count) {
  uint64_t number = 0;
  for (const char digit : text.substr(0, count)) {
    const size_t value = digits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    number = number * base + value;
  }
  text.remove_prefix(count);
  return number;
}

}  // namespace

void append_stamp(std::string& out, const HandoffStamp& stamp) {
  append_number(out, stamp.sender, short_digits);
  append_number(out, stamp.place, short_digits);
  append_number(out, stamp.number, long_digits);
  append_number(out, static_cast<uint64_t>(stamp.due_ns), long_digits);
  append_number(out, static_cast<uint64_t>(stamp.sent_ns), long_digits);
}

std::optional<HandoffStamp> read_stamp(std::string_view value) {
  if (value.size() < HandoffStamp::size) return std::nullopt;
  const auto sender = take_number(value, short_digits);
  const auto place = sender ? take_number(value, short_digits) : std::nullopt;
  const auto number = place ? take_number(value, long_digits) : std::nullopt;
  const auto due = number ? take_number(value, long_digits) : std::nullopt;
  const auto sent = due ? take_number(value, long_digits) : std::nullopt;
  if (!sent) return std::nullopt;
  return HandoffStamp{static_cast<uint32_t>(*sender), static_cast<uint32_t>(*place), *number,
                      static_cast<int64_t>(*due), static_cast<int64_t>(*sent)};
}

}  // namespace redoubt

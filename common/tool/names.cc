#include "common/tool/names.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "common/tool/json_text.h"

namespace redoubt {
namespace {

uint32_t code_point(std::string_view character) {
  static constexpr unsigned masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t code = static_cast<unsigned char>(character[0]) & masks[character.size()];
  for (const char next : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(next) & 0x3f);
  return code;
}

// Does something to a terminal, or to the text around it.
bool is_active(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

void append_escaped(std::string& text, std::string_view bytes) {
  for (const char byte : bytes) {
    switch (byte) {
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      case '\t': text += "\\t"; break;
      case '\\': text += "\\\\"; break;
      default: text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
}

}  // namespace

std::string shown_name(std::string_view bytes, size_t most, uint64_t whole) {
  std::string text;
  size_t at = 0;
  while (at < bytes.size() && at < most) {
    const size_t length = utf8_length(bytes, at);
    const std::string_view character = bytes.substr(at, length == 0 ? 1 : length);
    if (length == 0 || character == "\\" || is_active(code_point(character))) {
      append_escaped(text, character);
    } else {
      text += character;
    }
    at += character.size();
  }
  if (at < bytes.size() || whole > bytes.size()) text += "…";
  return text;
}

std::string grouped(uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string human_duration(uint64_t ms) {
  static constexpr double second = 1000;
  static constexpr double minute = 60 * second;
  static constexpr double hour = 60 * minute;
  static constexpr double day = 24 * hour;
  const auto span = static_cast<double>(ms);
  if (span < second) return fmt::format("{} ms", ms);
  if (span < minute) return fmt::format("{:.1f} s", span / second);
  if (span < hour) return fmt::format("{:.1f} min", span / minute);
  if (span < 2 * day) return fmt::format("{:.1f} h", span / hour);
  return fmt::format("{:.1f} d", span / day);
}

std::string utc_time(int64_t unix_seconds) {
  // Years of four digits: what lies beyond is no time that anybody meant.
  static constexpr int64_t last = 253402300799;
  if (unix_seconds < 0 || unix_seconds > last) return fmt::format("{}", unix_seconds);
  std::tm parts{};
  const std::time_t seconds = unix_seconds;
  gmtime_r(&seconds, &parts);
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", parts);
}

std::string share_of(uint64_t part, uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace redoubt

#include "common/tool/json_text.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdint>

namespace redoubt {
namespace {

unsigned byte_at(std::string_view bytes, size_t at) { return static_cast<unsigned char>(bytes[at]); }

}  // namespace

size_t utf8_length(std::string_view bytes, size_t at) {
  const unsigned first = byte_at(bytes, at);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() - at < length) return 0;
  const unsigned second = byte_at(bytes, at + 1);
  const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (size_t index = 2; index < length; ++index) {
    if ((byte_at(bytes, at + index) & 0xc0) != 0x80) return 0;
  }
  return length;
}

bool is_utf8(std::string_view bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = utf8_length(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string base64(std::string_view bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    uint32_t word = 0;
    for (size_t index = 0; index < 3; ++index) word = word << 8 | (index < count ? byte_at(bytes, at + index) : 0);
    for (size_t index = 0; index < 4; ++index) {
      text.push_back(index <= count ? digits[word >> (18 - 6 * index) & 63] : '=');
    }
  }
  return text;
}

boost::json::value json_of_bytes(std::string_view bytes) {
  if (is_utf8(bytes)) return boost::json::string(bytes);
  return boost::json::object{{"base64", base64(bytes)}};
}

void append_json(std::string& out, std::string_view bytes) {
  const bool plain =
      std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (plain) {
    out += '"';
    out += bytes;
    out += '"';
  } else {
    out += boost::json::serialize(json_of_bytes(bytes));
  }
}

}  // namespace redoubt

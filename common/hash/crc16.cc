#include "common/hash/crc16.h"

#include <array>
#include <cstddef>

namespace redoubt {
namespace {

constexpr auto table = [] {
  std::array<uint16_t, 256> result{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
    result[byte] = static_cast<uint16_t>(crc);
  }
  return result;
}();

std::string_view hashed_part(std::string_view key) {
  const size_t open = key.find('{');
  if (open == std::string_view::npos) return key;
  const size_t close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

}  // namespace

uint16_t crc16(std::string_view data) {
  unsigned crc = 0;
  for (const char c : data) crc = (crc << 8 & 0xffff) ^ table[(crc >> 8 ^ static_cast<unsigned char>(c)) & 0xff];
  return static_cast<uint16_t>(crc);
}

unsigned key_hash_slot(std::string_view key) { return crc16(hashed_part(key)) & (slot_count - 1); }

}  // namespace redoubt

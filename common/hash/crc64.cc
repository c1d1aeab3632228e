#include "common/hash/crc64.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace redoubt {
namespace {

constexpr uint64_t polynomial = 0x95ac9329ac4bc9b5;  // 0xad93d23594c935a9 with its bits reversed
constexpr size_t slices = 8;
using Table = std::array<uint64_t, 256>;

// tables[n][b]: what byte b adds to the checksum when n more bytes follow it.
constexpr std::array<Table, slices> make_tables() {
  std::array<Table, slices> tables{};
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ polynomial : crc >> 1;
    tables[0][byte] = crc;
  }
  for (size_t slice = 1; slice < slices; ++slice) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint64_t before = tables[slice - 1][byte];
      tables[slice][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr std::array<Table, slices> tables = make_tables();

}  // namespace

uint64_t crc64(uint64_t crc, std::string_view data) {
  const char* at = data.data();
  size_t left = data.size();
  if constexpr (std::endian::native == std::endian::little) {
    for (; left >= slices; at += slices, left -= slices) {
      uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      word ^= crc;
      crc = tables[7][word & 0xff] ^ tables[6][word >> 8 & 0xff] ^ tables[5][word >> 16 & 0xff] ^
            tables[4][word >> 24 & 0xff] ^ tables[3][word >> 32 & 0xff] ^ tables[2][word >> 40 & 0xff] ^
            tables[1][word >> 48 & 0xff] ^ tables[0][word >> 56];
    }
  }
  for (; left > 0; ++at, --left) crc = crc >> 8 ^ tables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xff];
  return crc;
}

}  // namespace redoubt

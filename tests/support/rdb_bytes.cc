#include "tests/support/rdb_bytes.h"

#include <fmt/format.h>

#include <cstring>

#include "common/encoding/listpack.h"
#include "common/hash/crc64.h"

namespace redoubt {

RdbBytes::RdbBytes(int version) { raw(fmt::format("REDIS{:04}", version)); }

RdbBytes& RdbBytes::raw(std::string_view bytes) {
  bytes_ += bytes;
  return *this;
}

RdbBytes& RdbBytes::number(uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) bytes_ += static_cast<char>(value >> (8 * i));
  return *this;
}

RdbBytes& RdbBytes::byte(int value) { return number(static_cast<uint64_t>(value), 1); }
RdbBytes& RdbBytes::u16(uint64_t value) { return number(value, 2); }
RdbBytes& RdbBytes::u32(uint64_t value) { return number(value, 4); }
RdbBytes& RdbBytes::u64(uint64_t value) { return number(value, 8); }

RdbBytes& RdbBytes::real(double value) {
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof bits);
  return u64(bits);
}

RdbBytes& RdbBytes::length(uint64_t value) {
  if (value < 64) return byte(static_cast<int>(value));
  if (value < 16384) return byte(static_cast<int>(0x40 | value >> 8)).byte(static_cast<int>(value & 0xff));
  const size_t size = value <= UINT32_MAX ? 4 : 8;
  byte(size == 4 ? 0x80 : 0x81);
  for (size_t i = size; i-- > 0;) byte(static_cast<int>(value >> (8 * i) & 0xff));
  return *this;
}

RdbBytes& RdbBytes::string(std::string_view bytes) { return length(bytes.size()).raw(bytes); }

RdbBytes& RdbBytes::strings(std::initializer_list<std::string_view> all) {
  for (const std::string_view bytes : all) string(bytes);
  return *this;
}

RdbBytes& RdbBytes::key(int type, std::string_view name) { return byte(type).string(name); }

std::string RdbBytes::end() {
  byte(255);
  return u64(crc64(bytes_)).bytes_;
}

std::string RdbBytes::end_without_checksum() { return byte(255).u64(0).bytes_; }

std::string RdbBytes::footer(int version) {
  u16(static_cast<uint64_t>(version));
  return u64(crc64(bytes_)).bytes_;
}

std::string listpack_of(std::initializer_list<std::string_view> elements) {
  Listpack pack;
  for (const std::string_view element : elements) pack.append(element);
  return {reinterpret_cast<const char*>(pack.data()), pack.bytes()};
}

}  // namespace redoubt

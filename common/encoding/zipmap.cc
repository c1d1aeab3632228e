#include "common/encoding/zipmap.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace redoubt {
namespace {

static_assert(std::endian::native == std::endian::little, "integers are copied as they are");

constexpr uint8_t end_byte = 0xff;
constexpr uint8_t long_length = 0xfe;
constexpr uint8_t unknown_count = 254;

}  // namespace

ZipmapCursor::ZipmapCursor(std::string_view blob) : blob_(blob) { damaged_ = !validate_zipmap(blob, false); }

// The last byte, the end, is never taken.
bool ZipmapCursor::take(size_t size, std::string_view& bytes) {
  if (blob_.size() - 1 - at_ < size) return false;
  bytes = blob_.substr(at_, size);
  at_ += size;
  return true;
}

bool ZipmapCursor::take_length(size_t& length) {
  std::string_view bytes;
  if (!take(1, bytes)) return false;
  length = static_cast<uint8_t>(bytes[0]);
  if (length < long_length) return true;
  if (length == end_byte || !take(sizeof(uint32_t), bytes)) return false;
  uint32_t four = 0;
  std::memcpy(&four, bytes.data(), sizeof four);
  length = four;
  return true;
}

bool ZipmapCursor::next(std::string_view& name, std::string_view& value) {
  if (damaged_ || at_ + 1 == blob_.size()) return false;
  size_t name_size = 0;
  size_t value_size = 0;
  std::string_view free;
  damaged_ = !(take_length(name_size) && take(name_size, name) && take_length(value_size) && take(1, free) &&
               take(value_size, value) && take(static_cast<uint8_t>(free[0]), free));
  return !damaged_;
}

std::optional<size_t> count_zipmap(std::string_view blob) {
  ZipmapCursor cursor(blob);
  std::string_view name;
  std::string_view value;
  size_t count = 0;
  while (cursor.next(name, value)) ++count;
  if (!cursor.at_end() || count == 0) return std::nullopt;
  const auto stated = static_cast<uint8_t>(blob[0]);
  if (stated < unknown_count && stated != count) return std::nullopt;
  return count;
}

bool validate_zipmap(std::string_view blob, bool deep) {
  if (blob.size() < 2 || static_cast<uint8_t>(blob.back()) != end_byte) return false;
  return !deep || count_zipmap(blob).has_value();
}

}  // namespace redoubt

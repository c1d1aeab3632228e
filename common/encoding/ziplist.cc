#include "common/encoding/ziplist.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace redoubt {
namespace {

static_assert(std::endian::native == std::endian::little, "integers are copied as they are");

constexpr size_t header_size = 10;
constexpr size_t tail_field = 4;
constexpr size_t count_field = 8;
constexpr uint16_t unknown_count = 65535;
constexpr uint8_t end_byte = 0xff;
constexpr uint8_t long_back_length = 0xfe;

template <typename T>
T load(std::string_view blob, size_t at) {
  T value;
  std::memcpy(&value, blob.data() + at, sizeof value);
  return value;
}

struct Head {
  size_t size = 0;  // of the encoding; 0: it is none
  size_t data = 0;  // how much follows
  bool is_text = false;
};

// `rest` is not empty; what lies beyond it reads as zeros.
Head read_head(std::string_view rest) {
  uint8_t bytes[5] = {};
  std::memcpy(bytes, rest.data(), std::min(rest.size(), sizeof bytes));
  const uint8_t tag = bytes[0];
  switch (tag >> 6) {
    case 0: return {1, tag, true};
    case 1: return {2, (size_t{tag} << 8 & 0x3f00) | bytes[1], true};
    case 2: {
      uint32_t size = 0;
      std::memcpy(&size, bytes + 1, sizeof size);
      return {5, __builtin_bswap32(size), true};
    }
    default: break;
  }
  switch (tag) {
    case 0xc0: return {1, 2, false};
    case 0xd0: return {1, 4, false};
    case 0xe0: return {1, 8, false};
    case 0xf0: return {1, 3, false};
    case 0xfe: return {1, 1, false};
    default: return {tag >= 0xf1 && tag <= 0xfd ? size_t{1} : size_t{0}, 0, false};
  }
}

int64_t read_integer(std::string_view blob, size_t at, size_t size, uint8_t tag) {
  switch (size) {
    case 0: return (tag & 0x0f) - 1;
    case 1: return load<int8_t>(blob, at);
    case 2: return load<int16_t>(blob, at);
    case 3: return load<uint16_t>(blob, at) | load<int8_t>(blob, at + 2) * 65536;
    case 4: return load<int32_t>(blob, at);
    default: return load<int64_t>(blob, at);
  }
}

}  // namespace

ZiplistCursor::ZiplistCursor(std::string_view blob) : blob_(blob), at_(header_size) {
  damaged_ = !validate_ziplist(blob, false);
}

bool ZiplistCursor::next(ListpackValue& value) {
  if (damaged_) return false;
  const size_t last = blob_.size() - 1;
  if (at_ == last) return false;
  const auto tag_of = [this](size_t at) { return static_cast<uint8_t>(blob_[at]); };
  size_t at = at_;
  size_t before = tag_of(at);
  if (before == end_byte) return damaged();
  if (before != long_back_length) {
    at += 1;
  } else {
    if (last - at < 5) return damaged();
    before = load<uint32_t>(blob_, at + 1);
    at += 5;
  }
  if (at >= last || before != (element_ == 0 ? 0 : at_ - element_)) return damaged();
  const Head head = read_head(blob_.substr(at, last - at));
  if (head.size == 0 || last - at < head.size || last - at - head.size < head.data) return damaged();
  const size_t data = at + head.size;
  value = head.is_text ? ListpackValue{blob_.substr(data, head.data), 0}
                       : ListpackValue{{}, read_integer(blob_, data, head.data, tag_of(at))};
  element_ = at_;
  at_ = data + head.data;
  return true;
}

std::optional<size_t> count_ziplist(std::string_view blob) {
  ZiplistCursor cursor(blob);
  ListpackValue value;
  size_t count = 0;
  while (cursor.next(value)) ++count;
  if (!cursor.at_end()) return std::nullopt;
  if (count != 0 && load<uint32_t>(blob, tail_field) != cursor.element_) return std::nullopt;
  const auto stated = load<uint16_t>(blob, count_field);
  if (stated != unknown_count && stated != count) return std::nullopt;
  return count;
}

bool validate_ziplist(std::string_view blob, bool deep) {
  if (blob.size() < header_size + 1 || load<uint32_t>(blob, 0) != blob.size()) return false;
  if (static_cast<uint8_t>(blob.back()) != end_byte) return false;
  if (load<uint32_t>(blob, tail_field) >= blob.size()) return false;
  return !deep || count_ziplist(blob).has_value();
}

}  // namespace redoubt

#include "common/rdb/rdb_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/memory.h"
#include "common/compress/lzf.h"
#include "common/hash/crc64.h"
#include "common/rdb/rdb_reader.h"

namespace redoubt {

void ByteRoom::grow(size_t capacity, size_t kept) {
  if (capacity <= capacity_) return;
  const size_t size = good_size(capacity);
  if (kept == 0) clear();
  auto* data = static_cast<char*>(allocate(size));
  if (kept != 0) std::memcpy(data, data_, kept);
  clear();
  data_ = data;
  capacity_ = size;
}

void ByteRoom::clear() {
  if (data_ != nullptr) deallocate(data_, capacity_);
  data_ = nullptr;
  capacity_ = 0;
}

void ByteRoom::swap(ByteRoom& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(capacity_, other.capacity_);
}

RdbString::RdbString(RdbInput& input) { input.strings_.at(input.string_count_++) = this; }

RdbInput::RdbInput(ByteSource& source, bool checksum) : source_(&source), checksummed_(checksum) {
  buffer_.grow(first_buffer_size, 0);
  begin_ = at_ = end_ = summed_ = buffer_.data();
}

RdbInput::RdbInput(std::string_view bytes)
    : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()), summed_(begin_) {}

bool RdbInput::fail(std::string text) {
  if (error_.text.empty()) error_.text = std::move(text);
  return false;
}

uint64_t RdbInput::checksum() {
  if (checksummed_) crc_ = crc64(crc_, {summed_, static_cast<size_t>(at_ - summed_)});
  summed_ = at_;
  return crc_;
}

bool RdbInput::fetch(std::span<char> room, size_t& got) {
  if (source_ == nullptr) return fail("Unexpected EOF reading RDB file");
  const Result<size_t> result = source_->read(room);
  if (result.has_error()) return fail(result.error().text);
  if (*result == 0) return fail("Unexpected EOF reading RDB file");
  got = *result;
  return true;
}

// What is in the buffer is about to be overwritten.
void RdbInput::keep_strings() {
  for (size_t i = 0; i < string_count_; ++i) {
    RdbString& string = *strings_[i];
    const char* data = string.bytes_.data();
    if (data < begin_ || data >= end_) continue;
    if (string.bytes_.empty()) continue;
    string.own_.grow(string.bytes_.size(), 0);
    std::memcpy(string.own_.data(), data, string.bytes_.size());
    string.bytes_ = {string.own_.data(), string.bytes_.size()};
  }
}

bool RdbInput::refill(size_t size) {
  if (source_ == nullptr) return fail("Unexpected EOF reading RDB file");
  checksum();
  keep_strings();
  auto there = static_cast<size_t>(end_ - at_);
  base_ = offset();
  if (buffer_.capacity() < buffer_size && (base_ != 0 || size > buffer_.capacity())) {
    ByteRoom bigger;
    bigger.grow(buffer_size, 0);
    std::memcpy(bigger.data(), at_, there);
    buffer_.swap(bigger);
  } else {
    std::memmove(buffer_.data(), at_, there);
  }
  begin_ = at_ = summed_ = buffer_.data();
  end_ = begin_ + there;
  while (there < size) {
    size_t got = 0;
    if (!fetch({buffer_.data() + there, buffer_.capacity() - there}, got)) return false;
    there += got;
    end_ = begin_ + there;
  }
  return true;
}

bool RdbInput::length_or_special(uint64_t& value, bool& special) {
  uint8_t first = 0;
  if (!byte(first)) return false;
  special = false;
  switch (first >> 6) {
    case 0: value = first; return true;
    case 1: {
      uint8_t low = 0;
      if (!byte(low)) return false;
      value = (uint64_t{first} & 0x3f) << 8 | low;
      return true;
    }
    case 2: break;
    default:
      special = true;
      value = first & 0x3f;
      return true;
  }
  if (first == 0x80) {
    uint32_t four = 0;
    if (!fixed(four)) return false;
    value = __builtin_bswap32(four);
    return true;
  }
  if (first == 0x81) {
    if (!fixed(value)) return false;
    value = __builtin_bswap64(value);
    return true;
  }
  return fail(fmt::format("Unknown length encoding {} in rdbLoadLen()", first));
}

bool RdbInput::long_length(uint64_t& value) {
  bool special = false;
  if (!length_or_special(value, special)) return false;
  return !special || fail(fmt::format("Found the string encoding {} where a length was expected", value));
}

bool RdbInput::long_string(RdbString& to) {
  to.bytes_ = {};
  uint64_t value = 0;
  bool special = false;
  if (!length_or_special(value, special)) return false;
  if (!special) return plain_string(to, value);
  if (value <= 2) return integer_string(to, value);
  if (value == 3) return packed_string(to);
  return fail(fmt::format("Unknown RDB string encoding type {}", value));
}

bool RdbInput::integer_string(RdbString& to, uint64_t kind) {
  int64_t integer = 0;
  const auto read = [&](auto number) {
    if (!fixed(number)) return false;
    integer = int64_t{number};
    return true;
  };
  if (!(kind == 0 ? read(int8_t{}) : kind == 1 ? read(int16_t{}) : read(int32_t{}))) return false;
  to.bytes_ = {to.digits_, format_i64(to.digits_, integer)};
  return true;
}

bool RdbInput::plain_string(RdbString& to, uint64_t size) {
  if (static_cast<size_t>(end_ - at_) < size) {
    if (size > buffer_size || source_ == nullptr) return big_string(to, size);
    if (!refill(size)) return false;
  }
  to.bytes_ = {at_, size};
  at_ += size;
  return true;
}

// Goes around the buffer. The room grows as bytes come, whatever was promised.
bool RdbInput::big_string(RdbString& to, uint64_t size) {
  if (source_ == nullptr) return fail("Unexpected EOF reading RDB file");
  checksum();
  keep_strings();
  auto there = static_cast<size_t>(end_ - at_);
  to.own_.grow(std::min<uint64_t>(size, first_room), 0);
  std::memcpy(to.own_.data(), at_, there);
  if (checksummed_) crc_ = crc64(crc_, {at_, there});
  base_ = offset() + there;
  begin_ = at_ = end_ = summed_ = buffer_.data();
  while (there < size) {
    if (there == to.own_.capacity()) to.own_.grow(std::min<uint64_t>(size, there * 2), there);
    const size_t piece = std::min({to.own_.capacity() - there, size - there, buffer_size});
    size_t got = 0;
    if (!fetch({to.own_.data() + there, piece}, got)) return false;
    if (checksummed_) crc_ = crc64(crc_, {to.own_.data() + there, got});
    there += got;
    base_ += got;
  }
  to.bytes_ = {to.own_.data(), size};
  return true;
}

bool RdbInput::packed_string(RdbString& to) {
  uint64_t packed_size = 0;
  uint64_t size = 0;
  if (!length(packed_size) || !length(size)) return false;
  // Three bytes make 264 at most: what is promised beyond is a lie, and no memory is taken for it.
  static constexpr uint64_t most_expansion = 88;
  if (size / most_expansion > packed_size) return fail("Invalid LZF compressed string");
  // The packed bytes may need a room of their own, which is the string's; it moves to the side then.
  if (!plain_string(to, packed_size)) return false;
  const std::string_view packed = to.bytes_;
  to.bytes_ = {};
  packed_.grow(size, 0);
  if (!lzf_decompress(packed, packed_.data(), size)) return fail("Invalid LZF compressed string");
  to.own_.swap(packed_);
  to.bytes_ = {to.own_.data(), size};
  if (packed_.capacity() > RdbString::most_kept) packed_.clear();
  return true;
}

}  // namespace redoubt

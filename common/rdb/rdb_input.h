// The bytes below RdbReader: a buffer over a ByteSource (or a payload in memory), its checksum, and the primitives of the
// format: bytes, fixed numbers, lengths, strings. A failure is latched: functions return false, error() says why, and the
// input must not be read any more. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "common/base/number.h"
#include "common/base/result.h"

namespace redoubt {

class ByteSource;

// Bytes from allocate() that are not initialised; grows by doubling.
class ByteRoom {
 public:
  ByteRoom() = default;
  ~ByteRoom() { clear(); }
  ByteRoom(const ByteRoom&) = delete;
  ByteRoom& operator=(const ByteRoom&) = delete;
  char* data() { return data_; }
  size_t capacity() const { return capacity_; }
  // Keeps the first `kept` bytes.
  void grow(size_t capacity, size_t kept);
  void clear();
  void swap(ByteRoom& other) noexcept;

 private:
  char* data_ = nullptr;
  size_t capacity_ = 0;
};

class RdbInput;

// A place for a string that was read: a view of the input's buffer, or bytes of its own. Keeps its string while the input
// goes on reading, until it is dropped or read into again.
class RdbString {
 public:
  explicit RdbString(RdbInput& input);
  RdbString(const RdbString&) = delete;
  RdbString& operator=(const RdbString&) = delete;
  std::string_view bytes() const { return bytes_; }
  void drop() {
    bytes_ = {};
    if (own_.capacity() > most_kept) [[unlikely]]
      own_.clear();
  }

 private:
  friend class RdbInput;

  static constexpr size_t most_kept = size_t{1} << 20;

  std::string_view bytes_;
  ByteRoom own_;
  char digits_[max_integer_text];
};

class RdbInput {
 public:
  // `checksum`: whether to compute one.
  RdbInput(ByteSource& source, bool checksum);
  // A payload, which must live on.
  explicit RdbInput(std::string_view bytes);
  ~RdbInput() = default;
  RdbInput(const RdbInput&) = delete;
  RdbInput& operator=(const RdbInput&) = delete;

  bool byte(uint8_t& value) {
    if (at_ == end_ && !refill(1)) return false;
    value = static_cast<uint8_t>(*at_++);
    return true;
  }
  // A number as it stands in memory, little endian.
  template <typename T>
  bool fixed(T& value) {
    if (static_cast<size_t>(end_ - at_) < sizeof value && !refill(sizeof value)) return false;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return true;
  }
  // `size` bytes of a small fixed size.
  bool raw(std::string_view& bytes, size_t size) {
    if (static_cast<size_t>(end_ - at_) < size && !refill(size)) return false;
    bytes = {at_, size};
    at_ += size;
    return true;
  }
  bool length(uint64_t& value) {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 64) {
      value = static_cast<uint8_t>(*at_++);
      return true;
    }
    return long_length(value);
  }
  bool string(RdbString& to) {
    if (at_ != end_) {
      const size_t size = static_cast<uint8_t>(*at_);
      if (size < 64 && static_cast<size_t>(end_ - at_) > size) {
        to.bytes_ = {at_ + 1, size};
        at_ += 1 + size;
        return true;
      }
    }
    return long_string(to);
  }

  // The source's first byte is this one of the file; before anything is read.
  void start_at(uint64_t offset) { base_ = offset; }

  // Latches; returns false.
  bool fail(std::string text);
  const Error& error() const { return error_; }

  uint64_t offset() const { return base_ + static_cast<uint64_t>(at_ - begin_); }
  // Of all bytes up to here.
  uint64_t checksum();
  std::string_view unread() const { return {at_, static_cast<size_t>(end_ - at_)}; }

 private:
  friend class RdbString;

  // Small files do not pay for the buffer of big ones.
  static constexpr size_t first_buffer_size = size_t{8} << 10;
  static constexpr size_t buffer_size = size_t{256} << 10;
  static constexpr size_t first_room = size_t{1} << 20;
  static constexpr size_t most_strings = 4;

  // Makes the next `size` bytes contiguous; size <= buffer_size.
  bool refill(size_t size);
  // Reads some more behind what is there.
  bool fetch(std::span<char> room, size_t& got);
  void keep_strings();
  bool long_length(uint64_t& value);
  // A length, or (special) the six bits of what is none.
  bool length_or_special(uint64_t& value, bool& special);
  bool long_string(RdbString& to);
  bool integer_string(RdbString& to, uint64_t kind);
  bool packed_string(RdbString& to);
  bool plain_string(RdbString& to, uint64_t size);
  bool big_string(RdbString& to, uint64_t size);

  ByteSource* source_ = nullptr;
  bool checksummed_ = false;
  ByteRoom buffer_;
  const char* begin_ = nullptr;  // of the buffer; offset base_ of the input
  const char* at_ = nullptr;     // the next byte
  const char* end_ = nullptr;
  const char* summed_ = nullptr;  // bytes before it are in crc_
  uint64_t crc_ = 0;
  uint64_t base_ = 0;
  std::array<RdbString*, most_strings> strings_{};
  size_t string_count_ = 0;
  ByteRoom packed_;
  Error error_;
};

}  // namespace redoubt

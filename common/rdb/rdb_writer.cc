#include "common/rdb/rdb_writer.h"

#include <bit>
#include <cstdio>
#include <cstring>
#include <memory>

#include "common/base/number.h"
#include "common/compress/lzf.h"
#include "common/hash/crc64.h"

namespace redoubt {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr size_t max_length_bytes = 9;
// Integers as strings are looked for in texts of this size only: "-2147483648" is the longest that fits 32 bits.
constexpr size_t max_integer_digits = 11;
constexpr size_t least_compressed = 21;
// What LZF must save at least.
constexpr size_t least_saved = 4;

enum class Coded : uint8_t { i8 = 0xc0, i16 = 0xc1, i32 = 0xc2, lzf = 0xc3 };

template <typename T>
size_t put(char* out, T value) {
  memcpy(out, &value, sizeof value);
  return sizeof value;
}

size_t put_length(char* out, uint64_t length) {
  if (length < 64) return put(out, static_cast<uint8_t>(length));
  if (length < 16384) return put(out, __builtin_bswap16(static_cast<uint16_t>(0x4000 | length)));
  if (length <= UINT32_MAX) {
    out[0] = static_cast<char>(0x80);
    return 1 + put(out + 1, __builtin_bswap32(static_cast<uint32_t>(length)));
  }
  out[0] = static_cast<char>(0x81);
  return 1 + put(out + 1, __builtin_bswap64(length));
}

// 0: it takes more than 32 bits.
size_t put_integer(char* out, int64_t value) {
  const auto coded = [out](Coded as, auto number) {
    out[0] = static_cast<char>(as);
    return 1 + put(out + 1, number);
  };
  if (value == static_cast<int8_t>(value)) return coded(Coded::i8, static_cast<int8_t>(value));
  if (value == static_cast<int16_t>(value)) return coded(Coded::i16, static_cast<int16_t>(value));
  if (value == static_cast<int32_t>(value)) return coded(Coded::i32, static_cast<int32_t>(value));
  return 0;
}

}  // namespace

// ---- the file -------------------------------------------------------------------------------------

void RdbWriter::header(int version) {
  char digits[5];
  snprintf(digits, sizeof digits, "%04u", static_cast<unsigned>(version) % 10000);
  out_.append(rdb_magic).append(digits);
}

void RdbWriter::opcode(RdbOpcode opcode) { byte(static_cast<uint8_t>(opcode)); }

void RdbWriter::aux(std::string_view name, std::string_view value) {
  opcode(RdbOpcode::aux);
  string(name);
  string(value);
}

void RdbWriter::aux(std::string_view name, int64_t value) {
  opcode(RdbOpcode::aux);
  string(name);
  integer_string(value);
}

void RdbWriter::function(std::string_view code) {
  opcode(RdbOpcode::function);
  string(code);
}

void RdbWriter::select_db(uint64_t db) {
  opcode(RdbOpcode::select_db);
  length(db);
}

void RdbWriter::sizes(uint64_t keys, uint64_t volatile_keys) {
  opcode(RdbOpcode::sizes);
  length(keys);
  length(volatile_keys);
}

void RdbWriter::expires(int64_t at_ms) {
  opcode(RdbOpcode::expires_ms);
  milliseconds(at_ms);
}

void RdbWriter::idle(uint64_t seconds) {
  opcode(RdbOpcode::idle);
  length(seconds);
}

void RdbWriter::frequency(uint8_t counter) {
  opcode(RdbOpcode::frequency);
  byte(counter);
}

void RdbWriter::type(RdbType type) { byte(static_cast<uint8_t>(type)); }

void RdbWriter::end() { opcode(RdbOpcode::end); }

void RdbWriter::checksum(uint64_t crc) { fixed(crc); }

void RdbWriter::payload_footer(size_t begin, int version) {
  fixed(static_cast<uint16_t>(version));
  checksum(crc64(std::string_view(out_).substr(begin)));
}

// ---- values ---------------------------------------------------------------------------------------

void RdbWriter::length(uint64_t length) {
  char bytes[max_length_bytes];
  out_.append(bytes, put_length(bytes, length));
}

void RdbWriter::string(std::string_view bytes) {
  // Most strings are short: those are put together here and appended at once.
  constexpr size_t short_string = 119;
  char buffer[max_length_bytes + short_string];
  if (bytes.size() <= max_integer_digits) {
    if (const auto value = parse_i64(bytes)) {
      if (const size_t size = put_integer(buffer, *value)) {
        out_.append(buffer, size);
        return;
      }
    }
  } else if (compress_ && bytes.size() >= least_compressed && try_packing(bytes)) {
    return;
  }
  const size_t head = put_length(buffer, bytes.size());
  if (bytes.size() > short_string) {
    out_.append(buffer, head).append(bytes);
    return;
  }
  if (!bytes.empty()) memcpy(buffer + head, bytes.data(), bytes.size());
  out_.append(buffer, head + bytes.size());
}

// False: LZF does not make it smaller.
bool RdbWriter::try_packing(std::string_view bytes) {
  constexpr size_t on_stack = 4096;
  char buffer[on_stack];
  std::unique_ptr<char[]> large;
  const size_t room = bytes.size() - least_saved;
  if (room > on_stack) large = std::make_unique_for_overwrite<char[]>(room);
  char* packed = large == nullptr ? buffer : large.get();
  const size_t size = lzf_compress(bytes, packed, room);
  if (size == 0) return false;
  packed_string({packed, size}, bytes.size());
  return true;
}

void RdbWriter::packed_string(std::string_view packed, size_t unpacked_size) {
  byte(static_cast<uint8_t>(Coded::lzf));
  length(packed.size());
  length(unpacked_size);
  out_.append(packed);
}

void RdbWriter::integer_string(int64_t value) {
  char bytes[1 + max_integer_text];
  size_t size = put_integer(bytes, value);
  if (size == 0) {
    const size_t digits = format_i64(bytes + 1, value);
    size = put_length(bytes, digits) + digits;
  }
  out_.append(bytes, size);
}

void RdbWriter::real(double value) { fixed(value); }

void RdbWriter::milliseconds(int64_t at_ms) { fixed(at_ms); }

void RdbWriter::byte(uint8_t value) { out_.push_back(static_cast<char>(value)); }

template <typename T>
void RdbWriter::fixed(T value) {
  char bytes[sizeof value];
  out_.append(bytes, put(bytes, value));
}

}  // namespace redoubt

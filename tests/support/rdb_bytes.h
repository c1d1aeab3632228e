// RDB files and DUMP payloads byte by byte, for tests of what reads them. On purpose not the writer of common/rdb: it shares
// nothing with what it tests but the checksum, and it writes what no writer of ours would.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace redoubt {

class RdbBytes {
 public:
  RdbBytes() = default;
  explicit RdbBytes(int version);  // begins with a file's header

  RdbBytes& raw(std::string_view bytes);
  RdbBytes& byte(int value);
  RdbBytes& u16(uint64_t value);
  RdbBytes& u32(uint64_t value);
  RdbBytes& u64(uint64_t value);
  RdbBytes& real(double value);
  RdbBytes& length(uint64_t value);  // in its shortest form
  RdbBytes& string(std::string_view bytes);
  RdbBytes& strings(std::initializer_list<std::string_view> all);
  // Type and name of a key.
  RdbBytes& key(int type, std::string_view name);
  // The end of a file, with its checksum.
  std::string end();
  std::string end_without_checksum();
  // The end of a payload.
  std::string footer(int version = 11);
  const std::string& bytes() const { return bytes_; }

 private:
  RdbBytes& number(uint64_t value, size_t size);

  std::string bytes_;
};

// A listpack of these elements; text that is an integer becomes one.
std::string listpack_of(std::initializer_list<std::string_view> elements);

}  // namespace redoubt

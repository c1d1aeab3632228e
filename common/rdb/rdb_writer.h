// Writes the pieces of RDB files and DUMP payloads, as Redis 7.2 does: the same choices of lengths, integers and compression,
// so that equal data gives equal bytes. Appends to a buffer of the caller, who may empty it between any two calls. Knows
// nothing of files or checksums. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/rdb/rdb_format.h"

namespace redoubt {

class RdbWriter {
 public:
  // `compress`: strings of more than 20 bytes are packed with LZF where that makes them smaller.
  RdbWriter(std::string& out, bool compress) : out_(out), compress_(compress) {}

  // ---- the file ---------------------------------------------------------------------------------
  void header(int version = rdb_written_version);
  void aux(std::string_view name, std::string_view value);
  void aux(std::string_view name, int64_t value);
  void function(std::string_view code);
  void select_db(uint64_t db);
  void sizes(uint64_t keys, uint64_t volatile_keys);
  // Written before the key, in this order, where they apply.
  void expires(int64_t at_ms);
  void idle(uint64_t seconds);
  void frequency(uint8_t counter);
  void type(RdbType type);
  void end();
  // Of all that was written before it; 0 for none.
  void checksum(uint64_t crc);
  // The end of a DUMP payload, which begins at `begin` of the buffer.
  void payload_footer(size_t begin, int version = rdb_written_version);

  // ---- values -----------------------------------------------------------------------------------
  void length(uint64_t length);
  // An integer where the text is one that fits 32 bits, packed where that helps, else as it is.
  void string(std::string_view bytes);
  // One that was packed with LZF before.
  void packed_string(std::string_view packed, size_t unpacked_size);
  void integer_string(int64_t value);
  void real(double value);           // 8 bytes
  void milliseconds(int64_t at_ms);  // 8 bytes
  void byte(uint8_t value);

 private:
  void opcode(RdbOpcode opcode);
  bool try_packing(std::string_view bytes);
  template <typename T>
  void fixed(T value);

  std::string& out_;
  bool compress_;
};

}  // namespace redoubt

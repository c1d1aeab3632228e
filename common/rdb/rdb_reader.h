// Reads RDB files and DUMP payloads, of all versions and types, and tells a visitor; decides nothing but whether the bytes are
// sound. Hostile input costs no more memory than it has bytes (or unpacks to, where LZF justifies it). Reads from a
// source in pieces: a file of any size takes one buffer and the largest string in it. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/byte_source.h"
#include "common/base/result.h"
#include "common/rdb/rdb_visitor.h"

namespace redoubt {

struct RdbReadOptions {
  // Looks also for members that appear twice and for what is out of order: what a server could hold, but none ever wrote.
  bool deep = false;
  // A checksum that is there must be right. Costs time where it is not wanted.
  bool verify_checksum = true;
  // Data of modules are no error: they are read over, as their form allows without the module, and told by name only.
  bool skip_modules = false;
};

// Where reading begins that is not at a file's beginning.
struct RdbMiddle {
  uint64_t offset = 0;  // what the source gives first: the first byte of a record
  int version = rdb_newest_version;
  uint64_t db = 0;
};

// Where reading stopped, or is: for messages.
struct RdbPosition {
  uint64_t offset = 0;  // of the next byte
  uint64_t record = 0;  // where the record begins that was being read
  uint64_t db = 0;
  // As redis-check-rdb calls it: "start", "read-type", "read-expire", "read-key", "read-object-value", "check-sum",
  // "read-len", "read-aux", "read-module-aux" or "read-functions".
  std::string_view doing;
  std::optional<std::string> key;  // once it is known, until its value is read
  std::optional<RdbType> type;     // of the key that was begun, until its value is read
};

class RdbReader {
 public:
  RdbReader(ByteSource& source, RdbReadOptions options = {});
  // There is no header, and the checksum at the end is not looked at, since not all bytes were seen.
  RdbReader(ByteSource& source, RdbReadOptions options, const RdbMiddle& from);
  ~RdbReader();
  RdbReader(const RdbReader&) = delete;
  RdbReader& operator=(const RdbReader&) = delete;

  // Reads one record, the header as the first, and tells the visitor. False: the file's end was reached and its checksum is
  // right. After an error nothing more can be read. Between two calls offset() is where the next record begins.
  Result<bool> next(RdbVisitor& visitor);
  // Records until the end.
  Status read_all(RdbVisitor& visitor);
  // After the end: whether the file has a checksum. It need not, since it can be saved without.
  bool has_checksum() const;

  // Bytes that were consumed. What follows the end of an RDB preamble in an AOF: taken_over(), then the source.
  uint64_t offset() const;
  std::string_view taken_over() const;
  RdbPosition position() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Verifies the footer of a DUMP payload: its version and (unless told not to) its checksum.
bool valid_payload(std::string_view payload, bool verify_checksum = true);
// Tells the value of a payload whose footer is valid; begin_key() is not called, end_key() is. The payload's first byte is
// its RdbType: see rdb_kind().
Status read_payload(std::string_view payload, RdbReadOptions options, RdbVisitor& visitor);

}  // namespace redoubt

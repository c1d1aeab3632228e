// Reads RDB files and DUMP payloads, of all versions and types, and tells a visitor; decides nothing but whether the bytes are
// sound. Hostile input costs no more memory than it has bytes (or unpacks to, where LZF justifies it). Reads from a
// source in pieces: a file of any size takes one buffer and the largest string in it. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/rdb/rdb_visitor.h"

namespace redoubt {

// Where bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads some; 0 at the end.
  virtual Result<size_t> read(std::span<char> bytes) = 0;
};

struct RdbReadOptions {
  // Looks at every element of every blob, and for members that appear twice, not only at the blob's frame.
  bool deep = false;
  // A checksum that is there must be right.
  bool verify_checksum = true;
};

// Where reading stopped, or is: for messages.
struct RdbPosition {
  uint64_t offset = 0;  // of the next byte
  std::string doing;    // "reading the type of a key", "checking a listpack", …
  bool in_key = false;  // whether the next two are known
  std::string key;
  RdbType type{};
};

class RdbReader {
 public:
  RdbReader(ByteSource& source, RdbReadOptions options = {});
  ~RdbReader();
  RdbReader(const RdbReader&) = delete;
  RdbReader& operator=(const RdbReader&) = delete;

  // Reads one record, the header as the first, and tells the visitor. False: the file's end was reached and its checksum is
  // right. After an error nothing more can be read.
  Result<bool> next(RdbVisitor& visitor);
  // Records until the end.
  Status read_all(RdbVisitor& visitor);

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
// Tells the value of a payload whose footer is valid; begin_key() is not called, end_key() is.
Status read_payload(std::string_view payload, RdbReadOptions options, RdbVisitor& visitor);

}  // namespace redoubt

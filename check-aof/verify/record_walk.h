// Reads one record of a log the way redis-check-aof does, byte for byte and leniently, to say what that program would say of it:
// its messages and its count of lines are what scripts know. Only for the record where the real reading (common/aof) has
// stopped, so that it need not be fast.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/byte_source.h"

namespace redoubt {

struct RecordWalk {
  // The line that redis-check-aof prints before the verdict; empty: it has nothing to say.
  std::string message;
  bool accepted = false;   // it takes the record
  uint64_t lines = 0;      // that it counted
  uint64_t bytes_at = 0;   // where the last argument's bytes begin; 0: there was none
  std::string name;        // of the command, as far as it was there; at most 64 bytes
  uint64_t arguments = 0;  // that are whole
  uint64_t announced = 0;  // arguments by the record's first line
};

// `source` begins at the record, `offset` of the file. `file_name` stands in the messages.
RecordWalk walk_record(ByteSource& source, uint64_t offset, const std::string& file_name, bool in_transaction);

}  // namespace redoubt

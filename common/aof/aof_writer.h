// Writes the records of an append-only file: requests, and marks of time between them. Appends to a buffer of the caller, who may
// empty it between any two records. Knows nothing of files, of databases (SELECT is a command like any other) or of what commands
// mean. Not thread-safe.
#pragma once

#include <cstdint>

#include "common/resp/request_writer.h"

namespace redoubt {

class AofWriter : public RequestWriter {
 public:
  using RequestWriter::RequestWriter;

  void select(int db);
  // The commands that follow were carried out at this time.
  void timestamp(int64_t unix_seconds);
  // The same if it is later than the last one; a file that is begun anew should have forget_timestamp().
  void timestamp_if_later(int64_t unix_seconds) {
    if (unix_seconds > last_timestamp_) timestamp(unix_seconds);
  }
  void forget_timestamp() { last_timestamp_ = 0; }

 private:
  int64_t last_timestamp_ = 0;
};

}  // namespace redoubt

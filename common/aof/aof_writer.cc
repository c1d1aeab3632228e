#include "common/aof/aof_writer.h"

#include "common/aof/aof_format.h"
#include "common/base/number.h"

namespace redoubt {

void AofWriter::select(int db) {
  begin(2);
  argument("SELECT");
  argument(static_cast<int64_t>(db));
}

void AofWriter::timestamp(int64_t unix_seconds) {
  char text[max_integer_text];
  last_timestamp_ = unix_seconds;
  out().append(aof_timestamp_mark).append(text, format_i64(text, unix_seconds)).append("\r\n");
}

}  // namespace redoubt

#include "common/aof/aof_writer.h"

#include <cstring>

#include "common/aof/aof_format.h"
#include "common/base/number.h"

namespace redoubt {

void AofWriter::header(char mark, uint64_t number) {
  char line[max_integer_text + 3];
  line[0] = mark;
  const size_t digits = format_u64(line + 1, number);
  line[1 + digits] = '\r';
  line[2 + digits] = '\n';
  out_.append(line, digits + 3);
}

void AofWriter::begin(size_t args) { header('*', args); }

void AofWriter::argument(std::string_view bytes) {
  header('$', bytes.size());
  out_.append(bytes);
  out_.append("\r\n", 2);
}

void AofWriter::argument(int64_t value) {
  char text[max_integer_text];
  argument(std::string_view(text, format_i64(text, value)));
}

void AofWriter::argument(double value) {
  char text[max_short_double_text];
  argument(std::string_view(text, format_double(text, value)));
}

void AofWriter::command(std::span<const std::string_view> args) {
  begin(args.size());
  for (const std::string_view arg : args) argument(arg);
}

void AofWriter::select(int db) {
  begin(2);
  argument("SELECT");
  argument(static_cast<int64_t>(db));
}

void AofWriter::timestamp(int64_t unix_seconds) {
  char text[max_integer_text];
  last_timestamp_ = unix_seconds;
  out_.append(aof_timestamp_mark).append(text, format_i64(text, unix_seconds)).append("\r\n");
}

size_t aof_command_size(std::span<const std::string_view> args) {
  size_t size = 3 + count_digits(args.size());
  for (const std::string_view arg : args) size += 5 + count_digits(arg.size()) + arg.size();
  return size;
}

}  // namespace redoubt

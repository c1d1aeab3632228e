#include "common/aof/aof_writer.h"

#include <cstring>

#include "common/aof/aof_format.h"
#include "common/base/number.h"

namespace redoubt {

namespace {

constexpr size_t max_header = max_integer_text + 3;
constexpr size_t short_record = 512;

char* put_header(char* at, char mark, uint64_t number) {
  *at++ = mark;
  at += format_u64(at, number);
  *at++ = '\r';
  *at++ = '\n';
  return at;
}

}  // namespace

void AofWriter::header(char mark, uint64_t number) {
  char line[max_header];
  out_.append(line, static_cast<size_t>(put_header(line, mark, number) - line));
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
  size_t most = max_header;
  for (const std::string_view arg : args) most += max_header + arg.size() + 2;
  // Most commands are short: put together here, they cost the string one look at its size.
  if (most <= short_record) {
    char record[short_record];
    char* at = put_header(record, '*', args.size());
    for (const std::string_view arg : args) {
      at = put_header(at, '$', arg.size());
      if (!arg.empty()) memcpy(at, arg.data(), arg.size());
      at += arg.size();
      *at++ = '\r';
      *at++ = '\n';
    }
    out_.append(record, static_cast<size_t>(at - record));
    return;
  }
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

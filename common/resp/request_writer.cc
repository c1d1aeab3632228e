#include "common/resp/request_writer.h"

#include <cstring>

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

void RequestWriter::header(char mark, uint64_t number) {
  char line[max_header];
  out_.append(line, static_cast<size_t>(put_header(line, mark, number) - line));
}

void RequestWriter::begin(size_t args) { header('*', args); }

void RequestWriter::argument(std::string_view bytes) {
  header('$', bytes.size());
  out_.append(bytes);
  out_.append("\r\n", 2);
}

void RequestWriter::argument(int64_t value) {
  char text[max_integer_text];
  argument(std::string_view(text, format_i64(text, value)));
}

void RequestWriter::argument(double value) {
  char text[max_short_double_text];
  argument(std::string_view(text, format_double(text, value)));
}

void RequestWriter::command(std::span<const std::string_view> args) {
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

}  // namespace redoubt

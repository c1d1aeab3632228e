#include "common/resp/reply_writer.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace redoubt {

void ReplyWriter::error(std::string_view text) {
  ++errors_;
  const std::string_view code = text.substr(0, text.find(' '));
  last_code_size_ = static_cast<uint32_t>(std::min(code.size(), sizeof last_code_));
  memcpy(last_code_, code.data(), last_code_size_);
  if (text.find_first_of("\r\n") == std::string_view::npos) return line('-', text);
  std::string one_line(text);
  for (char& c : one_line) {
    if (c == '\r' || c == '\n') c = ' ';
  }
  line('-', one_line);
}

void ReplyWriter::number(double value) {
  char buffer[max_short_double_text];
  const std::string_view text(buffer, format_double(buffer, value));
  if (resp3_) {
    line(',', text);
  } else {
    bulk(text);
  }
}

void ReplyWriter::verbatim(std::string_view text, std::string_view kind) {
  if (!resp3_) return bulk(text);
  head('=', static_cast<int64_t>(text.size() + 4));
  out_->append(kind.substr(0, 3));
  out_->append(":");
  out_->append(text);
  out_->append("\r\n");
}

void ReplyWriter::end(const Deferred& place, Aggregate kind, size_t count) {
  char text[max_integer_text + 3];
  const bool doubled = kind == Aggregate::map && !resp3_;
  text[0] = !resp3_ || kind == Aggregate::array ? '*' : kind == Aggregate::map ? '%' : '~';
  size_t size = 1 + format_u64(text + 1, doubled ? count * 2 : count);
  text[size++] = '\r';
  text[size++] = '\n';
  out_->fill_gap(place, {text, size});
}

}  // namespace redoubt

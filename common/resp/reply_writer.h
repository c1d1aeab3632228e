// Replies in RESP2 and RESP3, straight into an OutputBuffer. Each call appends one value, or the head of an aggregate
// whose elements follow; what RESP2 lacks is written as RESP2 clients know it (a map as a flat array, null as a null
// bulk, a double as a bulk string, and so on). No allocation. Not thread-safe.
// Format: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/number.h"
#include "common/resp/output_buffer.h"

namespace redoubt {

class ReplyWriter {
 public:
  explicit ReplyWriter(OutputBuffer& out) : out_(&out) {}

  void set_version(int version) { resp3_ = version >= 3; }
  bool resp3() const { return resp3_; }
  OutputBuffer& out() { return *out_; }

  void ok() { out_->append("+OK\r\n"); }
  // No CR or LF inside.
  void simple(std::string_view text) { line('+', text); }
  // `text` begins with the code: "ERR ...", "WRONGTYPE ...". CR and LF inside become blanks. Counted (see errors()).
  void error(std::string_view text);
  void integer(int64_t value) { head(':', value); }
  void bulk(std::string_view value) {
    char* at = out_->reserve(max_integer_text + 5);
    *at = '$';
    size_t size = 1 + format_u64(at + 1, value.size());
    at[size++] = '\r';
    at[size++] = '\n';
    out_->commit(size);
    out_->append(value);
    out_->append("\r\n");
  }
  void bulk_integer(int64_t value) {
    char text[max_integer_text];
    bulk({text, format_i64(text, value)});
  }
  void null() { out_->append(resp3_ ? "_\r\n" : "$-1\r\n"); }
  void null_array() { out_->append(resp3_ ? "_\r\n" : "*-1\r\n"); }
  void boolean(bool value) { out_->append(resp3_ ? (value ? "#t\r\n" : "#f\r\n") : (value ? ":1\r\n" : ":0\r\n")); }
  void number(double value);
  // Plain text with a three-letter kind: "txt" or "mkd".
  void verbatim(std::string_view text, std::string_view kind = "txt");
  void big_number(std::string_view digits) { resp3_ ? line('(', digits) : bulk(digits); }
  void array(size_t count) { head('*', static_cast<int64_t>(count)); }
  void map(size_t pairs) { resp3_ ? head('%', static_cast<int64_t>(pairs)) : array(pairs * 2); }
  void set(size_t count) { head(resp3_ ? '~' : '*', static_cast<int64_t>(count)); }
  // RESP3 only; in RESP2 a push is an array, and attributes must not be sent.
  void push(size_t count) { head(resp3_ ? '>' : '*', static_cast<int64_t>(count)); }
  void attribute(size_t pairs) { head('|', static_cast<int64_t>(pairs)); }

  // Aggregates whose count is known only at the end.
  enum class Aggregate : char { array, map, set };
  using Deferred = OutputBuffer::Mark;
  Deferred begin() { return out_->open_gap(); }
  void end(const Deferred& place, Aggregate kind, size_t count);

  // How many errors were written since the last take_errors(), and the code of the last one ("ERR").
  uint32_t errors() const { return errors_; }
  std::string_view last_error_code() const { return {last_code_, last_code_size_}; }
  void take_errors() { errors_ = 0; }

 private:
  void head(char kind, int64_t value) {
    char* at = out_->reserve(max_integer_text + 5);
    *at = kind;
    size_t size = 1 + format_i64(at + 1, value);
    at[size++] = '\r';
    at[size++] = '\n';
    out_->commit(size);
  }
  void line(char kind, std::string_view text) {
    char* at = out_->reserve(1);
    *at = kind;
    out_->commit(1);
    out_->append(text);
    out_->append("\r\n");
  }

  OutputBuffer* out_;
  bool resp3_ = false;
  uint32_t errors_ = 0;
  uint32_t last_code_size_ = 0;
  char last_code_[32] = {};
};

}  // namespace redoubt

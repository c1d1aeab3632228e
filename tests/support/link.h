// A connection to a server for tests, and replies as plain values. It reads both protocols by itself, apart from what the
// server uses, and as deep as replies go (hiredis 0.14 stops at seven levels and knows RESP2 only). Failures of the
// connection and bytes that are no reply throw std::runtime_error; error replies are values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redoubt {

struct Value {
  // The byte that begins the reply: '+' '-' ':' '$' '*' and in RESP3 '_' '%' '~' '#' ',' '(' '=' '>'. A null of RESP2
  // becomes '_' too.
  char kind = '_';
  int64_t integer = 0;       // of ':'
  std::string text;          // of what is no aggregate, but not of ':' and '_'
  std::vector<Value> items;  // of aggregates; names and values of a map one after the other

  bool is_null() const { return kind == '_'; }
  // Of a map, or an array of names and values: the value with that name; nullptr when there is none.
  const Value* field(std::string_view name) const;
};

// All replies that `bytes` hold.
std::vector<Value> parse_values(std::string_view bytes);
// The value as one line, its kind included: two values are equal when their lines are.
std::string to_line(const Value& value);

class Link {
 public:
  explicit Link(int port);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();
  Value run(const std::vector<std::string>& words);
  // The reply as its bytes.
  std::string run_raw(const std::vector<std::string>& words);
  // All at once, and their replies in order, as bytes. Replies are awaited when all has been sent: not for megabytes.
  std::vector<std::string> run_batch(std::span<const std::vector<std::string>> requests);
  // The two halves of run_raw, for commands that wait; readable() says whether some of a reply came within the time.
  void send_only(const std::vector<std::string>& words);
  bool readable(int milliseconds);
  std::string receive_raw();

 private:
  void send_bytes(std::string_view bytes);
  // One whole reply: the value, and how many bytes of input_ it is. The input before `begin` is done with.
  std::pair<Value, size_t> receive(size_t begin = 0);

  int fd_ = -1;
  std::string input_;
};

}  // namespace redoubt

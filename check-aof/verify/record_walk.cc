#include "check-aof/verify/record_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace redoubt {
namespace {

constexpr size_t longest_line = 127;  // what it reads at once, with the end of the line
constexpr size_t longest_name = 64;

// C's idea of text: signed, and a zero byte ends it.
std::string two_bytes(const char* at) {
  return fmt::format("{:02x}{:02x}", static_cast<unsigned>(static_cast<int>(static_cast<signed char>(at[0]))),
                     static_cast<unsigned>(static_cast<int>(static_cast<signed char>(at[1]))));
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// strtol of a text that a zero byte ends; `end` is where it stopped.
int64_t to_number(const char* text, const char*& end) {
  const char* at = text;
  while (is_blank(*at)) ++at;
  const bool negative = *at == '-';
  if (*at == '-' || *at == '+') ++at;
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  int64_t value = 0;
  const char* const digits = at;
  for (; *at >= '0' && *at <= '9'; ++at) {
    const int64_t digit = *at - '0';
    value = value > (most - digit) / 10 ? most : value * 10 + digit;
  }
  end = at == digits ? text : at;
  return negative ? -value : value;
}

bool is_word(const std::string& text, const char* word) { return strcasecmp(text.c_str(), word) == 0; }

class Walker {
 public:
  Walker(ByteSource& source, uint64_t offset, bool in_transaction)
      : source_(source), offset_(offset), in_transaction_(in_transaction) {}

  RecordWalk walk(const std::string& file_name);

 private:
  int peek();
  std::vector<char> read_line();
  bool read_number(char prefix, int64_t& value);
  bool read_argument(std::string& shown);
  bool read_bytes(uint64_t length, std::string& first, char* last_two);
  bool expect_newline(const char* at);
  void say(const std::string& text);

  ByteSource& source_;
  uint64_t offset_;  // of the next byte
  char buffer_[4096] = {};
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t problem_ = 0;
  bool in_transaction_;
  RecordWalk walk_;
};

int Walker::peek() {
  if (begin_ == end_) {
    const auto got = source_.read({buffer_, sizeof buffer_});
    if (!got || *got == 0) return -1;
    begin_ = 0;
    end_ = *got;
  }
  return static_cast<unsigned char>(buffer_[begin_]);
}

// Some zero bytes follow what was read, as in a buffer that was empty before.
std::vector<char> Walker::read_line() {
  std::vector<char> line;
  while (line.size() < longest_line && peek() >= 0) {
    const char c = buffer_[begin_++];
    ++offset_;
    line.push_back(c);
    if (c == '\n') break;
  }
  if (!line.empty()) line.resize(line.size() + 3, '\0');
  return line;
}

void Walker::say(const std::string& text) {
  // Shown as a C string.
  walk_.message = fmt::format("0x{:16x}: {}", problem_, text.c_str());
}

bool Walker::expect_newline(const char* at) {
  if (at[0] != '\r' || at[1] != '\n') {
    say("Expected \\r\\n, got: " + two_bytes(at));
    return false;
  }
  ++walk_.lines;
  return true;
}

bool Walker::read_number(char prefix, int64_t& value) {
  problem_ = offset_;
  const std::vector<char> line = read_line();
  if (line.empty()) {
    if (in_transaction_) say("Reached EOF before reading EXEC for MULTI");
    return false;
  }
  if (line[0] != prefix) {
    say(fmt::format("Expected prefix '{}', got: '{}'", prefix, line[0]));
    return false;
  }
  const char* end = nullptr;
  value = to_number(line.data() + 1, end);
  return expect_newline(end);
}

bool Walker::read_bytes(uint64_t length, std::string& first, char* last_two) {
  problem_ = walk_.bytes_at = offset_;
  uint64_t got = 0;
  while (got < length && peek() >= 0) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(end_ - begin_, length - got));
    const char* const bytes = buffer_ + begin_;
    if (first.size() < longest_name) first.append(bytes, std::min(size, longest_name - first.size()));
    for (size_t i = size - std::min<size_t>(size, 2); i < size; ++i) {
      last_two[0] = last_two[1];
      last_two[1] = bytes[i];
    }
    begin_ += size;
    got += size;
    offset_ += size;
  }
  if (got == length) return true;
  say(fmt::format("Expected to read {} bytes, got {} bytes", length, got));
  return false;
}

bool Walker::read_argument(std::string& shown) {
  int64_t length = 0;
  if (!read_number('$', length)) return false;
  if (length < 0 || length > std::numeric_limits<int64_t>::max() - 2) {
    say(fmt::format("Expected to read string of {} bytes, which is not in the suitable range", length));
    return false;
  }
  char tail[2] = {};
  const bool whole = read_bytes(static_cast<uint64_t>(length) + 2, shown, tail);
  if (shown.size() > static_cast<uint64_t>(length)) shown.resize(static_cast<size_t>(length));
  return whole && expect_newline(tail);
}

RecordWalk Walker::walk(const std::string& file_name) {
  const int first = peek();
  if (first == '#') {
    walk_.accepted = true;
    return std::move(walk_);
  }
  if (first != '*') {
    if (first >= 0) walk_.message = fmt::format("AOF {} format error", file_name);
    return std::move(walk_);
  }
  int64_t count = 0;
  if (!read_number('*', count)) return std::move(walk_);
  walk_.announced = static_cast<uint64_t>(std::max<int64_t>(count, 0));
  for (int64_t i = 0; i < count; ++i) {
    std::string shown;
    const bool whole = read_argument(shown);
    if (i == 0) walk_.name = shown;
    if (!whole) return std::move(walk_);
    ++walk_.arguments;
    const bool multi = i == 0 && is_word(shown, "multi");
    const bool exec = i == 0 && is_word(shown, "exec");
    if ((multi && in_transaction_) || (exec && !in_transaction_)) {
      say(fmt::format("Unexpected {} in AOF {}", multi ? "MULTI" : "EXEC", file_name));
      return std::move(walk_);
    }
    if (multi || exec) in_transaction_ = multi;
  }
  walk_.accepted = true;
  return std::move(walk_);
}

}  // namespace

RecordWalk walk_record(ByteSource& source, uint64_t offset, const std::string& file_name, bool in_transaction) {
  return Walker(source, offset, in_transaction).walk(file_name);
}

}  // namespace redoubt

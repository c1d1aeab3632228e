#include "common/resp/reply_scanner.h"

#include <algorithm>
#include <cstring>

#include "common/base/number.h"

namespace redoubt {
namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// Most replies are bulks of a few bytes, or none: how many bytes such a one is, if it stands there whole; else 0.
size_t short_bulk(std::string_view input) {
  constexpr std::string_view nil = "$-1\r\n";
  if (input.size() < nil.size() || input[0] != '$') return 0;
  if (!is_digit(input[1])) return input.starts_with(nil) ? nil.size() : 0;
  auto length = static_cast<size_t>(input[1] - '0');
  size_t at = 2;
  if (is_digit(input[2]) && length > 0) length = length * 10 + static_cast<size_t>(input[at++] - '0');
  if (input[at] != '\r' || input[at + 1] != '\n') return 0;
  const size_t size = at + length + 4;
  return size <= input.size() ? size : 0;
}

}  // namespace

void ReplyScanner::reset() {
  line_.clear();
  levels_.clear();
  bulk_left_ = 0;
  bulk_is_error_ = false;
}

bool ReplyScanner::scan(std::string_view input, uint64_t& replies) {
  while (!input.empty()) {
    if (bulk_left_ > 0) {
      const size_t here = std::min<uint64_t>(bulk_left_, input.size());
      if (bulk_is_error_ && line_.size() < max_line) line_.append(input.substr(0, here));
      input.remove_prefix(here);
      bulk_left_ -= here;
      if (bulk_left_ > 0) return true;
      if (bulk_is_error_) {
        tell_error(std::string_view(line_).substr(0, line_.size() - std::min<size_t>(line_.size(), 2)), replies);
        line_.clear();
        bulk_is_error_ = false;
      }
      end_value(replies);
      continue;
    }
    if (const size_t size = line_.empty() ? short_bulk(input) : 0; size > 0) {
      input.remove_prefix(size);
      end_value(replies);
      continue;
    }
    const auto* const newline = static_cast<const char*>(memchr(input.data(), '\n', input.size()));
    const size_t size = newline == nullptr ? input.size() : static_cast<size_t>(newline - input.data()) + 1;
    if (line_.size() + size > max_line) return false;
    std::string_view line = input.substr(0, size);
    input.remove_prefix(size);
    if (newline == nullptr || !line_.empty()) {
      line_.append(line);
      if (newline == nullptr) return true;
      line = line_;
    }
    if (line.size() < 3 || line[line.size() - 2] != '\r') return false;
    if (!take_line(line.substr(0, line.size() - 2), replies)) return false;
    line_.clear();
  }
  return true;
}

bool ReplyScanner::take_line(std::string_view line, uint64_t& replies) {
  switch (line[0]) {
    case '-':
      if (levels_.empty()) tell_error(line.substr(1), replies);
      end_value(replies);
      return true;
    case '+':
    case ':':
    case '_':
    case ',':
    case '#':
    case '(': end_value(replies); return true;
    case '$':
    case '=':
    case '!': return begin_bulk(line, replies);
    case '*':
    case '~':
    case '%':
    case '>':
    case '|': return begin_aggregate(line, replies);
    default: return false;
  }
}

bool ReplyScanner::begin_bulk(std::string_view line, uint64_t& replies) {
  const auto length = parse_i64(line.substr(1));
  if (!length || *length < -1 || *length > max_bulk) return false;
  if (*length == -1) {
    end_value(replies);
    return true;
  }
  bulk_left_ = static_cast<uint64_t>(*length) + 2;
  bulk_is_error_ = line[0] == '!' && levels_.empty();
  return true;
}

bool ReplyScanner::begin_aggregate(std::string_view line, uint64_t& replies) {
  const auto count = parse_i64(line.substr(1));
  if (!count || *count < -1 || *count > max_bulk || levels_.size() == max_depth) return false;
  const bool pairs = line[0] == '%' || line[0] == '|';
  const uint64_t items = *count < 0 ? 0 : static_cast<uint64_t>(*count) * (pairs ? 2 : 1);
  if (items > 0) {
    levels_.push_back({items, line[0]});
  } else if (line[0] != '|' && (line[0] != '>' || !levels_.empty())) {
    end_value(replies);
  }
  return true;
}

void ReplyScanner::end_value(uint64_t& replies) {
  while (!levels_.empty()) {
    if (--levels_.back().left > 0) return;
    const char kind = levels_.back().kind;
    levels_.pop_back();
    if (kind == '|' || (kind == '>' && levels_.empty())) return;
  }
  ++replies;
}

void ReplyScanner::tell_error(std::string_view text, uint64_t before) {
  if (errors_ != nullptr) errors_->error_reply(text, before);
}

}  // namespace redoubt

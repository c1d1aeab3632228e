#include "common/base/config_file.h"

#include <fmt/core.h>
#include <algorithm>

namespace redoubt {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
// A bare word is ended by fewer characters than separate words: \v and \f belong to it.
bool ends_word(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char unescape(char c) {
  switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'a': return '\a';
    default: return c;
  }
}

class WordSplitter {
 public:
  explicit WordSplitter(std::string_view line) : line_(line.substr(0, line.find('\0'))) {}

  // False at the end of the line or on an error.
  bool next(std::string& word) {
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
    if (at_ == line_.size()) return false;
    while (at_ < line_.size() && !ends_word(line_[at_])) {
      const char c = line_[at_++];
      if (c == '"' || c == '\'') {
        failed_ = !(c == '"' ? read_double_quoted(word) : read_single_quoted(word));
        return !failed_;
      }
      word += c;
    }
    return true;
  }
  bool failed() const { return failed_; }

 private:
  bool closed() const { return at_ == line_.size() || is_blank(line_[at_]); }

  bool read_double_quoted(std::string& word) {
    while (at_ < line_.size()) {
      const std::string_view rest = line_.substr(at_);
      if (rest[0] == '"') {
        ++at_;
        return closed();
      }
      if (rest.size() >= 4 && rest[0] == '\\' && rest[1] == 'x' && hex_value(rest[2]) >= 0 && hex_value(rest[3]) >= 0) {
        word += static_cast<char>(hex_value(rest[2]) * 16 + hex_value(rest[3]));
        at_ += 4;
      } else if (rest.size() >= 2 && rest[0] == '\\') {
        word += unescape(rest[1]);
        at_ += 2;
      } else {
        word += rest[0];
        ++at_;
      }
    }
    return false;
  }

  bool read_single_quoted(std::string& word) {
    while (at_ < line_.size()) {
      const std::string_view rest = line_.substr(at_);
      if (rest.substr(0, 2) == "\\'") {
        word += '\'';
        at_ += 2;
        continue;
      }
      ++at_;
      if (rest[0] == '\'') return closed();
      word += rest[0];
    }
    return false;
  }

  std::string_view line_;
  size_t at_ = 0;
  bool failed_ = false;
};

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '\\':
      case '"':
        out += '\\';
        out += c;
        break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\a': out += "\\a"; break;
      case '\b': out += "\\b"; break;
      default:
        if (c >= ' ' && c <= '~') {
          out += c;
        } else {
          const auto byte = static_cast<unsigned char>(c);
          const char escaped[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
          out.append(escaped, sizeof escaped);
        }
    }
  }
  out += '"';
}

}  // namespace

std::optional<std::vector<std::string>> split_words(std::string_view line) {
  WordSplitter splitter(line);
  std::vector<std::string> words;
  std::string word;
  while (splitter.next(word)) {
    words.push_back(std::move(word));
    word.clear();
  }
  if (splitter.failed()) return std::nullopt;
  return words;
}

std::string quote_word(std::string_view text) {
  std::string quoted;
  append_quoted(quoted, text);
  return quoted;
}

void append_word(std::string& out, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\'' && c != '\\'; });
  if (plain && !text.empty()) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

Result<std::vector<ConfigLine>> parse_config_text(std::string_view text) {
  std::vector<ConfigLine> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t newline = text.find('\n');
    const std::string_view line = trim(text.substr(0, newline));
    text = newline == std::string_view::npos ? std::string_view() : text.substr(newline + 1);
    if (line.empty() || line.front() == '#') continue;
    std::optional<std::vector<std::string>> words = split_words(line);
    if (!words) return Error{fmt::format("Unbalanced quotes in configuration line {}: {}", number, line)};
    if (!words->empty()) lines.push_back({number, std::string(line), std::move(*words)});
  }
  return lines;
}

}  // namespace redoubt

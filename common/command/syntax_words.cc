#include "common/command/syntax_words.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>

namespace redoubt {
namespace {

using Items = std::vector<SyntaxItem>;
using Words = std::vector<std::string_view>;

constexpr std::string_view brackets = "[]<>|";

Words words_of(std::string_view line) {
  Words words;
  size_t at = 0;
  while (at < line.size()) {
    if (line[at] == ' ') {
      ++at;
      continue;
    }
    size_t end = at + 1;
    if (brackets.find(line[at]) == std::string_view::npos) {
      while (end < line.size() && line[end] != ' ' && brackets.find(line[end]) == std::string_view::npos) ++end;
    }
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

bool is_token(std::string_view word) {
  return std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

// Recursive descent over the words. The first error stops it and stays.
class Splitter {
 public:
  explicit Splitter(Words words) : words_(std::move(words)) {}

  Result<Items> run() {
    SyntaxItem all;
    all.kind = SyntaxItem::Kind::required;
    level(all, {});
    if (error_.empty() && all.alternatives.size() > 1) error_ = "'|' outside brackets";
    if (error_.empty() && all.repeated) error_ = "a repetition of the whole line";
    if (!error_.empty()) return Error{error_};
    return std::move(all.alternatives.front());
  }

 private:
  // Reads alternatives into `group` up to the bracket `close`, or to the end of the line.
  void level(SyntaxItem& group, std::string_view close) {
    const size_t begin = at_;
    group.alternatives.emplace_back();
    while (error_.empty()) {
      if (at_ == words_.size()) {
        if (!close.empty()) error_ = fmt::format("'{}' is missing", close);
        break;
      }
      std::string_view word = words_[at_];
      if (word == close) break;
      if (word == "|") {
        ++at_;
        if (group.alternatives.back().empty()) error_ = "an alternative is empty";
        group.alternatives.emplace_back();
      } else {
        item(group, begin);
      }
    }
    if (error_.empty() && !close.empty() && group.alternatives.back().empty()) error_ = "a group is empty";
    if (!close.empty()) ++at_;
  }

  void item(SyntaxItem& group, size_t level_begin) {
    std::string_view word = words_[at_];
    Items& items = group.alternatives.back();
    SyntaxItem item;
    item.begin = at_;
    if (word == "[" && repetition_end() != 0) {
      repeat(group, level_begin);
      return;
    }
    ++at_;
    if (word == "[" || word == "<") {
      item.kind = word == "[" ? SyntaxItem::Kind::optional : SyntaxItem::Kind::required;
      level(item, word == "[" ? "]" : ">");
    } else if (word == "]" || word == ">" || word == "...") {
      error_ = fmt::format("'{}' in the wrong place", word);
    } else {
      item.kind = is_token(word) ? SyntaxItem::Kind::token : SyntaxItem::Kind::word;
      item.text = word;
    }
    items.push_back(std::move(item));
  }

  // Where the bracket opened here closes, when it closes as "...]"; else 0.
  size_t repetition_end() const {
    int depth = 0;
    for (size_t i = at_; i < words_.size(); ++i) {
      if (words_[i] == "[") ++depth;
      if (words_[i] == "]" && --depth == 0) return words_[i - 1] == "..." ? i : 0;
    }
    return 0;
  }

  // x [x ...]: finds what of the words before is meant, and marks it.
  void repeat(SyntaxItem& group, size_t level_begin) {
    const size_t end = repetition_end();
    const std::span<const std::string_view> again = std::span(words_).subspan(at_ + 1, end - 1 - (at_ + 1));
    const size_t length = again.size();
    if (length == 0 || length > at_ - level_begin ||
        !std::ranges::equal(again, std::span(words_).subspan(at_ - length, length))) {
      error_ = fmt::format("the repetition at word {} does not repeat what stands before it", at_);
      return;
    }
    const size_t begin = at_ - length;
    if (begin == level_begin && group.alternatives.size() > 1) {
      group.repeated = true;
      at_ = end + 1;
      return;
    }
    Items& items = group.alternatives.back();
    auto first = std::ranges::find(items, begin, &SyntaxItem::begin);
    if (first == items.end()) {
      error_ = fmt::format("the repetition at word {} begins inside an argument", at_);
      return;
    }
    SyntaxItem repeated;
    repeated.kind = SyntaxItem::Kind::required;
    repeated.repeated = true;
    repeated.begin = begin;
    repeated.alternatives.emplace_back(std::make_move_iterator(first), std::make_move_iterator(items.end()));
    items.erase(first, items.end());
    items.push_back(std::move(repeated));
    at_ = end + 1;
  }

  Words words_;
  size_t at_ = 0;
  std::string error_;
};

}  // namespace

Result<Items> split_syntax(std::string_view line) {
  Result<Items> items = Splitter(words_of(line)).run();
  if (!items) return Error{fmt::format("{} in: {}", items.error().text, line)};
  return items;
}

}  // namespace redoubt

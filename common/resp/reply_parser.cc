#include "common/resp/reply_parser.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr size_t eager_items = 1024;  // room taken before the items have come

std::optional<double> parse_reply_number(std::string_view text) {
  if (text == "nan" || text == "-nan") return std::nan("");
  return parse_double(text);
}

bool is_big_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const Reply* Reply::field(std::string_view name) const {
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text == name) return &items[i + 1];
  }
  return nullptr;
}

ReplyParser::Progress ReplyParser::parse(std::string_view& input) {
  if (!error_.empty()) return Progress::failed;
  whole_ = false;
  while (!input.empty() && !whole_) {
    if (!(bulk_left_ >= 0 ? take_bulk(input) : take_line(input))) return Progress::failed;
  }
  return whole_ ? Progress::whole : Progress::unfinished;
}

bool ReplyParser::fail(std::string_view what) {
  error_ = "Protocol error: ";
  error_ += what;
  return false;
}

bool ReplyParser::take_line(std::string_view& input) {
  const size_t newline = input.find('\n');
  const size_t size = newline == std::string_view::npos ? input.size() : newline + 1;
  const std::string_view part = input.substr(0, size);
  input.remove_prefix(size);
  if (line_.size() + size > limits_.max_line) return fail("too long a line in a reply");
  if (newline == std::string_view::npos || !line_.empty()) line_ += part;
  if (newline == std::string_view::npos) return true;
  // The usual line comes in one piece and is read where it stands.
  std::string kept;
  kept.swap(line_);
  std::string_view line = kept.empty() ? part : std::string_view(kept);
  if (!line.ends_with("\r\n")) return fail("a line that does not end in CR LF");
  line.remove_suffix(2);
  if (line.empty()) return fail("an empty line where a reply should begin");
  return begin_value(line);
}

bool ReplyParser::begin_value(std::string_view line) {
  const std::string_view rest = line.substr(1);
  Reply value;
  const auto as = [&value](ReplyKind kind) -> Reply&& {
    value.kind = kind;
    return std::move(value);
  };
  switch (line.front()) {
    case '+':
    case '-': value.text = rest; return end_value(as(line.front() == '+' ? ReplyKind::simple : ReplyKind::error));
    case ':':
      if (const auto parsed = parse_i64(rest)) {
        value.integer = *parsed;
        return end_value(as(ReplyKind::integer));
      }
      return fail("not an integer");
    case ',':
      if (const auto parsed = parse_reply_number(rest)) {
        value.number = *parsed;
        value.text = rest;
        return end_value(as(ReplyKind::number));
      }
      return fail("not a number");
    case '#':
      if (rest != "t" && rest != "f") return fail("neither true nor false");
      value.integer = rest == "t" ? 1 : 0;
      return end_value(as(ReplyKind::boolean));
    case '(':
      if (!is_big_number(rest)) return fail("not a big number");
      value.text = rest;
      return end_value(as(ReplyKind::big_number));
    case '_': return rest.empty() ? end_value(Reply{}) : fail("something after a null");
    case '$': return begin_bulk(as(ReplyKind::bulk), rest);
    case '!': return begin_bulk(as(ReplyKind::error), rest);
    case '=': return begin_bulk(as(ReplyKind::verbatim), rest);
    case '*': return begin_aggregate(as(ReplyKind::array), rest, 1);
    case '~': return begin_aggregate(as(ReplyKind::set), rest, 1);
    case '>': return begin_aggregate(as(ReplyKind::push), rest, 1);
    case '%': return begin_aggregate(as(ReplyKind::map), rest, 2);
    case '|': return begin_aggregate(as(ReplyKind::map), rest, 2, true);
    default: return fail("no reply begins with this byte");
  }
}

bool ReplyParser::begin_bulk(Reply value, std::string_view length) {
  const auto parsed = parse_i64(length);
  if (parsed == -1 && value.kind == ReplyKind::bulk) return end_value(Reply{});
  if (!parsed || *parsed < 0 || *parsed > limits_.max_bulk) return fail("invalid bulk length");
  bulk_ = std::move(value);
  bulk_left_ = *parsed + 2;
  return true;
}

bool ReplyParser::take_bulk(std::string_view& input) {
  const size_t size = std::min(static_cast<size_t>(bulk_left_), input.size());
  bulk_.text += input.substr(0, size);
  input.remove_prefix(size);
  bulk_left_ -= static_cast<int64_t>(size);
  if (bulk_left_ > 0) return true;
  bulk_left_ = -1;
  if (!bulk_.text.ends_with("\r\n")) return fail("a bulk string that is longer than was said");
  bulk_.text.resize(bulk_.text.size() - 2);
  if (bulk_.kind == ReplyKind::verbatim) {
    if (bulk_.text.size() < 4 || bulk_.text[3] != ':') return fail("a verbatim string without a format");
    bulk_.format = bulk_.text.substr(0, 3);
    bulk_.text.erase(0, 4);
  }
  return end_value(std::exchange(bulk_, {}));
}

bool ReplyParser::begin_aggregate(Reply value, std::string_view count, uint64_t per_item, bool attribute) {
  const auto parsed = parse_i64(count);
  if (parsed == -1 && value.kind == ReplyKind::array) {
    value.kind = ReplyKind::null_array;
    return end_value(std::move(value));
  }
  if (!parsed || *parsed < 0 || *parsed > INT64_MAX / 2) return fail("invalid count of items");
  if (levels_.size() >= limits_.max_depth) return fail("too deeply nested a reply");
  const uint64_t items = static_cast<uint64_t>(*parsed) * per_item;
  if (items == 0) return attribute || end_value(std::move(value));
  value.items.reserve(std::min<uint64_t>(items, eager_items));
  levels_.push_back({std::move(value), items, attribute, {}});
  return true;
}

// The value may be the last item of what is around it, which is whole then too, and so on outwards.
bool ReplyParser::end_value(Reply value) {
  for (;;) {
    value.attributes = std::exchange(attributes_ahead(), {});
    if (levels_.empty()) {
      reply_ = std::move(value);
      whole_ = true;
      return true;
    }
    Level& around = levels_.back();
    around.value.items.push_back(std::move(value));
    if (--around.left > 0) return true;
    value = std::move(around.value);
    const bool attribute = around.attribute;
    levels_.pop_back();
    if (attribute) {
      attributes_ahead() = std::move(value.items);
      return true;
    }
  }
}

}  // namespace redoubt

#include "tests/support/reply_text.h"

#include <fmt/format.h>

#include <ostream>
#include <span>

namespace redoubt {
namespace {

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 32 || c > 126) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      if (quotes && (c == '"' || c == '\\')) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string quoted(std::string_view text) { return '"' + escaped(text, true) + '"'; }

std::string list(const std::vector<Reply>& items) {
  std::string out;
  for (const Reply& item : items) out += (out.empty() ? "" : ", ") + to_string(item);
  return '[' + out + ']';
}

std::string pairs(const std::vector<Reply>& items) {
  std::string out;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    out += (out.empty() ? "" : ", ") + to_string(items[i]) + " => " + to_string(items[i + 1]);
  }
  return '{' + out + '}';
}

std::string value_text(const Reply& reply) {
  switch (reply.kind) {
    case ReplyKind::nil: return "(nil)";
    case ReplyKind::null_array: return "(nil array)";
    case ReplyKind::simple: return escaped(reply.text, false);
    case ReplyKind::error: return "(error) " + escaped(reply.text, false);
    case ReplyKind::integer: return fmt::format("(integer) {}", reply.integer);
    case ReplyKind::bulk: return quoted(reply.text);
    case ReplyKind::array: return list(reply.items);
    case ReplyKind::map: return pairs(reply.items);
    case ReplyKind::set: return "set" + list(reply.items);
    case ReplyKind::number: return "(double) " + reply.text;
    case ReplyKind::boolean: return reply.integer != 0 ? "(true)" : "(false)";
    case ReplyKind::verbatim: return reply.format + quoted(reply.text);
    case ReplyKind::big_number: return "(big) " + reply.text;
    case ReplyKind::push: return "push" + list(reply.items);
  }
  return {};
}

}  // namespace

std::string to_string(const Reply& reply) {
  return (reply.attributes.empty() ? "" : pairs(reply.attributes)) + value_text(reply);
}

void PrintTo(const Reply& reply, std::ostream* out) { *out << to_string(reply); }

}  // namespace redoubt

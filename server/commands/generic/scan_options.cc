#include "server/commands/generic/scan_options.h"

#include "common/base/glob.h"
#include "server/dispatch/argument_reader.h"

namespace redoubt {
namespace {

// A cursor as strtoul reads it: Redis takes signs and leading zeros, but no leading blanks.
std::optional<uint64_t> parse_cursor(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
  }
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(value, 10u, &value) ||
        __builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value)) {
      return std::nullopt;
    }
  }
  return negative ? 0 - value : value;
}

}  // namespace

bool ScanOptions::matches(std::string_view name) const { return pattern == "*" || glob_match(pattern, name); }

std::optional<uint64_t> read_scan_cursor(CommandContext& ctx, size_t index) {
  const auto cursor = parse_cursor(ctx.arg(index));
  if (!cursor) ctx.reply.error("ERR invalid cursor");
  return cursor;
}

std::optional<ScanOptions> read_scan_options(CommandContext& ctx, size_t first, ScanCommand command) {
  ScanOptions options;
  ArgumentReader in(ctx, first);
  while (in.more()) {
    if (in.option("COUNT", 1)) {
      const int64_t count = in.integer();
      if (count < 1) in.fail(errors::syntax);
      options.count = static_cast<uint64_t>(count);
    } else if (in.option("MATCH", 1)) {
      options.pattern = in.word();
    } else if (command == ScanCommand::scan && in.option("TYPE", 1)) {
      options.type = in.word();
    } else if (in.option("NOVALUES")) {
      options.no_values = true;
      if (command != ScanCommand::hscan) in.fail("ERR NOVALUES option can only be used in HSCAN");
    } else {
      in.fail(errors::syntax);
    }
  }
  if (in.ok()) return options;
  in.reply_error();
  return std::nullopt;
}

void reply_empty_scan(ReplyWriter& reply) {
  reply.array(2);
  reply.bulk("0");
  reply.array(0);
}

ScanReply::ScanReply(ReplyWriter& reply) : reply_(reply) {
  reply_.array(2);
  cursor_ = reply_.begin();
  head_ = reply_.begin();
}

void ScanReply::finish(uint64_t cursor) {
  reply_.end(head_, ReplyWriter::Aggregate::array, items_);
  char digits[max_integer_text];
  const size_t count = format_u64(digits, cursor);
  char text[max_integer_text + 8];
  text[0] = '$';
  size_t size = 1 + format_u64(text + 1, count);
  const auto put = [&](std::string_view part) {
    part.copy(text + size, part.size());
    size += part.size();
  };
  put("\r\n");
  put({digits, count});
  put("\r\n");
  reply_.out().fill_gap(cursor_, {text, size});
}

}  // namespace redoubt

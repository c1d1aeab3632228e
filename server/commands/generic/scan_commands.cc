// KEYS and SCAN.
#include <limits>
#include <optional>
#include <vector>

#include "common/base/glob.h"
#include "server/commands/generic/generic_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/keyspace/database.h"

namespace redoubt {
namespace {

constexpr uint64_t default_count = 10;
constexpr uint64_t stretches_per_count = 10;  // empty ones are passed over, but not without end

bool matches(std::string_view pattern, std::string_view key) { return pattern == "*" || glob_match(pattern, key); }

void keys(CommandContext& ctx) {
  const std::string_view pattern = ctx.arg(1);
  const ReplyWriter::Deferred head = ctx.reply.begin();
  size_t found = 0;
  ctx.db.keys().for_each([&](const Entry* entry) {
    if (!matches(pattern, entry->key()) || ctx.db.is_expired(*entry)) return;
    ctx.reply.bulk(entry->key());
    ++found;
  });
  ctx.reply.end(head, ReplyWriter::Aggregate::array, found);
}

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

struct ScanOptions {
  uint64_t cursor = 0;
  uint64_t count = default_count;
  std::string_view pattern = "*";
  std::optional<std::string_view> type;
};

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] + 32) : a[i];
    if (c != b[i]) return false;
  }
  return true;
}

// False when an error was sent.
bool read_scan_options(CommandContext& ctx, ScanOptions& options) {
  ArgumentReader in(ctx, 1);
  const auto cursor = parse_cursor(in.word());
  if (!cursor) {
    in.fail("ERR invalid cursor");
  } else {
    options.cursor = *cursor;
  }
  while (in.more()) {
    if (in.option("COUNT", 1)) {
      const int64_t count = in.integer();
      if (count < 1) in.fail(errors::syntax);
      options.count = static_cast<uint64_t>(count);
    } else if (in.option("MATCH", 1)) {
      options.pattern = in.word();
    } else if (in.option("TYPE", 1)) {
      options.type = in.word();
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) in.reply_error();
  return in.ok();
}

void scan(CommandContext& ctx) {
  ScanOptions options;
  if (!read_scan_options(ctx, options)) return;
  const uint64_t most = std::numeric_limits<uint64_t>::max() / stretches_per_count;
  uint64_t stretches = std::min(options.count, most) * stretches_per_count;
  uint64_t seen = 0;
  uint64_t cursor = options.cursor;
  std::vector<const Entry*> found;
  std::vector<Entry*> expired;
  do {
    cursor = ctx.db.scan(cursor, [&](Entry* entry) {
      ++seen;
      if (ctx.db.is_expired(*entry)) {
        expired.push_back(entry);
      } else if ((!options.type || same_letters(*options.type, type_name(entry->type()))) &&
                 matches(options.pattern, entry->key())) {
        found.push_back(entry);
      }
    });
  } while (cursor != 0 && --stretches > 0 && seen < options.count);

  ctx.reply.array(2);
  char digits[max_integer_text];
  ctx.reply.bulk({digits, format_u64(digits, cursor)});
  ctx.reply.array(found.size());
  for (const Entry* entry : found) ctx.reply.bulk(entry->key());
  for (Entry* entry : expired) ctx.db.expire(*entry);
}

}  // namespace

void register_scan_commands(CommandTable& table) {
  table.handle("keys", keys);
  table.handle("scan", scan);
}

}  // namespace redoubt

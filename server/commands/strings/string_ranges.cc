// Commands on parts of a string: APPEND, GETRANGE, SUBSTR, SETRANGE.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

#include "server/commands/strings/string_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/keyspace/database.h"

namespace redoubt {
namespace {

void append(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  const std::string_view more = ctx.arg(2);
  Entry* entry = ctx.db.find_for_write(key);
  size_t size = more.size();
  if (entry == nullptr) {
    ctx.db.set_string(key, more);
  } else {
    if (entry->type() != Type::string) return ctx.reply.error(errors::wrong_type);
    const size_t old_size = entry->string_size();
    if (!check_string_size(ctx, old_size, more.size())) return;
    size += old_size;
    const std::span<char> bytes = ctx.db.edit_string(entry, size, true);
    memcpy(bytes.data() + old_size, more.data(), more.size());
  }
  ctx.modified(key, EventClass::string, "append");
  ctx.reply.integer(static_cast<int64_t>(size));
}

void getrange(CommandContext& ctx) {
  ArgumentReader in(ctx, 2);
  int64_t start = in.integer();
  int64_t end = in.integer();
  if (!in.ok()) return in.reply_error();
  const Entry* entry = ctx.db.find_for_read(ctx.arg(1));
  if (entry == nullptr) return ctx.reply.bulk("");
  if (entry->type() != Type::string) return ctx.reply.error(errors::wrong_type);
  char digits[max_integer_text];
  const std::string_view value = entry->string(digits);
  const auto size = static_cast<int64_t>(value.size());
  // Both before the beginning: clamping them would make an empty range one byte long.
  if (start < 0 && end < 0 && start > end) return ctx.reply.bulk("");
  if (start < 0) start = std::max<int64_t>(start + size, 0);
  if (end < 0) end = std::max<int64_t>(end + size, 0);
  end = std::min(end, size - 1);
  if (start > end) return ctx.reply.bulk("");
  ctx.reply.bulk(value.substr(static_cast<size_t>(start), static_cast<size_t>(end - start + 1)));
}

void setrange(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  const std::string_view part = ctx.arg(3);
  const std::optional<int64_t> given = parse_i64(ctx.arg(2));
  if (!given) return ctx.reply.error(errors::not_integer);
  if (*given < 0) return ctx.reply.error(errors::offset_out_of_range);
  const auto offset = static_cast<uint64_t>(*given);
  Entry* entry = ctx.db.find_for_write(key);
  if (entry != nullptr && entry->type() != Type::string) return ctx.reply.error(errors::wrong_type);
  const size_t old_size = entry == nullptr ? 0 : entry->string_size();
  if (part.empty()) return ctx.reply.integer(static_cast<int64_t>(old_size));
  if (!check_string_size(ctx, offset, part.size())) return;
  if (entry == nullptr) entry = &ctx.db.set_text(key, "");
  const std::span<char> bytes = ctx.db.edit_string(entry, std::max(old_size, offset + part.size()));
  memcpy(bytes.data() + offset, part.data(), part.size());
  ctx.modified(key, EventClass::string, "setrange");
  ctx.reply.integer(static_cast<int64_t>(bytes.size()));
}

}  // namespace

void register_string_range_commands(CommandTable& table) {
  table.handle("append", append);
  table.handle("getrange", getrange);
  table.handle("substr", getrange);
  table.handle("setrange", setrange);
}

}  // namespace redoubt

// What SCAN, SSCAN, HSCAN and ZSCAN share: reading of their arguments, the loop, and the reply.
//
//   const auto cursor = read_scan_cursor(ctx, 2);
//   if (!cursor) return;                                    // answered
//   ReadAccess<Set> set(ctx, ctx.arg(1));
//   if (set.refused()) return;
//   if (!set) return reply_empty_scan(ctx.reply);           // even when the options are wrong
//   const auto options = read_scan_options(ctx, 3, ScanCommand::sscan);
//   if (!options) return;                                   // answered
//   ScanReply out(ctx.reply);
//   out.finish(scan_stretches(*cursor, options->count, [&](uint64_t at, uint64_t& seen) {
//     return set->scan(at, [&](std::string_view member) {
//       ++seen;
//       if (options->matches(member)) out.add(member);
//     });
//   }));
//
// A collection in a compact encoding gives everything in one step, whatever the cursor, and 0 as the next cursor.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/resp/reply_writer.h"
#include "server/dispatch/context.h"

namespace redoubt {

enum class ScanCommand : uint8_t { scan, sscan, hscan, zscan };

struct ScanOptions {
  uint64_t count = 10;
  std::string_view pattern = "*";
  std::optional<std::string_view> type;  // SCAN only
  bool no_values = false;                // HSCAN only

  bool matches(std::string_view name) const;
};

// Both answer what is wrong and give nothing then.
std::optional<uint64_t> read_scan_cursor(CommandContext& ctx, size_t index);
std::optional<ScanOptions> read_scan_options(CommandContext& ctx, size_t first, ScanCommand command);

// Cursor 0 and no items.
void reply_empty_scan(ReplyWriter& reply);

// Calls step(cursor, seen), which looks at the next stretch, adds the number of items in it to `seen`, and gives the
// cursor of the one after, until `count` items were seen or all is done. Empty stretches are passed over, but not without
// end. Returns the cursor for the client.
template <typename F>
uint64_t scan_stretches(uint64_t cursor, uint64_t count, F&& step) {
  uint64_t stretches = 0;
  if (__builtin_mul_overflow(count, 10u, &stretches)) stretches = UINT64_MAX;
  uint64_t seen = 0;
  do {
    cursor = step(cursor, seen);
  } while (cursor != 0 && --stretches > 0 && seen < count);
  return cursor;
}

// Writes the items as they come; nothing else may be written to the reply before finish(), which must be called.
class ScanReply {
 public:
  explicit ScanReply(ReplyWriter& reply);
  void add(std::string_view item) {
    reply_.bulk(item);
    ++items_;
  }
  void finish(uint64_t cursor);

 private:
  ReplyWriter& reply_;
  ReplyWriter::Deferred cursor_;
  ReplyWriter::Deferred head_;
  size_t items_ = 0;
};

}  // namespace redoubt

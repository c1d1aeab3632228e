// KEYS and SCAN.
#include <vector>

#include "server/commands/generic/generic_commands.h"
#include "server/commands/generic/scan_options.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/keyspace/database.h"

namespace redoubt {
namespace {

void keys(CommandContext& ctx) {
  ScanOptions options;
  options.pattern = ctx.arg(1);
  const ReplyWriter::Deferred head = ctx.reply.begin();
  size_t found = 0;
  ctx.db.keys().for_each([&](const Entry* entry) {
    if (!options.matches(entry->key()) || ctx.db.is_expired(*entry)) return;
    ctx.reply.bulk(entry->key());
    ++found;
  });
  ctx.reply.end(head, ReplyWriter::Aggregate::array, found);
}

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] + 32) : a[i];
    if (c != b[i]) return false;
  }
  return true;
}

void scan(CommandContext& ctx) {
  const auto cursor = read_scan_cursor(ctx, 1);
  if (!cursor) return;
  const auto options = read_scan_options(ctx, 2, ScanCommand::scan);
  if (!options) return;
  std::vector<Entry*> expired;
  ScanReply out(ctx.reply);
  out.finish(scan_stretches(*cursor, options->count, [&](uint64_t at, uint64_t& seen) {
    return ctx.db.scan(at, [&](Entry* entry) {
      ++seen;
      if (ctx.db.is_expired(*entry)) {
        expired.push_back(entry);
      } else if ((!options->type || same_letters(*options->type, type_name(entry->type()))) &&
                 options->matches(entry->key())) {
        out.add(entry->key());
      }
    });
  }));
  for (Entry* entry : expired) ctx.db.expire(*entry);
}

}  // namespace

void register_scan_commands(CommandTable& table) {
  table.handle("keys", keys);
  table.handle("scan", scan);
}

}  // namespace redoubt

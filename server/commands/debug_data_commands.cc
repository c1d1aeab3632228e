// The subcommands of DEBUG on keys and values.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "common/base/glob.h"
#include "server/commands/debug_commands.h"
#include "server/commands/debug_digest.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "server/types/hash_table.h"
#include "server/types/quicklist.h"
#include "server/types/score_table.h"
#include "server/types/set_table.h"

namespace redoubt {
namespace {

// ---- OBJECT --------------------------------------------------------------------------------------

size_t serialized_integer(int64_t value) {
  if (value >= INT8_MIN && value <= INT8_MAX) return 2;
  if (value >= INT16_MIN && value <= INT16_MAX) return 3;
  if (value >= INT32_MIN && value <= INT32_MAX) return 5;
  char digits[max_integer_text];
  return 1 + format_i64(digits, value);
}

// Bytes of a string in an RDB file, not compressed.
size_t serialized_string(std::string_view bytes) {
  constexpr size_t longest_integer = 11;
  if (bytes.size() <= longest_integer) {
    if (const auto number = parse_i64(bytes)) return serialized_integer(*number);
  }
  const size_t length_bytes = bytes.size() < 64 ? 1 : bytes.size() < 16384 ? 2 : bytes.size() <= UINT32_MAX ? 5 : 9;
  return length_bytes + bytes.size();
}

// What Redis tells of a list in several nodes.
void add_quicklist(std::string& text, const Quicklist& list) {
  size_t bytes = 0;
  for (size_t i = 0; i < list.nodes(); ++i) bytes += list.node(i).bytes();
  fmt::format_to(std::back_inserter(text),
                 " ql_nodes:{} ql_avg_node:{:.2f} ql_listpack_max:{} ql_compressed:{} ql_uncompressed_size:{}",
                 list.nodes(), static_cast<double>(list.size()) / static_cast<double>(list.nodes()), list.fill(),
                 list.depth() != 0 ? 1 : 0, bytes);
}

void debug_object(CommandContext& ctx) {
  const bool fast = ctx.count() == 4;
  if (fast && !same_option(ctx.arg(3), "FAST")) return ctx.reply.error(errors::syntax);
  const Entry* entry = ctx.db.peek(ctx.arg(2));
  if (entry == nullptr) return ctx.reply.error(errors::no_such_key);
  std::string text =
      fmt::format("Value at:{} refcount:1 encoding:{}", fmt::ptr(entry), encoding_name(entry->encoding()));
  if (!fast && entry->type() == Type::string) {
    char digits[max_integer_text];
    fmt::format_to(std::back_inserter(text), " serializedlength:{}", serialized_string(entry->string(digits)));
  }
  const AccessClock& access = ctx.server.keyspace.shared().access;
  fmt::format_to(std::back_inserter(text), " lru:{} lru_seconds_idle:{}", entry->lru(), access.idle_seconds(*entry));
  if (entry->encoding() == Encoding::quicklist) add_quicklist(text, entry->object<Quicklist>());
  ctx.reply.simple(text);
}

// ---- digests -------------------------------------------------------------------------------------

void debug_digest(CommandContext& ctx) { ctx.reply.simple(digest_text(digest_of(ctx.server.keyspace))); }

void debug_digest_value(CommandContext& ctx) {
  Digester digester(ctx.db.shared().types);
  ctx.reply.array(ctx.count() - 2);
  for (const std::string_view key : ctx.args.subspan(2)) {
    Sha1Digest digest{};
    if (const Entry* entry = ctx.db.peek(key); entry != nullptr) digester.mix_value(digest, *entry);
    ctx.reply.simple(digest_text(digest));
  }
}

// ---- POPULATE ------------------------------------------------------------------------------------

constexpr uint64_t populate_reserve_limit = 100000000;  // a count that is a slip must not take all memory at once

// A count, or an error that was answered already.
bool read_count(const CommandContext& ctx, size_t at, uint64_t& count) {
  if (ctx.count() <= at) return true;
  const auto value = parse_i64(ctx.arg(at));
  if (!value || *value < 0) {
    ctx.reply.error(errors::must_be_positive);
    return false;
  }
  count = static_cast<uint64_t>(*value);
  return true;
}

// Keys that exist are left as they are. Other servers are not told.
void debug_populate(CommandContext& ctx) {
  uint64_t keys = 0;
  uint64_t size = 0;
  if (!read_count(ctx, 2, keys) || !read_count(ctx, 4, size)) return;
  if (size > ctx.server.config.proto_max_bulk_len) return ctx.reply.error(errors::string_too_long);
  const std::string prefix(ctx.count() > 3 ? ctx.arg(3) : "key");
  if (ctx.db.size() == 0) ctx.db.reserve(std::min<uint64_t>(keys, populate_reserve_limit));
  for (uint64_t i = 0; i < keys; ++i) {
    const std::string key = fmt::format("{}:{}", prefix, i);
    if (ctx.db.peek(key) != nullptr) continue;
    std::string value = fmt::format("value:{}", i);
    if (size != 0) value.resize(size);
    ctx.db.set_string(key, value);
  }
  ctx.reply.ok();
}

// ---- tables --------------------------------------------------------------------------------------

constexpr std::string_view first_table = "Hash table 0 stats (main hash table):\n";
constexpr std::string_view nothing_to_tell = "No stats available for empty dictionaries\n";

template <typename Traits>
std::string table_text(std::string_view title, const Dict<Traits>& table) {
  std::string text(title);
  text += first_table;
  if (table.size() == 0) return text.append(nothing_to_tell);
  const auto shape = table.shape();
  fmt::format_to(std::back_inserter(text),
                 " table size: {}\n number of elements: {}\n slots per bucket: {}\n chained buckets: {}\n"
                 " longest bucket: {}\n bytes: {}\n",
                 shape.buckets, table.size(), DictBucket::slots, shape.chained, shape.longest_chain, table.memory());
  if (shape.next_buckets != 0) {
    fmt::format_to(std::back_inserter(text), "Hash table 1 stats (rehashing target):\n table size: {}\n",
                   shape.next_buckets);
  }
  return text;
}

// An array rather than a table, but the place where Redis tells of it.
std::string expiries_text(const ExpiryIndex& expiries) {
  std::string text("[Expires HT]\n");
  text += first_table;
  if (expiries.size() == 0) return text.append(nothing_to_tell);
  fmt::format_to(std::back_inserter(text), " number of elements: {}\n bytes: {}\n", expiries.size(), expiries.memory());
  return text;
}

void debug_htstats(CommandContext& ctx) {
  const auto id = parse_i64(ctx.arg(2));
  if (!id) return ctx.reply.error(errors::not_integer);
  if (*id < 0 || *id >= ctx.server.keyspace.count()) return ctx.reply.error("ERR Out of range database");
  const Database& db = ctx.server.keyspace[static_cast<int>(*id)];
  ctx.reply.verbatim(table_text("[Dictionary HT]\n", db.keys()) + expiries_text(db.expiries()));
}

void debug_htstats_key(CommandContext& ctx) {
  const Entry* entry = ctx.db.peek(ctx.arg(2));
  if (entry == nullptr) return ctx.reply.error(errors::no_such_key);
  if (entry->encoding() == Encoding::skiplist) {
    ctx.reply.verbatim(table_text("", entry->object<ScoreTable>().members()));
  } else if (entry->encoding() != Encoding::hashtable) {
    ctx.reply.error("ERR The value stored at the specified key is not represented using an hash table");
  } else if (entry->type() == Type::set) {
    ctx.reply.verbatim(table_text("", entry->object<SetTable>()));
  } else {
    ctx.reply.verbatim(table_text("", entry->object<HashTable>().fields()));
  }
}

// ---- patterns ------------------------------------------------------------------------------------

void debug_stringmatch_len(CommandContext& ctx) { ctx.reply.integer(glob_match(ctx.arg(2), ctx.arg(3)) ? 1 : 0); }

constexpr DebugSubcommand rows[] = {
    {"DIGEST", 0, 0, debug_digest, {"DIGEST", "A checksum of all data, equal for equal data."}},
    {"DIGEST-VALUE",
     1,
     any_number,
     debug_digest_value,
     {"DIGEST-VALUE <key> [<key> ...]", "A checksum of the value of each key; zeros where there is none."}},
    {"HTSTATS", 1, 1, debug_htstats, {"HTSTATS <dbid>", "The shape of a database's tables."}},
    {"HTSTATS-KEY", 1, 1, debug_htstats_key, {"HTSTATS-KEY <key>", "The same for a value that is a hash table."}},
    {"OBJECT",
     1,
     2,
     debug_object,
     {"OBJECT <key> [FAST]", "How a value is kept; FAST leaves out its length in a file."}},
    {"POPULATE",
     1,
     3,
     debug_populate,
     {"POPULATE <count> [<prefix>] [<size>]",
      "Makes <count> strings <prefix>:<number>, cut or filled with zeros to <size> bytes. Replicas are not told."}},
    {"STRINGMATCH-LEN",
     2,
     2,
     debug_stringmatch_len,
     {"STRINGMATCH-LEN <pattern> <text>", "Whether the glob pattern matches: 1 or 0."}},
};

}  // namespace

std::span<const DebugSubcommand> debug_data_commands() { return rows; }

}  // namespace redoubt

// DUMP and RESTORE: single values in the form of RDB files.
#include <algorithm>
#include <string>
#include <vector>

#include "common/base/log.h"
#include "common/rdb/rdb_reader.h"
#include "server/commands/generic/generic_commands.h"
#include "server/config/config.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/keyspace/database.h"
#include "server/persistence/value_loader.h"
#include "server/persistence/value_saver.h"

namespace redoubt {
namespace {

constexpr int64_t not_given = -1;

void dump(CommandContext& ctx) {
  const Entry* entry = ctx.db.find_for_read(ctx.arg(1));
  if (entry == nullptr) return ctx.reply.null();
  std::string payload;
  dump_value(payload, *entry, ctx.server.config.rdbcompression);
  ctx.reply.bulk(payload);
}

// ---- RESTORE --------------------------------------------------------------------------------------

class PayloadLoader final : public ValueLoader {
 public:
  explicit PayloadLoader(const TypeSettings& settings) : ValueLoader(settings) {}
  // An entry of the caller's, without expiry.
  Result<Entry*> load(std::string_view key, std::string_view payload, bool deep) {
    const std::optional<RdbKind> kind = rdb_kind(static_cast<RdbType>(payload[0]));
    begin_value(key, kind.value_or(RdbKind::string), payload.size());
    const Status read = read_payload(payload, {.deep = deep}, *this);
    if (read.has_error()) return read.error();
    if (entry_ == nullptr) return Error{"a collection without elements"};
    return entry_;
  }
  bool begin_key(const RdbKey& /*key*/) override { return true; }
  Status end_key() override {
    const Result<Entry*> entry = finish_value();
    if (entry.has_error()) return entry.error();
    entry_ = *entry;
    return {};
  }

 private:
  Entry* entry_ = nullptr;
};

struct RestoreOptions {
  bool replace = false;
  bool absolute = false;
  int64_t idle_seconds = not_given;
  int64_t frequency = not_given;
};

// False: answered with an error.
bool read_options(CommandContext& ctx, RestoreOptions& options) {
  constexpr size_t first = 4;
  constexpr int64_t max_frequency = 255;
  ArgumentReader in(ctx, first);
  while (in.more()) {
    if (in.option("REPLACE")) {
      options.replace = true;
    } else if (in.option("ABSTTL")) {
      options.absolute = true;
    } else if (options.frequency == not_given && in.option("IDLETIME", 1)) {
      options.idle_seconds = in.integer();
      if (options.idle_seconds < 0) in.fail("ERR Invalid IDLETIME value, must be >= 0");
    } else if (options.idle_seconds == not_given && in.option("FREQ", 1)) {
      options.frequency = in.integer();
      if (options.frequency < 0 || options.frequency > max_frequency) {
        in.fail("ERR Invalid FREQ value, must be >= 0 and <= 255");
      }
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) in.reply_error();
  return in.ok();
}

// Null: answered with an error.
Entry* load_payload(CommandContext& ctx) {
  const std::string_view payload = ctx.arg(3);
  if (!valid_payload(payload, !ctx.server.config.skip_checksum_validation)) {
    ctx.reply.error("ERR DUMP payload version or checksum are wrong");
    return nullptr;
  }
  const bool deep = ctx.server.config.sanitize_dump_payload != SanitizePayload::no;
  PayloadLoader loader(ctx.db.shared().types);
  const Result<Entry*> entry = loader.load(ctx.arg(1), payload, deep);
  if (entry.has_value()) return *entry;
  ctx.server.log.warning("Internal error in RDB reading a payload of RESTORE -> {}", entry.error().text);
  ctx.reply.error("ERR Bad data format");
  return nullptr;
}

void set_access(const AccessClock& access, Entry& entry, const RestoreOptions& options) {
  if (access.settings().lfu) {
    if (options.frequency != not_given) access.set_frequency(entry, static_cast<uint8_t>(options.frequency));
  } else if (options.idle_seconds != not_given) {
    access.set_idle(entry, options.idle_seconds);
  }
}

// The time as it has become, and that it is one.
void tell_absolute(CommandContext& ctx, int64_t at_ms) {
  if (!ctx.is_told()) return;
  std::vector<ToldWord> words(ctx.args.begin(), ctx.args.end());
  words[2] = at_ms;
  words.emplace_back("ABSTTL");
  ctx.tell_instead(words);
}

void restore(CommandContext& ctx) {
  const std::string_view key = ctx.arg(1);
  RestoreOptions options;
  if (!read_options(ctx, options)) return;
  if (!options.replace && ctx.db.find_for_write(key) != nullptr) return ctx.reply.error(errors::busy_key);
  const auto ttl = parse_i64(ctx.arg(2));
  if (!ttl) return ctx.reply.error(errors::not_integer);
  if (*ttl < 0) return ctx.reply.error("ERR Invalid TTL value, must be >= 0");
  Entry* entry = load_payload(ctx);
  if (entry == nullptr) return;

  const bool lazily = ctx.server.config.lazyfree_lazy_server_del;
  const bool deleted = options.replace && (lazily ? ctx.db.erase_lazily(key) : ctx.db.erase(key));
  const bool expires = *ttl != 0;
  // What is beyond all time is long ago, as in Redis.
  const auto since = options.absolute ? uint64_t{0} : static_cast<uint64_t>(ctx.now_ms);
  const auto at_ms = static_cast<int64_t>(static_cast<uint64_t>(*ttl) + since);
  if (expires && ctx.is_past(at_ms)) {
    EntryMaker::free(entry);
    if (deleted) {
      ctx.modified(key, EventClass::generic, "del");
      ctx.tell_instead({lazily ? "UNLINK" : "DEL", key});
    }
    return ctx.reply.ok();
  }
  ctx.db.add_new(entry);
  // A log may tell of times before 1970.
  if (expires) ctx.db.set_expiry(*entry, std::max<int64_t>(at_ms, 0));
  set_access(ctx.db.shared().access, *entry, options);
  ctx.modified(key, EventClass::generic, "restore");
  if (expires && !options.absolute) tell_absolute(ctx, at_ms);
  ctx.reply.ok();
}

}  // namespace

void register_dump_commands(CommandTable& table) {
  table.handle("dump", dump);
  table.handle("restore", restore);
  table.handle("restore-asking", restore);
}

}  // namespace redoubt

#include "server/persistence/key_loader.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.h"
#include "common/base/number.h"
#include "server/config/config.h"

namespace redoubt {
namespace {

// The shortest record of a key: type, a key and a value without bytes.
constexpr uint64_t least_record = 3;
constexpr uint64_t told_empty_keys = 10;

}  // namespace

KeyLoader::KeyLoader(const PersistenceSurroundings& surroundings, const Options& options)
    : ValueLoader(surroundings.keyspace.shared().types),
      surroundings_(surroundings),
      options_(options),
      db_(&surroundings.keyspace[0]),
      now_ms_(surroundings.keyspace.shared().now_ms) {}

KeyLoader::~KeyLoader() { (void)add_pending(); }

// ---- the file ------------------------------------------------------------------------------------

void KeyLoader::version(int /*version*/) {}

void KeyLoader::aux(std::string_view name, std::string_view value) {
  Log& log = surroundings_.log;
  const auto number = parse_i64(value);
  if (name.starts_with('%')) {
    log.notice("RDB '{}': {}", name, value);
  } else if (name == "redis-ver") {
    log.notice("Loading RDB produced by version {}", value);
  } else if (name == "ctime") {
    log.notice("RDB age {} seconds", std::max<int64_t>(now_ms_ / 1000 - number.value_or(now_ms_ / 1000), 0));
  } else if (name == "used-mem") {
    used_memory_then_ = static_cast<uint64_t>(std::max<int64_t>(number.value_or(0), 0));
    log.notice("RDB memory usage when created {:.2f} Mb", static_cast<double>(used_memory_then_) / (1024 * 1024));
  } else if (name == "aof-preamble" || name == "aof-base") {
    if (number.value_or(0) != 0) log.notice("RDB is base AOF");
  } else if (name != "redis-bits" && !name.starts_with("repl-") && name != "lua") {
    log.debug("Unrecognized RDB AUX field: '{}'", name);
  }
}

void KeyLoader::select_db(uint64_t db) {
  (void)add_pending();
  unknown_db_ = db >= static_cast<uint64_t>(surroundings_.keyspace.count());
  if (!unknown_db_) db_ = &surroundings_.keyspace[static_cast<int>(db)];
}

// A hint, which a file that is damaged may carry too.
void KeyLoader::sizes(uint64_t keys, uint64_t /*volatile_keys*/) {
  db_->reserve(static_cast<size_t>(std::min(keys, options_.file_bytes / least_record)));
}

Status KeyLoader::function(std::string_view /*code*/) {
  surroundings_.log.warning("The RDB file contains a function library, which is left out: there are no functions");
  return {};
}

// ---- keys ----------------------------------------------------------------------------------------

bool KeyLoader::begin_key(const RdbKey& key) {
  const bool stays = options_.log_base || key.expires_ms == RdbKey::never || key.expires_ms >= now_ms_;
  if (!stays && !unknown_db_) {
    ++counts_.expired;
    return false;
  }
  next_.expires_ms = key.expires_ms;
  next_.idle_seconds = key.idle_seconds;
  next_.frequency = key.frequency;
  begin_value(key.name, key.kind, options_.file_bytes);
  return true;
}

Status KeyLoader::end_key() {
  Result<Entry*> entry = finish_value();
  if (!entry) return entry.error();
  if (unknown_db_) {
    if (*entry != nullptr) EntryMaker::free(*entry);
    return Error{fmt::format("Data file was created with a server configured to handle more than {} databases",
                             surroundings_.keyspace.count())};
  }
  if (*entry == nullptr) {
    if (counts_.empty++ < told_empty_keys) {
      surroundings_.log.notice("rdbLoadObject skipping empty key: {}", key());
    }
    return {};
  }
  next_.entry = *entry;
  next_.hash = db_->hash(next_.entry->key());
  db_->prefetch_bucket(next_.hash);
  pending_[pending_count_++] = next_;
  return pending_count_ < batch ? Status() : add_pending();
}

Status KeyLoader::add_pending() {
  Status first;
  for (size_t i = 0; i < pending_count_; ++i) {
    Status added = add(pending_[i]);
    if (!added && first) first = std::move(added);
  }
  pending_count_ = 0;
  return first;
}

Status KeyLoader::add(const Pending& pending) {
  Entry* entry = pending.entry;
  if (!db_->add_new(entry, pending.hash)) [[unlikely]] {
    const std::string name(entry->key());
    if (!options_.merge) {
      EntryMaker::free(entry);
      surroundings_.log.warning("RDB has duplicated key '{}' in DB {}", name, db_->id());
      return Error{"Duplicated key found in RDB file"};
    }
    db_->erase(name);
    // Expired just now, it may be gone already.
    if (!db_->add_new(entry, pending.hash)) EntryMaker::free(entry);
  }
  const AccessClock& access = surroundings_.keyspace.shared().access;
  if (policy_uses_lfu(surroundings_.config.maxmemory_policy)) {
    if (pending.frequency >= 0) access.set_frequency(*entry, static_cast<uint8_t>(pending.frequency));
  } else if (pending.idle_seconds >= 0) {
    access.set_idle(*entry, pending.idle_seconds);
  }
  if (pending.expires_ms != RdbKey::never) db_->set_expiry(*entry, pending.expires_ms);
  ++counts_.loaded;
  return {};
}

Status KeyLoader::finish() { return add_pending(); }

void KeyLoader::tell_done() const {
  if (counts_.empty > 0) {
    surroundings_.log.notice("Done loading RDB, keys loaded: {}, keys expired: {}, empty keys skipped: {}.",
                             counts_.loaded, counts_.expired, counts_.empty);
  } else {
    surroundings_.log.notice("Done loading RDB, keys loaded: {}, keys expired: {}.", counts_.loaded, counts_.expired);
  }
}

}  // namespace redoubt

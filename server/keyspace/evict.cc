#include "server/keyspace/evict.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>
#include <utility>

#include "common/base/clock.h"
#include "common/base/memory.h"

namespace redoubt {
namespace {

constexpr int keys_between_clock_looks = 16;

bool policy_is_random(MaxmemoryPolicy policy) {
  return policy == MaxmemoryPolicy::allkeys_random || policy == MaxmemoryPolicy::volatile_random;
}

}  // namespace

void configure_access(Keyspace& keyspace, const Config& config) {
  keyspace.shared().access.configure(
      {policy_uses_lfu(config.maxmemory_policy), config.lfu_log_factor, config.lfu_decay_time});
  keyspace.shared().lazy_expire = config.lazyfree_lazy_expire;
  keyspace.shared().lazy_server_del = config.lazyfree_lazy_server_del;
}

Evictor::Evictor(Keyspace& keyspace, const Config& config)
    : Evictor(keyspace, config, used_memory, [] { return monotonic_us(); }) {}

Evictor::Evictor(Keyspace& keyspace, const Config& config, MemoryGauge used, Clock clock)
    : keyspace_(keyspace), config_(config), used_(std::move(used)), clock_(std::move(clock)) {}

Evictor::Outcome Evictor::make_room() {
  Outcome outcome = Outcome::within_limit;
  if (config_.maxmemory != 0 && over_limit()) {
    outcome = config_.maxmemory_policy == MaxmemoryPolicy::noeviction ? Outcome::failed : evict_until_within();
    if (outcome == Outcome::failed) outcome = wait_for_lazy_frees();
  }
  const bool over = outcome != Outcome::within_limit;
  if (over != (keyspace_.shared().stats.eviction_exceeded_since_us != 0)) note_time(over);
  return outcome;
}

void Evictor::note_time(bool over) {
  KeyspaceStats& stats = keyspace_.shared().stats;
  const int64_t now_us = clock_();
  if (!over) stats.eviction_exceeded_us += static_cast<uint64_t>(now_us - stats.eviction_exceeded_since_us);
  stats.eviction_exceeded_since_us = over ? now_us : 0;
}

// As Redis reckons maxmemory-eviction-tenacity: 50 us for each step up to 10, from there on 15 % more by step.
int64_t Evictor::time_limit_us() const {
  const int tenacity = config_.maxmemory_eviction_tenacity;
  if (tenacity >= 100) return std::numeric_limits<int64_t>::max();
  if (tenacity <= 10) return int64_t{50} * tenacity;
  return static_cast<int64_t>(500.0 * std::pow(1.15, tenacity - 10.0));
}

Evictor::Outcome Evictor::evict_until_within() {
  const int64_t start_us = clock_();
  const int64_t limit_us = time_limit_us();
  for (int evicted = 1;; ++evicted) {
    if (!evict_one()) return Outcome::failed;
    if (!over_limit()) return Outcome::within_limit;
    if (evicted % keys_between_clock_looks == 0 && clock_() - start_us > limit_us) return Outcome::still_over;
  }
}

// Nothing is left to evict, but what was evicted lazily may not be free yet.
Evictor::Outcome Evictor::wait_for_lazy_frees() {
  const int64_t limit_us = time_limit_us();
  const int64_t start_us = clock_();
  while (keyspace_.lazy_free().pending() > 0 && clock_() - start_us < limit_us) {
    std::this_thread::sleep_for(std::chrono::microseconds(std::min<int64_t>(limit_us, 1000)));
    if (!over_limit()) break;
  }
  return over_limit() ? Outcome::failed : Outcome::within_limit;
}

bool Evictor::evict_one() {
  Entry* victim = nullptr;
  if (policy_is_random(config_.maxmemory_policy)) {
    victim = pick_random();
  } else {
    if (pooled_for_ != config_.maxmemory_policy) pooled_ = 0;  // scores of another kind
    pooled_for_ = config_.maxmemory_policy;
    while (victim == nullptr && fill_pool()) victim = take_best();
  }
  if (victim == nullptr) return false;
  keyspace_[victim_db_].evict(*victim, config_.lazyfree_lazy_eviction);
  return true;
}

// A key of the next database that has any.
Entry* Evictor::pick_random() {
  const bool all_keys = policy_takes_all_keys(config_.maxmemory_policy);
  const auto count = static_cast<size_t>(keyspace_.count());
  for (size_t i = 0; i < count; ++i) {
    next_db_ = (next_db_ + 1) % count;
    victim_db_ = static_cast<int>(next_db_);
    Database& db = keyspace_[victim_db_];
    if (all_keys) {
      if (Entry* entry = db.random_entry(); entry != nullptr) return entry;
    } else if (const size_t size = db.volatile_size(); size > 0) {
      return db.expiries()[keyspace_.shared().random.below(size)].entry;
    }
  }
  return nullptr;
}

// ---- the pool ------------------------------------------------------------------------------------

// False when no database has a key to offer.
bool Evictor::fill_pool() {
  bool any = false;
  for (int id = 0; id < keyspace_.count(); ++id) {
    Database& db = keyspace_[id];
    if ((policy_takes_all_keys(config_.maxmemory_policy) ? db.size() : db.volatile_size()) == 0) continue;
    any = true;
    sample(db);
  }
  return any;
}

void Evictor::sample(Database& db) {
  Random& random = keyspace_.shared().random;
  const auto wanted = static_cast<size_t>(config_.maxmemory_samples);
  if (policy_takes_all_keys(config_.maxmemory_policy)) {
    db.keys().sample(random, wanted, [&](Entry* entry) { consider(db, *entry); });
    return;
  }
  const ExpiryIndex& index = db.expiries();
  if (index.size() <= wanted) {
    for (size_t i = 0; i < index.size(); ++i) consider(db, *index[i].entry);
  } else {
    for (size_t i = 0; i < wanted; ++i) consider(db, *index[random.below(index.size())].entry);
  }
}

uint64_t Evictor::score(const Database& db, const Entry& entry) const {
  const AccessClock& access = keyspace_.shared().access;
  if (config_.maxmemory_policy == MaxmemoryPolicy::volatile_ttl) {
    return static_cast<uint64_t>(std::numeric_limits<int64_t>::max() - std::max<int64_t>(db.expiry_of(entry), 0));
  }
  if (policy_uses_lfu(config_.maxmemory_policy)) return uint64_t{255} - access.frequency(entry);
  return static_cast<uint64_t>(access.idle_seconds(entry));
}

// Keeps the candidate when the pool has room or when it is better than the worst there.
void Evictor::consider(Database& db, const Entry& entry) {
  const uint64_t points = score(db, entry);
  if (pooled_ == pool_size && points <= pool_[0].score) return;
  size_t place = 0;
  while (place < pooled_ && pool_[place].score < points) ++place;
  for (size_t i = place; i < pooled_ && pool_[i].score == points; ++i) {
    if (pool_[i].db == db.id() && pool_[i].key == entry.key()) return;
  }
  const auto at = [this](size_t i) { return pool_.begin() + static_cast<ptrdiff_t>(i); };
  if (pooled_ < pool_size) {
    std::rotate(at(place), at(pooled_), at(pooled_ + 1));
    ++pooled_;
  } else {
    std::rotate(at(0), at(1), at(place));
    --place;
  }
  pool_[place].score = points;
  pool_[place].db = db.id();
  pool_[place].key.assign(entry.key());
}

// The best candidate that still exists; null when none does.
Entry* Evictor::take_best() {
  while (pooled_ > 0) {
    const Candidate& best = pool_[--pooled_];
    const Database& db = keyspace_[best.db];
    Entry* entry = db.keys().get(best.key, db.hash(best.key));
    if (entry == nullptr) continue;
    if (!policy_takes_all_keys(config_.maxmemory_policy) && !entry->is_volatile()) continue;
    victim_db_ = best.db;
    return entry;
  }
  return nullptr;
}

}  // namespace redoubt

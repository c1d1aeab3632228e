#include "server/keyspace/expire.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/clock.h"
#include "common/base/prefetch.h"

namespace redoubt {
namespace {

constexpr size_t step_pairs = 512;    // between two looks at the clock
constexpr size_t step_removals = 16;  // likewise
constexpr size_t step_fields_removed = 64;
constexpr int64_t rest_us = 10'000;  // between two walks that found little
constexpr double least_slice_us = 50;
constexpr double most_credit_us = 2'000;
constexpr uint64_t window = 4096;  // pairs of one judgement
constexpr uint64_t many = 64;      // expired ones that are reason enough for it
constexpr uint64_t estimate_window = 1024;
constexpr double weight = 0.2;  // of the latest estimate

// Shares of the processor. Redis gives its cycle 25 % and 2 % more for each step of effort.
double share(int effort, bool eager) {
  const double steps = effort - 1;
  return eager ? 0.25 + 0.02 * steps : 0.02 + 0.01 * steps;
}

}  // namespace

ExpireCycle::ExpireCycle(Keyspace& keyspace, const Config& config)
    : ExpireCycle(keyspace, config, [] { return monotonic_us(); }) {}

ExpireCycle::ExpireCycle(Keyspace& keyspace, const Config& config, Clock clock)
    : keyspace_(keyspace),
      config_(config),
      clock_(std::move(clock)),
      walks_(static_cast<size_t>(keyspace.count()) * walks_per_database) {
  last_us_ = clock_();
}

bool ExpireCycle::run_slice(int64_t budget_us) {
  if (!active_) return false;
  const int64_t now_us = clock_();
  if (now_us < idle_until_us_) return false;
  earn(now_us);
  if (credit_us_ < least_slice_us) return more_ && eager_walks_ > 0;
  const int64_t budget = std::min({budget_us, max_slice_us, static_cast<int64_t>(credit_us_)});
  const int64_t spent = walk_databases(now_us, now_us + budget) - now_us;
  credit_us_ -= static_cast<double>(spent);
  KeyspaceStats& stats = keyspace_.shared().stats;
  ++stats.expire_cycles;
  stats.expire_cycle_us += static_cast<uint64_t>(spent);
  const bool cut_short = more_ && eager_walks_ > 0;
  if (cut_short) ++stats.expired_time_cap_reached;
  return cut_short;
}

void ExpireCycle::earn(int64_t now_us) {
  const double earned = static_cast<double>(now_us - last_us_) * share(config_.active_expire_effort, eager_walks_ > 0);
  credit_us_ = std::min(credit_us_ + earned, most_credit_us);
  last_us_ = now_us;
}

// Returns the time. All databases that have something to visit take turns, a step each.
int64_t ExpireCycle::walk_databases(int64_t start_us, int64_t end_us) {
  int64_t now_us = start_us;
  more_ = true;
  for (size_t passed_over = 0; now_us < end_us;) {
    const size_t number = next_;
    Walk& walk = walks_[number];
    if (++next_ == walks_.size()) next_ = 0;
    if (!begin_walk(walk, index_size(number), now_us)) {
      if (++passed_over < walks_.size()) continue;
      rest(now_us);
      break;
    }
    passed_over = 0;
    if (over_fields(number)) {
      step_fields(database_of(number), walk);
    } else {
      step_keys(database_of(number), walk);
    }
    now_us = clock_();
    if (walk.left == 0) {
      judge(walk);
      // Where much had expired, more may have by now.
      walk.rest_until_us = now_us + (walk.eager ? rest_us / 10 : rest_us);
    } else if (walk.seen >= window || walk.expired >= many) {
      judge(walk);
    }
    if (seen_ >= estimate_window) estimate();
  }
  return now_us;
}

// All databases are empty or at rest.
void ExpireCycle::rest(int64_t now_us) {
  more_ = false;
  idle_until_us_ = now_us + rest_us;
  bool any = false;
  for (size_t i = 0; i < walks_.size(); ++i) {
    if (index_size(i) == 0) continue;
    any = true;
    idle_until_us_ = std::min(idle_until_us_, walks_[i].rest_until_us);
  }
  if (seen_ > 0 || !any) estimate();
}

size_t ExpireCycle::index_size(size_t walk) {
  const Database& db = database_of(walk);
  return over_fields(walk) ? db.field_expiries().size() : db.volatile_size();
}

// False when the database is empty or at rest.
bool ExpireCycle::begin_walk(Walk& walk, size_t size, int64_t now_us) {
  walk.left = std::min(walk.left, size);
  if (walk.left > 0) return true;
  if (size == 0) {
    judge(walk);
    return false;
  }
  if (now_us < walk.rest_until_us) return false;
  walk.left = size;
  return true;
}

// Walking down, a removal moves a pair into the hole that was visited already, or that is newer than this walk.
void ExpireCycle::step_keys(Database& db, Walk& walk) {
  const ExpiryIndex& index = db.expiries();
  const int64_t now_ms = keyspace_.shared().now_ms;
  std::array<Entry*, step_removals> gone;
  size_t count = 0;
  const size_t before = walk.left;
  const size_t stop = before - std::min(before, step_pairs);
  while (walk.left > stop && count < gone.size()) {
    const ExpiryIndex::Pair& pair = index[--walk.left];
    if (pair.at_ms >= now_ms) continue;
    prefetch(pair.entry);
    gone[count++] = pair.entry;
  }
  for (size_t i = 0; i < count; ++i) db.prefetch_bucket(db.hash(gone[i]->key()));
  for (size_t i = 0; i < count; ++i) db.expire(*gone[i]);
  walk.seen += before - walk.left;
  walk.expired += count;
  seen_ += before - walk.left;
  expired_ += count;
}

// A hash that has more to remove than one step may is visited again by the next.
void ExpireCycle::step_fields(Database& db, Walk& walk) {
  const FieldExpiryIndex& index = db.field_expiries();
  const int64_t now_ms = keyspace_.shared().now_ms;
  const size_t before = walk.left;
  const size_t stop = before - std::min(before, step_pairs);
  size_t removed = 0;
  while (walk.left > stop) {
    const FieldExpiryIndex::Pair& pair = index[walk.left - 1];
    if (pair.at_ms < now_ms) {
      removed += db.expire_fields(*pair.entry, step_fields_removed - removed);
      if (removed == step_fields_removed) break;
    }
    --walk.left;
  }
  walk.seen += before - walk.left;
  walk.expired += removed;
}

void ExpireCycle::judge(Walk& walk) {
  const auto tolerated = static_cast<uint64_t>(11 - config_.active_expire_effort);  // percent
  const bool eager = walk.expired * 100 > walk.seen * tolerated;
  if (eager && !walk.eager) ++eager_walks_;
  if (!eager && walk.eager) --eager_walks_;
  walk.eager = eager;
  walk.seen = walk.expired = 0;
}

// What the walk sees is the share just before it removes it, so this tends to be more than the truth.
void ExpireCycle::estimate() {
  const double now = seen_ == 0 ? 0 : 100.0 * static_cast<double>(expired_) / static_cast<double>(seen_);
  double& percent = keyspace_.shared().stats.expired_stale_percent;
  percent += weight * (now - percent);
  seen_ = expired_ = 0;
}

}  // namespace redoubt

#include "server/persistence/persistence.h"

#include <algorithm>
#include <utility>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/append_log.h"

namespace redoubt {
namespace {

constexpr int64_t load_slice_us = 5'000;
constexpr int64_t rules_interval_ms = 100;

}  // namespace

Persistence::Persistence(Keyspace& keyspace, const Config& config, FileSystem& files, Log& log,
                         std::function<void()> wake, bool threads)
    : surroundings_{keyspace, config, files, log, std::move(wake), threads},
      config_(config),
      snapshot_(keyspace),
      saver_(surroundings_, snapshot_),
      append_log_(std::make_unique<AppendLog>(surroundings_)) {}

Persistence::~Persistence() = default;

// ---- ticks ---------------------------------------------------------------------------------------

void Persistence::tick(bool worked) {
  if (load_ != nullptr) step_loading();
  if (snapshot_.active()) walk(worked);
  saver_.tick();
  append_log_->set_rewriting(busy());
  append_log_->tick();
  const int64_t now_ms = surroundings_.keyspace.shared().now_ms;
  if (load_ != nullptr || failed_ || busy() || now_ms - looked_at_rules_ms_ < rules_interval_ms) return;
  looked_at_rules_ms_ = now_ms;
  saver_.start_if_due();
}

int64_t Persistence::next_tick_ms() const {
  if (!snapshot_.active() || walk_resumes_ns_ == 0) return 0;
  return std::max<int64_t>((walk_resumes_ns_ - monotonic_ns()) / 1'000'000, 1);
}

void Persistence::walk(bool worked) {
  const int64_t now_ns = monotonic_ns();
  if (config_.rdb_key_save_delay != 0) {
    if (!walk_delayed()) surroundings_.wake();
    return;
  }
  walk_resumes_ns_ = 0;
  const int64_t slice_ns = pacer_.slice_ns(now_ns, worked);
  if (slice_ns > 0) snapshot_.walk(now_ns + slice_ns);
  // The thread that writes wakes us when there is room again.
  if (!snapshot_.active() || snapshot_.sink_has_room()) surroundings_.wake();
}

// Makes saving slower, for tests: key by key. True when the next key has to wait for the clock.
bool Persistence::walk_delayed() {
  constexpr int keys_in_a_tick = 64;
  const int setting = config_.rdb_key_save_delay;
  for (int i = 0; i < keys_in_a_tick && snapshot_.active(); ++i) {
    const int64_t now_ns = monotonic_ns();
    if (now_ns < walk_resumes_ns_) return true;
    snapshot_.walk(now_ns, 1);
    const bool due = setting > 0 || ++walk_delays_ % static_cast<uint64_t>(-int64_t{setting}) == 0;
    if (due) walk_resumes_ns_ = std::max(now_ns, walk_resumes_ns_) + int64_t{1000} * std::max(setting, 1);
  }
  return false;
}

// ---- saving --------------------------------------------------------------------------------------

bool Persistence::end(bool save, bool force) {
  Log& log = surroundings_.log;
  if (saver_.running()) {
    log.warning("There is a child saving an .rdb. Killing it!");
    saver_.cancel();
  }
  if (append_log_->on()) {
    log.notice("Calling fsync() on the AOF file.");
    if (const Status synced = append_log_->sync_now(); !synced) {
      log.warning("Fail to fsync the AOF file: {}.", synced.error().text);
    }
  }
  if (!save) return true;
  log.notice("Saving the final RDB snapshot before exiting.");
  if (saver_.save()) return true;
  if (force) {
    log.warning("Error trying to save the DB. Exit anyway.");
    return true;
  }
  log.warning("Error trying to save the DB, can't exit.");
  return false;
}

void Persistence::flushed_all() {
  if (saver_.running()) {
    saver_.cancel();
    surroundings_.log.warning("Background saving terminated by FLUSHALL");
  }
  if (!config_.save.empty()) (void)saver_.save();
}

// ---- loading -------------------------------------------------------------------------------------

void Persistence::start_loading() {
  saver_.forget_changes();
  load_start_seconds_ = surroundings_.keyspace.shared().now_ms / 1000;
  load_started_us_ = monotonic_us();
  auto load = std::make_unique<RdbLoad>(surroundings_, config_.dbfilename);
  switch (load->begin()) {
    case LoadOutcome::more: load_ = std::move(load); break;
    case LoadOutcome::failed: give_up(); break;
    default: break;
  }
}

void Persistence::step_loading() {
  const LoadOutcome outcome = load_->step(load_slice_us);
  if (outcome == LoadOutcome::more) return surroundings_.wake();
  loaded_keys_ = load_->counts();
  load_.reset();
  saver_.forget_changes();
  if (outcome == LoadOutcome::failed) return give_up();
  surroundings_.log.notice("DB loaded from disk: {:.3f} seconds",
                           static_cast<double>(monotonic_us() - load_started_us_) / 1e6);
}

void Persistence::give_up() {
  surroundings_.log.warning("Fatal error loading the DB, check server logs. Exiting.");
  failed_ = true;
}

bool Persistence::reload(bool flush, bool merge) {
  Keyspace& keyspace = surroundings_.keyspace;
  if (flush) {
    for (int id = 0; id < keyspace.count(); ++id) keyspace[id].clear(false);
  }
  RdbLoad load(surroundings_, config_.dbfilename, merge);
  const LoadOutcome outcome = load.run();
  loaded_keys_ = load.counts();
  // Whatever the data set is now, it must not get on the disk.
  failed_ = outcome == LoadOutcome::failed;
  return outcome == LoadOutcome::done;
}

Persistence::LoadProgress Persistence::load_progress() const {
  LoadProgress progress;
  progress.start_seconds = load_start_seconds_;
  progress.total_bytes = load_->total_bytes();
  progress.loaded_bytes = load_->loaded_bytes();
  progress.used_memory_then = load_->used_memory_then();
  return progress;
}

// ---- refusals ------------------------------------------------------------------------------------

std::string Persistence::refusal() const {
  if (config_.stop_writes_on_bgsave_error && !config_.save.empty() && !saver_.last_ok()) {
    return "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands "
           "that may modify the data set are disabled, because this instance is configured to report errors during "
           "writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for "
           "details about the RDB error.";
  }
  if (append_log_->on() && !append_log_->write_ok()) return append_log_->refusal();
  return {};
}

}  // namespace redoubt

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
      append_log_(std::make_unique<AppendLog>(surroundings_)),
      log_files_(surroundings_),
      log_rewrite_(surroundings_, snapshot_, log_files_, *append_log_) {}

Persistence::~Persistence() = default;

// ---- ticks ---------------------------------------------------------------------------------------

void Persistence::tick(bool worked) {
  if (load_ != nullptr) step_loading();
  if (log_load_ != nullptr) step_loading_log();
  if (snapshot_.active()) walk(worked);
  saver_.tick();
  log_rewrite_.tick();
  log_files_.tick();
  append_log_->set_rewriting(busy());
  append_log_->tick(worked);
  const int64_t now_ms = surroundings_.keyspace.shared().now_ms;
  if (loading() || failed_ || busy() || now_ms - looked_at_rules_ms_ < rules_interval_ms) return;
  looked_at_rules_ms_ = now_ms;
  log_rewrite_.start_if_due();
  if (!busy()) saver_.start_if_due();
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
  if (!log_rewrite_.end(force)) return false;
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
  if (config_.appendonly) return start_loading_log();
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

void Persistence::start_loading_log() {
  if (!log_files_.read_manifest() || !log_files_.take_over_old_file()) {
    failed_ = true;
    return;
  }
  log_files_.remove_unfinished();
  auto load = std::make_unique<LogLoad>(surroundings_, log_files_, *command_executor_);
  switch (load->begin()) {
    case LoadOutcome::more: log_load_ = std::move(load); break;
    case LoadOutcome::failed: failed_ = true; break;
    default: open_log(0, 0);
  }
}

void Persistence::step_loading_log() {
  const LoadOutcome outcome = log_load_->step(load_slice_us);
  if (outcome == LoadOutcome::more) return surroundings_.wake();
  const std::unique_ptr<LogLoad> load = std::move(log_load_);
  loaded_keys_ = load->counts();
  saver_.forget_changes();
  if (outcome == LoadOutcome::failed) {
    failed_ = true;
  } else {
    open_log(load->total_bytes(), load->base_bytes());
  }
}

// What goes wrong here is in the log; without an open log the server must not go on.
void Persistence::open_log(uint64_t total_bytes, uint64_t base_bytes) {
  failed_ = !log_rewrite_.open(total_bytes, base_bytes);
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

bool Persistence::reload_log() {
  if (log_rewrite_.state() == LogRewrite::State::on && !append_log_->sync_now()) return false;
  Keyspace& keyspace = surroundings_.keyspace;
  for (int id = 0; id < keyspace.count(); ++id) keyspace[id].clear(false);
  if (!log_files_.read_manifest()) return false;
  LogLoad load(surroundings_, log_files_, *command_executor_);
  if (load.run() != LoadOutcome::done) return false;
  loaded_keys_ = load.counts();
  saver_.forget_changes();
  return true;
}

Persistence::LoadProgress Persistence::load_progress() const {
  LoadProgress progress;
  progress.start_seconds = load_start_seconds_;
  const auto fill = [&progress](const auto& load) {
    progress.total_bytes = load.total_bytes();
    progress.loaded_bytes = load.loaded_bytes();
    progress.used_memory_then = load.used_memory_then();
  };
  if (load_ != nullptr) fill(*load_);
  if (log_load_ != nullptr) fill(*log_load_);
  return progress;
}

// ---- the append log ------------------------------------------------------------------------------

Status Persistence::follow_appendonly() {
  if (config_.appendonly) return log_rewrite_.turn_on(!busy(), false);
  log_rewrite_.turn_off();
  return {};
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

#include "server/persistence/append_log.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {
namespace {

constexpr int64_t sync_interval_ms = 1000;
constexpr int64_t longest_postponement_ms = 2000;
constexpr int64_t retry_interval_ms = 100;
constexpr size_t kept_capacity = 1024 * 1024;
constexpr int64_t log_interval_ms = 30'000;  // between two lines on the same trouble

// Whether so much time has passed; also when the clock was set back.
bool is_over(int64_t since_ms, int64_t interval_ms, int64_t now_ms) {
  return now_ms - since_ms >= interval_ms || now_ms < since_ms;
}

}  // namespace

struct AppendLog::Ended {
  uint64_t target;
  Status status;
  int64_t took_us;
};

struct AppendLog::Outcomes {
  std::atomic<bool> any = false;
  std::mutex mutex;
  std::vector<Ended> list;
};

AppendLog::AppendLog(const PersistenceSurroundings& surroundings)
    : surroundings_(surroundings),
      config_(surroundings.config),
      log_(surroundings.log),
      end_process_([] { _exit(1); }),
      outcomes_(std::make_shared<Outcomes>()),
      background_(surroundings.wake,
                  surroundings.threads ? BackgroundThread::Mode::threaded : BackgroundThread::Mode::by_hand) {}

AppendLog::~AppendLog() = default;

void AppendLog::end_process() {
  end_process_();
  _exit(1);
}

// ---- commands ------------------------------------------------------------------------------------

void AppendLog::feed(int db, std::span<const std::string_view> args) {
  if (file_ == nullptr) return;
  if (config_.aof_timestamp_enabled) [[unlikely]]
    writer_.timestamp_if_later(surroundings_.keyspace.shared().now_ms / 1000);
  if (db != db_ && db != any_db) {
    writer_.select(db);
    db_ = db;
  }
  writer_.command(args);
}

void AppendLog::tick(bool worked) {
  take_ended_syncs();
  if (file_ == nullptr) return;
  const int64_t now_ms = surroundings_.keyspace.shared().now_ms;
  progress_.end = end();
  progress_.hold = holds_replies();
  if (progress_.hold) {
    promised_ = end();
    if (gathers(worked)) return;
  }
  write_buffer(now_ms, false);
  keep_synced(now_ms);
}

// Whether what is held had better wait for more, to be written and synced together.
bool AppendLog::gathers(bool worked) {
  if (promised_ <= progress_.syncing) return false;
  if (background_.pending() != 0) return true;
  if (!syncs_are_quick()) return false;
  const int64_t now_us = monotonic_us();
  if (gathers_since_us_ == 0) gathers_since_us_ = now_us;
  // Clients are about to say more, but others have waited for as long as a sync takes.
  if (worked && now_us - gathers_since_us_ < usual_sync_us_) {
    surroundings_.wake();
    return true;
  }
  gathers_since_us_ = 0;
  return false;
}

// ---- writing -------------------------------------------------------------------------------------

// Whether the write had better wait for the sync that is under way.
bool AppendLog::wait_for_sync(int64_t now_ms) {
  if (config_.appendfsync != AppendFsync::everysec || !syncs_file_ || background_.pending() == 0) return false;
  if (postponed_since_ms_ == 0) postponed_since_ms_ = now_ms;
  if (!is_over(postponed_since_ms_, longest_postponement_ms, now_ms)) return true;
  ++delayed_syncs_;
  log_.notice(
      "Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without waiting for fsync to "
      "complete, this may slow down the server.");
  return false;
}

void AppendLog::write_buffer(int64_t now_ms, bool now) {
  if (buffer_.empty()) return;
  if (!now && !write_error_.empty() && !is_over(tried_ms_, retry_interval_ms, now_ms)) return;
  if (!now && wait_for_sync(now_ms)) return;
  postponed_since_ms_ = 0;
  if (write_delay_us_ > 0) std::this_thread::sleep_for(std::chrono::microseconds(write_delay_us_));
  const std::string_view bytes = buffer_;
  size_t done = 0;
  while (done < bytes.size()) {
    const Result<size_t> wrote = file_->write(bytes.substr(done));
    if (!wrote) return write_failed(wrote.error(), done, now_ms);
    done += *wrote;
  }
  written_ += done;
  file_size_ += done;
  current_size_ += done;
  buffer_.clear();
  if (buffer_.capacity() > kept_capacity) buffer_.shrink_to_fit();
  if (write_error_.empty()) return;
  write_error_.clear();
  log_.warning("AOF write error looks solved. The server can write again.");
}

void AppendLog::write_failed(const Error& error, size_t written, int64_t now_ms) {
  const bool tell = logged_ms_ == 0 || is_over(logged_ms_, log_interval_ms, now_ms);
  if (tell) logged_ms_ = now_ms;
  if (written == 0) {
    if (tell) log_.warning("Error writing to the AOF file: {}", error.text);
  } else {
    if (tell) {
      log_.warning("Short write while writing to the AOF file: (nwritten={}, expected={})", written, buffer_.size());
    }
    const Status cut = file_->truncate(file_size_);
    if (!cut) {
      if (tell) {
        log_.warning(
            "Could not remove short write from the append-only file.  Redis may refuse to load the AOF the next time "
            "it "
            "starts.  ftruncate: {}",
            cut.error().text);
      }
      // Then it is written for good, and the rest will follow it.
      written_ += written;
      file_size_ += written;
      current_size_ += written;
      buffer_.erase(0, written);
    }
  }
  if (config_.appendfsync == AppendFsync::always || promised_ > progress_.synced) {
    log_.warning("Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...");
    end_process();
  }
  write_error_ = error.text;
  tried_ms_ = now_ms;
}

std::string AppendLog::refusal() const {
  return "MISCONF Errors writing to the AOF file: " + (write_error_.empty() ? sync_error_ : write_error_);
}

// ---- syncs ---------------------------------------------------------------------------------------

bool AppendLog::suspended() const { return config_.no_appendfsync_on_rewrite && rewriting_; }

bool AppendLog::holds_replies() const { return config_.appendfsync == AppendFsync::always && !suspended(); }

// Then the way to another thread and back costs more than the executor's waiting.
bool AppendLog::syncs_are_quick() const {
  return surroundings_.threads && usual_sync_us_ != 0 && usual_sync_us_ <= quick_sync_us_;
}

void AppendLog::keep_synced(int64_t now_ms) {
  // A sync that failed is tried again under any policy: until one succeeds nothing may be changed.
  const bool wanted = config_.appendfsync == AppendFsync::everysec || !sync_error_.empty();
  const bool due =
      wanted && !suspended() && written_ > progress_.syncing && is_over(last_sync_ms_, sync_interval_ms, now_ms);
  if (due) last_sync_ms_ = now_ms;
  // What was promised while the policy was another is kept all the same.
  if ((!due && promised_ <= progress_.syncing) || written_ <= progress_.syncing || background_.pending() != 0) return;
  if (!progress_.hold || !syncs_are_quick()) return request_sync();
  // All that was ready has been served: those who wait, wait for this.
  progress_.syncing = written_;
  syncs_file_ = true;
  sync_ended(timed_sync(*file_, written_));
}

void AppendLog::request_sync() {
  progress_.syncing = written_;
  syncs_file_ = true;
  background_.submit([file = file_, target = written_, outcomes = outcomes_]() mutable {
    Ended ended = timed_sync(*file, target);
    file.reset();  // closes it if it is not the current one any more
    const std::lock_guard lock(outcomes->mutex);
    outcomes->list.push_back(std::move(ended));
    outcomes->any.store(true, std::memory_order_release);
  });
}

void AppendLog::take_ended_syncs() {
  if (!outcomes_->any.load(std::memory_order_acquire)) return;
  std::vector<Ended> ended;
  {
    const std::lock_guard lock(outcomes_->mutex);
    ended.swap(outcomes_->list);
    outcomes_->any.store(false, std::memory_order_relaxed);
  }
  for (const Ended& sync : ended) sync_ended(sync);
}

AppendLog::Ended AppendLog::timed_sync(File& file, uint64_t target) {
  const int64_t began_us = monotonic_us();
  Status status = file.sync();
  return {target, std::move(status), monotonic_us() - began_us};
}

void AppendLog::sync_ended(const Ended& sync) {
  // Goes up at once and down little by little: a disk that was slow is not trusted soon.
  usual_sync_us_ = std::max({sync.took_us, usual_sync_us_ - (usual_sync_us_ - sync.took_us) / 8, int64_t{1}});
  if (!sync.status) return sync_failed(sync.target, sync.status.error());
  if (sync.target > progress_.synced) progress_.synced = sync.target;
  sync_error_.clear();
}

void AppendLog::sync_failed(uint64_t target, const Error& error) {
  if (config_.appendfsync == AppendFsync::always || promised_ > progress_.synced) {
    log_.warning("Can't persist AOF for fsync error when the AOF fsync policy is 'always': {}. Exiting...", error.text);
    end_process();
  }
  if (sync_error_.empty()) log_.warning("Fail to fsync the AOF file: {}", error.text);
  sync_error_ = error.text;
  // The system forgets what it could not write out: a sync that succeeds later says nothing on these bytes.
  if (!doubtful_until_) durable_ = progress_.synced;
  doubtful_until_ = std::max(target, doubtful_until_.value_or(0));
  progress_.syncing = progress_.synced;
}

Status AppendLog::sync_now() {
  if (file_ == nullptr) return {};
  background_.drain();
  take_ended_syncs();
  write_buffer(surroundings_.keyspace.shared().now_ms, true);
  const uint64_t target = written_;
  const Ended ended = timed_sync(*file_, target);
  sync_ended(ended);
  if (ended.status) progress_.syncing = target;
  progress_.end = end();
  if (!write_error_.empty()) return Error{write_error_};
  return ended.status;
}

// ---- files ---------------------------------------------------------------------------------------

Status AppendLog::switch_file(std::unique_ptr<File> next, uint64_t size, Whole whole) {
  if (file_ != nullptr) {
    write_buffer(surroundings_.keyspace.shared().now_ms, true);
    if (!write_error_.empty()) return Error{write_error_};
    // Also under `no`: the log must not have a hole when the next file is synced.
    request_sync();
  } else if (source_ != nullptr) {
    source_->attach(*this);
  }
  file_ = std::move(next);
  syncs_file_ = false;
  file_size_ = size;
  file_begin_ = written_;
  db_ = any_db;
  if (whole == Whole::no) base_missing_ = true;
  return {};
}

void AppendLog::base_replaced() {
  base_missing_ = false;
  // A sync may have failed since.
  if (doubtful_until_ && *doubtful_until_ > file_begin_) return;
  doubtful_until_.reset();
  // The base holds what stands before the file.
  if (progress_.synced < file_begin_) progress_.synced = file_begin_;
  surroundings_.wake();  // somebody may wait for this
}

void AppendLog::stop() {
  if (file_ == nullptr) return;
  (void)sync_now();
  if (source_ != nullptr) source_->detach(*this);
  file_.reset();
  // What could not be kept is given up with the log.
  written_ += buffer_.size();
  buffer_.clear();
  progress_ = {written_, written_, written_, false};
  promised_ = written_;
  write_error_.clear();
  sync_error_.clear();
  doubtful_until_.reset();
  base_missing_ = false;
}

void AppendLog::set_sizes(uint64_t current, uint64_t base) {
  current_size_ = current;
  base_size_ = base;
}

}  // namespace redoubt

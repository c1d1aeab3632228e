#include "server/persistence/log_rewrite.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/aof/aof_format.h"
#include "common/base/log.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/background_file.h"
#include "server/persistence/log_sink.h"
#include "server/persistence/rdb_sink.h"

namespace redoubt {
namespace {

constexpr uint64_t failures_until_limited = 3;
constexpr int64_t longest_delay_minutes = 60;

// In what form the base is written; a base of commands has no checksum.
BackgroundFile::Options file_options(const Config& config) {
  if (config.aof_use_rdb_preamble) return RdbSink::options(config, config.aof_rewrite_incremental_fsync);
  BackgroundFile::Options options;
  options.checksum = BackgroundFile::Checksum::none;
  options.start_writing_out = config.aof_rewrite_incremental_fsync;
  return options;
}

}  // namespace

// A rewrite under way.
struct LogRewrite::Run {
  Run(const PersistenceSurroundings& surroundings, BackgroundThread& thread)
      : file(surroundings.files, thread, file_options(surroundings.config)),
        rdb(surroundings.config.aof_use_rdb_preamble) {
    if (rdb) {
      rdb_sink = std::make_unique<RdbSink>(surroundings, file, true);
    } else {
      log_sink = std::make_unique<LogSink>(surroundings, file);
    }
  }

  SnapshotSink& sink() {
    if (rdb) return *rdb_sink;
    return *log_sink;
  }
  bool complete() const { return rdb ? rdb_sink->complete() : log_sink->complete(); }

  BackgroundFile file;
  const bool rdb;
  std::unique_ptr<RdbSink> rdb_sink;  // one of these
  std::unique_ptr<LogSink> log_sink;
  std::string temporary;
  std::string base;  // its name, once it is being finished
  bool finishing = false;
  int64_t start_seconds = 0;
};

LogRewrite::LogRewrite(const PersistenceSurroundings& surroundings, Snapshot& snapshot, LogFiles& files, AppendLog& log)
    : surroundings_(surroundings),
      config_(surroundings.config),
      log_(surroundings.log),
      snapshot_(snapshot),
      files_(files),
      append_log_(log),
      background_(surroundings.wake,
                  surroundings.threads ? BackgroundThread::Mode::threaded : BackgroundThread::Mode::by_hand) {}

LogRewrite::~LogRewrite() { cancel(); }

int64_t LogRewrite::now_seconds() const { return surroundings_.keyspace.shared().now_ms / 1000; }

int64_t LogRewrite::current_duration_seconds() const {
  return run_ == nullptr ? -1 : now_seconds() - run_->start_seconds;
}

std::string LogRewrite::temporary_name() const {
  return fmt::format("{}rewriteaof-bg-{}.aof", aof_temporary_prefix, getpid());
}

// ---- the log -------------------------------------------------------------------------------------

Status LogRewrite::open(uint64_t total, uint64_t base) {
  if (const Status made = files_.make_directory(); !made) return made;
  AofManifest manifest = files_.manifest();
  const bool new_log = manifest.empty();
  if (new_log) {
    const std::string name = manifest.replace_base(config_.appendfilename, config_.aof_use_rdb_preamble);
    Run run(surroundings_, background_);
    Status written = run.file.open(files_.path(name));
    if (written) {
      tell_everything(surroundings_.keyspace, run.sink());
      run.file.finish();
      background_.drain();
      if (const auto failure = run.file.failure()) written = Error{failure->text};
    }
    if (!written) {
      log_.warning("Write error writing append only file on disk: {}", written.error().text);
      return written;
    }
    log_.notice("Creating AOF base file {} on server start", name);
    const Result<uint64_t> size = files_.size_of(name);
    if (!size) return size.error();
    total = base = *size;
  }
  const bool new_increment = manifest.increments.empty();
  const std::string name =
      new_increment ? manifest.add_increment(config_.appendfilename) : manifest.increments.back().name;
  auto file = files_.open_to_append(name);
  if (!file) return file.error();
  const Result<uint64_t> size = (*file)->size();
  if (!size) return size.error();
  if (new_increment) {
    if (const Status synced = files_.sync_directory(); !synced) return synced;
    const Result<LogFiles::Replaced> replaced = files_.replace_manifest(std::move(manifest));
    if (!replaced) return replaced.error();
    if (*replaced != LogFiles::Replaced::lasting) return Error{"the manifest might not last"};
  }
  if (const Status begun = append_log_.switch_file(std::move(*file), *size, AppendLog::Whole::yes); !begun)
    return begun;
  increment_begin_ = append_log_.end() - *size;
  append_log_.set_sizes(total, base);
  log_.notice("{} AOF incr file {} on server start", new_increment ? "Creating" : "Opening", name);
  state_ = State::on;
  files_.remove_history();
  return {};
}

Status LogRewrite::turn_on(bool may_start, bool in_transaction) {
  if (state_ != State::off) return {};
  state_ = State::waiting;
  if (in_transaction) {
    scheduled_ = true;
    log_.notice("AOF was enabled during a transaction. An AOF background was scheduled to start when possible.");
    return {};
  }
  if (!may_start && !running()) {
    scheduled_ = true;
    log_.notice(
        "AOF was enabled but there is already another background operation. An AOF background was scheduled to start "
        "when possible.");
    return {};
  }
  if (running()) {
    // It was begun without an increment beside it.
    log_.notice(
        "AOF was enabled but there is already an AOF rewriting in background. Stopping background AOF and starting a "
        "rewrite now.");
    cancel();
  }
  if (start()) return {};
  state_ = State::off;
  scheduled_ = false;
  log_.warning(
      "Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. Check the above logs for "
      "more "
      "info about the error.");
  return Error{"Unable to turn on AOF. Check server logs."};
}

void LogRewrite::turn_off() {
  if (state_ == State::off) return;
  if (running()) log_.notice("Killing running AOF rewrite child: {}", getpid());
  cancel();
  append_log_.stop();
  if (state_ == State::waiting) drop_waiting_increment();
  state_ = State::off;
  scheduled_ = false;
}

bool LogRewrite::end(bool force) {
  if (running()) {
    if (state_ == State::waiting && !force) {
      log_.warning("Writing initial AOF, can't exit");
      return false;
    }
    if (state_ == State::waiting) log_.warning("Writing initial AOF. Exit anyway.");
    log_.warning("There is a child rewriting the AOF. Killing it!");
    cancel();
  }
  if (state_ == State::on) {
    log_.notice("Calling fsync() on the AOF file.");
    if (const Status synced = append_log_.sync_now(); !synced) {
      log_.warning("Fail to fsync the AOF file: {}.", synced.error().text);
    }
  }
  return true;
}

// ---- how a rewrite begins ------------------------------------------------------------------------

void LogRewrite::schedule() {
  scheduled_ = true;
  failures_ = 0;
}

Status LogRewrite::fail_to_start() {
  last_ok_ = false;
  ++failures_;
  return Error{"Can't execute an AOF background rewriting. Please check the server logs for more information."};
}

// From here on commands go to a new increment, which the manifest names.
Status LogRewrite::begin_increment() {
  // The new file must not last longer than what stands before it.
  if (const Status synced = append_log_.sync_now(); !synced) {
    log_.warning("Fail to fsync the AOF file: {}", synced.error().text);
    return synced;
  }
  AofManifest manifest = files_.manifest();
  const std::string name = manifest.add_increment(config_.appendfilename);
  auto file = files_.create(name);
  if (!file) return file.error();
  if (const Status synced = files_.sync_directory(); !synced) return synced;
  const Result<LogFiles::Replaced> replaced = files_.replace_manifest(std::move(manifest));
  if (!replaced) {
    files_.remove_later(name);
    return replaced.error();
  }
  // If the old manifest came back after a power cut, it would not name what is acknowledged from now on.
  if (*replaced != LogFiles::Replaced::lasting) return Error{"the manifest might not last"};
  if (const Status begun = append_log_.switch_file(std::move(*file), 0, AppendLog::Whole::yes); !begun) return begun;
  log_.notice("Creating AOF incr file {} on background rewrite", name);
  return {};
}

Status LogRewrite::begin_waiting_increment() {
  const std::string name = aof_temporary_increment_name(config_.appendfilename);
  auto file = files_.create(name);
  if (!file) return file.error();
  if (const Status begun = append_log_.switch_file(std::move(*file), 0, AppendLog::Whole::no); !begun) return begun;
  log_.notice("Creating AOF incr file {} on background rewrite", name);
  return {};
}

Status LogRewrite::start() {
  if (!files_.make_directory()) return fail_to_start();
  Status begun;
  if (state_ == State::on) begun = begin_increment();
  if (state_ == State::waiting) begun = begin_waiting_increment();
  if (!begun) return fail_to_start();
  increment_begin_ = append_log_.end();
  ++rewrites_;
  scheduled_ = false;
  run_ = std::make_unique<Run>(surroundings_, background_);
  run_->start_seconds = now_seconds();
  run_->temporary = temporary_name();
  // Should this fail, tick() tells of it.
  if (run_->file.open(files_.path(run_->temporary))) snapshot_.start(run_->sink());
  log_.notice("Background append only file rewriting started by pid {}", getpid());
  surroundings_.wake();
  return {};
}

bool LogRewrite::limited() {
  if (failures_ < failures_until_limited) {
    delay_minutes_ = 0;
    next_attempt_s_ = 0;
    return false;
  }
  if (next_attempt_s_ != 0) {
    if (now_seconds() < next_attempt_s_) return true;
    next_attempt_s_ = 0;
    return false;
  }
  delay_minutes_ = std::min(delay_minutes_ == 0 ? 1 : delay_minutes_ * 2, longest_delay_minutes);
  next_attempt_s_ = now_seconds() + delay_minutes_ * 60;
  log_.warning("Background AOF rewrite has repeatedly failed and triggered the limit, will retry in {} minutes",
               delay_minutes_);
  return true;
}

void LogRewrite::start_if_due() {
  if (scheduled_) {
    if (!limited()) (void)start();
    return;
  }
  if (state_ == State::on && append_log_.needs_rewrite()) {
    if (limited()) return;
    log_.notice("Starting a rewrite of the AOF, because a part of it may not have reached the disk");
    (void)start();
    return;
  }
  const auto percentage = static_cast<uint64_t>(config_.auto_aof_rewrite_percentage);
  const uint64_t size = append_log_.current_size();
  if (state_ != State::on || percentage == 0 || size <= config_.auto_aof_rewrite_min_size) return;
  const uint64_t base = std::max<uint64_t>(append_log_.base_size(), 1);
  if (size < base) return;
  const uint64_t growth = (size - base) * 100 / base;
  if (growth < percentage || limited()) return;
  log_.notice("Starting automatic rewriting of AOF on {}% growth", growth);
  (void)start();
}

// ---- how it ends ---------------------------------------------------------------------------------

void LogRewrite::tick() {
  if (run_ == nullptr) return;
  Run& run = *run_;
  if (run.file.failure()) {
    if (!run.complete() && snapshot_.active()) snapshot_.cancel();
    run.file.abandon();
    tell_failure(run);
    return end_run(false);
  }
  if (!run.complete()) return;
  if (!std::exchange(run.finishing, true)) finish_base(run);
  if (run.file.done()) take_base(run);
}

// Gives the base its name, in the background, once it is on the medium.
void LogRewrite::finish_base(Run& run) {
  AofManifest manifest = files_.manifest();
  const std::string name = manifest.replace_base(config_.appendfilename, run.rdb);
  run.base = name;
  run.file.finish([&files = surroundings_.files, from = files_.path(run.temporary), to = files_.path(name),
                   temporary = run.temporary, name, directory = config_.appenddirname]() -> Status {
    if (const Status renamed = files.rename(from, to); !renamed) {
      return Error{fmt::format("Error trying to rename the temporary AOF base file {} into {}: {}", temporary, name,
                               renamed.error().text)};
    }
    if (const Status synced = files.sync_directory(directory); !synced) {
      return Error{fmt::format("Fail to fsync AOF directory {}: {}.", directory, synced.error().text)};
    }
    return {};
  });
}

void LogRewrite::tell_failure(const Run& run) {
  const auto failure = run.file.failure();
  if (!failure) return;
  if (failure->step.empty()) {
    log_.warning("{}", failure->text);
    return;
  }
  if (failure->step == "fopen") {
    log_.warning("Opening the temp file for AOF rewrite in rewriteAppendOnlyFile(): {}", failure->text);
  } else {
    log_.warning("Write error writing append only file on disk: {}", failure->text);
  }
  log_.warning("Background AOF rewrite terminated with error");
}

// The base lasts: now it takes the place of all that was before.
void LogRewrite::take_base(Run& run) {
  log_.notice("Successfully created the temporary AOF base file {}", run.temporary);
  log_.notice("Background AOF rewrite terminated with success");
  AofManifest manifest = files_.manifest();
  const std::string base = manifest.replace_base(config_.appendfilename, run.rdb);
  log_.notice("Successfully renamed the temporary AOF base file {} into {}", run.temporary, base);
  std::string increment;
  if (state_ == State::waiting) {
    if (!name_waiting_increment(manifest)) {
      files_.remove_later(base);
      return end_run(false);
    }
    increment = manifest.increments.back().name;
  }
  manifest.retire_increments(state_ == State::off ? 0 : 1);
  const Result<LogFiles::Replaced> replaced = files_.replace_manifest(std::move(manifest));
  if (!replaced) {
    files_.remove_later(base);
    if (!increment.empty()) files_.remove_later(increment);
    return end_run(false);
  }
  // Either manifest may be there after a power cut: all files stay, and the next rewrite settles it.
  if (*replaced != LogFiles::Replaced::lasting) return end_run(false);
  if (state_ != State::off) {
    append_log_.base_replaced();
    const Result<uint64_t> base_size = files_.size_of(base);
    const uint64_t size = (base_size ? *base_size : run.file.size()) + append_log_.end() - increment_begin_;
    append_log_.set_sizes(size, size);
  }
  files_.remove_history();
  log_.notice("Background AOF rewrite finished successfully");
  if (state_ == State::waiting) state_ = State::on;
  end_run(true);
}

// The increment that was written beside the first base becomes part of the log.
bool LogRewrite::name_waiting_increment(AofManifest& manifest) {
  const std::string temporary = aof_temporary_increment_name(config_.appendfilename);
  const std::string name = manifest.add_increment(config_.appendfilename);
  if (const Status renamed = files_.rename(temporary, name); !renamed) {
    log_.warning("Error trying to rename the temporary AOF incr file {} into {}: {}", temporary, name,
                 renamed.error().text);
    return false;
  }
  log_.notice("Successfully renamed the temporary AOF incr file {} into {}", temporary, name);
  if (files_.sync_directory()) return true;
  files_.remove_later(name);
  return false;
}

void LogRewrite::end_run(bool ok) {
  last_ok_ = ok;
  failures_ = ok ? 0 : failures_ + 1;
  last_duration_seconds_ = now_seconds() - run_->start_seconds;
  run_ = nullptr;
  if (state_ != State::waiting) return;
  // Without a base the increment is of no use: the next attempt begins another.
  append_log_.stop();
  drop_waiting_increment();
  scheduled_ = true;
}

void LogRewrite::drop_waiting_increment() {
  const std::string name = aof_temporary_increment_name(config_.appendfilename);
  if (!surroundings_.files.exists(files_.path(name))) return;
  log_.notice("Removing the temp incr aof file {} in the background", name);
  files_.remove_later(name);
}

void LogRewrite::cancel() {
  if (run_ == nullptr) return;
  if (!run_->complete() && !run_->file.failure()) snapshot_.cancel();
  run_->file.abandon();
  // The names may be used again at once.
  background_.drain();
  if (run_->finishing) files_.remove_later(run_->base);
  last_duration_seconds_ = now_seconds() - run_->start_seconds;
  run_ = nullptr;
}

}  // namespace redoubt

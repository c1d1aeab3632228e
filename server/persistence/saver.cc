#include "server/persistence/saver.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/base/log.h"
#include "server/config/config.h"

namespace redoubt {
namespace {

constexpr int64_t retry_seconds = 5;  // after a background save that failed

// Renames and makes that last; on the thread that wrote the file.
Status put_in_place(FileSystem& files, const std::string& in, const std::string& from, const std::string& to,
                    const std::string& directory) {
  if (const Status renamed = files.rename(in + from, in + to); !renamed) {
    return Error{fmt::format("Error moving temp DB file {} on the final destination {} (in server root dir {}): {}",
                             from, to, directory, renamed.error().text)};
  }
  if (const Status synced = files.sync_directory(in.empty() ? "." : in); !synced) {
    return Error{fmt::format("Failed to fsync directory while saving DB: {}", synced.error().text)};
  }
  return {};
}

}  // namespace

// A background save under way.
struct Saver::Run {
  Run(const PersistenceSurroundings& surroundings, BackgroundThread& thread)
      : file(surroundings.files, thread,
             RdbSink::options(surroundings.config, surroundings.config.rdb_save_incremental_fsync)),
        sink(surroundings, file, false),
        directory(surroundings.config.dir) {}

  BackgroundFile file;
  RdbSink sink;
  std::string name;
  std::string directory;
  bool finishing = false;
  uint64_t changes = 0;  // until its start
  int64_t start_seconds = 0;
};

Saver::Saver(const PersistenceSurroundings& surroundings, Snapshot& snapshot)
    : surroundings_(surroundings),
      config_(surroundings.config),
      log_(surroundings.log),
      snapshot_(snapshot),
      background_(surroundings.wake,
                  surroundings.threads ? BackgroundThread::Mode::threaded : BackgroundThread::Mode::by_hand) {}

Saver::~Saver() { cancel(); }

int64_t Saver::now_seconds() const { return surroundings_.keyspace.shared().now_ms / 1000; }

// Background and foreground saves can meet (DEBUG RELOAD): they must not share a name.
std::string Saver::temporary_name(bool background) const {
  return fmt::format("temp-{}{}.rdb", background ? "bg-" : "", getpid());
}

void Saver::tell_failure(const BackgroundFile& file, const std::string& name) {
  const auto failure = file.failure();
  if (!failure) return;
  if (failure->step.empty()) {
    log_.warning("{}", failure->text);
  } else if (failure->step == "fopen") {
    log_.warning("Failed opening the temp RDB file {} (in server root dir {}) for saving: {}", name, config_.dir,
                 failure->text);
  } else {
    log_.warning("Write error saving DB on disk({}): {}", failure->step, failure->text);
  }
}

// The directory may have been changed since the temporary file was made.
void Saver::finish(Run& run) {
  const std::string in = run.directory == config_.dir ? "" : run.directory + "/";
  run.file.finish([&files = surroundings_.files, in, from = run.name, to = config_.dbfilename, dir = run.directory] {
    return put_in_place(files, in, from, to, dir);
  });
}

bool Saver::save() {
  Run run(surroundings_, background_);
  run.name = temporary_name(false);
  if (run.file.open(run.name)) {
    tell_everything(surroundings_.keyspace, run.sink);
    finish(run);
    background_.drain();
  }
  if (run.file.failure()) {
    tell_failure(run.file, run.name);
    return false;
  }
  log_.notice("DB saved on disk");
  saved_changes_ = surroundings_.keyspace.shared().changes;
  last_save_seconds_ = now_seconds();
  last_ok_ = true;
  return true;
}

void Saver::start() {
  ++saves_;
  last_start_seconds_ = now_seconds();
  run_ = std::make_unique<Run>(surroundings_, background_);
  run_->name = temporary_name(true);
  run_->changes = surroundings_.keyspace.shared().changes;
  run_->start_seconds = last_start_seconds_;
  log_.notice("Background saving started by pid {}", getpid());
  if (run_->file.open(run_->name)) snapshot_.start(run_->sink);
  surroundings_.wake();
}

void Saver::tick() {
  if (run_ == nullptr) return;
  Run& run = *run_;
  // What has failed is not worth going on with.
  if (run.file.failure()) {
    if (!run.sink.complete() && snapshot_.active()) snapshot_.cancel();
    run.file.abandon();
    return end_run();
  }
  if (!run.sink.complete()) return;
  if (!std::exchange(run.finishing, true)) finish(run);
  if (run.file.done()) end_run();
}

void Saver::end_run() {
  tell_failure(run_->file, run_->name);
  last_ok_ = !run_->file.failure();
  if (last_ok_) {
    log_.notice("DB saved on disk");
    log_.notice("Background saving terminated with success");
    saved_changes_ = run_->changes;
    last_save_seconds_ = now_seconds();
  } else {
    log_.warning("Background saving error");
  }
  last_duration_seconds_ = now_seconds() - run_->start_seconds;
  run_ = nullptr;
}

void Saver::cancel() {
  if (run_ == nullptr) return;
  if (!run_->sink.complete() && !run_->file.failure()) snapshot_.cancel();
  run_->file.abandon();
  // The name may be used again at once.
  background_.drain();
  last_duration_seconds_ = now_seconds() - run_->start_seconds;
  run_ = nullptr;
}

void Saver::start_if_due() {
  const int64_t now = now_seconds();
  const bool may_try = last_ok_ || now - last_start_seconds_ > retry_seconds;
  if (!may_try) return;
  const uint64_t changes = unsaved_changes();
  for (const SaveRule& rule : config_.save) {
    if (static_cast<int64_t>(changes) < rule.changes || now - last_save_seconds_ <= rule.seconds) continue;
    log_.notice("{} changes in {} seconds. Saving...", rule.changes, rule.seconds);
    return start();
  }
  if (std::exchange(scheduled_, false)) start();
}

void Saver::forget_changes() {
  saved_changes_ = surroundings_.keyspace.shared().changes;
  last_save_seconds_ = now_seconds();
}

uint64_t Saver::unsaved_changes() const { return surroundings_.keyspace.shared().changes - saved_changes_; }

int64_t Saver::current_duration_seconds() const { return run_ == nullptr ? -1 : now_seconds() - run_->start_seconds; }

}  // namespace redoubt

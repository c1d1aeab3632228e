// The life of the append log: opened at start, turned on and off, and rewritten when it has grown. A rewrite begins a new
// increment and a snapshot at the same moment; the snapshot becomes the new base while commands go to the increment. When it is
// written and lasts, a new manifest names both in the place of all that was before, which is removed. Until then, and whatever
// fails, the files that were there are the log.
//
// The log that is turned on at run time begins with such a rewrite: until it is through there is nothing to load, and commands
// go to an increment that no manifest names yet. A rewrite that fails is tried again, and less and less often.
//
// What happens goes to the server's log in Redis's words. Executor thread only; the base is written on a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/background_thread.h"
#include "common/base/result.h"
#include "server/persistence/append_log.h"
#include "server/persistence/log_files.h"
#include "server/persistence/snapshot.h"
#include "server/persistence/surroundings.h"

namespace redoubt {

class LogRewrite {
 public:
  enum class State : uint8_t {
    off,
    waiting,  // turned on; the first rewrite is not through
    on,
  };

  // All outlive it.
  LogRewrite(const PersistenceSurroundings& surroundings, Snapshot& snapshot, LogFiles& files, AppendLog& log);
  ~LogRewrite();
  LogRewrite(const LogRewrite&) = delete;
  LogRewrite& operator=(const LogRewrite&) = delete;

  State state() const { return state_; }

  // ---- the log ------------------------------------------------------------------------------------
  // At start, when the log, if there was one, is loaded: commands go to its last increment from here on. A log that did not
  // exist is begun, with an empty base. `total`, `base`: bytes there are of all files, and of the base.
  Status open(uint64_t total, uint64_t base);
  // CONFIG SET appendonly. `may_start`: no other background job is under way, and no transaction is carried out; else the
  // first rewrite is scheduled.
  Status turn_on(bool may_start, bool in_transaction);
  void turn_off();
  // Before the process ends: gives up a rewrite, and syncs the log. False: the log has no base yet, and `force` is not given.
  bool end(bool force);

  // ---- rewrites -----------------------------------------------------------------------------------
  // Begins one. No snapshot may be active.
  Status start();
  bool running() const { return run_ != nullptr; }
  // Starts one as soon as that is possible. Asked for by a person, it is not held back by failures before.
  void schedule();
  bool scheduled() const { return scheduled_; }
  // Gives up what is under way.
  void cancel();
  // At the end of each tick.
  void tick();
  // Starts a rewrite if one is scheduled, or the log has grown enough. Now and then, while nothing else is under way.
  void start_if_due();

  // ---- for INFO -----------------------------------------------------------------------------------
  bool last_ok() const { return last_ok_; }
  int64_t last_duration_seconds() const { return last_duration_seconds_; }
  int64_t current_duration_seconds() const;  // -1: none under way
  uint64_t rewrites() const { return rewrites_; }
  uint64_t consecutive_failures() const { return failures_; }
  void reset_rewrites() { rewrites_ = 0; }

  // Without threads: writes by hand.
  BackgroundThread& background() { return background_; }

 private:
  struct Run;

  Status begin_increment();
  Status begin_waiting_increment();
  Status fail_to_start();
  void finish_base(Run& run);
  void take_base(Run& run);
  bool name_waiting_increment(AofManifest& manifest);
  void tell_failure(const Run& run);
  void end_run(bool ok);
  void drop_waiting_increment();
  bool limited();
  int64_t now_seconds() const;
  std::string temporary_name() const;

  const PersistenceSurroundings& surroundings_;
  const Config& config_;
  Log& log_;
  Snapshot& snapshot_;
  LogFiles& files_;
  AppendLog& append_log_;
  State state_ = State::off;
  BackgroundThread background_;
  std::unique_ptr<Run> run_;
  uint64_t increment_begin_ = 0;  // AppendLog::end() when the present increment began

  bool scheduled_ = false;
  bool last_ok_ = true;
  int64_t last_duration_seconds_ = -1;
  uint64_t rewrites_ = 0;
  uint64_t failures_ = 0;       // since the last success
  int64_t delay_minutes_ = 0;   // between attempts while they keep failing
  int64_t next_attempt_s_ = 0;  // Unix time; 0: now
};

}  // namespace redoubt

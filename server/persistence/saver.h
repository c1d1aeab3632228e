// SAVE, BGSAVE, and saving by rule: the data set as an RDB file in the place of the one before. Written under a temporary name,
// synced, renamed, and the directory synced: whatever fails, the old file stays whole. What happens goes to the server's log in
// Redis's words. Executor thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/background_thread.h"
#include "server/persistence/rdb_sink.h"

namespace redoubt {

class Saver {
 public:
  Saver(const PersistenceSurroundings& surroundings, Snapshot& snapshot);
  ~Saver();

  // Saves while the caller waits; false when it failed. No background save may be under way.
  bool save();
  // Begins a background save. No snapshot may be active. Failures show in the status when it ends.
  void start();
  bool running() const { return run_ != nullptr; }
  // Gives a background save up; nothing is left of it.
  void cancel();
  // BGSAVE SCHEDULE: start as soon as `may_start`.
  void schedule() { scheduled_ = true; }

  // Ends a background save that is through. At the end of each tick.
  void tick();
  // Starts a background save if a rule or schedule() asks for it. Now and then, while nothing else is under way.
  void start_if_due();

  // Changes until now count as saved (after loading).
  void forget_changes();
  uint64_t unsaved_changes() const;
  // What stop-writes-on-bgsave-error goes by.
  bool last_ok() const { return last_ok_; }

  // ---- for LASTSAVE and INFO
  int64_t last_save_seconds() const { return last_save_seconds_; }  // Unix time
  int64_t last_duration_seconds() const { return last_duration_seconds_; }
  int64_t current_duration_seconds() const;  // -1: none under way
  uint64_t saves() const { return saves_; }
  void count_save() { ++saves_; }
  void reset_saves() { saves_ = 0; }

  // Without threads: writes by hand.
  BackgroundThread& background() { return background_; }

 private:
  struct Run;

  std::string temporary_name(bool background) const;
  void tell_failure(const BackgroundFile& file, const std::string& name);
  void finish(Run& run);
  void end_run();
  int64_t now_seconds() const;

  const PersistenceSurroundings& surroundings_;
  const Config& config_;
  Log& log_;
  Snapshot& snapshot_;
  BackgroundThread background_;
  std::unique_ptr<Run> run_;
  bool scheduled_ = false;
  bool last_ok_ = true;
  uint64_t saved_changes_ = 0;      // of KeyspaceShared::changes
  int64_t last_save_seconds_ = 0;   // that succeeded
  int64_t last_start_seconds_ = 0;  // of a background save
  int64_t last_duration_seconds_ = -1;
  uint64_t saves_ = 0;
};

}  // namespace redoubt

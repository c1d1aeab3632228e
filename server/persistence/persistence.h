// That nothing is lost: snapshots, the append log, and starting from both. Owns the parts that do it and gives them their
// turn in each tick. Owned by the composition root; commands reach it as Services::persistence. Executor thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/persistence/log_files.h"
#include "server/persistence/log_load.h"
#include "server/persistence/log_rewrite.h"
#include "server/persistence/pacer.h"
#include "server/persistence/rdb_load.h"
#include "server/persistence/saver.h"
#include "server/persistence/snapshot.h"
#include "server/persistence/surroundings.h"

namespace redoubt {

class AppendLog;

class Persistence {
 public:
  // The references outlive it. `wake` makes the loop run a tick soon, from any thread. Without `threads` nothing runs in
  // the background: tests decide when what happens.
  Persistence(Keyspace& keyspace, const Config& config, FileSystem& files, Log& log, std::function<void()> wake,
              bool threads);
  ~Persistence();
  Persistence(const Persistence&) = delete;
  Persistence& operator=(const Persistence&) = delete;

  FileSystem& files() { return surroundings_.files; }
  const PersistenceSurroundings& surroundings() const { return surroundings_; }

  // ---- ticks ------------------------------------------------------------------------------------
  // At the end of each tick, before replies are sent: all parts go on with what they do. Asks for the next one by itself
  // where there is more to do. `worked`: clients were served in it.
  void tick(bool worked);
  // When a tick is needed at the latest, in milliseconds from now; 0: whenever one comes.
  int64_t next_tick_ms() const;

  // ---- saving -----------------------------------------------------------------------------------
  Snapshot& snapshot() { return snapshot_; }
  const Snapshot& snapshot() const { return snapshot_; }
  Saver& saver() { return saver_; }
  const Saver& saver() const { return saver_; }
  // A background save or a rewrite of the append log is under way: no other may begin.
  bool busy() const { return saver_.running() || log_rewrite_.running(); }
  // Before the process ends: gives up what runs in the background, and saves if wanted. False: it had better not end.
  bool end(bool save, bool force);
  // After FLUSHALL: a background save of what is gone is given up, and the empty data set saved where rules are.
  void flushed_all();

  AppendLog& append_log() { return *append_log_; }
  const AppendLog& append_log() const { return *append_log_; }

  // ---- loading ----------------------------------------------------------------------------------
  // What there is from the last time is loaded, by ticks.
  void start_loading();
  bool loading() const { return load_ != nullptr || log_load_ != nullptr; }
  // What is there cannot be loaded; the process has to end, and must not save.
  bool failed() const { return failed_; }
  // The file of the last save takes the place of the data set (unless `flush` is off), at once. False when it cannot.
  bool reload(bool flush, bool merge);
  // The append log takes the place of the data set, at once. False when it cannot.
  bool reload_log();

  struct LoadProgress {
    int64_t start_seconds = 0;  // Unix time
    uint64_t total_bytes = 0;
    uint64_t loaded_bytes = 0;
    uint64_t used_memory_then = 0;
  };
  // While loading().
  LoadProgress load_progress() const;
  // Of the last load.
  const KeyLoader::Counts& loaded_keys() const { return loaded_keys_; }

  // ---- the append log ---------------------------------------------------------------------------
  // Who carries out the commands of a log: set before start_loading(), and outlives it.
  void set_command_executor(CommandExecutor& executor) { command_executor_ = &executor; }
  LogRewrite& log_rewrite() { return log_rewrite_; }
  const LogRewrite& log_rewrite() const { return log_rewrite_; }
  LogFiles& log_files() { return log_files_; }
  // CONFIG SET appendonly: turns it on or off as the configuration says.
  Status follow_appendonly();

  // ---- refusals ---------------------------------------------------------------------------------
  // What commands that write are answered because what they do might get lost; empty: nothing stands against them.
  std::string refusal() const;

 private:
  void step_loading();
  void start_loading_log();
  void step_loading_log();
  void open_log(uint64_t total_bytes, uint64_t base_bytes);
  void give_up();
  void walk(bool worked);
  bool walk_delayed();

  PersistenceSurroundings surroundings_;
  const Config& config_;
  Snapshot snapshot_;
  Saver saver_;
  std::unique_ptr<AppendLog> append_log_;
  LogFiles log_files_;
  LogRewrite log_rewrite_;
  CommandExecutor* command_executor_ = nullptr;
  Pacer pacer_;
  int64_t looked_at_rules_ms_ = 0;
  // With rdb-key-save-delay: when the walk may go on (monotonic).
  int64_t walk_resumes_ns_ = 0;
  uint64_t walk_delays_ = 0;

  std::unique_ptr<RdbLoad> load_;  // while loading, one of these
  std::unique_ptr<LogLoad> log_load_;
  int64_t load_start_seconds_ = 0;
  int64_t load_started_us_ = 0;
  KeyLoader::Counts loaded_keys_;
  bool failed_ = false;
};

}  // namespace redoubt

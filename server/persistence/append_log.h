// The append log at run time: what changed the data set, told as commands, at the end of a file. feed() copies bytes into a
// buffer and nothing else. At the end of a tick, before replies are sent, tick() writes the buffer with one write, so that
// a process that is killed loses nothing it has acknowledged. What the machine may lose is up to appendfsync:
//
//   no        the system writes out when it likes
//   everysec  a sync each second in the background. While one is under way writes wait for it, for two seconds at most,
//             because the system would make them wait
//   always    replies wait for a sync (LogProgress::hold, which the network layer obeys). It runs in the background while the
//             executor goes on; all that was fed meanwhile is written before the next one, which covers it. Where syncs are
//             quick the executor waits for them itself, when all that is ready has been served
//
// Errors. Under no and everysec a failing write leaves what could not be written in the buffer and takes away what was
// written in part; changes are refused (refusal()) until a later attempt succeeds. A failing sync does the same until one
// succeeds. Under always both end the process: commands were carried out that can be neither kept nor undone, and none of
// them has been answered yet.
//
// Which file it is, is the business of those who keep the manifest: they hand over files that it names already. Executor
// thread only; syncs run on a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/aof/aof_writer.h"
#include "common/base/background_thread.h"
#include "common/base/file.h"
#include "server/persistence/command_feed.h"
#include "server/persistence/log_progress.h"
#include "server/persistence/surroundings.h"

namespace redoubt {

class AppendLog final : public CommandFeed {
 public:
  explicit AppendLog(const PersistenceSurroundings& surroundings);
  // What was written is not synced: see stop() and sync_now().
  ~AppendLog() override;
  // Where it is attached while it is on. It outlives the log, or stop() is called before.
  void set_source(CommandSource& source) { source_ = &source; }

  // ---- files ------------------------------------------------------------------------------------
  // Whether commands are wanted at all: from the first switch_file() on, until stop().
  bool on() const { return file_ != nullptr; }
  // From here on commands go to `next`, opened to append, with so many bytes in it. What was fed before is in the file before
  // (none at first), which is synced and closed in the background. An error when it cannot be written there: nothing has
  // changed then. `whole`: whether the files up to this one hold the data set; else they do from base_replaced() on.
  enum class Whole : bool { no, yes };
  Status switch_file(std::unique_ptr<File> next, uint64_t size, Whole whole);
  // A new base with everything up to the last switch_file() is in the manifest, and on the medium.
  void base_replaced();
  // Writes, syncs, closes; waits for all that. Later commands are not wanted.
  void stop();
  // Writes and syncs while the caller waits: before the process ends.
  Status sync_now();

  // ---- commands ---------------------------------------------------------------------------------
  void feed(int db, std::span<const std::string_view> args) override;
  // Takes note of the syncs that have ended, so that those who wait for them can be served in this tick. tick() does it too.
  void take_ended_syncs();
  // At the end of each tick. `worked`: clients were served in it, so that more of them may be about to say something.
  void tick(bool worked = false);
  // While a snapshot or a rewrite is under way (no-appendfsync-on-rewrite).
  void set_rewriting(bool rewriting) { rewriting_ = rewriting; }

  // ---- how far ----------------------------------------------------------------------------------
  const LogProgress& progress() const { return progress_; }
  // Fed so far, in bytes since the start of the process.
  uint64_t end() const { return written_ + buffer_.size(); }
  // What would be there if the machine lost its power now, as an offset like end(); nothing at all without has_base(). It
  // stands still after a failed sync, which no later one makes good: only a rewrite does (needs_rewrite()).
  uint64_t durable() const { return doubtful_until_ ? durable_ : progress_.synced; }
  bool has_base() const { return !base_missing_; }
  bool needs_rewrite() const { return doubtful_until_.has_value(); }

  // ---- for INFO and the gates -------------------------------------------------------------------
  // Of all files of the log, and at the last rewrite or start; the log adds what it writes to the first.
  void set_sizes(uint64_t current, uint64_t base);
  uint64_t current_size() const { return current_size_; }
  uint64_t base_size() const { return base_size_; }
  size_t buffer_length() const { return buffer_.size(); }
  size_t buffer_memory() const { return buffer_.capacity(); }
  size_t pending_syncs() const { return background_.pending(); }
  uint64_t delayed_syncs() const { return delayed_syncs_; }
  void reset_delayed_syncs() { delayed_syncs_ = 0; }
  bool write_ok() const { return write_error_.empty() && sync_error_.empty(); }
  // What commands that write are answered while write_ok() is false.
  std::string refusal() const;

  // ---- for tests --------------------------------------------------------------------------------
  // Called instead of ending the process with exit code 1; does not return either.
  void set_ending(std::function<void()> end_process) { end_process_ = std::move(end_process); }
  // Without threads: carries out the syncs that were asked for, by hand.
  BackgroundThread& background() { return background_; }
  // Which syncs the executor carries out itself: those that usually take no longer. 0: none.
  void set_quick_sync(int64_t microseconds) { quick_sync_us_ = microseconds; }
  // DEBUG AOF-FLUSH-SLEEP: each write takes so much longer.
  void set_write_delay(int64_t microseconds) { write_delay_us_ = microseconds; }

 private:
  struct Ended;

  bool holds_replies() const;
  bool suspended() const;
  bool wait_for_sync(int64_t now_ms);
  void write_buffer(int64_t now_ms, bool now);
  void write_failed(const Error& error, size_t written, int64_t now_ms);
  bool gathers(bool worked);
  bool syncs_are_quick() const;
  void keep_synced(int64_t now_ms);
  void request_sync();
  static Ended timed_sync(File& file, uint64_t target);
  void sync_ended(const Ended& sync);
  void sync_failed(uint64_t target, const Error& error);
  [[noreturn]] void end_process();

  const PersistenceSurroundings& surroundings_;
  const Config& config_;
  Log& log_;
  std::function<void()> end_process_;
  CommandSource* source_ = nullptr;

  std::string buffer_;  // keeps its memory from tick to tick
  AofWriter writer_{buffer_};
  int db_ = any_db;  // the one that the file is in; any_db: none was named in it yet
  std::shared_ptr<File> file_;
  uint64_t file_size_ = 0;
  uint64_t file_begin_ = 0;  // the offset at which it begins
  uint64_t written_ = 0;
  bool syncs_file_ = false;  // the last sync that was asked for is one of this file
  uint64_t promised_ = 0;    // replies wait for this offset, or did
  LogProgress progress_;
  bool rewriting_ = false;

  std::optional<uint64_t> doubtful_until_;  // what stands before may be lost, whatever is synced
  uint64_t durable_ = 0;                    // while there is doubt
  bool base_missing_ = false;

  std::string write_error_;  // of the last attempt; empty: it succeeded
  std::string sync_error_;
  int64_t tried_ms_ = 0;   // the last write that failed
  int64_t logged_ms_ = 0;  // the last line on that
  int64_t postponed_since_ms_ = 0;
  int64_t last_sync_ms_ = 0;
  int64_t gathers_since_us_ = 0;  // 0: it does not
  int64_t usual_sync_us_ = 0;     // 0: there was none yet
  int64_t quick_sync_us_ = 500;
  int64_t write_delay_us_ = 0;
  uint64_t delayed_syncs_ = 0;
  uint64_t current_size_ = 0;
  uint64_t base_size_ = 0;

  // Where the thread leaves what came of each sync.
  struct Outcomes;
  std::shared_ptr<Outcomes> outcomes_;
  BackgroundThread background_;
};

}  // namespace redoubt

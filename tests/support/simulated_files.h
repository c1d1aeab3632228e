// A FileSystem in memory for tests that count, delay and fail what is done to files, and cut the power between two steps.
// From any thread. It must outlive the Files that it opened.
//
//   SimulatedFiles files;
//   files.fail({.operation = FileOperation::write, .after = 3, .error = "No space left on device"});
//   files.stop_at(17);                        // the 17th operation and all after it fail: the process is dead
//   …
//   auto after = files.after_power_cut(Kept::some, seed);   // what a process started anew finds
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/file.h"
#include "tests/support/simulated_disk.h"

namespace redoubt {

enum class FileOperation : uint8_t {
  open_to_read,  // the first two change nothing
  read,
  open_to_write,
  write,
  sync,
  truncate,
  rename,
  remove,
  sync_directory,
  make_directory,
};
std::string_view name_of(FileOperation operation);

// Which operations go wrong, and how.
struct FileFault {
  std::optional<FileOperation> operation = {};  // none: all that change or sync something
  std::string path = {};                        // only of paths that contain it
  size_t after = 0;                             // so many of them succeed before
  size_t times = 1;                             // so many fail; SIZE_MAX: until clear_faults
  std::string error = {};                       // the text; "" for a write that is short only
  // A write writes so many bytes before it goes wrong; it then answers their number, and the error comes with the next.
  size_t bytes = 0;
  // A failed sync: what it was for is lost, though later syncs succeed and reads show it until the power goes. Linux is so.
  bool loses_writes = false;
};

class SimulatedFiles final : public FileSystem {
 public:
  SimulatedFiles() = default;
  explicit SimulatedFiles(SimulatedDisk disk) : disk_(std::move(disk)) {}

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Status make_directory(const std::string& path) override;
  bool exists(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;

  // ---- what there is; the tests' own looks do not count as operations
  void add_file(const std::string& path, std::string_view bytes);
  void add_directory(const std::string& path);
  // "(none)" when there is no such file.
  std::string content(const std::string& path);

  // ---- what was done
  // That changed or synced something, whether it succeeded or not.
  size_t operations() const;
  size_t operations(FileOperation operation) const;
  // Those that operations() counts, one line each: "write appendonlydir/a.aof 35".
  std::vector<std::string> journal() const;
  // Bytes for which the system was asked to begin writing.
  uint64_t started_writing_out() const;

  // ---- what goes wrong
  void fail(FileFault fault);
  void clear_faults();
  // Writes are short, then fail with "No space left on device", when the files together would be larger.
  void set_capacity(uint64_t bytes);

  // ---- delay. A sync of a file whose path contains `path` waits until it is let go; not for the thread that would let it go.
  void hold_syncs(const std::string& path = "");
  // Of those that wait now, the first `count`; what it has to make last was settled when it began.
  void release_syncs(size_t count = 1);
  // All, and those to come.
  void stop_holding_syncs();
  // Returns when so many wait; false after ten seconds.
  bool wait_for_held_syncs(size_t count);
  size_t held_syncs() const;

  // ---- the end
  // The operation of this number, counted from 1 as operations() does, is not done any more, nor is any after it: they and
  // all reads answer an error, and syncs are held no longer.
  void stop_at(size_t operation);
  bool stopped() const;
  std::unique_ptr<SimulatedFiles> after_power_cut(Kept kept, uint64_t seed = 0) const;
  // `look` sees the disk before each operation, with the operation's number and its line of the journal: for all the crashes
  // of a run at once. It may not use these files; a disk that it makes by after_power_cut() can have files of its own.
  using Look = std::function<void(size_t operation, const std::string& line, const SimulatedDisk& disk)>;
  void watch(Look look);

 private:
  friend class SimulatedFile;

  // Counts, and finds whether it goes wrong. `bytes`: what a write may write before it does.
  struct Verdict {
    std::optional<Error> error;
    size_t bytes = SIZE_MAX;
    bool loses_writes = false;
  };
  Verdict begin(FileOperation operation, const std::string& path, const std::string& detail = "");
  Status wait_while_held(std::unique_lock<std::mutex>& lock, const std::string& path);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  SimulatedDisk disk_;
  std::vector<FileFault> faults_;
  size_t counts_[static_cast<size_t>(FileOperation::make_directory) + 1] = {};
  std::vector<std::string> journal_;
  uint64_t started_writing_out_ = 0;
  uint64_t capacity_ = UINT64_MAX;
  size_t stop_at_ = SIZE_MAX;
  bool stopped_ = false;
  Look look_;
  std::optional<std::string> held_path_;
  uint64_t held_first_ = 0;  // those that wait have the numbers from here to before held_next_
  uint64_t held_next_ = 0;
};

}  // namespace redoubt

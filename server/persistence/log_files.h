// The files of the append log: which there are (the manifest), bringing them into being, and removing those that are of no use
// any more. The manifest on the disk never names a base or an increment whose name might be lost in a power cut, and no file is
// removed before a manifest without it is certain to last. Errors go to the server's log, in Redis's words; those that are
// returned only say that it did not work. Executor thread only; files are removed on a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/aof/aof_manifest.h"
#include "common/base/background_thread.h"
#include "common/base/file.h"
#include "server/persistence/surroundings.h"

namespace redoubt {

class LogFiles {
 public:
  explicit LogFiles(const PersistenceSurroundings& surroundings);
  ~LogFiles();
  LogFiles(const LogFiles&) = delete;
  LogFiles& operator=(const LogFiles&) = delete;

  const AofManifest& manifest() const { return manifest_; }
  // Where a file of the log is, from the directory that the server works in.
  std::string path(std::string_view name) const;
  std::string manifest_path() const;

  // ---- at start ---------------------------------------------------------------------------------
  // Reads the manifest; that there is none is no error.
  Status read_manifest();
  // A log of one file in the working directory, as servers before Redis 7 wrote it, becomes the base, if there is one and the
  // manifest names nothing else.
  Status take_over_old_file();
  // Removes what an earlier process had not finished.
  void remove_unfinished();
  // "Unable to obtain the AOF file … length" goes to the log.
  Result<uint64_t> size_of(const std::string& name);

  // ---- changes ----------------------------------------------------------------------------------
  // Makes the directory, if it is not there.
  Status make_directory();
  // Creates an increment, and opens it to append: anything of this name that is there is lost.
  Result<std::unique_ptr<File>> create(const std::string& name);
  Result<std::unique_ptr<File>> open_to_append(const std::string& name);
  // The first step to make a name last, before a manifest may have it.
  Status sync_directory();
  // Puts a new manifest in the place of the old. `doubtful`: it is there, but a power cut might bring back the old one; both are
  // good then, because what only the old one names is kept. An error: nothing has changed.
  enum class Replaced : uint8_t { lasting, doubtful };
  Result<Replaced> replace_manifest(AofManifest manifest);
  Status rename(const std::string& from, const std::string& to);

  // ---- removal, in the background ---------------------------------------------------------------
  // Begins to remove what the manifest calls history (but with aof-disable-auto-gc); tick() takes it out of the manifest then.
  void remove_history();
  void remove_later(const std::string& name);
  // At the end of each tick.
  void tick();
  // Without threads: removes by hand.
  BackgroundThread& background() { return background_; }

 private:
  struct Removed;

  Status write_manifest(const std::string& text);
  void tell_bad_manifest(const Error& error, const AofManifestProblem& problem);

  const PersistenceSurroundings& surroundings_;
  AofManifest manifest_;
  bool doubtful_ = false;  // of the manifest
  std::vector<std::string> being_removed_;
  std::shared_ptr<Removed> removed_;
  BackgroundThread background_;
};

}  // namespace redoubt

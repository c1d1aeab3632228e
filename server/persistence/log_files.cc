#include "server/persistence/log_files.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "common/aof/aof_format.h"
#include "common/base/log.h"
#include "server/config/config.h"

namespace redoubt {
namespace {

constexpr uint64_t largest_manifest = uint64_t{64} << 20;
const char* const working_directory = ".";

}  // namespace

// What the thread tells: how many of being_removed_ are gone.
struct LogFiles::Removed {
  std::atomic<size_t> files = 0;
};

LogFiles::LogFiles(const PersistenceSurroundings& surroundings)
    : surroundings_(surroundings),
      removed_(std::make_shared<Removed>()),
      background_(surroundings.wake,
                  surroundings.threads ? BackgroundThread::Mode::threaded : BackgroundThread::Mode::by_hand) {}

LogFiles::~LogFiles() = default;

std::string LogFiles::path(std::string_view name) const {
  return surroundings_.config.appenddirname + "/" + std::string(name);
}

std::string LogFiles::manifest_path() const { return path(aof_manifest_name(surroundings_.config.appendfilename)); }

// ---- at start ------------------------------------------------------------------------------------

void LogFiles::tell_bad_manifest(const Error& error, const AofManifestProblem& problem) {
  Log& log = surroundings_.log;
  log.warning("\n*** FATAL AOF MANIFEST FILE ERROR ***\n");
  if (!problem.text.empty()) {
    log.warning("Reading the manifest file, at line {}\n", problem.line);
    log.warning(">>> '{}'\n", problem.text);
  }
  log.warning("{}\n", error.text);
}

Status LogFiles::read_manifest() {
  manifest_ = {};
  FileSystem& files = surroundings_.files;
  const std::string& directory = surroundings_.config.appenddirname;
  if (!files.exists(directory)) {
    surroundings_.log.debug("The AOF directory {} doesn't exist", directory);
    return {};
  }
  const std::string name = manifest_path();
  if (!files.exists(name)) {
    surroundings_.log.debug("The AOF manifest file {} doesn't exist",
                            aof_manifest_name(surroundings_.config.appendfilename));
    return {};
  }
  const Result<std::string> text = read_file(files, name, largest_manifest);
  if (!text) {
    surroundings_.log.warning("Fatal error: can't open the AOF manifest file {} for reading: {}", name,
                              text.error().text);
    return text.error();
  }
  AofManifestProblem problem;
  Result<AofManifest> manifest = parse_aof_manifest(*text, &problem);
  if (!manifest) {
    tell_bad_manifest(manifest.error(), problem);
    return manifest.error();
  }
  manifest_ = std::move(*manifest);
  return {};
}

Status LogFiles::take_over_old_file() {
  FileSystem& files = surroundings_.files;
  const Config& config = surroundings_.config;
  const std::string& name = config.appendfilename;
  if (!files.exists(name)) return {};
  // The manifest may be there already when an earlier try was interrupted between the two steps.
  const bool begun =
      manifest_.base && manifest_.increments.empty() && manifest_.base->name == name && !files.exists(path(name));
  if (!manifest_.empty() && !begun) return {};
  if (const Status made = make_directory(); !made) return made;
  AofManifest manifest;
  manifest.history = manifest_.history;
  manifest.base = AofFileInfo{name, 1, AofFileType::base};
  manifest.base_sequence = 1;
  const Result<Replaced> replaced = replace_manifest(std::move(manifest));
  if (!replaced) return replaced.error();
  // Without a manifest the file would not be found where it is to go.
  if (*replaced == Replaced::doubtful) return Error{"the manifest might not last"};
  Status moved = files.rename(name, path(name));
  if (moved) moved = files.sync_directory(config.appenddirname);
  if (moved) moved = files.sync_directory(working_directory);
  if (!moved) {
    surroundings_.log.warning("Error trying to move the old AOF file {} into dir {}: {}", name, config.appenddirname,
                              moved.error().text);
    return moved;
  }
  surroundings_.log.notice("Successfully migrated an old-style AOF configuration ({}) into the AOF directory ({}).",
                           name, config.appenddirname);
  return {};
}

void LogFiles::remove_unfinished() {
  FileSystem& files = surroundings_.files;
  const Config& config = surroundings_.config;
  const Result<std::vector<std::string>> names = files.list(config.appenddirname);
  if (!names) return;
  const std::string rewrite = std::string(aof_temporary_prefix) + "rewriteaof-";
  for (const std::string& name : *names) {
    if (name == aof_temporary_increment_name(config.appendfilename)) {
      surroundings_.log.notice("Removing the temp incr aof file {} in the background", name);
    } else if (name != aof_temporary_manifest_name(config.appendfilename) && !name.starts_with(rewrite)) {
      continue;
    }
    remove_later(name);
  }
}

Result<uint64_t> LogFiles::size_of(const std::string& name) {
  const Result<std::unique_ptr<File>> file = surroundings_.files.open(path(name), OpenMode::read);
  Result<uint64_t> size = file ? (*file)->size() : Result<uint64_t>(file.error());
  if (!size) surroundings_.log.warning("Unable to obtain the AOF file {} length. stat: {}", name, size.error().text);
  return size;
}

// ---- changes -------------------------------------------------------------------------------------

Status LogFiles::make_directory() {
  FileSystem& files = surroundings_.files;
  const std::string& directory = surroundings_.config.appenddirname;
  if (files.exists(directory)) return {};
  Status made = files.make_directory(directory);
  if (made) made = files.sync_directory(working_directory);
  if (!made) surroundings_.log.warning("Can't open or create append-only dir {}: {}", directory, made.error().text);
  return made;
}

Result<std::unique_ptr<File>> LogFiles::create(const std::string& name) {
  // One of this name may be about to be removed.
  if (background_.pending() > 0) background_.drain();
  auto file = surroundings_.files.open(path(name), OpenMode::create);
  if (!file) {
    surroundings_.log.warning("Can't open the append-only file {}: {}", name, file.error().text);
    return file;
  }
  return open_to_append(name);
}

Result<std::unique_ptr<File>> LogFiles::open_to_append(const std::string& name) {
  auto file = surroundings_.files.open(path(name), OpenMode::append);
  if (!file) surroundings_.log.warning("Can't open the append-only file {}: {}", name, file.error().text);
  return file;
}

Status LogFiles::sync_directory() {
  const std::string& directory = surroundings_.config.appenddirname;
  const Status done = surroundings_.files.sync_directory(directory);
  if (!done) surroundings_.log.warning("Fail to fsync AOF directory {}: {}.", directory, done.error().text);
  return done;
}

Status LogFiles::rename(const std::string& from, const std::string& to) {
  return surroundings_.files.rename(path(from), path(to));
}

Status LogFiles::write_manifest(const std::string& text) {
  Log& log = surroundings_.log;
  const std::string name = aof_manifest_name(surroundings_.config.appendfilename);
  const std::string temporary = aof_temporary_manifest_name(surroundings_.config.appendfilename);
  const auto file = surroundings_.files.open(path(temporary), OpenMode::create);
  if (!file) {
    log.warning("Can't open the AOF manifest file {}: {}", name, file.error().text);
    return file.error();
  }
  Status done = write_all(**file, text);
  if (!done) {
    log.warning("Error trying to write the temporary AOF manifest file {}: {}", name, done.error().text);
  } else if (done = (*file)->sync(); !done) {
    log.warning("Fail to fsync the temp AOF file {}: {}.", temporary, done.error().text);
  } else if (done = rename(temporary, name); !done) {
    log.warning("Error trying to rename the temporary AOF manifest file {} into {}: {}", temporary, name,
                done.error().text);
  }
  if (!done) (void)surroundings_.files.remove(path(temporary));
  return done;
}

Result<LogFiles::Replaced> LogFiles::replace_manifest(AofManifest manifest) {
  if (const Status written = write_manifest(format_aof_manifest(manifest)); !written) return written.error();
  manifest_ = std::move(manifest);
  doubtful_ = !sync_directory();
  return doubtful_ ? Replaced::doubtful : Replaced::lasting;
}

// ---- removal -------------------------------------------------------------------------------------

void LogFiles::remove_later(const std::string& name) {
  background_.submit([&files = surroundings_.files, path = path(name)] { (void)files.remove(path); });
}

void LogFiles::remove_history() {
  if (doubtful_ || surroundings_.config.aof_disable_auto_gc || !being_removed_.empty()) return;
  for (const AofFileInfo& file : manifest_.history) {
    surroundings_.log.notice("Removing the history file {} in the background", file.name);
    being_removed_.push_back(file.name);
    background_.submit([&files = surroundings_.files, path = path(file.name), removed = removed_] {
      (void)files.remove(path);
      ++removed->files;
    });
  }
}

void LogFiles::tick() {
  if (being_removed_.empty() || removed_->files < being_removed_.size()) return;
  const std::vector<std::string> gone = std::exchange(being_removed_, {});
  removed_->files = 0;
  AofManifest manifest = manifest_;
  std::erase_if(manifest.history, [&gone](const AofFileInfo& file) {
    return std::find(gone.begin(), gone.end(), file.name) != gone.end();
  });
  // If this fails, the next rewrite tries again.
  (void)replace_manifest(std::move(manifest));
}

}  // namespace redoubt

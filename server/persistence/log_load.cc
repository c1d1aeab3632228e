#include "server/persistence/log_load.h"

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/config/config.h"

namespace redoubt {
namespace {

double seconds_since(int64_t start_us) { return static_cast<double>(monotonic_us() - start_us) / 1e6; }

}  // namespace

LogLoad::LogLoad(const PersistenceSurroundings& surroundings, LogFiles& files, CommandExecutor& executor)
    : surroundings_(surroundings), files_(files), executor_(executor) {}

LogLoad::~LogLoad() = default;

uint64_t LogLoad::loaded_bytes() const { return bytes_before_ + (reader_ ? reader_->position().offset : 0); }

LoadOutcome LogLoad::begin() {
  started_us_ = monotonic_us();
  const AofManifest& manifest = files_.manifest();
  if (manifest.empty()) return LoadOutcome::nothing;
  if (manifest.base) parts_.push_back({*manifest.base});
  for (const AofFileInfo& increment : manifest.increments) parts_.push_back({increment});
  for (Part& part : parts_) {
    const Result<uint64_t> size = files_.size_of(part.info.name);
    if (!size) return LoadOutcome::failed;
    part.size = *size;
    total_bytes_ += *size;
  }
  if (manifest.base) base_bytes_ = parts_.front().size;
  return LoadOutcome::more;
}

Status LogLoad::open(const Part& part) {
  file_name_ = part.info.name;
  file_started_us_ = monotonic_us();
  auto file = surroundings_.files.open(files_.path(part.info.name), OpenMode::read);
  if (!file) {
    surroundings_.log.warning("Fatal error: can't open the append log file {} for reading: {}", file_name_,
                              file.error().text);
    return file.error();
  }
  source_ = std::make_unique<FileSource>(std::move(*file));
  AofReadOptions options;
  options.preamble.verify_checksum = surroundings_.config.rdbchecksum && !surroundings_.config.skip_checksum_validation;
  options.preamble.deep = surroundings_.config.sanitize_dump_payload == SanitizePayload::yes;
  reader_ = std::make_unique<AofReader>(*source_, options);
  executor_.begin_log();
  refused_number_ = 0;
  return {};
}

LoadOutcome LogLoad::step(int64_t budget_us) {
  const int64_t until_us = monotonic_us() + budget_us;
  while (index_ < parts_.size()) {
    if (!reader_) {
      if (parts_[index_].size == 0) {
        ++index_;
        continue;
      }
      if (!open(parts_[index_])) return fail();
    }
    AofState state = AofState::reading;
    for (int turn = 1; state == AofState::reading; ++turn) {
      state = reader_->next(*this);
      // A turn is a batch of commands or one key. With a delay each has its time looked at.
      const bool look = turn % 16 == 0 || surroundings_.config.key_load_delay != 0;
      if (look && state == AofState::reading && monotonic_us() >= until_us) return LoadOutcome::more;
    }
    if (const LoadOutcome outcome = end_of_file(); outcome != LoadOutcome::more) return outcome;
  }
  surroundings_.log.notice("DB loaded from append only file: {:.3f} seconds", seconds_since(started_us_));
  return LoadOutcome::done;
}

LoadOutcome LogLoad::run() {
  LoadOutcome outcome = begin();
  while (outcome == LoadOutcome::more) outcome = step(std::numeric_limits<int32_t>::max());
  return outcome;
}

// ---- what is read --------------------------------------------------------------------------------

Status LogLoad::commands(std::span<const AofCommand> batch) {
  arguments_.clear();
  for (const AofCommand& command : batch) arguments_.push_back(command.args);
  Status refused;
  const size_t done = executor_.execute_logged(arguments_, refused);
  if (surroundings_.config.key_load_delay != 0) [[unlikely]]
    delay(done);
  if (done == batch.size()) return {};
  refused_offset_ = batch[done].offset;
  refused_number_ = batch[done].number;
  return refused;
}

// Makes loading slower, for tests.
void LogLoad::delay(size_t commands) {
  const int setting = surroundings_.config.key_load_delay;
  for (size_t i = 0; i < commands; ++i) {
    if (setting > 0) {
      usleep(static_cast<useconds_t>(setting));
    } else if (++delay_count_ % static_cast<uint64_t>(-int64_t{setting}) == 0) {
      usleep(1);
    }
  }
}

// A log from before there were bases and increments, in which commands follow the RDB part.
bool LogLoad::old_style() const { return file_name_ == surroundings_.config.appendfilename; }

RdbVisitor& LogLoad::preamble() {
  if (!keys_) {
    if (old_style()) {
      surroundings_.log.notice("Reading RDB preamble from AOF file...");
    } else {
      surroundings_.log.notice("Reading RDB base file on AOF loading...");
    }
    keys_ = std::make_unique<KeyLoader>(surroundings_,
                                        KeyLoader::Options{.file_bytes = parts_[index_].size, .log_base = true});
  }
  return *keys_;
}

Status LogLoad::end_of_preamble() {
  const Status done = keys_->finish();
  if (done) keys_->tell_done();
  used_memory_then_ = keys_->used_memory_then();
  counts_ = keys_->counts();
  keys_.reset();
  if (!done) return done;
  if (old_style()) surroundings_.log.notice("Reading the remaining AOF tail...");
  return {};
}

// ---- how a file ends -----------------------------------------------------------------------------

std::string LogLoad::repair_command() const { return "redoubt-check-aof --fix " + files_.manifest_path(); }

LoadOutcome LogLoad::fail() {
  reader_.reset();
  source_.reset();
  keys_.reset();
  return LoadOutcome::failed;
}

// The place where it went wrong, for those who have to do something about it.
void LogLoad::tell_place(std::string_view what) {
  const AofPosition& position = reader_->position();
  surroundings_.log.warning(
      "{}: {} at offset {}, in command number {} (which begins at offset {}). To cut off everything from offset {} on, "
      "make "
      "a backup and run: {}",
      files_.path(file_name_), what, position.problem, position.commands + 1, position.offset, position.sound,
      repair_command());
}

LoadOutcome LogLoad::end_of_file() {
  Log& log = surroundings_.log;
  const std::string& problem = reader_->problem();
  switch (reader_->state()) {
    case AofState::reading:
    case AofState::end: break;
    case AofState::open_transaction:
      log.warning("Revert incomplete MULTI/EXEC transaction from AOF file {}", file_name_);
      if (const LoadOutcome outcome = cut(); outcome != LoadOutcome::more) return outcome;
      break;
    case AofState::truncated:
      if (const LoadOutcome outcome = cut(); outcome != LoadOutcome::more) return outcome;
      break;
    case AofState::damaged: return refuse_damaged();
    case AofState::bad_preamble: return refuse_preamble();
    case AofState::unreadable:
      log.warning("Unrecoverable error reading the append only file {}: {}", file_name_, problem);
      return fail();
    case AofState::refused:
      // Of the keys of a preamble the last are made at its end.
      if (refused_number_ == 0) return refuse_preamble();
      log.warning("{} reading the append only file {}", problem, file_name_);
      log.warning(
          "{}: command number {} at offset {} can be no command of a log. To cut it off with all that follows, make a "
          "backup and run: {}",
          files_.path(file_name_), refused_number_, refused_offset_, repair_command());
      return fail();
  }
  const bool base = parts_[index_].info.type == AofFileType::base;
  log.notice("DB loaded from {} file {}: {:.3f} seconds", base ? "base" : "incr", file_name_,
             seconds_since(file_started_us_));
  bytes_before_ += reader_->position().sound;
  executor_.begin_log();  // drops what was within a MULTI that is not there any more
  reader_.reset();
  source_.reset();
  ++index_;
  return LoadOutcome::more;
}

LoadOutcome LogLoad::refuse_preamble() {
  Log& log = surroundings_.log;
  const std::string path = files_.path(file_name_);
  log.warning("{}: {} at offset {}. To look closer, run: redoubt-check-rdb {}", path, reader_->problem(),
              reader_->position().offset, path);
  if (old_style()) {
    log.warning("Error reading the RDB preamble of the AOF file {}, AOF loading aborted", file_name_);
  } else {
    log.warning("Error reading the RDB base file {}, AOF loading aborted", file_name_);
  }
  return fail();
}

LoadOutcome LogLoad::refuse_damaged() {
  tell_place(reader_->problem());
  surroundings_.log.warning(
      "Bad file format reading the append only file {}: make a backup of your AOF file, then use ./redis-check-aof "
      "--fix "
      "<filename.manifest>",
      file_name_);
  return fail();
}

LoadOutcome LogLoad::refuse_truncated() {
  tell_place(reader_->problem());
  surroundings_.log.warning(
      "Unexpected end of file reading the append only file {}. You can: 1) Make a backup of your AOF file, then use "
      "./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' "
      "configuration "
      "option to yes and restart the server.",
      file_name_);
  return fail();
}

// Whether nothing was done after what is in this file: increments that were begun and not used do not count.
bool LogLoad::is_last() const {
  return std::all_of(parts_.begin() + static_cast<ptrdiff_t>(index_) + 1, parts_.end(),
                     [](const Part& part) { return part.size == 0; });
}

// Takes the tail away that an interrupted append has left, so that the next one does not follow it.
LoadOutcome LogLoad::cut() {
  Log& log = surroundings_.log;
  if (!is_last()) {
    // What stands in the next files was done after what is missing here.
    tell_place(reader_->problem());
    log.warning("Fatal error: the truncated file is not the last file");
    return fail();
  }
  if (!surroundings_.config.aof_load_truncated) return refuse_truncated();
  const uint64_t sound = reader_->position().sound;
  log.warning("!!! Warning: short read while loading the AOF file {}!!!", file_name_);
  log.warning("!!! Truncating the AOF {} at offset {} !!!", file_name_, sound);
  auto file = surroundings_.files.open(files_.path(file_name_), OpenMode::overwrite);
  Status done = file ? (*file)->truncate(sound) : Status(file.error());
  if (done) done = (*file)->sync();
  if (!done) {
    log.warning("Error truncating the AOF file {}: {}", file_name_, done.error().text);
    return refuse_truncated();
  }
  log.warning("AOF {} loaded anyway because aof-load-truncated is enabled", file_name_);
  total_bytes_ -= parts_[index_].size - sound;
  parts_[index_].size = sound;
  if (parts_[index_].info.type == AofFileType::base) base_bytes_ = sound;
  return LoadOutcome::more;
}

}  // namespace redoubt

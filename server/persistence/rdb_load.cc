#include "server/persistence/rdb_load.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "server/config/config.h"

namespace redoubt {
namespace {

constexpr int records_between_looks = 32;  // at the clock
constexpr int64_t short_delay_us = 200;    // is slept, rather than done by coming back

}  // namespace

RdbLoad::RdbLoad(const PersistenceSurroundings& surroundings, std::string path, bool merge)
    : surroundings_(surroundings), path_(std::move(path)), merge_(merge) {}

RdbLoad::~RdbLoad() = default;

LoadOutcome RdbLoad::begin() {
  FileSystem& files = surroundings_.files;
  if (!files.exists(path_)) return LoadOutcome::nothing;
  auto file = files.open(path_, OpenMode::read);
  Result<uint64_t> size = file ? (*file)->size() : Result<uint64_t>(file.error());
  if (!size) {
    surroundings_.log.warning("Fatal error: can't open the RDB file {} for reading: {}", path_, size.error().text);
    return LoadOutcome::failed;
  }
  total_bytes_ = *size;
  source_ = std::make_unique<FileSource>(std::move(*file));
  RdbReadOptions options;
  options.verify_checksum = surroundings_.config.rdbchecksum && !surroundings_.config.skip_checksum_validation;
  options.deep = surroundings_.config.sanitize_dump_payload == SanitizePayload::yes;
  reader_ = std::make_unique<RdbReader>(*source_, options);
  keys_ = std::make_unique<KeyLoader>(surroundings_, KeyLoader::Options{.file_bytes = total_bytes_, .merge = merge_});
  return LoadOutcome::more;
}

LoadOutcome RdbLoad::step(int64_t budget_us) {
  const int64_t until_us = monotonic_us() + budget_us;
  const uint64_t until_bytes =
      reader_->offset() + static_cast<uint64_t>(surroundings_.config.loading_process_events_interval_bytes);
  const bool delayed = surroundings_.config.key_load_delay != 0;
  for (int turn = 1;; ++turn) {
    if (delayed && !delay()) return LoadOutcome::more;
    const Result<bool> more = reader_->next(*keys_);
    if (!more) return fail(more.error());
    if (!*more) break;
    if (turn % records_between_looks != 0 && !delayed) continue;
    if (monotonic_us() >= until_us || reader_->offset() >= until_bytes) return LoadOutcome::more;
  }
  if (const Status done = keys_->finish(); !done) return fail(done.error());
  keys_->tell_done();
  return LoadOutcome::done;
}

LoadOutcome RdbLoad::run() {
  LoadOutcome outcome = begin();
  while (outcome == LoadOutcome::more) outcome = step(std::numeric_limits<int32_t>::max());
  return outcome;
}

// Makes loading slower, for tests. False: it is not yet time for the next record.
bool RdbLoad::delay() {
  const int setting = surroundings_.config.key_load_delay;
  const int64_t now_us = monotonic_us();
  if (now_us < resume_us_) {
    if (resume_us_ - now_us > short_delay_us) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(resume_us_ - now_us));
  }
  const bool due = setting > 0 || ++delays_ % static_cast<uint64_t>(-int64_t{setting}) == 0;
  if (due) resume_us_ = std::max(now_us, resume_us_) + std::max(setting, 1);
  return true;
}

LoadOutcome RdbLoad::fail(const Error& error) {
  Log& log = surroundings_.log;
  const RdbPosition position = reader_->position();
  if (position.offset < 16 && (error.text.starts_with("Wrong signature") || error.text.starts_with("Can't handle"))) {
    log.warning("{}", error.text);
    return LoadOutcome::failed;
  }
  if (error.text.starts_with("Unexpected EOF")) {
    log.warning("Short read or OOM loading DB. Unrecoverable error, aborting now.");
  }
  log.warning("Internal error in RDB reading offset {}, {} -> {}", position.offset, position.doing, error.text);
  if (position.key) {
    log.warning("The key is '{}', of type {}; redoubt-check-rdb {} tells more", *position.key,
                static_cast<int>(position.type.value_or(RdbType::string)), path_);
  }
  log.warning("Terminating server after rdb file reading failure.");
  return LoadOutcome::failed;
}

uint64_t RdbLoad::loaded_bytes() const { return reader_ ? reader_->offset() : 0; }
uint64_t RdbLoad::used_memory_then() const { return keys_ ? keys_->used_memory_then() : 0; }
KeyLoader::Counts RdbLoad::counts() const { return keys_ ? keys_->counts() : KeyLoader::Counts{}; }

}  // namespace redoubt

#include "server/persistence/background_file.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "common/hash/crc64.h"
#include "common/rdb/rdb_writer.h"

namespace redoubt {
namespace {

constexpr uint64_t writing_out_bytes = uint64_t{4} << 20;
constexpr uint64_t easy_bytes = uint64_t{4} << 20;   // on the way while there is room
constexpr uint64_t most_bytes = uint64_t{32} << 20;  // on the way at all, but for one huge chunk
constexpr size_t most_spare = 4;

}  // namespace

// What both threads see. The file and what concerns it belong to the thread that writes.
struct BackgroundFile::State {
  explicit State(FileSystem& file_system) : files(file_system) {}

  FileSystem& files;
  std::string path;
  std::unique_ptr<File> file;
  uint64_t crc = 0;
  uint64_t written = 0;
  uint64_t asked_out = 0;  // up to here the system was asked to write out

  std::atomic<uint64_t> on_the_way{0};
  std::atomic<bool> failed{false};
  std::atomic<bool> unwanted{false};
  std::atomic<bool> done{false};
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Failure> failure;
  std::vector<std::string> spare;  // memory of chunks, used again

  void fail(std::string_view step, const Error& error) {
    const std::scoped_lock lock(mutex);
    if (!failure) failure = Failure{std::string(step), error.text};
    failed = true;
  }
  void write(std::string_view bytes, const Options& options) {
    if (failed || unwanted) return;
    if (options.checksum == Checksum::crc64) crc = crc64(crc, bytes);
    append(bytes);
    if (!options.start_writing_out || written - asked_out < writing_out_bytes) return;
    file->start_writing_out(asked_out, written - asked_out);
    asked_out = written;
  }
  void append(std::string_view bytes) {
    if (const Status done_so_far = write_all(*file, bytes); !done_so_far)
      return fail("rdbSaveRio", done_so_far.error());
    written += bytes.size();
  }
  void returned(std::string&& chunk) {
    const size_t bytes = chunk.size();
    {
      const std::scoped_lock lock(mutex);
      on_the_way -= bytes;
      chunk.clear();
      if (spare.size() < most_spare && chunk.capacity() < 2 * chunk_bytes) spare.push_back(std::move(chunk));
    }
    changed.notify_all();
  }
  void finish(const Options& options, const std::function<Status()>& last) {
    if (!failed && !unwanted && options.checksum != Checksum::none) {
      std::string bytes;
      RdbWriter(bytes, false).checksum(crc);
      append(bytes);
    }
    if (!failed && !unwanted) {
      if (const Status synced = file->sync(); !synced) fail("fsync", synced.error());
    }
    file.reset();
    if (!failed && !unwanted && last) {
      if (const Status renamed = last(); !renamed) fail("", renamed.error());
    }
    if (failed || unwanted) remove();
    done = true;
  }
  void remove() {
    file.reset();
    // That there is nothing to remove any more is no reason to complain.
    (void)files.remove(path);
  }
};

BackgroundFile::BackgroundFile(FileSystem& files, BackgroundThread& thread, Options options)
    : thread_(thread), options_(options), state_(std::make_shared<State>(files)) {}

BackgroundFile::~BackgroundFile() { abandon(); }

Status BackgroundFile::open(const std::string& path) {
  state_->path = path;
  auto file = state_->files.open(path, OpenMode::create);
  if (!file) {
    state_->fail("fopen", file.error());
    state_->done = ended_ = true;
    return file.error();
  }
  state_->file = std::move(*file);
  return {};
}

void BackgroundFile::hand_over() {
  if (ended_ || buffer_.empty()) return;
  size_ += buffer_.size();
  state_->on_the_way += buffer_.size();
  auto chunk = std::make_shared<std::string>(std::move(buffer_));
  {
    const std::scoped_lock lock(state_->mutex);
    buffer_.clear();
    if (!state_->spare.empty()) {
      buffer_ = std::move(state_->spare.back());
      state_->spare.pop_back();
    }
  }
  thread_.submit([state = state_, options = options_, chunk] {
    state->write(*chunk, options);
    state->returned(std::move(*chunk));
  });
}

bool BackgroundFile::has_room() const { return state_->on_the_way < easy_bytes; }

void BackgroundFile::wait_for_room() {
  while (state_->on_the_way >= most_bytes && !state_->failed) {
    if (thread_.run_one()) continue;
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->on_the_way < most_bytes; });
  }
}

void BackgroundFile::finish(std::function<Status()> last) {
  if (ended_) return;
  hand_over();
  ended_ = true;
  thread_.submit([state = state_, options = options_, last = std::move(last)] { state->finish(options, last); });
}

void BackgroundFile::abandon() {
  if (state_->done || state_->unwanted.exchange(true)) return;
  if (ended_ || state_->path.empty()) return;
  ended_ = true;
  buffer_ = {};
  thread_.submit([state = state_] {
    state->remove();
    state->done = true;
  });
}

bool BackgroundFile::done() const { return state_->done; }

std::optional<BackgroundFile::Failure> BackgroundFile::failure() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->failure;
}

}  // namespace redoubt

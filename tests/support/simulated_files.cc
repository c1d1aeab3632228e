#include "tests/support/simulated_files.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace redoubt {
namespace {

constexpr bool counts(FileOperation operation) { return operation >= FileOperation::open_to_write; }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

std::string_view name_of(FileOperation operation) {
  constexpr std::string_view names[] = {"open_to_read", "read",   "open_to_write", "write",          "sync",
                                        "truncate",     "rename", "remove",        "sync_directory", "make_directory"};
  return names[static_cast<size_t>(operation)];
}

// ---- an open file

class SimulatedFile final : public File {
 public:
  SimulatedFile(SimulatedFiles& files, std::string path, std::shared_ptr<DiskFile> file, OpenMode mode)
      : files_(files), path_(std::move(path)), file_(std::move(file)), mode_(mode) {}

  Result<size_t> write(std::string_view bytes) override {
    const std::scoped_lock lock(files_.mutex_);
    const auto verdict = files_.begin(FileOperation::write, path_, std::to_string(bytes.size()));
    if (verdict.error) return *verdict.error;
    if (mode_ == OpenMode::read) return Error{std::strerror(EBADF)};
    const uint64_t offset = mode_ == OpenMode::overwrite ? position_ : file_->content().size();
    const size_t size = std::min({bytes.size(), verdict.bytes, space(offset)});
    if (size == 0 && !bytes.empty()) return Error{std::strerror(ENOSPC)};
    file_->write(offset, bytes.substr(0, size));
    position_ = offset + size;
    return size;
  }

  Result<size_t> read(std::span<char> bytes) override {
    const std::scoped_lock lock(files_.mutex_);
    const auto verdict = files_.begin(FileOperation::read, path_);
    if (verdict.error) return *verdict.error;
    if (mode_ == OpenMode::create || mode_ == OpenMode::append) return Error{std::strerror(EBADF)};
    const std::string& content = file_->content();
    if (position_ >= content.size()) return size_t{0};
    const size_t size = content.copy(bytes.data(), std::min(bytes.size(), verdict.bytes), position_);
    position_ += size;
    return size;
  }

  Status seek(uint64_t offset) override {
    const std::scoped_lock lock(files_.mutex_);
    position_ = offset;
    return {};
  }

  Status sync() override {
    std::unique_lock lock(files_.mutex_);
    const auto verdict = files_.begin(FileOperation::sync, path_);
    if (verdict.loses_writes) file_->lose(file_->changes());
    if (verdict.error) return *verdict.error;
    const uint64_t changes = file_->changes();
    if (auto held = files_.wait_while_held(lock, path_); !held) return held;
    file_->sync(changes);
    return {};
  }

  void start_writing_out(uint64_t, uint64_t size) override {
    const std::scoped_lock lock(files_.mutex_);
    files_.started_writing_out_ += size;
  }

  Status truncate(uint64_t size) override {
    const std::scoped_lock lock(files_.mutex_);
    const auto verdict = files_.begin(FileOperation::truncate, path_, std::to_string(size));
    if (verdict.error) return *verdict.error;
    if (mode_ == OpenMode::read) return Error{std::strerror(EINVAL)};
    file_->truncate(size);
    return {};
  }

  Result<uint64_t> size() override {
    const std::scoped_lock lock(files_.mutex_);
    return file_->content().size();
  }

 private:
  // How far a write from here may go.
  uint64_t space(uint64_t offset) const {
    if (files_.capacity_ == UINT64_MAX) return UINT64_MAX;
    const uint64_t free = files_.capacity_ - std::min(files_.capacity_, files_.disk_.used());
    const uint64_t inside = file_->content().size() - std::min<uint64_t>(offset, file_->content().size());
    return free + inside;
  }

  SimulatedFiles& files_;
  const std::string path_;
  const std::shared_ptr<DiskFile> file_;
  const OpenMode mode_;
  uint64_t position_ = 0;
};

// ---- the operations

SimulatedFiles::Verdict SimulatedFiles::begin(FileOperation operation, const std::string& path,
                                              const std::string& detail) {
  ++counts_[static_cast<size_t>(operation)];
  if (counts(operation)) {
    journal_.push_back(std::string(name_of(operation)) + " " + path + (detail.empty() ? "" : " " + detail));
    if (journal_.size() >= stop_at_ && !stopped_) {
      stopped_ = true;
      changed_.notify_all();
    }
    if (look_ && !stopped_) look_(journal_.size(), journal_.back(), disk_);
  }
  if (stopped_) return {.error = Error{"The process is dead"}};
  Verdict verdict;
  for (FileFault& fault : faults_) {
    if (fault.operation ? *fault.operation != operation : !counts(operation)) continue;
    if (!contains(path, fault.path) || fault.times == 0) continue;
    if (fault.after > 0) {
      --fault.after;
      continue;
    }
    if (fault.bytes > 0) {
      verdict.bytes = std::exchange(fault.bytes, 0);
      if (fault.error.empty()) fault.times = 0;
    } else {
      if (fault.times != SIZE_MAX) --fault.times;
      verdict.error = Error{std::string(fault.error)};
      verdict.loses_writes = fault.loses_writes;
    }
    break;
  }
  return verdict;
}

Status SimulatedFiles::wait_while_held(std::unique_lock<std::mutex>& lock, const std::string& path) {
  if (!held_path_ || !contains(path, *held_path_)) return {};
  const uint64_t mine = held_next_++;
  changed_.notify_all();
  changed_.wait(lock, [&] { return stopped_ || mine < held_first_; });
  if (mine >= held_first_) return Error{"The process is dead"};
  return {};
}

Result<std::unique_ptr<File>> SimulatedFiles::open(const std::string& path, OpenMode mode) {
  const std::scoped_lock lock(mutex_);
  const auto operation = mode == OpenMode::read ? FileOperation::open_to_read : FileOperation::open_to_write;
  const auto verdict = begin(operation, path);
  if (verdict.error) return *verdict.error;
  auto file = disk_.open(path, mode);
  if (!file) return file.error();
  return std::make_unique<SimulatedFile>(*this, path, std::move(*file), mode);
}

Status SimulatedFiles::rename(const std::string& from, const std::string& to) {
  const std::scoped_lock lock(mutex_);
  const auto verdict = begin(FileOperation::rename, from, to);
  if (verdict.error) return *verdict.error;
  return disk_.rename(from, to);
}

Status SimulatedFiles::remove(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  const auto verdict = begin(FileOperation::remove, path);
  if (verdict.error) return *verdict.error;
  return disk_.remove(path);
}

Status SimulatedFiles::sync_directory(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  const auto verdict = begin(FileOperation::sync_directory, path);
  if (verdict.error) return *verdict.error;
  return disk_.sync_directory(path);
}

Status SimulatedFiles::make_directory(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  const auto verdict = begin(FileOperation::make_directory, path);
  if (verdict.error) return *verdict.error;
  return disk_.make_directory(path);
}

bool SimulatedFiles::exists(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  return disk_.exists(path);
}

Result<std::vector<std::string>> SimulatedFiles::list(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) return Error{"The process is dead"};
  return disk_.list(path);
}

// ---- what there is, and what was done

void SimulatedFiles::add_file(const std::string& path, std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  disk_.add_file(path, bytes);
}

void SimulatedFiles::add_directory(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  disk_.add_directory(path);
}

std::string SimulatedFiles::content(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  const auto file = disk_.open(path, OpenMode::read);
  return file ? (*file)->content() : "(none)";
}

size_t SimulatedFiles::operations() const {
  const std::scoped_lock lock(mutex_);
  return journal_.size();
}

size_t SimulatedFiles::operations(FileOperation operation) const {
  const std::scoped_lock lock(mutex_);
  return counts_[static_cast<size_t>(operation)];
}

std::vector<std::string> SimulatedFiles::journal() const {
  const std::scoped_lock lock(mutex_);
  return journal_;
}

uint64_t SimulatedFiles::started_writing_out() const {
  const std::scoped_lock lock(mutex_);
  return started_writing_out_;
}

// ---- what goes wrong

void SimulatedFiles::fail(FileFault fault) {
  const std::scoped_lock lock(mutex_);
  faults_.push_back(std::move(fault));
}

void SimulatedFiles::clear_faults() {
  const std::scoped_lock lock(mutex_);
  faults_.clear();
}

void SimulatedFiles::set_capacity(uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  capacity_ = bytes;
}

void SimulatedFiles::hold_syncs(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  held_path_ = path;
}

void SimulatedFiles::release_syncs(size_t count) {
  const std::scoped_lock lock(mutex_);
  held_first_ = std::min<uint64_t>(held_first_ + count, held_next_);
  changed_.notify_all();
}

void SimulatedFiles::stop_holding_syncs() {
  const std::scoped_lock lock(mutex_);
  held_path_.reset();
  held_first_ = held_next_;
  changed_.notify_all();
}

bool SimulatedFiles::wait_for_held_syncs(size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return held_next_ - held_first_ >= count; });
}

size_t SimulatedFiles::held_syncs() const {
  const std::scoped_lock lock(mutex_);
  return held_next_ - held_first_;
}

void SimulatedFiles::stop_at(size_t operation) {
  const std::scoped_lock lock(mutex_);
  stop_at_ = operation;
}

void SimulatedFiles::watch(Look look) {
  const std::scoped_lock lock(mutex_);
  look_ = std::move(look);
}

bool SimulatedFiles::stopped() const {
  const std::scoped_lock lock(mutex_);
  return stopped_;
}

std::unique_ptr<SimulatedFiles> SimulatedFiles::after_power_cut(Kept kept, uint64_t seed) const {
  const std::scoped_lock lock(mutex_);
  return std::make_unique<SimulatedFiles>(disk_.after_power_cut(kept, seed));
}

}  // namespace redoubt

// Sorts more records than memory may hold: what exceeds the bound goes in sorted runs to a file that has no name any more, and
// the runs are merged. The file takes as many bytes as the records do. Not thread-safe.
//
//   SpillSorter<Record> sorter(files, directory, memory);     // Record: trivially copyable, with operator<
//   sorter.add(record) ...; sorter.finish(); while (*sorter.next(record)) ...
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <queue>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "common/base/file.h"
#include "common/base/result.h"

namespace redoubt {

// Created at the first append. Errors name the directory.
class SpillFile {
 public:
  SpillFile(FileSystem& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

  Status append(std::string_view bytes);
  // All of them.
  Status read(uint64_t offset, char* bytes, size_t size);
  uint64_t size() const { return size_; }

 private:
  Status create();
  Error named(const Error& error) const;

  FileSystem& files_;
  std::string directory_;
  std::unique_ptr<File> to_;
  std::unique_ptr<File> from_;
  uint64_t size_ = 0;
};

template <typename Record>
class SpillSorter {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  // `memory` in bytes; that of at least a few records is taken in any case.
  SpillSorter(FileSystem& files, std::string directory, size_t memory)
      : file_(files, std::move(directory)), most_(std::max<size_t>(memory / sizeof(Record), 16)) {}

  Status add(const Record& record) {
    if (records_.size() == most_) {
      if (Status done = spill(); !done) return done;
    }
    // Room that is not touched takes no memory; growing would take twice as much for a while.
    if (records_.empty()) records_.reserve(most_);
    records_.push_back(record);
    ++count_;
    return {};
  }
  uint64_t count() const { return count_; }

  // After the last add(). May be called once only.
  Status finish() {
    if (runs_.empty()) {
      std::sort(records_.begin(), records_.end());
      return {};
    }
    if (Status done = spill(); !done) return done;
    // The same memory serves for merging: each run has a share of it.
    const size_t share = std::max<size_t>(most_ / runs_.size(), 16);
    records_.resize(share * runs_.size());
    Record* part = records_.data();
    for (Run& run : runs_) {
      run.part = {part, share};
      part += share;
      if (Status done = refill(run); !done) return done;
      if (!run.ready.empty()) heap_.push(&run);
    }
    return {};
  }

  // The next in order; false: there is none.
  Result<bool> next(Record& record) {
    if (runs_.empty()) {
      if (taken_ == records_.size()) return false;
      record = records_[taken_++];
      return true;
    }
    if (heap_.empty()) return false;
    Run* run = heap_.top();
    heap_.pop();
    record = run->ready.front();
    run->ready = run->ready.subspan(1);
    if (run->ready.empty()) {
      if (Status done = refill(*run); !done) return done.error();
    }
    if (!run->ready.empty()) heap_.push(run);
    return true;
  }

 private:
  struct Run {
    uint64_t offset = 0;                 // of what is not read yet
    uint64_t left = 0;                   // records of it
    std::span<Record> part = {};         // of records_, where it is read to
    std::span<const Record> ready = {};  // of what was read
  };
  struct Later {
    bool operator()(const Run* a, const Run* b) const { return b->ready.front() < a->ready.front(); }
  };

  Status spill() {
    std::sort(records_.begin(), records_.end());
    runs_.push_back({file_.size(), records_.size()});
    Status done = file_.append({reinterpret_cast<const char*>(records_.data()), records_.size() * sizeof(Record)});
    records_.clear();
    return done;
  }
  Status refill(Run& run) {
    const auto count = static_cast<size_t>(std::min<uint64_t>(run.part.size(), run.left));
    run.ready = run.part.first(count);
    if (count == 0) return {};
    Status done = file_.read(run.offset, reinterpret_cast<char*>(run.part.data()), count * sizeof(Record));
    run.offset += count * sizeof(Record);
    run.left -= count;
    return done;
  }

  SpillFile file_;
  size_t most_;
  uint64_t count_ = 0;
  std::vector<Record> records_;  // not spilled; when merging, a part for each run
  size_t taken_ = 0;             // of them, when nothing was spilled
  std::vector<Run> runs_;
  std::priority_queue<Run*, std::vector<Run*>, Later> heap_;
};

}  // namespace redoubt

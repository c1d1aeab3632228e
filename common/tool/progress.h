// A line that tells a person how far a long reading is: share, bytes, rate and the time that is left. It appears only on a
// terminal, only when the work has lasted a second, and goes away at the end. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/byte_source.h"
#include "common/tool/output.h"

namespace redoubt {

class Progress {
 public:
  // `total` bytes are to be read; 0: not known. `out` is standard error as a rule, and outlives it.
  Progress(Output& out, bool shown, std::string_view doing, uint64_t total);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(uint64_t bytes);
  // Takes the line away: before anything else is printed.
  void clear();

  // The line for these figures, without control characters.
  static std::string line(std::string_view doing, uint64_t done, uint64_t total, int64_t elapsed_us);

 private:
  static constexpr int64_t first_after_us = 1'000'000;
  static constexpr int64_t interval_us = 100'000;

  Output& out_;
  bool shown_;
  bool visible_ = false;
  std::string doing_;
  uint64_t total_;
  uint64_t done_ = 0;
  int64_t started_us_;
  int64_t next_us_;
};

// Passes bytes on and tells the progress; both outlive it.
class ProgressSource final : public ByteSource {
 public:
  ProgressSource(ByteSource& source, Progress& progress) : source_(source), progress_(progress) {}
  Result<size_t> read(std::span<char> bytes) override;

 private:
  ByteSource& source_;
  Progress& progress_;
};

}  // namespace redoubt

// The file that a salvage writes: gathers what is small, and takes back what was written after a position.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/file.h"

namespace redoubt {

class AofSalvageOutput {
 public:
  // nullptr: counts only.
  explicit AofSalvageOutput(File* file) : file_(file) {}

  uint64_t size() const { return flushed_ + buffer_.size(); }
  // To be appended to; then call write_if_large().
  std::string& buffer() { return buffer_; }
  Status write_if_large() { return buffer_.size() < large ? Status{} : flush(); }
  Status flush() {
    if (file_ != nullptr) {
      if (const Status written = write_all(*file_, buffer_); !written) return written;
    }
    flushed_ += buffer_.size();
    buffer_.clear();
    return {};
  }
  // Of what is there.
  Status cut(uint64_t size) {
    if (size >= flushed_) {
      buffer_.resize(size - flushed_);
      return {};
    }
    buffer_.clear();
    flushed_ = size;
    return file_ != nullptr ? file_->truncate(size) : Status{};
  }

 private:
  static constexpr size_t large = size_t{256} << 10;

  File* file_;
  std::string buffer_;
  uint64_t flushed_ = 0;
};

}  // namespace redoubt

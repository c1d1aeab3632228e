// Where the readers of files get their bytes from.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "common/base/file.h"
#include "common/base/result.h"

namespace redoubt {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads some; 0 at the end.
  virtual Result<size_t> read(std::span<char> bytes) = 0;
};

// A file that is its own, from its position on.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::unique_ptr<File> file) : file_(std::move(file)) {}
  Result<size_t> read(std::span<char> bytes) override { return file_->read(bytes); }

 private:
  std::unique_ptr<File> file_;
};

}  // namespace redoubt

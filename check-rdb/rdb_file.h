// An RDB file as the modes read it: a ByteSource that tells the progress on a terminal, keeps the system's errors apart from
// damage, and can be looked into at any place. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "check-rdb/options.h"
#include "common/base/byte_source.h"
#include "common/base/file.h"
#include "common/base/result.h"
#include "common/tool/output.h"
#include "common/tool/progress.h"

namespace redoubt {

class RdbFile final : public ByteSource {
 public:
  // `doing` is what the progress says ("checking"); it goes to `err`, which outlives the file. The error names the file.
  static Result<std::unique_ptr<RdbFile>> open(FileSystem& files, const std::string& path, std::string_view doing,
                                               const CheckRdbOptions& options, Output& err);

  // From the position on.
  Result<size_t> read(std::span<char> bytes) override;
  // Up to so many bytes from anywhere; fewer at the end of the file, none of a pipe. The next read() goes on where it was.
  std::string look(uint64_t offset, size_t size);
  // The next read() is from here. Pipes cannot.
  Status seek(uint64_t offset);

  // 0 for a pipe.
  uint64_t size() const { return size_; }
  // Empty, or why read() failed: the system's own words behind the file's name. An error of a reader above is damage only if
  // this is empty.
  const std::string& error() const { return error_; }
  // The same for other files, on which reading this one depends.
  void fail(std::string error) { error_ = std::move(error); }
  // Clear it before anything is printed.
  Progress& progress() { return progress_; }

 private:
  RdbFile(std::unique_ptr<File> file, std::string path, uint64_t size, std::string_view doing, bool show_progress,
          Output& err)
      : file_(std::move(file)), path_(std::move(path)), size_(size), progress_(err, show_progress, doing, size) {}

  std::unique_ptr<File> file_;
  std::string path_;
  uint64_t size_;
  bool moved_ = false;  // position_ is where to read; before, the file's own
  uint64_t position_ = 0;
  std::string error_;
  Progress progress_;
};

}  // namespace redoubt

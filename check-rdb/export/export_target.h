// Where an export goes: standard output, or a file that appears under its name when it is whole and on the medium (until then it
// is NAME.tmp, and it is removed if it never gets there). What is written gathers in a buffer, of which the end can be taken
// back. The first failure is latched, and what follows is dropped. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/file.h"
#include "common/base/result.h"
#include "common/tool/output.h"

namespace redoubt {

class ExportTarget {
 public:
  static constexpr size_t most_buffered = size_t{1} << 20;

  // Both outlive it.
  explicit ExportTarget(Output& out) : out_(&out) {}
  ExportTarget(FileSystem& files, std::string path);
  ~ExportTarget();
  ExportTarget(const ExportTarget&) = delete;
  ExportTarget& operator=(const ExportTarget&) = delete;

  // Append to it; keep no position in it over settle().
  std::string& buffer() { return buffer_; }
  // What stands in the buffer may leave it, if there is much.
  void settle() {
    if (buffer_.size() >= most_buffered) drain();
  }
  // Bytes so far, in all.
  uint64_t position() const { return drained_ + buffer_.size(); }
  // Forgets what was written from there on; false: some of it has left already, and nothing was done.
  bool take_back(uint64_t position);
  // Writes what is left, and gives a file its name.
  Status finish();
  // There is no use in going on.
  bool failed() const;

 private:
  void drain();
  std::string temporary() const { return path_ + ".tmp"; }

  Output* out_ = nullptr;
  FileSystem* files_ = nullptr;
  std::string path_;
  std::unique_ptr<File> file_;
  std::string buffer_;
  uint64_t drained_ = 0;
  Status status_;
};

}  // namespace redoubt

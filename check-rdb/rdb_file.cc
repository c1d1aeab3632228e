#include "check-rdb/rdb_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace redoubt {

Result<std::unique_ptr<RdbFile>> RdbFile::open(FileSystem& files, const std::string& path, std::string_view doing,
                                               const CheckRdbOptions& options, Output& err) {
  Result<std::unique_ptr<File>> file = files.open(path, OpenMode::read);
  if (!file) return Error{fmt::format("cannot open {}: {}", path, file.error().text)};
  const Result<uint64_t> size = (*file)->size();
  if (!size) return Error{fmt::format("cannot read {}: {}", path, size.error().text)};
  return std::unique_ptr<RdbFile>(new RdbFile(std::move(*file), path, *size, doing, options.progress, err));
}

Result<size_t> RdbFile::read(std::span<char> bytes) {
  const Result<size_t> got = file_->read(bytes);
  if (!got) {
    error_ = fmt::format("cannot read {}: {}", path_, got.error().text);
    return got;
  }
  position_ += *got;
  progress_.advance(*got);
  return got;
}

std::string RdbFile::look(uint64_t offset, size_t size) {
  if (!file_->seek(offset)) return {};
  size = static_cast<size_t>(std::min<uint64_t>(size, size_ - std::min(offset, size_)));
  std::string bytes(size, '\0');
  size_t length = 0;
  while (length < size) {
    const Result<size_t> got = file_->read({bytes.data() + length, size - length});
    if (!got || *got == 0) break;
    length += *got;
  }
  bytes.resize(length);
  // It worked a moment ago.
  (void)seek(position_);
  return bytes;
}

Status RdbFile::seek(uint64_t offset) {
  Status done = file_->seek(offset);
  if (done) {
    position_ = offset;
  } else {
    error_ = fmt::format("cannot read {}: {}", path_, done.error().text);
  }
  return done;
}

}  // namespace redoubt

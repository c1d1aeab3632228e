// Files, as those need them who promise that nothing is lost: every step that can fail, be cut short by a crash, or take long
// stands here by itself. An interface, so that tests can count, delay and fail the steps, and cut the power between two.
//
// Errors are the system's own words ("No space left on device"); the caller says what it was doing. A FileSystem is used by
// any thread; a File by one at a time, except that `sync` and `start_writing_out` may run on another than the one that
// writes: a sync covers what was written when it began.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace redoubt {

class File {
 public:
  // Closes, without a sync.
  virtual ~File() = default;
  // Writes at the end (append) or at the position; like write(2) it may write less, but not nothing without an error.
  virtual Result<size_t> write(std::string_view bytes) = 0;
  // Reads from the position; 0 at the end.
  virtual Result<size_t> read(std::span<char> bytes) = 0;
  // Moves the position; past the end, too, where reads find nothing.
  virtual Status seek(uint64_t offset) = 0;
  // Returns when everything that was written is on the medium.
  virtual Status sync() = 0;
  // Asks the system to begin writing this part out, and does not wait: keeps the sync at the end short.
  virtual void start_writing_out(uint64_t offset, uint64_t size) = 0;
  // Cuts, or fills up with zeros. The position stays.
  virtual Status truncate(uint64_t size) = 0;
  virtual Result<uint64_t> size() = 0;
};

enum class OpenMode : uint8_t {
  read,       // must exist
  create,     // emptied if it exists; each write goes to the end, also after a truncate
  append,     // created if it does not exist; each write goes to the end
  overwrite,  // must exist; not emptied, read and written from the start
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  // Replaces what is there; lasting only after a sync_directory of both.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  // Makes what was created, renamed and removed in it last.
  virtual Status sync_directory(const std::string& path) = 0;
  // Only the last step of the path. Nothing is done when it exists.
  virtual Status make_directory(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  // The names in a directory, in order, without "." and "..".
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
};

// That of the operating system; there for good.
FileSystem& real_file_system();

// What a path is in: "." for a bare name.
std::string directory_of(std::string_view path);
// Writes all of it. After an error an unknown part of it may be there.
Status write_all(File& file, std::string_view bytes);
// Everything in a file of at most `most` bytes ("File too large").
Result<std::string> read_file(FileSystem& files, const std::string& path, uint64_t most);
// Puts a file where another may be, so that after a crash there is the one or the other, whole: writes `path`.tmp, syncs,
// renames and syncs the directory. On error the old one is still there, except when only the last step failed.
Status replace_file(FileSystem& files, const std::string& path, std::string_view bytes);

}  // namespace redoubt

// A file that the executor fills and another thread writes: chunk by chunk, with the checksum of all of it, in the end synced.
// What is on its way takes a bounded amount of memory, as long as the one who fills it asks has_room() or waits. The
// first error ends the writing; the outcome tells of it. Used by one thread, the executor's; `thread` outlives it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/background_thread.h"
#include "common/base/file.h"

namespace redoubt {

class BackgroundFile {
 public:
  static constexpr size_t chunk_bytes = size_t{1} << 20;

  // What stands at the end: the CRC-64 of all before it, as in an RDB file, or zeros in its place.
  enum class Checksum : uint8_t { none, zero, crc64 };
  struct Options {
    Checksum checksum = Checksum::none;
    bool start_writing_out = true;  // has the system begin to write out what there is every 4 MiB
  };

  BackgroundFile(FileSystem& files, BackgroundThread& thread, Options options);
  // Abandons it, unless it has an outcome.
  ~BackgroundFile();
  BackgroundFile(const BackgroundFile&) = delete;
  BackgroundFile& operator=(const BackgroundFile&) = delete;

  // Creates the file, or empties it. The error is the system's.
  Status open(const std::string& path);
  // What is written next is collected here; commit() from time to time hands it over.
  std::string& buffer() { return buffer_; }
  void commit() {
    if (buffer_.size() >= chunk_bytes) hand_over();
  }
  bool has_room() const;
  void wait_for_room();

  // Nothing more comes: writes what is left and the checksum, syncs, closes, and then does `last` (which renames it), all
  // in the background. The outcome is that of all of it.
  void finish(std::function<Status()> last = {});
  // The file is not wanted any more: what is not written yet is dropped, and the file removed in the background.
  void abandon();

  struct Failure {
    std::string step;  // "fopen", "rdbSaveRio" (a write) or "fsync", as Redis names them; "" for `last`
    std::string text;  // the system's words, or those of `last`
  };
  // Whether finish() has come to its end.
  bool done() const;
  // The first failure so far.
  std::optional<Failure> failure() const;
  uint64_t size() const { return size_; }  // handed over so far

 private:
  struct State;
  void hand_over();

  BackgroundThread& thread_;
  Options options_;
  std::shared_ptr<State> state_;
  std::string buffer_;
  uint64_t size_ = 0;
  bool ended_ = false;
};

}  // namespace redoubt

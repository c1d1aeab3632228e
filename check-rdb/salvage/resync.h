// Finds where the records of a damaged RDB file go on. The format has no marks to look for, so that every byte behind the damage
// is tried: a record must begin there, sound to the last byte of its value, and be followed by three more (fifteen if some key's
// name is no text) or by the end of the file, with different keys and no empty collection. In random bytes such a chain is as good
// as impossible; a value that itself holds RDB records can be mistaken for them, and rarely one with many small numbers. A key with
// an empty name is not taken for the first of them, since zeros look like one. Bytes before a record may happen to look like one
// that swallows it, and others. So the records within the first one are taken instead if they lead to the same place and the name
// of one of them is text (of two, if its own is text), or if eight have such names. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "check-rdb/rdb_file.h"
#include "common/rdb/rdb_reader.h"

namespace redoubt {

// Pieces of a file from anywhere, through a window that moves along.
class WindowSource final : public ByteSource {
 public:
  explicit WindowSource(RdbFile& file) : file_(file) {}
  // The next read() is from here, and ends after `limit` bytes.
  void begin(uint64_t offset, uint64_t limit);
  Result<size_t> read(std::span<char> bytes) override;
  // A view of what is there from this byte on, at least `wanted` bytes but at the end of the file. Good until the next call.
  std::string_view peek(uint64_t offset, size_t wanted);

 private:
  static constexpr size_t window_size = size_t{1} << 20;

  RdbFile& file_;
  uint64_t at_ = 0;
  uint64_t end_ = 0;
  uint64_t window_begin_ = 0;
  std::string window_;
};

class RdbResync {
 public:
  // For each byte of the file so many may be read in vain: a file of zeros and lies costs no more than that.
  static constexpr uint64_t work_per_byte = 256;

  explicit RdbResync(RdbFile& file);
  // The first place at or behind `from` where records go on.
  std::optional<uint64_t> find(uint64_t from, int version, uint64_t db);
  // The work that it may do is done: what find() did not look at could hold more.
  bool exhausted() const { return work_left_ == 0; }

 private:
  // Records that go on from somewhere.
  struct Chain {
    uint64_t first_end = 0;  // of the first key's record
    bool first_is_text = false;
    uint64_t texts_before = 0;  // keys up to `meeting` whose names are text
    bool meets = false;         // a record ends there
  };

  bool worth_trying(uint64_t offset, int version);
  std::optional<Chain> chain_at(uint64_t offset, int version, uint64_t db, uint64_t meeting = 0);
  uint64_t without_swallowers(uint64_t offset, Chain chain, int version, uint64_t db);

  RdbFile& file_;
  WindowSource source_;
  uint64_t work_left_;
};

// Whether a file whose end mark and checksum end there really ends: nothing follows, or the commands of an AOF.
bool ends_at(RdbFile& file, uint64_t offset);

}  // namespace redoubt

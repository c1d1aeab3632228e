// All keys of an RDB file in the order of the hashes of their names, with what is to be compared of them: within a memory
// bound for any number of keys, since what exceeds it is sorted in a temporary file. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "check-rdb/key_hash.h"
#include "check-rdb/rdb_file.h"
#include "check-rdb/spill.h"
#include "common/rdb/rdb_reader.h"

namespace redoubt {

struct IndexedKey {
  static constexpr uint8_t of_module = 255;

  Hash128 name;  // and database
  Hash128 value;
  uint64_t db = 0;
  uint64_t offset = 0;  // of the record
  int64_t expires_ms = RdbKey::never;
  uint8_t kind = of_module;  // an RdbKind

  bool operator<(const IndexedKey& other) const {
    return name == other.name ? offset < other.offset : name < other.name;
  }
};

struct KeyIndex {
  KeyIndex(FileSystem& files, const std::string& spill_directory, size_t memory)
      : keys(files, spill_directory, memory) {}

  SpillSorter<IndexedKey> keys;
  Hash128 functions;  // of all libraries together
  int version = 0;
  bool has_modules = false;
};

// Reads the whole file. An error is damage if file.error() is empty; `position` says where.
Status fill_index(RdbFile& file, const HashKey& secret, KeyIndex& index, RdbPosition& position);

}  // namespace redoubt

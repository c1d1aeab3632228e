// What --stats finds out about a file, as plain figures: collected by StatsCollector, told by the reports.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "check-rdb/stats/log_histogram.h"
#include "check-rdb/stats/prefix_tree.h"
#include "check-rdb/stats/top_keys.h"
#include "common/rdb/rdb_format.h"

namespace redoubt {

inline constexpr size_t kind_count = 6;

struct KeyTotals {
  uint64_t keys = 0;
  uint64_t expiring = 0;        // have a time to live, over or not
  uint64_t expired = 0;         // it was over when the file was looked at
  uint64_t elements = 0;        // a string counts as one
  uint64_t file_bytes = 0;      // records as they are, compressed or not
  uint64_t unpacked_bytes = 0;  // names and values without compression
  uint64_t memory_bytes = 0;    // see MemoryEstimate

  void add(const KeyTotals& other);
};

// How keys of one type are spread.
struct KeySpread {
  LogHistogram name_bytes;
  LogHistogram value_bytes;  // unpacked
  LogHistogram elements;
  LogHistogram memory_bytes;
  LogHistogram ttl_ms;  // what is left of it; of keys that expire and have not

  void merge(const KeySpread& other);
};

struct EncodingTotals {
  uint64_t keys = 0;
  uint64_t file_bytes = 0;
};

struct FileStats {
  // A hostile file can have any number of these: what is beyond is not kept, or counted together under the last database.
  static constexpr size_t most_databases = 1024;
  static constexpr size_t most_aux = 256;
  static constexpr size_t most_aux_bytes = 1024;

  std::string file;
  uint64_t file_bytes = 0;
  int version = 0;
  int64_t read_at_ms = 0;  // Unix time, by which keys are expired or not
  char separator = ':';
  bool has_checksum = false;
  std::vector<std::pair<std::string, std::string>> aux;
  uint64_t functions = 0;
  uint64_t function_bytes = 0;
  std::map<uint64_t, std::array<KeyTotals, kind_count>> databases;
  std::array<KeySpread, kind_count> spreads;
  std::array<EncodingTotals, 256> encodings;  // by RdbType
  std::vector<TopKey> top;
  std::array<std::vector<TopKey>, kind_count> top_by_kind;
  Prefix prefixes;

  // Empty if the file is sound; all other figures are of what stands before the damage.
  std::string damage;
  uint64_t damage_offset = 0;

  KeyTotals total() const;
  KeyTotals total(RdbKind kind) const;
  KeyTotals total_of_database(uint64_t db) const;
  KeySpread spread() const;
};

}  // namespace redoubt

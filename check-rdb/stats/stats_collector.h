// Collects FileStats from what an RdbReader tells, in one pass and in memory that has a bound: histograms, the largest keys, and a
// tree of prefixes that is cut back. Some 16 MB, and the longest name of a key. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "check-rdb/stats/memory_estimate.h"
#include "check-rdb/stats/prefix_tree.h"
#include "check-rdb/stats/stats.h"
#include "check-rdb/stats/top_keys.h"
#include "common/rdb/rdb_reader.h"

namespace redoubt {

class StatsCollector final : public RdbVisitor {
 public:
  // Prefixes that take less than this share of all memory are not told.
  static constexpr double least_prefix = 1e-5;

  // `reader` is the one that tells it; `now_ms` decides what is expired; of each type `top` keys.
  StatsCollector(const RdbReader& reader, int64_t now_ms, char separator, size_t top);

  // The figures so far; once, at the end.
  FileStats finish();

  void version(int version) override { stats_.version = version; }
  void aux(std::string_view name, std::string_view value) override;
  Status function(std::string_view code) override;
  bool begin_key(const RdbKey& key) override;
  Status end_key() override;
  void string(std::string_view bytes) override;
  void begin_elements(uint64_t /*count*/) override {}
  void element(std::string_view bytes) override;
  void pair(std::string_view name, std::string_view value, int64_t expires_ms) override;
  void scored(std::string_view member, double score) override;
  void packed(RdbBlob kind, std::string_view blob) override;
  void begin_nodes(uint64_t /*count*/) override {}
  void node(bool plain, std::string_view bytes) override;
  void stream_listpack(RdbStreamId first, std::string_view blob) override;
  void stream(const RdbStream& stream) override { elements_ = stream.length; }
  void stream_group(const RdbStreamGroup& group) override;
  void group_pending(const RdbPending& pending) override;
  void stream_consumer(const RdbStreamConsumer& consumer) override;

 private:
  KeyTotals& totals();
  bool expires() const { return expires_ms_ != RdbKey::never; }
  void offer(uint64_t file_bytes, uint64_t memory_bytes);

  const RdbReader& reader_;
  int64_t now_ms_;
  FileStats stats_;
  PrefixTree prefixes_;
  TopKeys top_;
  std::array<TopKeys, kind_count> top_by_kind_;

  // Of the database, found again only when it changes.
  uint64_t totals_db_ = 0;
  std::array<KeyTotals, kind_count>* db_totals_ = nullptr;

  // Of the key.
  uint64_t db_ = 0;
  std::string name_;
  RdbKind kind_{};
  RdbType type_{};
  int64_t expires_ms_ = RdbKey::never;
  uint64_t offset_ = 0;
  uint64_t elements_ = 0;
  uint64_t value_bytes_ = 0;
  MemoryEstimate memory_;
};

}  // namespace redoubt

#include "check-rdb/stats/stats_collector.h"

#include <gtest/gtest.h>

#include "tests/support/rdb_bytes.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

constexpr int64_t now = 1'700'000'000'000;

struct Collected {
  FileStats stats;
  bool sound = false;
};

Collected collect(const std::string& file, size_t top = 20) {
  PieceSource source(file);
  RdbReader reader(source);
  StatsCollector collector(reader, now, ':', top);
  const bool sound = reader.read_all(collector).has_value();
  return {collector.finish(), sound};
}

const KeyTotals& totals(const FileStats& stats, uint64_t db, RdbKind kind) {
  return stats.databases.at(db)[static_cast<size_t>(kind)];
}

RdbBytes& expires_at(RdbBytes& file, int64_t ms) { return file.byte(252).u64(static_cast<uint64_t>(ms)); }

TEST(StatsCollector, CountsByDatabaseAndType) {
  RdbBytes file(11);
  file.byte(250).strings({"redis-ver", "7.0.15"}).byte(245).string("#!lua name=x\n");
  file.byte(254).length(0).key(0, "s").string("value").key(0, "t").string("");
  expires_at(file, now + 5000).key(2, "set").length(2).strings({"a", "bb"});
  file.byte(254).length(9);
  expires_at(file, now - 1).key(16, "hash").string(listpack_of({"f", "1", "g", "2"}));
  const Collected collected = collect(file.end());
  const FileStats& stats = collected.stats;
  EXPECT_TRUE(collected.sound);
  EXPECT_EQ(stats.version, 11);
  ASSERT_EQ(stats.aux.size(), 1U);
  EXPECT_EQ(stats.aux[0].second, "7.0.15");
  EXPECT_EQ(stats.functions, 1U);
  EXPECT_EQ(stats.function_bytes, 13U);
  const KeyTotals& strings = totals(stats, 0, RdbKind::string);
  EXPECT_EQ(strings.keys, 2U);
  EXPECT_EQ(strings.elements, 2U);
  EXPECT_EQ(strings.unpacked_bytes, 2U + 5);
  EXPECT_EQ(strings.file_bytes, (1U + 2 + 6) + (1 + 2 + 1));
  const KeyTotals& sets = totals(stats, 0, RdbKind::set);
  EXPECT_EQ(sets.expiring, 1U);
  EXPECT_EQ(sets.expired, 0U);
  EXPECT_EQ(sets.elements, 2U);
  EXPECT_EQ(sets.file_bytes, 9U + 1 + 4 + 1 + 2 + 3);
  const KeyTotals& hashes = totals(stats, 9, RdbKind::hash);
  EXPECT_EQ(hashes.expired, 1U);
  EXPECT_EQ(hashes.elements, 2U);
  EXPECT_EQ(stats.total().keys, 4U);
  EXPECT_EQ(stats.total(RdbKind::string).keys, 2U);
  EXPECT_EQ(stats.total_of_database(9).keys, 1U);
  EXPECT_EQ(stats.encodings[16].keys, 1U);
  EXPECT_EQ(stats.encodings[0].file_bytes, strings.file_bytes);
}

TEST(StatsCollector, ElementsOfEveryKindOfValue) {
  RdbBytes file(12);
  file.key(14 + 4, "list").length(2).length(2).string(listpack_of({"a", "b"})).length(1).string("plain");
  file.key(5, "zset").length(1).string("m").real(1);
  file.key(24, "expiring").u64(5).length(2).length(0).strings({"f", "v"}).length(1).strings({"g", "w"});
  file.key(25, "small").u64(5).string(listpack_of({"f", "v", "5", "g", "w", "0"}));
  file.key(17, "zpack").string(listpack_of({"m", "1", "n", "2"}));
  const FileStats stats = collect(file.end()).stats;
  EXPECT_EQ(totals(stats, 0, RdbKind::list).elements, 3U);
  EXPECT_EQ(totals(stats, 0, RdbKind::zset).elements, 3U);
  EXPECT_EQ(totals(stats, 0, RdbKind::hash).elements, 4U);
}

TEST(StatsCollector, SpreadsAndTimesToLive) {
  RdbBytes file(11);
  for (int i = 1; i <= 100; ++i) {
    if (i <= 10) expires_at(file, now + i * 1000);
    if (i > 90) expires_at(file, now - i);
    file.key(0, "k" + std::to_string(i)).string(std::string(static_cast<size_t>(i), 'x'));
  }
  const FileStats stats = collect(file.end()).stats;
  const KeySpread& strings = stats.spreads[0];
  EXPECT_EQ(strings.value_bytes.percentile(50), 50U);
  EXPECT_EQ(strings.value_bytes.max(), 100U);
  EXPECT_EQ(strings.name_bytes.max(), 4U);
  EXPECT_EQ(strings.ttl_ms.count(), 10U);
  EXPECT_EQ(strings.ttl_ms.max(), 10'000U);
  EXPECT_EQ(stats.total().expired, 10U);
  EXPECT_EQ(stats.spread().elements.count(), 100U);
}

TEST(StatsCollector, TheLargestKeysOfAllAndOfEachType) {
  RdbBytes file(11);
  for (int i = 0; i < 10; ++i) file.key(0, "k" + std::to_string(i)).string(std::string(size_t{1000} << i, 'x'));
  file.key(2, "set").length(1).string("a");
  file.key(0, std::string(1000, 'n')).string(std::string(2'000'000, 'x'));
  const FileStats stats = collect(file.end(), 3).stats;
  ASSERT_EQ(stats.top.size(), 3U);
  EXPECT_EQ(stats.top[0].name, std::string(TopKey::most_of_name, 'n'));
  EXPECT_EQ(stats.top[0].name_size, 1000U);
  EXPECT_EQ(stats.top[1].name, "k9");
  EXPECT_EQ(stats.top[2].name, "k8");
  ASSERT_EQ(stats.top_by_kind[static_cast<size_t>(RdbKind::set)].size(), 1U);
  EXPECT_EQ(stats.top_by_kind[static_cast<size_t>(RdbKind::set)][0].name, "set");
  EXPECT_TRUE(collect(file.bytes(), 0).stats.top.empty());
}

TEST(StatsCollector, OfADamagedFileWhatStandsBefore) {
  RdbBytes file(11);
  file.key(0, "a:1").string("x").key(0, "b").string("y");
  const std::string whole = file.end();
  const Collected collected = collect(whole.substr(0, whole.size() - 10));
  EXPECT_FALSE(collected.sound);
  EXPECT_EQ(collected.stats.total().keys, 1U);
  ASSERT_EQ(collected.stats.prefixes.children.size(), 1U);
  EXPECT_EQ(collected.stats.prefixes.children[0].name, "a:");
}

TEST(StatsCollector, HostileNumbersOfDatabasesAndFieldsAreBounded) {
  RdbBytes file(11);
  for (int i = 0; i < 2000; ++i) {
    file.byte(250).strings({"name", std::string(2000, 'v')});
    file.byte(254).length(static_cast<uint64_t>(i)).key(0, "k").string("v");
  }
  const FileStats stats = collect(file.end()).stats;
  EXPECT_EQ(stats.aux.size(), FileStats::most_aux);
  EXPECT_EQ(stats.aux[0].second.size(), FileStats::most_aux_bytes);
  EXPECT_EQ(stats.databases.size(), FileStats::most_databases);
  EXPECT_EQ(stats.total().keys, 2000U);
}

}  // namespace
}  // namespace redoubt

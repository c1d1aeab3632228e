#include "check-rdb/stats/stats.h"

namespace redoubt {

void KeyTotals::add(const KeyTotals& other) {
  keys += other.keys;
  expiring += other.expiring;
  expired += other.expired;
  elements += other.elements;
  file_bytes += other.file_bytes;
  unpacked_bytes += other.unpacked_bytes;
  memory_bytes += other.memory_bytes;
}

void KeySpread::merge(const KeySpread& other) {
  name_bytes.merge(other.name_bytes);
  value_bytes.merge(other.value_bytes);
  elements.merge(other.elements);
  memory_bytes.merge(other.memory_bytes);
  ttl_ms.merge(other.ttl_ms);
}

KeyTotals FileStats::total() const {
  KeyTotals sum;
  for (const auto& [db, kinds] : databases) {
    for (const KeyTotals& one : kinds) sum.add(one);
  }
  return sum;
}

KeyTotals FileStats::total(RdbKind kind) const {
  KeyTotals sum;
  for (const auto& [db, kinds] : databases) sum.add(kinds.at(static_cast<size_t>(kind)));
  return sum;
}

KeyTotals FileStats::total_of_database(uint64_t db) const {
  KeyTotals sum;
  const auto found = databases.find(db);
  if (found == databases.end()) return sum;
  for (const KeyTotals& one : found->second) sum.add(one);
  return sum;
}

KeySpread FileStats::spread() const {
  KeySpread all;
  for (const KeySpread& one : spreads) all.merge(one);
  return all;
}

}  // namespace redoubt

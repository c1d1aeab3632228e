#include "check-rdb/stats/stats_collector.h"

#include <utility>

#include "common/encoding/intset.h"
#include "common/encoding/listpack.h"

namespace redoubt {
namespace {

size_t elements_per_member(RdbKind kind, RdbBlob blob) {
  if (blob == RdbBlob::listpackex) return 3;
  return kind == RdbKind::hash || kind == RdbKind::zset ? 2 : 1;
}

}  // namespace

StatsCollector::StatsCollector(const RdbReader& reader, int64_t now_ms, char separator, size_t top)
    : reader_(reader), now_ms_(now_ms), prefixes_(separator), top_(top), top_by_kind_{TopKeys(top), TopKeys(top),
                                                                                      TopKeys(top), TopKeys(top),
                                                                                      TopKeys(top), TopKeys(top)} {
  stats_.read_at_ms = now_ms;
  stats_.separator = separator;
}

FileStats StatsCollector::finish() {
  stats_.top = top_.sorted();
  for (size_t i = 0; i < kind_count; ++i) stats_.top_by_kind[i] = top_by_kind_[i].sorted();
  stats_.prefixes = prefixes_.report(least_prefix);
  return std::move(stats_);
}

// ---- the file -------------------------------------------------------------------------------------

void StatsCollector::aux(std::string_view name, std::string_view value) {
  if (stats_.aux.size() == FileStats::most_aux) return;
  stats_.aux.emplace_back(name.substr(0, FileStats::most_aux_bytes), value.substr(0, FileStats::most_aux_bytes));
}

Status StatsCollector::function(std::string_view code) {
  ++stats_.functions;
  stats_.function_bytes += code.size();
  return {};
}

// ---- keys -----------------------------------------------------------------------------------------

bool StatsCollector::begin_key(const RdbKey& key) {
  key_ = key;
  key_.name = {};
  name_.assign(key.name);
  elements_ = 0;
  value_bytes_ = 0;
  memory_.begin(key.kind, key.name.size(), key.expires_ms != RdbKey::never);
  return true;
}

KeyTotals& StatsCollector::totals() {
  if (db_totals_ == nullptr || key_.db != db_) {
    db_ = key_.db;
    const bool known = stats_.databases.contains(db_) || stats_.databases.size() < FileStats::most_databases;
    db_totals_ = known ? &stats_.databases[db_] : &stats_.databases.rbegin()->second;
  }
  return (*db_totals_)[static_cast<size_t>(key_.kind)];
}

Status StatsCollector::end_key() {
  const auto kind = static_cast<size_t>(key_.kind);
  const bool expires = key_.expires_ms != RdbKey::never;
  KeyTotals one;
  one.keys = 1;
  one.expiring = expires ? 1 : 0;
  one.expired = expires && key_.expires_ms <= now_ms_ ? 1 : 0;
  one.elements = elements_;
  one.file_bytes = reader_.offset() - key_.offset;
  one.unpacked_bytes = name_.size() + value_bytes_;
  one.memory_bytes = memory_.bytes();
  totals().add(one);

  KeySpread& spread = stats_.spreads[kind];
  spread.name_bytes.add(name_.size());
  spread.value_bytes.add(value_bytes_);
  spread.elements.add(elements_);
  spread.memory_bytes.add(one.memory_bytes);
  if (expires && one.expired == 0) spread.ttl_ms.add(static_cast<uint64_t>(key_.expires_ms - now_ms_));

  EncodingTotals& encoding = stats_.encodings[static_cast<size_t>(key_.type)];
  ++encoding.keys;
  encoding.file_bytes += one.file_bytes;
  prefixes_.add(name_, {1, one.file_bytes, one.memory_bytes});
  offer(one);
  return {};
}

void StatsCollector::offer(const KeyTotals& one) {
  TopKeys& of_kind = top_by_kind_[static_cast<size_t>(key_.kind)];
  // What is among the largest of all is among the largest of its type.
  if (!of_kind.wants(one.memory_bytes)) [[likely]]
    return;
  TopKey key;
  key.db = key_.db;
  key.name = name_.substr(0, TopKey::most_of_name);
  key.name_size = name_.size();
  key.kind = key_.kind;
  key.type = key_.type;
  key.elements = one.elements;
  key.file_bytes = one.file_bytes;
  key.memory_bytes = one.memory_bytes;
  key.expires_ms = key_.expires_ms;
  if (top_.wants(one.memory_bytes)) top_.offer(key);
  of_kind.offer(std::move(key));
}

// ---- values ---------------------------------------------------------------------------------------

void StatsCollector::string(std::string_view bytes) {
  elements_ = 1;
  value_bytes_ = bytes.size();
  memory_.string(bytes);
}

void StatsCollector::element(std::string_view bytes) {
  ++elements_;
  value_bytes_ += bytes.size();
  memory_.element(bytes);
}

void StatsCollector::pair(std::string_view name, std::string_view value, int64_t expires_ms) {
  ++elements_;
  value_bytes_ += name.size() + value.size();
  memory_.pair(name.size(), value.size(), expires_ms != RdbKey::never);
}

void StatsCollector::scored(std::string_view member, double /*score*/) {
  ++elements_;
  value_bytes_ += member.size() + sizeof(double);
  memory_.scored(member.size());
}

void StatsCollector::packed(RdbBlob kind, std::string_view blob) {
  elements_ = kind == RdbBlob::intset ? IntsetView(blob.data()).size()
                                      : ListpackView(blob.data()).size() / elements_per_member(key_.kind, kind);
  value_bytes_ = blob.size();
  memory_.blob(blob.size());
}

void StatsCollector::node(bool plain, std::string_view bytes) {
  elements_ += plain ? 1 : ListpackView(bytes.data()).size();
  value_bytes_ += bytes.size();
  memory_.node(plain, bytes.size());
}

void StatsCollector::stream_listpack(RdbStreamId /*first*/, std::string_view blob) {
  value_bytes_ += blob.size();
  memory_.stream_block(blob.size());
}

void StatsCollector::stream_group(const RdbStreamGroup& group) {
  value_bytes_ += group.name.size();
  memory_.stream_part(server_memory::group_bytes + group.name.size());
}

void StatsCollector::group_pending(const RdbPending& /*pending*/) {
  value_bytes_ += sizeof(RdbPending);
  memory_.stream_part(server_memory::pending_bytes);
}

void StatsCollector::stream_consumer(const RdbStreamConsumer& consumer) {
  value_bytes_ += consumer.name.size();
  memory_.stream_part(server_memory::consumer_bytes + consumer.name.size());
}

}  // namespace redoubt

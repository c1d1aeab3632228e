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

// Field by field: to copy a struct that was just written as a whole is slow.
bool StatsCollector::begin_key(const RdbKey& key) {
  db_ = key.db;
  name_.assign(key.name);
  kind_ = key.kind;
  type_ = key.type;
  expires_ms_ = key.expires_ms;
  offset_ = key.offset;
  elements_ = 0;
  value_bytes_ = 0;
  memory_.begin(kind_, key.name.size(), expires());
  return true;
}

KeyTotals& StatsCollector::totals() {
  if (db_totals_ == nullptr || totals_db_ != db_) {
    totals_db_ = db_;
    const bool known = stats_.databases.contains(db_) || stats_.databases.size() < FileStats::most_databases;
    db_totals_ = known ? &stats_.databases[db_] : &stats_.databases.rbegin()->second;
  }
  return (*db_totals_)[static_cast<size_t>(kind_)];
}

Status StatsCollector::end_key() {
  const uint64_t file_bytes = reader_.offset() - offset_;
  const uint64_t memory_bytes = memory_.bytes();
  const bool expired = expires() && expires_ms_ <= now_ms_;
  KeyTotals& sums = totals();
  ++sums.keys;
  sums.expiring += expires() ? 1 : 0;
  sums.expired += expired ? 1 : 0;
  sums.elements += elements_;
  sums.file_bytes += file_bytes;
  sums.unpacked_bytes += name_.size() + value_bytes_;
  sums.memory_bytes += memory_bytes;

  KeySpread& spread = stats_.spreads[static_cast<size_t>(kind_)];
  spread.name_bytes.add(name_.size());
  spread.value_bytes.add(value_bytes_);
  spread.elements.add(elements_);
  spread.memory_bytes.add(memory_bytes);
  if (expires() && !expired) spread.ttl_ms.add(static_cast<uint64_t>(expires_ms_ - now_ms_));

  EncodingTotals& encoding = stats_.encodings[static_cast<size_t>(type_)];
  ++encoding.keys;
  encoding.file_bytes += file_bytes;
  prefixes_.add(name_, file_bytes, memory_bytes);
  offer(file_bytes, memory_bytes);
  return {};
}

void StatsCollector::offer(uint64_t file_bytes, uint64_t memory_bytes) {
  TopKeys& of_kind = top_by_kind_[static_cast<size_t>(kind_)];
  // What is among the largest of all is among the largest of its type.
  if (!of_kind.wants(memory_bytes)) [[likely]]
    return;
  TopKey key;
  key.db = db_;
  key.name = name_.substr(0, TopKey::most_of_name);
  key.name_size = name_.size();
  key.kind = kind_;
  key.type = type_;
  key.elements = elements_;
  key.file_bytes = file_bytes;
  key.memory_bytes = memory_bytes;
  key.expires_ms = expires_ms_;
  if (top_.wants(memory_bytes)) top_.offer(key);
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
                                      : ListpackView(blob.data()).size() / elements_per_member(kind_, kind);
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

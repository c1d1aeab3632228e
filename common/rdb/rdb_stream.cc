#include "common/rdb/rdb_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace redoubt {
namespace {

constexpr size_t id_size = 16;

// Both halves big-endian, so that ids sort as their bytes do.
RdbStreamId id_of(std::string_view bytes) {
  RdbStreamId id;
  std::memcpy(&id.ms, bytes.data(), sizeof id.ms);
  std::memcpy(&id.sequence, bytes.data() + sizeof id.ms, sizeof id.sequence);
  return {__builtin_bswap64(id.ms), __builtin_bswap64(id.sequence)};
}

}  // namespace

bool RdbStreamReader::read(RdbType type, RdbVisitor& visitor) {
  type_ = type;
  stream_ = {};
  live_ = 0;
  first_id_ = last_id_ = {};
  if (!read_listpacks(visitor) || !read_facts(visitor)) return false;
  uint64_t groups = 0;
  if (!input_.length(groups)) return false;
  groups_.clear();
  for (; groups != 0; --groups) {
    if (!read_group(visitor)) return false;
  }
  return true;
}

bool RdbStreamReader::read_id(RdbStreamId& id) { return input_.length(id.ms) && input_.length(id.sequence); }

bool RdbStreamReader::read_listpacks(RdbVisitor& visitor) {
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  RdbStreamId before;
  for (uint64_t i = 0; i < count; ++i) {
    if (!input_.string(first_)) return false;
    if (first_.bytes().size() != id_size) return input_.fail("Stream node key entry is not the size of a stream ID");
    const RdbStreamId id = id_of(first_.bytes());
    if (i != 0 && id == before) return input_.fail("Listpack re-added with existing key");
    if (i != 0 && id < before) return input_.fail("Stream listpacks are not in order");
    before = id;
    if (!input_.string(second_)) return false;
    const std::string_view blob = second_.bytes();
    const auto summary = check_stream_listpack(blob, id, deep_);
    if (!summary) return input_.fail("Stream listpack integrity check failed");
    if (summary->live != 0) {
      if (deep_ && live_ != 0 && summary->first <= last_id_) {
        return input_.fail("Stream listpack integrity check failed");
      }
      if (live_ == 0) first_id_ = summary->first;
      live_ += summary->live;
      last_id_ = summary->last;
    }
    visitor.stream_listpack(id, blob);
  }
  return true;
}

bool RdbStreamReader::read_facts(RdbVisitor& visitor) {
  if (!input_.length(stream_.length) || !read_id(stream_.last)) return false;
  if (type_ != RdbType::stream) {
    if (!read_id(stream_.first) || !read_id(stream_.greatest_deleted) || !input_.length(stream_.added)) return false;
  } else {
    stream_.first = first_id_;
    stream_.added = stream_.length;
  }
  if ((live_ == 0 && stream_.length != 0) || (deep_ && live_ != stream_.length)) {
    return input_.fail("Stream length inconsistent with rax entries");
  }
  if (deep_ && live_ != 0 && stream_.last < last_id_) return input_.fail("Stream last ID is less than an entry's");
  visitor.stream(stream_);
  return true;
}

// How many entries had been added when the stream's last id was this one: not always to be known.
int64_t RdbStreamReader::entries_read(RdbStreamId last) const {
  static constexpr int64_t unknown = -1;
  const auto added = static_cast<int64_t>(stream_.added);
  if (stream_.added == 0) return 0;
  if ((stream_.length == 0 && last <= stream_.last) || last == stream_.last) return added;
  if (last > stream_.last) return unknown;
  // Of the first type of streams nothing is known to be deleted.
  const auto before_first = added - static_cast<int64_t>(stream_.length);
  if (last < stream_.first) return before_first;
  return last == stream_.first ? before_first + 1 : unknown;
}

bool RdbStreamReader::read_group(RdbVisitor& visitor) {
  if (!input_.string(first_)) return false;
  if (!groups_.add(first_.bytes())) {
    return input_.fail(fmt::format("Duplicated consumer group name {}", first_.bytes()));
  }
  RdbStreamGroup group;
  if (!read_id(group.last)) return false;
  if (type_ != RdbType::stream) {
    uint64_t read = 0;
    if (!input_.length(read)) return false;
    group.read = static_cast<int64_t>(read);
  } else {
    group.read = entries_read(group.last);
  }
  group.name = first_.bytes();
  visitor.stream_group(group);
  if (!read_pending(visitor)) return false;
  uint64_t consumers = 0;
  if (!input_.length(consumers)) return false;
  consumers_.clear();
  for (; consumers != 0; --consumers) {
    if (!read_consumer(visitor)) return false;
  }
  const bool all_owned = std::all_of(pending_.begin(), pending_.end(), [](const Pending& one) { return one.owned; });
  return all_owned || input_.fail("Stream CG PEL entry without consumer");
}

bool RdbStreamReader::read_pending(RdbVisitor& visitor) {
  const auto by_id = [](const Pending& a, const Pending& b) { return a.id < b.id; };
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  pending_.clear();
  bool ordered = true;
  for (; count != 0; --count) {
    std::string_view bytes;
    RdbPending one;
    if (!input_.raw(bytes, id_size)) return false;
    one.id = id_of(bytes);
    if (!input_.fixed(one.delivered_ms) || !input_.length(one.deliveries)) return false;
    if (!pending_.empty() && one.id <= pending_.back().id) ordered = false;
    pending_.push_back({one.id});
    visitor.group_pending(one);
  }
  if (ordered) return true;
  std::sort(pending_.begin(), pending_.end(), by_id);
  const auto twice = std::adjacent_find(pending_.begin(), pending_.end(),
                                        [](const Pending& a, const Pending& b) { return a.id == b.id; });
  return twice == pending_.end() || input_.fail("Duplicated global PEL entry loading stream consumer group");
}

bool RdbStreamReader::read_consumer(RdbVisitor& visitor) {
  if (!input_.string(first_)) return false;
  if (!consumers_.add(first_.bytes())) return input_.fail("Duplicate stream consumer detected");
  RdbStreamConsumer consumer;
  if (!input_.fixed(consumer.seen_ms)) return false;
  consumer.active_ms = consumer.seen_ms;
  if (type_ == RdbType::stream_3 && !input_.fixed(consumer.active_ms)) return false;
  consumer.name = first_.bytes();
  visitor.stream_consumer(consumer);
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  for (; count != 0; --count) {
    std::string_view bytes;
    if (!input_.raw(bytes, id_size)) return false;
    const RdbStreamId id = id_of(bytes);
    if (!own(id)) return false;
    visitor.consumer_pending(id);
  }
  return true;
}

bool RdbStreamReader::own(RdbStreamId id) {
  const auto found = std::lower_bound(pending_.begin(), pending_.end(), id,
                                      [](const Pending& one, RdbStreamId wanted) { return one.id < wanted; });
  if (found == pending_.end() || found->id != id) return input_.fail("Consumer entry not found in group global PEL");
  if (found->owned) return input_.fail("Stream consumer PEL entry already has a consumer assigned");
  found->owned = true;
  return true;
}

}  // namespace redoubt

#include "check-rdb/diff/value_digest.h"

namespace redoubt {

bool ValueDigester::begin_value(const RdbKey& key) {
  kind_ = key.kind;
  digest_ = {};
  return true;
}

void ValueDigester::string(std::string_view bytes) { digest_ = hash(bytes); }

void ValueDigester::element(std::string_view bytes) {
  if (kind_ == RdbKind::list) return follow(hash(bytes));
  digest_ += hash(bytes);
}

void ValueDigester::pair(std::string_view name, std::string_view value, int64_t expires_ms) {
  include(hash(name), hash(value), expires_ms);
}

void ValueDigester::scored(std::string_view member, double score) {
  const double without_minus_zero = score == 0 ? 0.0 : score;
  include(hash(member), without_minus_zero);
}

void ValueDigester::stream_entry(StreamId id, std::span<const RdbStreamField> fields) {
  follow(id.ms, id.sequence, fields.size());
  for (const RdbStreamField& field : fields) follow(hash(field.name), hash(field.value));
}

void ValueDigester::stream(const RdbStream& stream) { follow(stream.last.ms, stream.last.sequence); }

void ValueDigester::stream_group(const RdbStreamGroup& group) {
  group_ = hash(group.name);
  include(group_, group.last.ms, group.last.sequence);
}

void ValueDigester::group_pending(const RdbPending& pending) {
  include(group_, pending.id.ms, pending.id.sequence, pending.delivered_ms, pending.deliveries);
}

void ValueDigester::stream_consumer(const RdbStreamConsumer& consumer) {
  consumer_ = hash_of_parts(secret_, group_, hash(consumer.name));
  include(consumer_);
}

void ValueDigester::consumer_pending(RdbStreamId id) { include(consumer_, id.ms, id.sequence); }

}  // namespace redoubt

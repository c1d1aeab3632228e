// What a key holds as one number of 128 bits: the same for the same data in whatever encoding and, for sets, hashes and sorted
// sets, in whatever order. Of streams count the entries, the last id, groups, consumers and what is pending; not when
// consumers were seen, nor counters that old versions of the format do not have. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "check-rdb/key_hash.h"
#include "common/rdb/rdb_elements.h"

namespace redoubt {

class ValueDigester : public RdbElementVisitor {
 public:
  // The secret lives on. Digests under different ones have nothing in common.
  explicit ValueDigester(const HashKey& secret) : secret_(secret) {}

  // Of the value that was told last, from end_key() on.
  const Hash128& digest() const { return digest_; }

  bool begin_value(const RdbKey& key) override;
  void string(std::string_view bytes) override;
  void begin_elements(uint64_t /*count*/) override {}
  void element(std::string_view bytes) override;
  void pair(std::string_view name, std::string_view value, int64_t expires_ms) override;
  void scored(std::string_view member, double score) override;
  void stream_entry(StreamId id, std::span<const RdbStreamField> fields) override;
  void stream(const RdbStream& stream) override;
  void stream_group(const RdbStreamGroup& group) override;
  void group_pending(const RdbPending& pending) override;
  void stream_consumer(const RdbStreamConsumer& consumer) override;
  void consumer_pending(RdbStreamId id) override;

 private:
  Hash128 hash(std::string_view bytes) const { return hash128(bytes, secret_); }
  // Something that has a place: what comes later counts differently.
  template <typename... Parts>
  void follow(const Parts&... parts) {
    digest_ = hash_of_parts(secret_, digest_, parts...);
  }
  // Something of which only counts that it is there.
  template <typename... Parts>
  void include(const Parts&... parts) {
    digest_ += hash_of_parts(secret_, parts...);
  }

  const HashKey& secret_;
  RdbKind kind_{};
  Hash128 digest_;
  Hash128 group_;
  Hash128 consumer_;
};

}  // namespace redoubt

// The part of a RdbVisitor that makes entries of the values it is told: in the encodings that Redis 7.2 gives what it loads
// under today's limits, blobs as they are where those allow it. A loader derives from it and adds what concerns keys:
//
//   bool begin_key(const RdbKey& key) override { begin_value(key.name, key.kind, bytes_of_the_file); return true; }
//   Status end_key() override {
//     Result<Entry*> entry = finish_value();
//     if (entry.has_error()) return entry.error();      // a member that appears twice
//     if (*entry == nullptr) …;                         // a collection without elements, which is no key
//     if (!db.add_new(*entry)) …;                       // or EntryMaker::free(*entry)
//   }
//
// A string costs no allocation but its entry. Memory is reserved for no more elements than the size of the input
// justifies. Executor thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/encoding/listpack.h"
#include "common/rdb/rdb_visitor.h"
#include "server/keyspace/entry.h"
#include "server/types/object_value.h"
#include "server/types/sorted_set.h"

namespace redoubt {

class ValueLoader : public RdbVisitor {
 public:
  ~ValueLoader() override;

  void string(std::string_view bytes) final;
  void begin_elements(uint64_t count) final;
  void element(std::string_view bytes) final;
  void pair(std::string_view name, std::string_view value, int64_t expires_ms) final;
  void scored(std::string_view member, double score) final;
  void packed(RdbBlob kind, std::string_view blob) final;
  void begin_nodes(uint64_t count) final;
  void node(bool plain, std::string_view bytes) final;
  void stream_listpack(RdbStreamId first, std::string_view blob) final;
  void stream(const RdbStream& stream) final;

 protected:
  // `settings` outlives the loader.
  explicit ValueLoader(const TypeSettings& settings);

  // A value begins. What was told of one before and not finished is dropped. `input_bytes`: how big the whole input is.
  void begin_value(std::string_view key, RdbKind kind, uint64_t input_bytes);
  std::string_view key() const { return key_; }
  // The entry of what was told since, with key and value, and neither expiry nor access; the caller owns it. Null when a
  // collection has no elements.
  Result<Entry*> finish_value();

 private:
  void drop();
  void fail(std::string_view text);
  // How many elements to make room for.
  size_t justified(uint64_t count) const;

  void begin_set(uint64_t count);
  void set_member(const ListpackValue& member);
  bool small_set_takes(const ListpackValue& member);
  void packed_set(RdbBlob kind, std::string_view blob);
  void begin_hash(uint64_t count);
  void begin_hash_table(size_t fields);
  void table_pair(std::string_view name, std::string_view value, int64_t expires_ms);
  void expiring_pair(std::string_view name, std::string_view value, int64_t expires_ms);
  void small_hash_becomes_table();
  void packed_hash(RdbBlob kind, std::string_view blob);
  void begin_zset(uint64_t count);
  void packed_zset(std::string_view blob);

  const TypeSettings& settings_;
  std::string key_;
  RdbKind kind_{};
  uint64_t input_bytes_ = 0;
  uint64_t count_ = 0;  // elements that were promised
  std::string error_;

  // What there is of the value: one of these.
  Entry* entry_ = nullptr;                // a string
  ObjectValue value_;                     // when its data is not null
  std::optional<Listpack> small_;         // a hash that is still small, or a set that is and has a text
  std::optional<SortedSetBuilder> zset_;  // mostly empty, and kept from one value to the next
};

}  // namespace redoubt

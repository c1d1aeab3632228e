// What RdbReader tells of a file, record by record. A visitor decides what becomes of it: the server loads it, the check tool
// counts, prints or compares. Views are good during the call only, and have data() even if they are empty. Everything has
// been checked: blobs are sound as far as RdbReadOptions::deep says, old encodings are taken apart.
//
// A value is told by one of
//   string(bytes)
//   begin_elements(count), then as many element() (list, set), pair() (hash), scored() (zset)
//   packed(kind, blob)             set, hash and zset in one blob that the server can keep as it is
//   begin_nodes(count), then node() some times                                                 (list)
//   stream_listpack() as often as needed, stream(), …                                          (stream)
// between begin_key() and end_key(). `count` is what the file says: reserve nothing by it that the file's size does not
// justify. A file can hold collections without elements, which keys cannot: no element() or node() is told then, or an empty
// listpack. That a member appears twice among elements is found here in deep mode only, but for old encodings.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.h"
#include "common/encoding/stream_listpack.h"
#include "common/rdb/rdb_format.h"

namespace redoubt {

enum class RdbKind : uint8_t { string, list, set, zset, hash, stream };

// Of values of this type; nothing for modules' and for what is no type.
std::optional<RdbKind> rdb_kind(RdbType type);

// The blobs of common/encoding. listpackex: name, value, expiry in Unix ms or 0, ...; ordered by expiry, those without last.
enum class RdbBlob : uint8_t { intset, listpack, listpackex };

struct RdbKey {
  static constexpr int64_t never = -1;

  uint64_t db = 0;
  std::string_view name;
  RdbType type{};
  RdbKind kind{};
  int64_t expires_ms = never;  // Unix time
  int64_t idle_seconds = -1;   // -1: not told
  int frequency = -1;          // of the LFU clock, 0 to 255; -1: not told
  uint64_t offset = 0;         // of the record in the file
};

using RdbStreamId = StreamId;

struct RdbStream {
  uint64_t length = 0;
  RdbStreamId last, first, greatest_deleted;
  uint64_t added = 0;
};

struct RdbStreamGroup {
  std::string_view name;
  RdbStreamId last;
  int64_t read = -1;  // entries; -1: not known
};

struct RdbPending {
  RdbStreamId id;
  int64_t delivered_ms = 0;
  uint64_t deliveries = 0;
};

struct RdbStreamConsumer {
  std::string_view name;
  int64_t seen_ms = 0;
  int64_t active_ms = -1;  // -1: never
};

class RdbVisitor {
 public:
  virtual ~RdbVisitor() = default;

  // ---- the file ---------------------------------------------------------------------------------
  virtual void version(int /*version*/) {}
  virtual void aux(std::string_view /*name*/, std::string_view /*value*/) {}
  virtual void select_db(uint64_t /*db*/) {}
  virtual void sizes(uint64_t /*keys*/, uint64_t /*volatile_keys*/) {}
  virtual Status function(std::string_view /*code*/) { return {}; }
  // With RdbReadOptions::skip_modules only: what was read over. The key's kind means nothing.
  virtual void module_aux(std::string_view /*module*/) {}
  virtual void module_key(const RdbKey& /*key*/, std::string_view /*module*/) {}

  // ---- keys -------------------------------------------------------------------------------------
  // False: the value is not wanted. It is read over, with the same checks, and nothing of it is told, not even its end.
  virtual bool begin_key(const RdbKey& key) = 0;
  // An error ends the reading: the visitor cannot use what it was told (a duplicate member).
  virtual Status end_key() = 0;

  // ---- values -----------------------------------------------------------------------------------
  virtual void string(std::string_view bytes) = 0;
  virtual void begin_elements(uint64_t count) = 0;
  virtual void element(std::string_view bytes) = 0;
  // `expires_ms`: RdbKey::never for a field that stays.
  virtual void pair(std::string_view name, std::string_view value, int64_t expires_ms) = 0;
  virtual void scored(std::string_view member, double score) = 0;
  virtual void packed(RdbBlob kind, std::string_view blob) = 0;
  virtual void begin_nodes(uint64_t count) = 0;
  // A node of a list: a listpack, or one plain element.
  virtual void node(bool plain, std::string_view bytes) = 0;
  // In this order: a stream's listpacks, each under the id that its entries count from, ascending; the stream; for each group
  // itself, its pending entries, then for each consumer itself and the ids of its pending entries. What older versions do not
  // tell is worked out as Redis does.
  virtual void stream_listpack(RdbStreamId /*first*/, std::string_view /*blob*/) {}
  virtual void stream(const RdbStream& /*stream*/) {}
  virtual void stream_group(const RdbStreamGroup& /*group*/) {}
  virtual void group_pending(const RdbPending& /*pending*/) {}
  virtual void stream_consumer(const RdbStreamConsumer& /*consumer*/) {}
  virtual void consumer_pending(RdbStreamId /*id*/) {}
};

}  // namespace redoubt

// What a key will take in redoubt-server: the same sum that its MEMORY USAGE makes, from what a file tells of the key. All that is
// known here of the server's structures is the constants below; a test compares them with a server.
//
//   key           an allocation of entry_bytes, the name (name_size_bytes more for a long one), and either a short string
//                 or a word; slot_bytes in the table of keys, expiry_bytes if it expires
//   long string   an allocation of string_bytes and its bytes
//   blob          (listpack, intset) an allocation of its bytes
//   list          list_bytes, node_bytes for each node, and the nodes: blobs or long strings
//   set, hash, zset in a table: set_bytes, hash_bytes or zset_bytes, table_bytes for each element, and for each an allocation of
//                 its bytes and a head of 1 (set), 3 (hash) or 9 (zset) bytes, which are more when it is long; fields that
//                 expire take field_expiry_bytes more, members of a zset order_bytes
//   stream        its blobs, block_bytes for each, and group_bytes, consumer_bytes and pending_bytes: what is planned
//
// Allocations are as large as the allocator's size classes. Collections told element by element are taken to be in a blob if a
// server with default limits would keep them so. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/memory.h"
#include "common/rdb/rdb_visitor.h"

namespace redoubt {

namespace server_memory {
inline constexpr size_t entry_bytes = 12;
inline constexpr size_t word_bytes = 8;
inline constexpr size_t name_size_bytes = 4;  // of names over short_size
inline constexpr size_t slot_bytes = 7;
inline constexpr size_t expiry_bytes = 16;
inline constexpr size_t embedded_string = 256;  // strings up to this stand beside the key
inline constexpr size_t string_bytes = 16;
inline constexpr size_t list_bytes = 64;
inline constexpr size_t node_bytes = 16;
inline constexpr size_t set_bytes = 80;
inline constexpr size_t hash_bytes = 96;
inline constexpr size_t zset_bytes = 112;
inline constexpr double table_bytes = 12.5;
inline constexpr double order_bytes = 17;
inline constexpr size_t field_expiry_bytes = 16;
inline constexpr size_t short_size = 255;
inline constexpr size_t block_bytes = 32;
inline constexpr size_t group_bytes = 128;
inline constexpr size_t consumer_bytes = 128;
inline constexpr size_t pending_bytes = 64;
// Limits of blobs.
inline constexpr size_t blob_value = 64;
inline constexpr size_t list_blob = 8192;
inline constexpr uint64_t set_blob = 128;
inline constexpr uint64_t integer_blob = 512;
inline constexpr uint64_t zset_blob = 128;
inline constexpr uint64_t hash_blob = 512;
}  // namespace server_memory

// Told of one key at a time, as a visitor is.
class MemoryEstimate {
 public:
  void begin(RdbKind kind, size_t name_size, bool expires) {
    kind_ = kind;
    name_size_ = name_size;
    expires_ = expires;
    value_ = elements_ = table_ = blob_ = nodes_ = expiring_ = 0;
    fits_blob_ = true;
    only_integers_ = true;
    inside_ = false;
  }
  void string(std::string_view bytes);
  void blob(size_t bytes) { value_ += good_size(bytes); }
  void node(bool plain, size_t bytes) {
    value_ += good_size(bytes + (plain ? server_memory::string_bytes : 0));
    ++nodes_;
  }
  // Of a list or a set told one by one.
  void element(std::string_view bytes);
  void pair(size_t name_size, size_t value_size, bool expires);
  void scored(size_t member_size);
  void stream_block(size_t bytes) { value_ += good_size(bytes) + server_memory::block_bytes; }
  void stream_part(size_t bytes) { value_ += bytes; }

  uint64_t bytes() const;

 private:
  uint64_t collection_bytes() const;

  RdbKind kind_{};
  bool expires_ = false;
  bool fits_blob_ = true;
  bool only_integers_ = true;
  size_t name_size_ = 0;
  uint64_t value_ = 0;     // beside the entry
  bool inside_ = false;    // value_ bytes stand in the entry, and nothing beside it
  uint64_t elements_ = 0;  // told one by one
  uint64_t table_ = 0;     // their allocations in a table
  uint64_t blob_ = 0;      // what they take in a blob
  uint64_t nodes_ = 0;
  uint64_t expiring_ = 0;
};

}  // namespace redoubt

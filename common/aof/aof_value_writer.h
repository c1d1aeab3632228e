// Writes values as the commands that make them, in a server that has no such key: the base of an append log that is not an RDB
// file, and exports. Like what Redis writes: collections by commands of at most aof_elements_per_command elements, and of about
// max_portion bytes, each followed by the expiry of its fields; streams as XADD, XSETID, XGROUP and XCLAIM.
//
// Appends to a buffer of the caller, who may empty it whenever in_command() is false, and who writes SELECT. A collection is
//
//   begin(kind, key, expected), element() or pair() or scored() ..., end(), then expires()
//
// and one without elements makes no command: keys cannot be so. `key` must live on until end(). Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/aof/aof_writer.h"
#include "common/rdb/rdb_visitor.h"

namespace redoubt {

class AofValueWriter {
 public:
  static constexpr size_t max_portion = size_t{1} << 20;

  explicit AofValueWriter(std::string& out) : out_(out), writer_(out) {}

  void select(uint64_t db);
  void function(std::string_view code);
  // When the key expires, Unix ms; after its value.
  void expires(std::string_view key, int64_t at_ms);

  void string(std::string_view key, std::string_view bytes);

  // ---- list, set, zset, hash ----------------------------------------------------------------------
  // `expected`: how many elements will come; a guess costs a correction in the buffer where it is wrong.
  void begin(RdbKind kind, std::string_view key, uint64_t expected);
  void element(std::string_view bytes);
  // `expires_ms`: RdbKey::never for a field that stays.
  void pair(std::string_view field, std::string_view value, int64_t expires_ms);
  void scored(std::string_view member, double score);
  void end() { end_portion(); }
  // A command is begun; what is in the buffer of it cannot be taken yet.
  bool in_command() const { return open_; }
  // The value is not whole and cannot become so: takes back the command that was begun. Those before it stay.
  void abandon();

  // ---- streams, in this order -----------------------------------------------------------------------
  // Exactly `fields` times stream_field() must follow.
  void begin_stream_entry(std::string_view key, StreamId id, size_t fields);
  void stream_field(std::string_view name, std::string_view value);
  // After the entries, if there were any or none.
  void stream(std::string_view key, const RdbStream& stream, bool empty);
  void stream_group(std::string_view key, const RdbStreamGroup& group);
  // A consumer to whom nothing is pending; others come to be by claim().
  void stream_consumer(std::string_view key, std::string_view group, std::string_view consumer);
  // Entries that were deleted cannot be claimed: a server leaves those out.
  void claim(std::string_view key, std::string_view group, std::string_view consumer, const RdbPending& pending);

 private:
  void before_element();
  void after_element();
  void begin_portion();
  void end_portion();
  void id_argument(StreamId id);

  std::string& out_;
  AofWriter writer_;
  std::string_view command_, key_;
  size_t arguments_each_ = 1;
  uint64_t left_ = 0;  // of those that are expected
  bool open_ = false;
  size_t begin_ = 0;    // of the open command in out_
  size_t planned_ = 0;  // elements that its head speaks of
  size_t written_ = 0;
  std::string expiries_;  // commands that follow the open one
};

}  // namespace redoubt

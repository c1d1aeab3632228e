// About how many bytes of a log a rewrite would leave: those of the commands that would make the data set as it is at the end.
// Follows what commands do to their keys, without the values: a value that is set anew makes what was there obsolete, as do
// DEL, FLUSHALL, FLUSHDB, the removal of elements and an expiry that is past. Fields of hashes, members of sets and sorted
// sets are followed one by one, elements of lists and streams by number. What a command did that depends on data (LREM,
// SUNIONSTORE, scripts of modules) is guessed by its size: an estimate, no promise.
//
// Memory is bounded: when there are too many keys, or elements, only those are followed whose hash ends in one zero bit more, and
// each stands for twice as many. A clock is not asked: the caller says what time it is. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "check-aof/command_book.h"
#include "check-aof/stats/rewrite_effect.h"
#include "check-aof/stats/sample_table.h"
#include "common/hash/keyed_hash.h"

namespace redoubt {

class RewriteEstimate {
 public:
  static constexpr size_t most_slots = size_t{1} << 17;

  // Tables of so many slots. The hash key outlives it.
  explicit RewriteEstimate(const HashKey& key, size_t slots = most_slots);

  // `bytes` of the command in the log. `keys` as found, in `database`.
  void add(const CommandEntry& entry, std::span<const std::string_view> args, std::span<const std::string_view> keys,
           uint64_t database, uint64_t bytes);

  // Bytes that a rewrite would write at this time.
  uint64_t remaining(int64_t now_ms) const;
  bool sampled() const { return key_bits_ > 0 || element_bits_ > 0; }

 private:
  struct Key {
    uint64_t hash = 0;
    uint64_t identity = 0;   // of its value; 0: there is none
    uint64_t bytes = 0;      // of what is not followed by element
    uint64_t elements = 0;   // of a list or stream, in these bytes
    int64_t expires_ms = 0;  // 0: never
    uint64_t database = 0;   // its id

    void set(uint64_t new_identity, uint64_t new_bytes) {
      identity = new_identity;
      bytes = new_bytes;
      elements = 0;
      expires_ms = 0;
    }
  };
  struct Element {
    uint64_t hash = 0;
    uint64_t identity = 0;
    uint64_t bytes = 0;
  };
  struct Call {
    std::span<const std::string_view> args;
    std::span<const std::string_view> keys;
    uint64_t database;
    uint64_t bytes;
  };

  uint64_t id_of(uint64_t database) const;
  bool is_there(uint64_t id) const;
  bool is_alive(const Key& key) const { return key.identity != 0 && is_there(key.database); }
  uint64_t hash_of(std::string_view text, uint64_t salt) const;
  // nullptr: there is none, or it is not followed.
  Key* find_key(std::string_view name, uint64_t database);
  Key* find_or_add_key(std::string_view name, uint64_t database);
  // The same, with a value.
  Key* key_with_value(const Call& call, std::string_view name);
  void make_room_for_keys();
  void make_room_for_elements();
  void put_element(const Key& key, std::string_view element, uint64_t bytes);

  void apply(RewriteEffect effect, const Call& call);
  void grow(const Call& call, uint64_t bytes);
  void replace(const Call& call, std::string_view name, uint64_t bytes);
  void set_string(const Call& call);
  void set_many(const Call& call);
  void remove_keys(const Call& call);
  void move_value(const Call& call, std::string_view to, uint64_t to_database);
  // Elements from `first` on, each of `step` arguments, known by the one at `name` among them.
  void put_elements(const Call& call, size_t first, size_t step, size_t name);
  void put_scored(const Call& call);
  void remove_elements(const Call& call);
  void push(const Call& call, size_t first);
  void add_to_stream(const Call& call);
  static void keep_only(Key& key, uint64_t elements);
  void pop(const Call& call, uint64_t count);
  void limit_list(const Call& call);
  void limit_stream(const Call& call);
  void expire(const Call& call, int64_t unit);
  void persist(const Call& call);
  void count_up(const Call& call);
  void set_range(const Call& call);
  void move_member(const Call& call);
  void move_element(const Call& call);
  void swap(const Call& call);
  void flush_all();

  const HashKey& hash_key_;
  SampleTable<Key> keys_;
  SampleTable<Element> elements_;
  unsigned key_bits_ = 0;
  unsigned element_bits_ = 0;
  uint64_t last_identity_ = 0;
  std::vector<RewriteEffect> effects_;         // by the index of an entry
  std::map<uint64_t, uint64_t> database_ids_;  // those that are not their own number: flushed, swapped
  uint64_t last_database_id_ = uint64_t{1} << 32;
  uint64_t outside_ = 0;  // of what has no key
};

}  // namespace redoubt

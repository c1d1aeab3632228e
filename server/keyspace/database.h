// One numbered database: its keys, their values and when they expire. All look-ups and all changes go through here, so
// that the rules hold in one place: an expired key is never seen, a touch updates the access clock, and before a write
// changes or removes an entry that a running snapshot has not seen, the snapshot takes it.
//
// Entry pointers that are returned stay good until the next change to that key, or any deletion. The functions that change
// an entry return it anew, because it may have moved. Executor thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "server/dict/dict.h"
#include "server/keyspace/access_clock.h"
#include "server/keyspace/entry.h"
#include "server/keyspace/expiry_index.h"
#include "server/keyspace/field_expiry_index.h"
#include "server/types/object_value.h"

namespace redoubt {

class Database;
class LazyFree;

// What the layers above learn of the keyspace's own doings; implemented in dispatch.
class KeyspaceListener {
 public:
  virtual ~KeyspaceListener() = default;
  // The key is about to go because its time has come, or to make room. `lazily`: its value is freed in the background.
  virtual void key_expired(Database& db, std::string_view key, bool lazily) = 0;
  virtual void key_evicted(Database& db, std::string_view key, bool lazily) = 0;
  // This field of a hash is about to go because its time has come; fields_expired() follows.
  virtual void field_expired(Database& db, std::string_view key, std::string_view field) = 0;
  // So many fields of a hash are gone because their time had come, and the key with the last one if `emptied`.
  virtual void fields_expired(Database& db, std::string_view key, size_t fields, bool emptied) = 0;
};

struct KeyTraits {
  using Item = Entry*;
  static std::string_view key(const Entry* entry) { return entry->key(); }
  static uint64_t hash(const Entry* entry, const HashKey& key) { return keyed_hash(entry->key(), key); }
};
using KeyDict = Dict<KeyTraits>;

// A snapshot under way (server/persistence/snapshot.h).
class SnapshotHook {
 public:
  virtual ~SnapshotHook() = default;
  // Called before an entry that has not the present colour is changed or removed; it is given that colour afterwards.
  virtual void before_change(Database& db, Entry& entry) = 0;
  // The database is emptied. True: the snapshot has taken its keys, and will free them; false: they may go.
  virtual bool take_over(Database& /*db*/, KeyDict& /*keys*/, ExpiryIndex& /*expiry*/) { return false; }
  // The contents of two databases were swapped.
  virtual void swapped(const Database& /*one*/, const Database& /*other*/) {}
};

struct KeyspaceStats {
  uint64_t hits = 0;
  uint64_t misses = 0;
  uint64_t expired = 0;
  uint64_t expired_fields = 0;  // of hashes
  uint64_t evicted = 0;
  // The active expiry cycle (expire.h).
  uint64_t expire_cycles = 0;             // slices
  uint64_t expire_cycle_us = 0;           // time spent in them
  uint64_t expired_time_cap_reached = 0;  // slices that ended with work left
  double expired_stale_percent = 0;       // estimate: keys that have expired and are not removed yet
  // Eviction (evict.h).
  uint64_t eviction_exceeded_us = 0;       // time above maxmemory that has ended
  int64_t eviction_exceeded_since_us = 0;  // monotonic; 0: not above now
};

// What all databases of a keyspace share.
struct KeyspaceShared {
  explicit KeyspaceShared(const TypeLimits& limits) : types{limits, hash_key, &now_ms} {}
  KeyspaceShared(const KeyspaceShared&) = delete;
  KeyspaceShared& operator=(const KeyspaceShared&) = delete;

  HashKey hash_key;
  TypeSettings types;
  AccessClock access;
  Random random;
  KeyspaceStats stats;
  int64_t now_ms = 0;  // Unix time of the command under way
  // How often the data set was changed: only ever rises. Those who save remember up to where they have.
  uint64_t changes = 0;
  KeyspaceListener* listener = nullptr;
  SnapshotHook* snapshot = nullptr;
  uint8_t colour = 0;            // of new entries; another one when a snapshot starts
  bool lazy_expire = false;      // lazyfree-lazy-expire
  bool lazy_server_del = false;  // lazyfree-lazy-server-del: values that others replace
  LazyFree* lazy_free = nullptr;
  // The hash of a key that was prefetched, so that the look-up need not compute it again.
  std::string_view hinted_key{&no_key, 0};
  uint64_t hinted_hash = 0;

  void hint(std::string_view key, uint64_t hash) {
    hinted_key = key;
    hinted_hash = hash;
  }
  void clear_hint() { hinted_key = {&no_key, 0}; }

 private:
  static constexpr char no_key = 0;  // no key stands here, not even an empty one
};

class Database {
 public:
  Database(int id, KeyspaceShared& shared) : id_(id), shared_(&shared), keys_(shared.hash_key) {}
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  int id() const { return id_; }
  size_t size() const { return keys_.size(); }
  size_t volatile_size() const { return expiry_.size(); }
  const KeyDict& keys() const { return keys_; }
  const ExpiryIndex& expiries() const { return expiry_; }
  const FieldExpiryIndex& field_expiries() const { return field_expiry_; }
  KeyspaceShared& shared() { return *shared_; }
  const KeyspaceShared& shared() const { return *shared_; }

  // ---- look-ups: null when there is no such key, or when it has expired (it is removed then) ------
  // Counts a hit or a miss and touches.
  Entry* find_for_read(std::string_view key);
  // Counts a hit or a miss, but does not touch: TYPE, TTL, OBJECT.
  Entry* find_without_touch(std::string_view key);
  // Neither counts nor touches.
  Entry* peek(std::string_view key);
  // Touches; the entry may be changed in place afterwards, as far as Entry allows.
  Entry* find_for_write(std::string_view key);

  // ---- strings ------------------------------------------------------------------------------------
  enum class Ttl : uint8_t { drop, keep };
  // Sets or creates, whatever was there before. The value is kept as an integer when it is one.
  Entry& set_string(std::string_view key, std::string_view value, Ttl ttl = Ttl::drop);
  // The same for a value that is to be kept as text even when it is an integer (INCRBYFLOAT).
  Entry& set_text(std::string_view key, std::string_view value, Ttl ttl = Ttl::drop);
  Entry& set_integer(std::string_view key, int64_t value, Ttl ttl = Ttl::drop);
  // Makes `entry`, a string, `size` bytes long and raw; new bytes are zero. The bytes may be written to until the next
  // call on this database. With `spare`, leaves room to grow (APPEND). `entry` is updated when it moves.
  std::span<char> edit_string(Entry*& entry, size_t size, bool spare = false);

  // ---- objects ------------------------------------------------------------------------------------
  // The key must not exist.
  Entry& add_object(std::string_view key, Type type, Encoding encoding, void* object);
  // Takes over an entry of EntryMaker's, with what it holds, as a new key (loading). False: the key exists, and nothing
  // happened. `hash` is that of its key.
  bool add_new(Entry* entry) { return add_new(entry, keys_.hash(entry->key())); }
  bool add_new(Entry* entry, uint64_t hash);
  // Takes the entry's key away. False when there was none.
  bool erase(std::string_view key) { return remove(key, Free::now); }
  bool erase_lazily(std::string_view key) { return remove(key, Free::lazily); }

  // ---- expiry -------------------------------------------------------------------------------------
  static constexpr int64_t never = -1;
  int64_t expiry_of(const Entry& entry) const { return entry.is_volatile() ? expiry_.time_of(entry) : never; }
  void set_expiry(Entry& entry, int64_t at_ms);
  // False when it was not volatile.
  bool clear_expiry(Entry& entry);
  // Removes the key of this pair as expired (the active cycle).
  void expire(Entry& entry);
  // Brings field_expiries() up to date after the hash at this entry was changed.
  void index_fields(Entry& entry) {
    if (entry.encoding() != Encoding::listpack) reindex_fields(entry);
  }
  // Removes at most so many expired fields of the hash at this entry, and the key with the last one. Returns how many.
  size_t expire_fields(Entry& entry, size_t most);
  // Removes a key to make room.
  void evict(Entry& entry, bool lazily);

  // ---- whole keys ---------------------------------------------------------------------------------
  // Moves the value and its expiry to a key of `target` (this database or another) that must not exist. `from` must.
  void move_to(std::string_view from, Database& target, std::string_view to);
  // Copies them. `from` must exist, `to` must not.
  void copy_to(const Entry& from, Database& target, std::string_view to);
  // Frees all keys; lazily: on the background thread.
  void clear(bool lazily);
  void swap_contents(Database& other);

  // ---- walks --------------------------------------------------------------------------------------
  bool is_expired(const Entry& entry) const { return entry.is_volatile() && expiry_.time_of(entry) < shared_->now_ms; }
  template <typename F>
  uint64_t scan(uint64_t cursor, F&& f) const {
    return keys_.scan(cursor, f);
  }
  Entry* random_entry() const { return keys_.random(shared_->random); }
  // Housekeeping between commands: moves buckets of a table that grows or shrinks. False when nothing is left.
  bool rehash(size_t buckets) { return keys_.rehash(buckets); }
  void shrink_if_sparse() { keys_.shrink_if_sparse(); }
  void reserve(size_t keys) { keys_.reserve(keys); }
  size_t overhead() const { return keys_.memory() + expiry_.memory() + field_expiry_.memory(); }
  size_t memory_of(const Entry& entry, size_t samples) const;

  // ---- batches ------------------------------------------------------------------------------------
  uint64_t hash(std::string_view key) const { return keys_.hash(key); }
  void prefetch_bucket(uint64_t hash) const { keys_.prefetch_bucket(hash); }
  bool prefetch_entry(uint64_t hash) const { return keys_.prefetch_item(hash); }
  void prefetch_chained_entry(uint64_t hash) const { keys_.prefetch_chained_item(hash); }

 private:
  enum class Free : uint8_t { now, lazily };
  uint64_t hash_of(std::string_view key) const {
    const std::string_view hinted = shared_->hinted_key;
    return key.data() == hinted.data() && key.size() == hinted.size() ? shared_->hinted_hash : keys_.hash(key);
  }
  KeyDict::Place place_of(std::string_view key, uint64_t hash);
  bool remove(std::string_view key, Free how);
  bool remove(std::string_view key, uint64_t hash, Free how);
  void before_change(Entry& entry) {
    if (entry.colour() != shared_->colour) [[unlikely]]
      snapshot_first(entry);
  }
  void snapshot_first(Entry& entry);
  // Puts `fresh` at this place and frees what was there, keeping expiry (unless dropped), access and colour.
  Entry& replace(KeyDict::Place place, Entry* fresh, Ttl ttl);
  Entry& add(std::string_view key, uint64_t hash, Entry* entry);
  template <typename MakeEntry, typename InPlace>
  Entry& set(std::string_view key, Ttl ttl, MakeEntry make, InPlace in_place);
  void release(Entry* entry, Free how);
  void reindex_fields(Entry& entry);
  void leave_field_index(Entry& entry) {
    if (entry.type() == Type::hash && field_expiry_.contains(entry)) field_expiry_.remove(entry);
  }

  int id_;
  KeyspaceShared* shared_;
  KeyDict keys_;
  ExpiryIndex expiry_;
  FieldExpiryIndex field_expiry_;
};

}  // namespace redoubt

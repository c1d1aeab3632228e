// Where every change to the data set is told of: commands say what they changed, the keyspace what expired or was evicted.
// Counts the changes (KeyspaceShared::changes); the append log, the replication backlog, keyspace events, tracking and waiting
// clients are fed from here as they come to exist, so that commands need not know of them. Executor thread only.
#pragma once

#include <cstdint>
#include <string_view>

#include "server/dispatch/blocked_clients.h"
#include "server/dispatch/propagation.h"
#include "server/keyspace/database.h"

namespace redoubt {

// The classes of keyspace events, with the letters of notify-keyspace-events.
enum class EventClass : char {
  generic = 'g',
  string = '$',
  list = 'l',
  set = 's',
  hash = 'h',
  zset = 'z',
  stream = 't',
  expired = 'x',
  evicted = 'e',
  new_key = 'n',
  missed = 'm',
};

class Effects : public KeyspaceListener {
 public:
  explicit Effects(KeyspaceShared& shared) : shared_(shared) {}

  // The value of `key` changed; `event` is the name of the keyspace event ("set", "del"). `changes`: what it counts for;
  // 0 where it is one change together with another (the source of RENAME).
  void modified(Database& db, std::string_view key, EventClass /*kind*/, std::string_view /*event*/,
                uint64_t changes = 1) {
    shared_.changes += changes;
    if (blocked_.any()) [[unlikely]]
      blocked_.touched(db.id(), key);
  }
  // A whole database was emptied or swapped; `changes` keys are gone.
  void flushed(Database& db, uint64_t changes) {
    shared_.changes += changes;
    blocked_.touched_all(db.id());
  }

  // As in Redis, none of these counts as a change.
  void key_expired(Database& db, std::string_view key, bool lazily) override { removed(db, key, lazily); }
  void key_evicted(Database& db, std::string_view key, bool lazily) override { removed(db, key, lazily); }
  void field_expired(Database& db, std::string_view key, std::string_view field) override {
    if (propagation_.active()) propagation_.also(db.id(), {"HDEL", key, field});
  }
  void fields_expired(Database& db, std::string_view key, size_t /*fields*/, bool emptied) override {
    modified(db, key, EventClass::hash, "hexpired", 0);
    if (emptied) modified(db, key, EventClass::generic, "del", 0);
  }

  uint64_t dirty() const { return shared_.changes; }
  void set_dirty(uint64_t dirty) { shared_.changes = dirty; }
  // Where commands tell what they did.
  Propagation& propagation() { return propagation_; }
  // Those who wait for changes.
  BlockedClients& blocked() { return blocked_; }
  const BlockedClients& blocked() const { return blocked_; }

 private:
  void removed(Database& db, std::string_view key, bool lazily) {
    if (propagation_.active()) propagation_.also(db.id(), {lazily ? "UNLINK" : "DEL", key});
  }

  KeyspaceShared& shared_;
  Propagation propagation_;
  BlockedClients blocked_;
};

}  // namespace redoubt

// Where every change to the data set is told of: commands say what they changed, the keyspace what expired or was evicted.
// Counts the changes since the last save; the append log, the replication backlog, keyspace events, tracking and waiting
// clients are fed from here as they come to exist, so that commands need not know of them. Executor thread only.
#pragma once

#include <cstdint>
#include <string_view>

#include "server/dispatch/blocked_clients.h"
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
  // The value of `key` changed; `event` is the name of the keyspace event ("set", "del"). `changes`: what it counts for;
  // 0 where it is one change together with another (the source of RENAME).
  void modified(Database& db, std::string_view key, EventClass /*kind*/, std::string_view /*event*/,
                uint64_t changes = 1) {
    dirty_ += changes;
    if (blocked_.any()) [[unlikely]]
      blocked_.touched(db.id(), key);
  }
  // A whole database was emptied or swapped; `changes` keys are gone.
  void flushed(Database& db, uint64_t changes) {
    dirty_ += changes;
    blocked_.touched_all(db.id());
  }

  void key_expired(Database& /*db*/, std::string_view /*key*/) override { ++dirty_; }
  void key_evicted(Database& /*db*/, std::string_view /*key*/) override { ++dirty_; }
  void fields_expired(Database& db, std::string_view key, size_t fields, bool emptied) override {
    modified(db, key, EventClass::hash, "hexpired", fields);
    if (emptied) modified(db, key, EventClass::generic, "del", 0);
  }

  uint64_t dirty() const { return dirty_; }
  // Those who wait for changes.
  BlockedClients& blocked() { return blocked_; }
  const BlockedClients& blocked() const { return blocked_; }

 private:
  uint64_t dirty_ = 0;
  BlockedClients blocked_;
};

}  // namespace redoubt

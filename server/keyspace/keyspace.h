// All databases of a server, and what they share. Owns them; a Database& stays good for its life. SWAPDB swaps contents,
// not objects. Executor thread only.
#pragma once

#include <memory>
#include <vector>

#include "server/keyspace/database.h"
#include "server/keyspace/lazy_free.h"

namespace redoubt {

class Keyspace {
 public:
  // `limits` is read whenever a collection grows, and outlives the keyspace.
  explicit Keyspace(int databases, const TypeLimits& limits = default_type_limits);

  int count() const { return static_cast<int>(databases_.size()); }
  Database& operator[](int id) { return *databases_[static_cast<size_t>(id)]; }
  const Database& operator[](int id) const { return *databases_[static_cast<size_t>(id)]; }
  KeyspaceShared& shared() { return shared_; }
  const KeyspaceShared& shared() const { return shared_; }
  LazyFree& lazy_free() { return lazy_free_; }

  // The time that decides what has expired; set before commands and housekeeping.
  void set_now(int64_t wall_ms) {
    shared_.now_ms = wall_ms;
    shared_.access.set_now(wall_ms);
  }
  size_t total_keys() const;
  size_t overhead() const;

 private:
  LazyFree lazy_free_;
  KeyspaceShared shared_;
  std::vector<std::unique_ptr<Database>> databases_;
};

}  // namespace redoubt

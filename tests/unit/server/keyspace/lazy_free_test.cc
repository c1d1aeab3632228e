#include "server/keyspace/lazy_free.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/memory.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {
namespace {

TEST(LazyFree, FreesEntriesAndCountsThem) {
  LazyFree lazy;
  for (int i = 0; i < 1'000; ++i) lazy.free_entry(EntryMaker::make_string("key", std::string(1'000, 'x')));
  lazy.drain();
  EXPECT_EQ(lazy.pending(), 0u);
  EXPECT_EQ(lazy.freed(), 1'000u);
  lazy.reset_freed();
  EXPECT_EQ(lazy.freed(), 0u);
  lazy.drain();
}

TEST(LazyFree, FreesAWholeDatabaseWithItsMemory) {
  register_allocating_thread();
  Keyspace keyspace(1);
  Database& db = keyspace[0];
  db.set_string("warm", "up");
  db.clear(true);
  keyspace.lazy_free().drain();
  const size_t before = used_memory();
  for (int i = 0; i < 50'000; ++i) {
    Entry& entry = db.set_string("key:" + std::to_string(i), std::string(100, 'v'));
    if (i % 3 == 0) db.set_expiry(entry, 1'000'000);
  }
  EXPECT_GT(used_memory(), before + 50'000 * 100);
  db.clear(true);
  EXPECT_EQ(db.size(), 0u);
  EXPECT_EQ(db.volatile_size(), 0u);
  db.set_string("new", "one");  // at work again while the other thread frees
  keyspace.lazy_free().drain();
  EXPECT_EQ(keyspace.lazy_free().freed(), 50'001u);
#ifdef REDOUBT_JEMALLOC
  EXPECT_LT(used_memory(), before + 100'000);
#endif
}

TEST(LazyFree, WhatIsLeftIsFreedAtTheEnd) {
  LazyFree lazy;
  for (int i = 0; i < 100; ++i) lazy.free_entry(EntryMaker::make_string("key", std::string(100'000, 'x')));
}

}  // namespace
}  // namespace redoubt

#include "server/persistence/snapshot.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "server/persistence/value_saver.h"
#include "tests/support/command_fixture.h"
#include "tests/support/drawn/pick.h"

namespace redoubt {
namespace {

// A data set as text: by database and key, the value's DUMP and when it expires.
using Model = std::map<std::pair<int, std::string>, std::string>;

std::string described(const Entry& entry, int64_t expires_ms) {
  std::string text = std::to_string(expires_ms) + " ";
  dump_value(text, entry, false);
  return text;
}

Model model_of(Keyspace& keyspace) {
  Model model;
  for (int id = 0; id < keyspace.count(); ++id) {
    const Database& db = keyspace[id];
    db.keys().for_each([&](const Entry* entry) {
      model[{id, std::string(entry->key())}] = described(*entry, db.expiry_of(*entry));
    });
  }
  return model;
}

struct Collector final : SnapshotSink {
  void select(int db, const Sizes* given) override {
    EXPECT_NE(db, now) << "named twice in a row";
    now = db;
    if (given == nullptr) {
      EXPECT_TRUE(sizes.contains(db)) << "named before";
    } else {
      EXPECT_TRUE(sizes.emplace(db, *given).second) << "sizes twice";
    }
  }
  void key(const Entry& entry, int64_t expires_ms) override {
    const bool fresh = told.emplace(std::pair(now, std::string(entry.key())), described(entry, expires_ms)).second;
    EXPECT_TRUE(fresh) << "told twice: " << entry.key();
  }
  void end() override { ended = true; }
  bool has_room() const override { return room; }
  void wait_for_room() override { ++waits; }

  Model told;
  std::map<int, Sizes> sizes;
  int now = -1;
  int waits = 0;
  bool ended = false;
  bool room = true;
};

void walk_to_end(Snapshot& snapshot) { snapshot.walk(INT64_MAX); }

class SnapshotTest : public testing::Test {
 protected:
  template <typename... Words>
  void run(const Words&... words) {
    const Reply reply = server_.run(words...);
    ASSERT_NE(reply.kind, ReplyKind::error) << to_string(reply);
  }
  void fill(int keys) {
    for (int i = 0; i < keys; ++i) run("SET", "k" + std::to_string(i), "v" + std::to_string(i));
  }

  TestServer server_;
  Snapshot& snapshot_ = server_.persistence().snapshot();
  Collector sink_;
};

TEST_F(SnapshotTest, OfNothingEndsAtOnce) {
  snapshot_.start(sink_);
  EXPECT_TRUE(sink_.ended);
  EXPECT_FALSE(snapshot_.active());
  EXPECT_TRUE(sink_.told.empty());
}

TEST_F(SnapshotTest, TellsAllWithDatabasesAndSizes) {
  fill(1000);
  run("EXPIRE", "k1", "100");
  run("SELECT", "3");
  run("SET", "other", "1");
  const Model before = model_of(server_.keyspace());
  snapshot_.start(sink_);
  EXPECT_EQ(snapshot_.keys_total(), 1001u);
  walk_to_end(snapshot_);
  EXPECT_TRUE(sink_.ended);
  EXPECT_EQ(sink_.told, before);
  EXPECT_EQ(snapshot_.keys_told(), 1001u);
  EXPECT_EQ(sink_.sizes[0].keys, 1000u);
  EXPECT_EQ(sink_.sizes[0].volatile_keys, 1u);
  EXPECT_EQ(sink_.sizes[3].keys, 1u);
  EXPECT_EQ(sink_.sizes.size(), 2u);
}

TEST_F(SnapshotTest, WhatChangesIsToldFirstAndWhatIsNewIsNotTold) {
  fill(500);
  const Model before = model_of(server_.keyspace());
  snapshot_.start(sink_);
  run("APPEND", "k3", "more");
  run("SET", "k4", "other");
  run("DEL", "k5");
  run("RENAME", "k6", "renamed");
  run("SET", "fresh", "1");
  run("EXPIRE", "k7", "1000");
  EXPECT_EQ(sink_.told.size(), 5u);
  EXPECT_EQ(sink_.waits, 5);
  run("APPEND", "k3", "again");
  EXPECT_EQ(sink_.told.size(), 5u);
  walk_to_end(snapshot_);
  EXPECT_EQ(sink_.told, before);
}

TEST_F(SnapshotTest, AnEmptiedDatabaseIsToldAndThenFreed) {
  fill(700);
  run("EXPIRE", "k1", "100");
  const Model before = model_of(server_.keyspace());
  const uint64_t freed = server_.keyspace().lazy_free().freed();
  snapshot_.start(sink_);
  snapshot_.walk(INT64_MAX, 100);
  run("SET", "k2", "changed");
  run("FLUSHDB");
  fill(50);
  EXPECT_LT(sink_.told.size(), 700u);
  run("FLUSHDB");
  fill(10);
  walk_to_end(snapshot_);
  EXPECT_EQ(sink_.told, before);
  server_.keyspace().lazy_free().drain();
  EXPECT_EQ(server_.keyspace().lazy_free().freed() - freed, 700u);
  EXPECT_EQ(server_.run("DBSIZE"), "(integer) 10");
}

TEST_F(SnapshotTest, SwappedDatabasesKeepTheirNumbers) {
  fill(300);
  run("SELECT", "1");
  run("SET", "in one", "x");
  run("SELECT", "0");
  const Model before = model_of(server_.keyspace());
  snapshot_.start(sink_);
  snapshot_.walk(INT64_MAX, 10);
  run("SWAPDB", "0", "1");
  run("SET", "in one", "y");
  run("SWAPDB", "1", "2");
  run("SELECT", "2");
  run("DEL", "k250");
  run("FLUSHDB");
  walk_to_end(snapshot_);
  EXPECT_EQ(sink_.told, before);
}

TEST_F(SnapshotTest, WaitsWhileTheSinkHasNoRoom) {
  fill(300);
  snapshot_.start(sink_);
  sink_.room = false;
  walk_to_end(snapshot_);
  EXPECT_TRUE(sink_.told.empty());
  sink_.room = true;
  walk_to_end(snapshot_);
  EXPECT_EQ(sink_.told.size(), 300u);
}

TEST_F(SnapshotTest, OfACancelledOneNothingIsLeftForTheNext) {
  fill(400);
  // More often than there are colours.
  for (int i = 0; i < 100; ++i) {
    Collector cancelled;
    snapshot_.start(cancelled);
    snapshot_.walk(INT64_MAX, static_cast<uint64_t>(i % 7) * 40);
    run("SET", "k" + std::to_string(i), "x");
    snapshot_.cancel();
    EXPECT_FALSE(cancelled.ended);
    Collector whole;
    const Model before = model_of(server_.keyspace());
    snapshot_.start(whole);
    if (i % 3 == 0) {
      snapshot_.cancel();
      continue;
    }
    walk_to_end(snapshot_);
    ASSERT_EQ(whole.told, before) << i;
  }
}

TEST_F(SnapshotTest, TellsEverythingAtOnceWhileAnotherIsActive) {
  fill(200);
  const Model before = model_of(server_.keyspace());
  snapshot_.start(sink_);
  snapshot_.walk(INT64_MAX, 50);
  run("SET", "k1", "changed");
  Collector now;
  tell_everything(server_.keyspace(), now);
  EXPECT_EQ(now.told, model_of(server_.keyspace()));
  EXPECT_TRUE(now.ended);
  walk_to_end(snapshot_);
  EXPECT_EQ(sink_.told, before);
}

// ---- random commands during a slow walk, over all types ------------------------------------------

class Changes {
 public:
  Changes(TestServer& server, uint64_t seed) : server_(server), pick_(seed) {}

  void once() {
    if (pick_.one_in(40)) return whole_databases();
    if (pick_.one_in(30)) return server_.advance(static_cast<int64_t>(pick_.below(2000)));
    if (pick_.one_in(60)) return evict();
    std::vector<std::string> words =
        words_of(pick_.of({"SET s 1 KEEPTTL",
                           "SET s text",
                           "APPEND s more",
                           "INCR n",
                           "SETRANGE s 300 x",
                           "SETBIT s 9 1",
                           "GETDEL s",
                           "DEL k",
                           "UNLINK k",
                           "EXPIRE k 1",
                           "PEXPIRE k 100",
                           "PERSIST k",
                           "RENAME k other",
                           "COPY k other REPLACE",
                           "MOVE k 1",
                           "COPY k other DB 2 REPLACE",
                           "RPUSH l a b c",
                           "LPOP l 2",
                           "LSET l 0 x",
                           "LTRIM l 1 3",
                           "RPOPLPUSH l l2",
                           "SADD t 1 2 3",
                           "SADD t a b c",
                           "SPOP t",
                           "SREM t 1 a",
                           "SMOVE t t2 2",
                           "SUNIONSTORE t3 t t2",
                           "HSET h a 1 b 2",
                           "HINCRBY h a 5",
                           "HDEL h a",
                           "HSET h x long-value-that-is-much-too-long-for-a-listpack-of-redis-or-ours",
                           "HPEXPIRE h 300 FIELDS 2 a b",
                           "HPERSIST h FIELDS 1 a",
                           "HGETALL h",
                           "ZADD z 1 a 2 b 3 c",
                           "ZINCRBY z 2 a",
                           "ZPOPMIN z",
                           "ZREM z b",
                           "ZRANGESTORE z2 z 0 -1",
                           "GET s",
                           "TTL k",
                           "SORT l ALPHA STORE l3",
                           "LINSERT l BEFORE b new"}));
    for (std::string& word : words) {
      if (word == "k") word = key(pick_.of({"s", "n", "l", "t", "h", "z"}));
    }
    if (words.size() > 1) words[1] = key(words[1]);
    if (words[0] == "RENAME") words[2] = key("r");
    server_.client().run(words);
  }

 private:
  std::string key(std::string name) { return name.size() > 2 ? name : name + std::to_string(pick_.below(12)); }

  void whole_databases() {
    const std::string a = std::to_string(pick_.below(4));
    const std::string b = std::to_string(pick_.below(4));
    switch (pick_.below(6)) {
      case 0: server_.run("FLUSHALL", pick_.one_in(2) ? "ASYNC" : "SYNC"); break;
      case 1: server_.run("FLUSHDB"); break;
      case 2: server_.run("SWAPDB", a, b); break;
      case 3: server_.db(static_cast<int>(pick_.below(4))).rehash(pick_.below(100)); break;
      default: server_.run("SELECT", a); break;
    }
  }

  void evict() {
    Database& db = server_.db(static_cast<int>(pick_.below(4)));
    if (Entry* entry = db.random_entry(); entry != nullptr) db.evict(*entry, pick_.one_in(2));
  }

  TestServer& server_;
  Pick pick_;
};

TEST(SnapshotModel, RandomChangesDuringASlowWalk) {
  for (const uint64_t seed : seeds_of_tests(5)) {
    TestServer server(
        "databases 4\nsave ''\nhash-max-listpack-entries 3\nlist-max-listpack-size 4\nset-max-intset-entries 2\n"
        "set-max-listpack-entries 3\nzset-max-listpack-entries 2\n");
    Snapshot& snapshot = server.persistence().snapshot();
    Changes changes(server, seed);
    Pick pick(seed + 1000);
    for (int round = 0; round < 600; ++round) {
      for (uint64_t i = pick.below(60); i > 0; --i) changes.once();
      const Model before = model_of(server.keyspace());
      Collector sink;
      snapshot.start(sink);
      const uint64_t pace = 1 + pick.below(12);
      while (snapshot.active()) {
        for (uint64_t i = pick.below(8); i > 0; --i) changes.once();
        if (pick.one_in(80)) snapshot.cancel();
        snapshot.walk(0, pace);
      }
      if (!sink.ended) continue;
      ASSERT_EQ(sink.told, before) << "seed " << seed << ", round " << round;
    }
  }
}

}  // namespace
}  // namespace redoubt

#include "server/keyspace/database.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/keyspace/keyspace.h"

namespace redoubt {
namespace {

std::string text_of(const Entry& entry) {
  char digits[max_integer_text];
  return std::string(entry.string(digits));
}

struct Recorder : KeyspaceListener {
  void field_expired(Database&, std::string_view, std::string_view) override { FAIL(); }
  void fields_expired(Database&, std::string_view, size_t, bool) override { FAIL(); }
  void key_expired(Database& db, std::string_view key, bool /*lazily*/) override { expired.emplace_back(db.id(), key); }
  void key_evicted(Database& db, std::string_view key, bool /*lazily*/) override { evicted.emplace_back(db.id(), key); }
  std::vector<std::pair<int, std::string>> expired, evicted;
};

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    keyspace_.set_now(now_);
    keyspace_.shared().listener = &recorder_;
  }
  void advance(int64_t ms) { keyspace_.set_now(now_ += ms); }

  int64_t now_ = 1'700'000'000'000;
  Recorder recorder_;
  Keyspace keyspace_{3};
  Database& db_ = keyspace_[0];
};

// ---- look-ups and expiry -----------------------------------------------------------------------------------------

TEST_F(DatabaseTest, CountsHitsAndMisses) {
  const KeyspaceStats& stats = keyspace_.shared().stats;
  EXPECT_EQ(db_.find_for_read("a"), nullptr);
  db_.set_string("a", "1");
  EXPECT_NE(db_.find_for_read("a"), nullptr);
  EXPECT_NE(db_.find_for_read("a"), nullptr);
  EXPECT_NE(db_.peek("a"), nullptr);
  EXPECT_NE(db_.find_for_write("a"), nullptr);
  EXPECT_EQ(stats.hits, 2u);
  EXPECT_EQ(stats.misses, 1u);
}

TEST_F(DatabaseTest, ReadsAndWritesTouchAndPeekDoesNot) {
  const AccessClock& access = keyspace_.shared().access;
  db_.set_string("a", "1");
  advance(100'000);
  EXPECT_EQ(access.idle_seconds(*db_.peek("a")), 100);
  EXPECT_EQ(access.idle_seconds(*db_.find_for_read("a")), 0);
  advance(100'000);
  EXPECT_EQ(access.idle_seconds(*db_.find_for_write("a")), 0);
  advance(100'000);
  EXPECT_EQ(access.idle_seconds(db_.set_string("a", std::string(1'000, 'x'))), 0);
}

TEST_F(DatabaseTest, AKeyIsThereUntilItsTimeHasPassed) {
  db_.set_expiry(db_.set_string("a", "1"), now_ + 100);
  advance(100);
  EXPECT_NE(db_.find_for_read("a"), nullptr) << "at its very millisecond it is not expired yet";
  advance(1);
  EXPECT_EQ(db_.size(), 1u);
  EXPECT_EQ(db_.find_for_read("a"), nullptr);
  EXPECT_EQ(db_.size(), 0u);
  EXPECT_EQ(db_.volatile_size(), 0u);
  EXPECT_EQ(keyspace_.shared().stats.expired, 1u);
  EXPECT_EQ(keyspace_.shared().stats.misses, 1u);
  EXPECT_EQ(recorder_.expired, (std::vector<std::pair<int, std::string>>{{0, "a"}}));
}

TEST_F(DatabaseTest, NoOperationSeesAnExpiredKey) {
  const std::vector<std::pair<const char*, std::function<bool()>>> looks = {
      {"find_for_read", [&] { return db_.find_for_read("a") != nullptr; }},
      {"find_for_write", [&] { return db_.find_for_write("a") != nullptr; }},
      {"peek", [&] { return db_.peek("a") != nullptr; }},
      {"erase", [&] { return db_.erase("a"); }},
      {"erase_lazily", [&] { return db_.erase_lazily("a"); }},
      {"set_string, keeping the expiry", [&] { return db_.set_string("a", "x", Database::Ttl::keep).is_volatile(); }},
      {"set_integer, keeping the expiry", [&] { return db_.set_integer("a", 1, Database::Ttl::keep).is_volatile(); }},
  };
  for (const auto& [name, sees_it] : looks) {
    for (const bool lazily : {false, true}) {
      keyspace_.shared().lazy_expire = lazily;
      db_.erase("a");
      db_.set_expiry(db_.set_string("a", std::string(300, 'v')), now_ + 10);
      advance(11);
      recorder_.expired.clear();
      EXPECT_FALSE(sees_it()) << name;
      EXPECT_EQ(recorder_.expired.size(), 1u) << name;
    }
  }
}

// A key that is about to be removed may be named by the bytes in the entry itself.
TEST_F(DatabaseTest, KeysMayBeNamedByTheEntryThatGoes) {
  for (const bool expired : {false, true}) {
    Entry& entry = db_.set_string("a", std::string(1'000, 'x'));
    db_.set_expiry(entry, now_ + 10);
    if (expired) advance(20);
    EXPECT_EQ(db_.erase(entry.key()), !expired);
    EXPECT_EQ(db_.size(), 0u);
  }
  Entry& old = db_.set_string("b", "1");
  db_.move_to(old.key(), keyspace_[1], "b2");
  EXPECT_EQ(text_of(*keyspace_[1].peek("b2")), "1");
}

TEST_F(DatabaseTest, ExpireAndEvictTellWhatGoesBeforeItGoes) {
  db_.expire(db_.set_string("a", "1"));
  db_.evict(db_.set_string("b", std::string(500, 'x')), true);
  EXPECT_EQ(db_.size(), 0u);
  EXPECT_EQ(recorder_.expired, (std::vector<std::pair<int, std::string>>{{0, "a"}}));
  EXPECT_EQ(recorder_.evicted, (std::vector<std::pair<int, std::string>>{{0, "b"}}));
  EXPECT_EQ(keyspace_.shared().stats.expired, 1u);
  EXPECT_EQ(keyspace_.shared().stats.evicted, 1u);
}

// ---- hints -------------------------------------------------------------------------------------------------------

TEST_F(DatabaseTest, AHintIsForThatPlaceInMemoryOnly) {
  const std::string hinted = "key", other = "key2";
  keyspace_.shared().hint(hinted, db_.hash(hinted));
  db_.set_string(hinted, "1");
  db_.set_string(other, "2");
  db_.set_string(std::string_view(hinted).substr(0, 2), "3");
  db_.set_string("", "empty");
  keyspace_.shared().clear_hint();
  EXPECT_EQ(text_of(*db_.peek("key")), "1");
  EXPECT_EQ(text_of(*db_.peek("key2")), "2");
  EXPECT_EQ(text_of(*db_.peek("ke")), "3");
  EXPECT_EQ(text_of(*db_.peek("")), "empty");
  EXPECT_EQ(text_of(*db_.peek({})), "empty");
}

// ---- changes -----------------------------------------------------------------------------------------------------

TEST_F(DatabaseTest, EditStringKeepsBytesAndExpiry) {
  for (const std::string& from : {std::string(), std::string("12345"), std::string("short"), std::string(250, 'a'),
                                  std::string(300, 'b'), std::string(5'000, 'c')}) {
    for (const size_t size : {size_t{0}, size_t{5}, size_t{6}, size_t{44}, size_t{100}, size_t{256}, size_t{257},
                              size_t{4'096}, size_t{100'000}}) {
      for (const bool spare : {false, true}) {
        Entry* entry = &db_.set_string("key", from);
        db_.set_expiry(*entry, now_ + 1'000);
        const std::span<char> bytes = db_.edit_string(entry, size, spare);
        std::string expected = from;
        expected.resize(size, '\0');
        ASSERT_EQ(std::string(bytes.data(), bytes.size()), expected);
        ASSERT_EQ(db_.peek("key"), entry);
        ASSERT_EQ(text_of(*entry), expected);
        ASSERT_EQ(entry->encoding(), Encoding::raw);
        ASSERT_EQ(db_.expiry_of(*entry), now_ + 1'000);
        std::fill(bytes.begin(), bytes.end(), 'z');
        ASSERT_EQ(text_of(*entry), std::string(size, 'z'));
      }
    }
  }
}

TEST_F(DatabaseTest, AppendingWithSpareRoomMovesSeldom) {
  Entry* entry = &db_.set_string("log", std::string(300, 'x'));
  int moves = 0;
  const char* last = nullptr;
  for (size_t size = 301; size < 200'000; size += 10) {
    const std::span<char> bytes = db_.edit_string(entry, size, true);
    moves += bytes.data() != last;
    last = bytes.data();
  }
  EXPECT_LT(moves, 15);
}

TEST_F(DatabaseTest, ACopyBeginsItsOwnLifeAndAMoveGoesOn) {
  Database& other = keyspace_[1];
  const AccessClock& access = keyspace_.shared().access;
  for (const std::string& value : {std::string("1"), std::string("embedded"), std::string(10'000, 'x')}) {
    Entry& entry = db_.set_string("a", value);
    db_.set_expiry(entry, now_ + 500'000);
    advance(60'000);
    db_.copy_to(*db_.peek("a"), other, "copy");
    db_.copy_to(*db_.peek("a"), db_, "here");
    EXPECT_EQ(access.idle_seconds(*other.peek("copy")), 0);
    db_.move_to("a", other, std::string(300, 'k'));
    EXPECT_EQ(db_.peek("a"), nullptr);
    Entry* moved = other.peek(std::string(300, 'k'));
    EXPECT_EQ(access.idle_seconds(*moved), 60);
    for (Entry* each : {moved, other.peek("copy"), db_.peek("here")}) {
      EXPECT_EQ(text_of(*each), value);
      EXPECT_EQ(keyspace_[each == db_.peek("here") ? 0 : 1].expiry_of(*each), now_ + 440'000);
    }
    db_.clear(false);
    other.clear(true);
    EXPECT_EQ(other.size() + other.volatile_size() + db_.volatile_size(), 0u);
  }
}

TEST_F(DatabaseTest, LargeValuesAreWrittenAgainInTheirPlace) {
  Entry& first = db_.set_string("a", std::string(3'000, 'x'));
  const char* place = first.big_string().data();
  Entry& second = db_.set_string("a", std::string(3'010, 'y'));
  EXPECT_EQ(second.big_string().data(), place);
  EXPECT_EQ(text_of(second), std::string(3'010, 'y'));
  EXPECT_EQ(text_of(db_.set_string("a", std::string(300, 'z'))), std::string(300, 'z'));
}

TEST_F(DatabaseTest, MemoryOfAKeyIsWhatTheAllocatorGave) {
  const size_t small = db_.memory_of(db_.set_string("a", "b"), 5);
  EXPECT_GE(small, 16u);
  EXPECT_LE(small, 48u);
  const size_t large = db_.memory_of(db_.set_string("b", std::string(100'000, 'x')), 5);
  EXPECT_GE(large, 100'000u);
  EXPECT_LE(large, 130'000u);
}

// ---- beside a model, with snapshots -------------------------------------------------------------------------------

struct ModelValue {
  std::string value;
  int64_t expiry = Database::never;
  bool operator==(const ModelValue&) const = default;
};
using Model = std::map<std::string, ModelValue>;

ModelValue value_of(Database& db, const Entry& entry) { return {text_of(entry), db.expiry_of(entry)}; }

// A snapshot as the walk will make it: what changes first is taken first, the rest when the walk comes to it.
struct Snapshot : SnapshotHook {
  void before_change(Database& db, Entry& entry) override { take(db, entry); }
  void take(Database& db, const Entry& entry) {
    const bool first_time = taken.emplace(std::pair(db.id(), std::string(entry.key())), value_of(db, entry)).second;
    EXPECT_TRUE(first_time) << "taken twice: " << entry.key();
  }
  std::map<std::pair<int, std::string>, ModelValue> taken;
};

class ModelTest : public DatabaseTest {
 protected:
  void run(uint64_t seed, int steps);
  void step(Random& random);
  void change_one(Random& random, int id, const std::string& key);
  void drop_expired(int id);
  void check();
  void begin_snapshot();
  void end_snapshot();

  Model models_[3];
  Snapshot snapshot_;
  std::map<std::pair<int, std::string>, ModelValue> at_start_;
};

std::string some_value(Random& random) {
  switch (random.below(6)) {
    case 0: return std::to_string(static_cast<int64_t>(random.next()));
    case 1: return std::string(random.below(45), 'e');
    case 2: return std::string(random.below(400), 'm');
    case 3: return std::string(random.below(9'000), 'b');
    default: return std::string(random.below(30), 's');
  }
}

std::string some_key(Random& random) {
  const std::string number = std::to_string(random.below(120));
  return random.below(8) == 0 ? std::string(250, 'k') + number : number;
}

void ModelTest::drop_expired(int id) {
  std::erase_if(models_[id],
                [&](const auto& row) { return row.second.expiry != Database::never && row.second.expiry < now_; });
}

void ModelTest::change_one(Random& random, int id, const std::string& key) {
  Database& db = keyspace_[id];
  Model& model = models_[id];
  const auto found = model.find(key);
  const bool exists = found != model.end();
  const auto ttl = random.below(2) == 0 ? Database::Ttl::keep : Database::Ttl::drop;
  const int64_t kept = exists && ttl == Database::Ttl::keep ? found->second.expiry : Database::never;
  switch (random.below(7)) {
    case 0: {
      const std::string value = some_value(random);
      ASSERT_EQ(text_of(db.set_string(key, value, ttl)), value);
      model[key] = {value, kept};
      break;
    }
    case 1: {
      const auto number = static_cast<int64_t>(random.next());
      ASSERT_EQ(db.set_integer(key, number, ttl).integer(), number);
      model[key] = {std::to_string(number), kept};
      break;
    }
    case 2: {
      ASSERT_EQ(random.below(2) == 0 ? db.erase(key) : db.erase_lazily(key), exists);
      model.erase(key);
      break;
    }
    case 3: {
      Entry* entry = db.find_for_write(key);
      ASSERT_EQ(entry != nullptr, exists);
      if (!exists) break;
      const size_t size = found->second.value.size() + random.below(100);
      const std::span<char> bytes = db.edit_string(entry, size, random.below(2) == 0);
      found->second.value.resize(size, '\0');
      if (size > 0) bytes[size - 1] = found->second.value[size - 1] = 'X';
      break;
    }
    case 4: {
      Entry* entry = db.peek(key);
      ASSERT_EQ(entry != nullptr, exists);
      if (!exists) break;
      found->second.expiry = now_ + static_cast<int64_t>(random.below(3'000));
      db.set_expiry(*entry, found->second.expiry);
      break;
    }
    case 5: {
      Entry* entry = db.peek(key);
      if (entry == nullptr) break;
      ASSERT_EQ(db.clear_expiry(*entry), found->second.expiry != Database::never);
      found->second.expiry = Database::never;
      break;
    }
    default: {
      Entry* entry = db.peek(key);
      if (entry == nullptr) break;
      ASSERT_EQ(text_of(*entry), found->second.value);
      if (random.below(2) == 0) {
        db.expire(*entry);
      } else {
        db.evict(*entry, random.below(2) == 0);
      }
      model.erase(found);
    }
  }
}

void ModelTest::step(Random& random) {
  const int id = static_cast<int>(random.below(3));
  const int other = static_cast<int>(random.below(3));
  const std::string key = some_key(random), to = some_key(random);
  for (int i = 0; i < 3; ++i) drop_expired(i);
  switch (random.below(20)) {
    case 0:
    case 1: {
      Entry* from = keyspace_[id].peek(key);
      if (from == nullptr || keyspace_[other].peek(to) != nullptr) break;
      if (random.below(2) == 0) {
        models_[other][to] = models_[id][key];
        keyspace_[id].copy_to(*from, keyspace_[other], to);
      } else {
        ModelValue value = models_[id][key];
        models_[id].erase(key);
        models_[other][to] = value;
        keyspace_[id].move_to(key, keyspace_[other], to);
      }
      break;
    }
    case 2: advance(static_cast<int64_t>(random.below(200))); break;
    case 3: keyspace_[id].rehash(random.below(4)); break;
    case 4: keyspace_[id].shrink_if_sparse(); break;
    default: change_one(random, id, key);
  }
}

void ModelTest::check() {
  for (int id = 0; id < 3; ++id) {
    Database& db = keyspace_[id];
    drop_expired(id);
    Model seen;
    size_t all = 0, with_expiry = 0;
    db.keys().for_each([&](Entry* entry) {
      ++all;
      with_expiry += entry->is_volatile();
      if (!db.is_expired(*entry)) seen.emplace(entry->key(), value_of(db, *entry));
    });
    ASSERT_EQ(seen, models_[id]);
    ASSERT_EQ(db.size(), all);
    ASSERT_EQ(db.volatile_size(), with_expiry);
    for (size_t i = 0; i < db.expiries().size(); ++i) {
      ASSERT_EQ(db.expiries()[i].entry->expiry_place(), i);
    }
  }
}

void ModelTest::begin_snapshot() {
  keyspace_.shared().colour = !keyspace_.shared().colour;
  keyspace_.shared().snapshot = &snapshot_;
  snapshot_.taken.clear();
  at_start_.clear();
  for (int id = 0; id < 3; ++id) {
    keyspace_[id].keys().for_each([&](Entry* entry) {
      at_start_.emplace(std::pair(id, std::string(entry->key())), value_of(keyspace_[id], *entry));
    });
  }
}

// What nothing has changed still has the old colour.
void ModelTest::end_snapshot() {
  for (int id = 0; id < 3; ++id) {
    keyspace_[id].keys().for_each([&](Entry* entry) {
      if (entry->colour() == keyspace_.shared().colour) return;
      snapshot_.take(keyspace_[id], *entry);
      entry->set_colour(keyspace_.shared().colour);
    });
  }
  keyspace_.shared().snapshot = nullptr;
  ASSERT_EQ(snapshot_.taken, at_start_);
}

void ModelTest::run(uint64_t seed, int steps) {
  Random random(seed);
  for (int i = 0; i < steps; ++i) {
    if (i % 500 == 100) begin_snapshot();
    ASSERT_NO_FATAL_FAILURE(step(random)) << "seed " << seed << ", step " << i;
    if (i % 500 == 400) {
      ASSERT_NO_FATAL_FAILURE(end_snapshot()) << "seed " << seed << ", step " << i;
    }
    if (i % 100 == 0) {
      ASSERT_NO_FATAL_FAILURE(check()) << "seed " << seed << ", step " << i;
    }
  }
  ASSERT_NO_FATAL_FAILURE(check());
}

TEST_F(ModelTest, BehavesAsMapsAndSnapshotsSeeTheStateAtTheirStart) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    ASSERT_NO_FATAL_FAILURE(run(seed, 5'000));
    for (int id = 0; id < 3; ++id) {
      keyspace_[id].clear(id == 1);
      models_[id].clear();
    }
  }
  EXPECT_FALSE(recorder_.expired.empty());
  EXPECT_FALSE(recorder_.evicted.empty());
}

// Each operation by itself: the hook is called once, before anything has changed, and not again.
TEST_F(DatabaseTest, EveryChangeAsksTheSnapshotFirstAndOnce) {
  const std::vector<std::pair<const char*, std::function<void()>>> changes = {
      {"find_for_write", [&] { db_.find_for_write("a"); }},
      {"set_string in place", [&] { db_.set_string("a", "w"); }},
      {"set_string elsewhere", [&] { db_.set_string("a", std::string(999, 'x')); }},
      {"set_integer", [&] { db_.set_integer("a", 5); }},
      {"edit_string",
       [&] {
         Entry* entry = db_.peek("a");
         db_.edit_string(entry, 1'000);
       }},
      {"set_expiry", [&] { db_.set_expiry(*db_.peek("a"), now_ + 5); }},
      {"clear_expiry", [&] { db_.clear_expiry(*db_.peek("a")); }},
      {"erase", [&] { db_.erase("a"); }},
      {"erase_lazily", [&] { db_.erase_lazily("a"); }},
      {"expire", [&] { db_.expire(*db_.peek("a")); }},
      {"evict", [&] { db_.evict(*db_.peek("a"), false); }},
      {"expired",
       [&] {
         advance(2'000);
         db_.peek("a");
       }},
      {"move_to", [&] { db_.move_to("a", keyspace_[1], "a"); }},
  };
  KeyspaceShared& shared = keyspace_.shared();
  for (const auto& [name, change] : changes) {
    keyspace_[1].clear(false);
    const ModelValue before{"v", now_ + 1'000};
    db_.set_expiry(db_.set_string("a", "v"), before.expiry);
    Snapshot snapshot;
    shared.colour = !shared.colour;
    shared.snapshot = &snapshot;
    EXPECT_NE(db_.peek("a")->colour(), shared.colour) << name;
    change();
    ASSERT_EQ(snapshot.taken.size(), 1u) << name;
    EXPECT_EQ(snapshot.taken.begin()->second, before) << name;
    // Whatever carries the key now has been dealt with.
    db_.set_string("a", "again");
    EXPECT_EQ(snapshot.taken.size(), 1u) << name;
    for (Database* db : {&db_, &keyspace_[1]}) {
      db->keys().for_each(
          [&, change_name = name](Entry* entry) { EXPECT_EQ(entry->colour(), shared.colour) << change_name; });
    }
    shared.snapshot = nullptr;
  }
}

TEST_F(DatabaseTest, ReadsAndCopiesLeaveTheOldColour) {
  db_.set_string("a", "v");
  Snapshot snapshot;
  keyspace_.shared().colour = true;
  keyspace_.shared().snapshot = &snapshot;
  db_.find_for_read("a");
  db_.copy_to(*db_.peek("a"), db_, "b");
  EXPECT_FALSE(db_.peek("a")->colour());
  EXPECT_TRUE(db_.peek("b")->colour());
  EXPECT_TRUE(db_.set_string("c", "new").colour());
  EXPECT_TRUE(snapshot.taken.empty());
  keyspace_.shared().snapshot = nullptr;
}

TEST_F(DatabaseTest, SwapExchangesKeysAndTimes) {
  Database& other = keyspace_[1];
  db_.set_expiry(db_.set_string("a", "1"), now_ + 10);
  other.set_string("b", "2");
  db_.swap_contents(other);
  EXPECT_EQ(db_.id(), 0);
  EXPECT_EQ(db_.peek("a"), nullptr);
  EXPECT_EQ(text_of(*db_.peek("b")), "2");
  EXPECT_EQ(other.expiry_of(*other.peek("a")), now_ + 10);
  EXPECT_EQ(db_.volatile_size(), 0u);
  advance(11);
  EXPECT_EQ(other.peek("a"), nullptr);
}

TEST_F(DatabaseTest, TotalsOfTheKeyspace) {
  db_.set_string("a", "1");
  keyspace_[2].set_string("b", "1");
  EXPECT_EQ(keyspace_.total_keys(), 2u);
  EXPECT_EQ(keyspace_.overhead(), db_.overhead() + keyspace_[1].overhead() + keyspace_[2].overhead());
  EXPECT_GE(db_.overhead(), 64u);
}

}  // namespace
}  // namespace redoubt

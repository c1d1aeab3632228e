#include "server/persistence/value_loader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/memory.h"
#include "common/encoding/intset.h"
#include "server/keyspace/keyspace.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"

namespace redoubt {
namespace {

class TestLoader : public ValueLoader {
 public:
  explicit TestLoader(const TypeSettings& settings) : ValueLoader(settings) {}
  bool begin_key(const RdbKey&) override { return true; }
  Status end_key() override { return {}; }
  void begin(RdbKind kind, uint64_t input_bytes = 1 << 20) { begin_value("key", kind, input_bytes); }
  Result<Entry*> finish() { return finish_value(); }
};

std::string_view bytes_of(const Listpack& pack) { return {reinterpret_cast<const char*>(pack.data()), pack.bytes()}; }

Listpack pack_of(const std::vector<std::string>& elements) {
  Listpack pack;
  for (const std::string& element : elements) pack.append(element);
  return pack;
}

class ValueLoading : public testing::Test {
 protected:
  static constexpr int64_t now_ms = 1'700'000'000'000;

  ValueLoading() { keyspace_.set_now(now_ms); }
  ~ValueLoading() override { forget(); }

  void forget() {
    if (entry_ != nullptr) EntryMaker::free(entry_);
    entry_ = nullptr;
  }
  // "": there is an entry; "empty", or the error.
  std::string load(RdbKind kind, const std::function<void(RdbVisitor&)>& tell) {
    loader_.begin(kind);
    tell(loader_);
    return finish();
  }
  std::string finish() {
    forget();
    const Result<Entry*> result = loader_.finish();
    if (result.has_error()) return result.error().text;
    entry_ = *result;
    return entry_ == nullptr ? "empty" : "";
  }
  std::string load_set(const std::vector<std::string>& members) {
    return load(RdbKind::set, [&](RdbVisitor& visitor) {
      visitor.begin_elements(members.size());
      for (const std::string& member : members) visitor.element(member);
    });
  }
  std::string load_hash(const std::vector<std::pair<std::string, std::string>>& pairs) {
    return load(RdbKind::hash, [&](RdbVisitor& visitor) {
      visitor.begin_elements(pairs.size());
      for (const auto& [name, value] : pairs) visitor.pair(name, value, RdbKey::never);
    });
  }
  std::string load_zset(const std::vector<std::pair<std::string, double>>& pairs) {
    return load(RdbKind::zset, [&](RdbVisitor& visitor) {
      visitor.begin_elements(pairs.size());
      for (const auto& [member, score] : pairs) visitor.scored(member, score);
    });
  }
  std::string load_packed(RdbKind kind, RdbBlob blob, const std::vector<std::string>& elements) {
    return load(kind, [&](RdbVisitor& visitor) { visitor.packed(blob, bytes_of(pack_of(elements))); });
  }
  std::string load_intset(const std::vector<int64_t>& integers) {
    Intset set;
    for (const int64_t integer : integers) set.add(integer);
    return load(RdbKind::set, [&](RdbVisitor& visitor) {
      visitor.packed(RdbBlob::intset, {reinterpret_cast<const char*>(set.data()), set.bytes()});
    });
  }

  Encoding encoding() const { return entry_->encoding(); }
  template <typename T>
  T handle() {
    return T({entry_->encoding(), entry_->object_pointer()}, settings());
  }
  std::set<std::string> members() {
    std::set<std::string> all;
    handle<Set>().for_each([&](std::string_view member) { all.emplace(member); });
    return all;
  }
  std::map<std::string, std::string> fields() {
    std::map<std::string, std::string> all;
    char digits[max_integer_text], more_digits[max_integer_text];
    handle<Hash>().for_each(
        [&](ListpackValue name, ListpackValue value) { all.emplace(name.bytes(digits), value.bytes(more_digits)); });
    return all;
  }
  std::vector<std::string> elements() {
    std::vector<std::string> all;
    char digits[max_integer_text];
    handle<List>().for_each([&](ListpackValue value) { all.emplace_back(value.bytes(digits)); });
    return all;
  }
  std::vector<std::pair<std::string, double>> scores() {
    std::vector<std::pair<std::string, double>> all;
    handle<SortedSet>().for_each([&](std::string_view member, double score) { all.emplace_back(member, score); });
    return all;
  }
  const TypeSettings& settings() { return keyspace_.shared().types; }

  TypeLimits limits_;
  Keyspace keyspace_{1, limits_};
  TestLoader loader_{keyspace_.shared().types};
  Entry* entry_ = nullptr;
};

// ---- strings --------------------------------------------------------------------------------------

TEST_F(ValueLoading, Strings) {
  struct {
    std::string text;
    Encoding encoding;
  } const cases[] = {
      {"", Encoding::embstr},
      {"12", Encoding::integer},
      {"012", Encoding::embstr},
      {std::string(44, 'x'), Encoding::embstr},
      {std::string(45, 'x'), Encoding::raw},
      {std::string(100'000, 'x'), Encoding::raw},
  };
  for (const auto& [text, encoding] : cases) {
    ASSERT_EQ(load(RdbKind::string, [text = text](RdbVisitor& visitor) { visitor.string(text); }), "");
    char digits[max_integer_text];
    EXPECT_EQ(entry_->string(digits), text);
    EXPECT_EQ(entry_->key(), "key");
    EXPECT_EQ(entry_->type(), Type::string);
    EXPECT_EQ(entry_->encoding(), encoding);
  }
}

// ---- sets -----------------------------------------------------------------------------------------

TEST_F(ValueLoading, SetsByElements) {
  limits_.set_max_intset_entries = 4;
  limits_.set_max_listpack_entries = 3;
  limits_.set_max_listpack_value = 5;
  struct {
    std::vector<std::string> members;
    Encoding encoding;
  } const cases[] = {
      {{"3", "1", "2", "-7"}, Encoding::intset},
      {{"3", "1", "2", "-7", "9"}, Encoding::hashtable},
      {{"a", "1", "b"}, Encoding::listpack},
      {{"1", "2", "b"}, Encoding::listpack},
      {{"1", "2", "3", "b"}, Encoding::hashtable},
      {{"a", "b", "c", "d"}, Encoding::hashtable},
      {{"a", "123456"}, Encoding::hashtable},
      {{"123456", "a"}, Encoding::hashtable},
      {{"", "a"}, Encoding::listpack},
      {{"abcdef", "b"}, Encoding::hashtable},
      {{"a", "abcdef", "b"}, Encoding::hashtable},
  };
  for (const auto& [members, encoding] : cases) {
    ASSERT_EQ(load_set(members), "");
    EXPECT_EQ(this->members(), std::set<std::string>(members.begin(), members.end()));
    EXPECT_EQ(this->encoding(), encoding) << members[0] << " " << members.size();
  }
}

TEST_F(ValueLoading, SetsByBlobs) {
  limits_.set_max_intset_entries = 3;
  limits_.set_max_listpack_entries = 3;
  ASSERT_EQ(load_intset({1, -70000, 5}), "");
  EXPECT_EQ(encoding(), Encoding::intset);
  EXPECT_EQ(members(), (std::set<std::string>{"1", "-70000", "5"}));
  ASSERT_EQ(load_intset({1, 2, 3, 4}), "");
  EXPECT_EQ(encoding(), Encoding::hashtable);
  EXPECT_EQ(members(), (std::set<std::string>{"1", "2", "3", "4"}));

  // Limits of sizes do not matter here, as in Redis.
  limits_.set_max_listpack_value = 1;
  ASSERT_EQ(load_packed(RdbKind::set, RdbBlob::listpack, {"abc", "1", "c"}), "");
  EXPECT_EQ(encoding(), Encoding::listpack);
  EXPECT_EQ(members(), (std::set<std::string>{"abc", "1", "c"}));
  ASSERT_EQ(load_packed(RdbKind::set, RdbBlob::listpack, {"a", "1", "c", "d"}), "");
  EXPECT_EQ(encoding(), Encoding::hashtable);
  EXPECT_EQ(members(), (std::set<std::string>{"a", "1", "c", "d"}));
}

TEST_F(ValueLoading, SetsWithDuplicates) {
  static const std::string error = "Duplicate set members detected";
  EXPECT_EQ(load_set({"1", "2", "1"}), error);
  EXPECT_EQ(load_set({"a", "b", "a"}), error);
  EXPECT_EQ(load_set({"a", "1", "1"}), error);
  limits_.set_max_intset_entries = 2;
  limits_.set_max_listpack_entries = 2;
  EXPECT_EQ(load_set({"1", "2", "1"}), error);
  EXPECT_EQ(load_set({"a", "b", "a"}), error);
  EXPECT_EQ(load_packed(RdbKind::set, RdbBlob::listpack, {"a", "b", "a"}), error);
  // The next value is not touched by it.
  EXPECT_EQ(load_set({"1", "2"}), "");
}

// ---- hashes ---------------------------------------------------------------------------------------

TEST_F(ValueLoading, HashesByPairs) {
  limits_.hash_max_listpack_entries = 3;
  limits_.hash_max_listpack_value = 5;
  struct {
    std::vector<std::pair<std::string, std::string>> pairs;
    Encoding encoding;
  } const cases[] = {
      {{{"a", "1"}, {"2", "b"}, {"", ""}}, Encoding::listpack},
      {{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}, Encoding::hashtable},
      {{{"a", "1"}, {"b", "123456"}, {"c", "3"}}, Encoding::hashtable},
      {{{"a", "1"}, {"b", "2"}, {"abcdef", "3"}}, Encoding::hashtable},
  };
  for (const auto& [pairs, encoding] : cases) {
    ASSERT_EQ(load_hash(pairs), "");
    EXPECT_EQ(fields(), (std::map<std::string, std::string>(pairs.begin(), pairs.end())));
    EXPECT_EQ(this->encoding(), encoding);
  }
}

TEST_F(ValueLoading, HashesByBlobs) {
  limits_.hash_max_listpack_entries = 2;
  ASSERT_EQ(load_packed(RdbKind::hash, RdbBlob::listpack, {"a", "1", "b", "2"}), "");
  EXPECT_EQ(encoding(), Encoding::listpack);
  EXPECT_EQ(fields(), (std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}}));
  ASSERT_EQ(load_packed(RdbKind::hash, RdbBlob::listpack, {"a", "1", "b", "2", "c", "3"}), "");
  EXPECT_EQ(encoding(), Encoding::hashtable);
  EXPECT_EQ(fields(), (std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
}

TEST_F(ValueLoading, HashesWithDuplicates) {
  static const std::string error = "Duplicate hash fields detected";
  limits_.hash_max_listpack_entries = 2;
  limits_.hash_max_listpack_value = 5;
  EXPECT_EQ(load_hash({{"a", "1"}, {"b", "2"}, {"a", "3"}}), error);
  EXPECT_EQ(load_packed(RdbKind::hash, RdbBlob::listpack, {"a", "1", "b", "2", "a", "3"}), error);
  // Those of a small one are found by the reader where it looks for them, or here when it turns out to be large.
  EXPECT_EQ(load_hash({{"a", "1"}, {"a", "2"}}), "");
  EXPECT_EQ(load_hash({{"a", "1"}, {"a", "123456"}}), error);
  EXPECT_EQ(load(RdbKind::hash,
                 [](RdbVisitor& visitor) {
                   visitor.begin_elements(2);
                   visitor.pair("a", "1", now_ms);
                   visitor.pair("a", "2", now_ms);
                 }),
            error);
}

TEST_F(ValueLoading, HashesWithFieldsThatExpire) {
  limits_.hash_max_listpack_entries = 3;
  limits_.hash_max_listpack_value = 5;
  for (const bool large : {false, true}) {
    for (const bool late : {false, true}) {
      ASSERT_EQ(load(RdbKind::hash,
                     [&](RdbVisitor& visitor) {
                       visitor.begin_elements(large ? 4 : 3);
                       if (late) visitor.pair("stays", "1", RdbKey::never);
                       visitor.pair("b", "2", now_ms + 500);
                       visitor.pair("c", "3", now_ms - 500);
                       if (!late) visitor.pair("stays", "1", RdbKey::never);
                       if (large) visitor.pair("d", "4", RdbKey::never);
                     }),
                "");
      EXPECT_EQ(encoding(), large ? Encoding::hashtable : Encoding::listpackex);
      Hash hash = handle<Hash>();
      EXPECT_EQ(hash.size(), large ? 4u : 3u);
      EXPECT_EQ(hash.live_size(), large ? 3u : 2u);
      EXPECT_EQ(hash.expiry_of("b"), now_ms + 500);
      EXPECT_EQ(hash.next_expiry(), now_ms - 500);
      EXPECT_EQ(hash.expiry_of("stays"), Hash::no_expiry);
      EXPECT_FALSE(hash.contains("c"));
      ASSERT_TRUE(keyspace_[0].add_new(entry_));
      EXPECT_EQ(keyspace_[0].field_expiries().size(), 1u);
      EXPECT_EQ(keyspace_[0].field_expiries()[0].at_ms, now_ms - 500);
      keyspace_[0].erase("key");
      entry_ = nullptr;
    }
  }
  // It turns out to be too large only after a field that expires.
  ASSERT_EQ(load(RdbKind::hash,
                 [&](RdbVisitor& visitor) {
                   visitor.begin_elements(2);
                   visitor.pair("b", "2", now_ms + 500);
                   visitor.pair("c", "123456", RdbKey::never);
                 }),
            "");
  EXPECT_EQ(encoding(), Encoding::hashtable);
  EXPECT_EQ(handle<Hash>().expiry_of("b"), now_ms + 500);
  EXPECT_EQ(fields(), (std::map<std::string, std::string>{{"b", "2"}, {"c", "123456"}}));
}

TEST_F(ValueLoading, HashesWithFieldsThatExpireByBlobs) {
  const std::string at = std::to_string(now_ms + 7);
  for (const uint64_t most : {2, 1}) {
    limits_.hash_max_listpack_entries = most;
    ASSERT_EQ(load_packed(RdbKind::hash, RdbBlob::listpackex, {"a", "1", at, "b", "2", "0"}), "");
    EXPECT_EQ(encoding(), most == 1 ? Encoding::hashtable : Encoding::listpackex);
    EXPECT_EQ(fields(), (std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(handle<Hash>().expiry_of("a"), now_ms + 7);
    EXPECT_EQ(handle<Hash>().expiry_of("b"), Hash::no_expiry);
  }
}

// ---- sorted sets ----------------------------------------------------------------------------------

TEST_F(ValueLoading, SortedSetsByElements) {
  limits_.zset_max_listpack_entries = 3;
  limits_.zset_max_listpack_value = 5;
  struct {
    std::vector<std::pair<std::string, double>> told, ordered;
    Encoding encoding;
  } const cases[] = {
      {{{"b", 2}, {"a", 1}, {"0", 1}}, {{"0", 1}, {"a", 1}, {"b", 2}}, Encoding::listpack},
      {{{"abcdef", 2}}, {{"abcdef", 2}}, Encoding::skiplist},
      {{{"d", 4}, {"c", 3}, {"b", 2}, {"a", 1}}, {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}}, Encoding::skiplist},
      {{{"c", 3}, {"d", 4}, {"a", 1}, {"b", 2}}, {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}}, Encoding::skiplist},
  };
  for (const auto& [told, ordered, encoding] : cases) {
    ASSERT_EQ(load_zset(told), "");
    EXPECT_EQ(scores(), ordered);
    EXPECT_EQ(this->encoding(), encoding);
  }
}

TEST_F(ValueLoading, LargeSortedSetsFromTheHighestDown) {
  std::vector<std::pair<std::string, double>> told;
  for (int i = 999; i >= 0; --i) told.emplace_back("member" + std::to_string(1000 + i), i / 10);
  ASSERT_EQ(load_zset(told), "");
  EXPECT_EQ(scores(), (std::vector<std::pair<std::string, double>>(told.rbegin(), told.rend())));
}

TEST_F(ValueLoading, SortedSetsByBlobs) {
  limits_.zset_max_listpack_entries = 2;
  ASSERT_EQ(load_packed(RdbKind::zset, RdbBlob::listpack, {"a", "1", "b", "2.5"}), "");
  EXPECT_EQ(encoding(), Encoding::listpack);
  EXPECT_EQ(scores(), (std::vector<std::pair<std::string, double>>{{"a", 1}, {"b", 2.5}}));
  // Out of order, as only a file that was made by hand is.
  ASSERT_EQ(load_packed(RdbKind::zset, RdbBlob::listpack, {"b", "2.5", "a", "1", "c", "inf"}), "");
  EXPECT_EQ(encoding(), Encoding::skiplist);
  EXPECT_EQ(scores(), (std::vector<std::pair<std::string, double>>{{"a", 1}, {"b", 2.5}, {"c", HUGE_VAL}}));
}

TEST_F(ValueLoading, SortedSetsWithDuplicates) {
  static const std::string error = "Duplicate zset fields detected";
  EXPECT_EQ(load_zset({{"a", 1}, {"a", 1}}), error);
  limits_.zset_max_listpack_entries = 1;
  EXPECT_EQ(load_packed(RdbKind::zset, RdbBlob::listpack, {"a", "1", "a", "2"}), error);
  EXPECT_EQ(load_zset({{"a", 1}, {"b", 1}}), "");
  EXPECT_EQ(scores().size(), 2u);
}

// ---- lists ----------------------------------------------------------------------------------------

TEST_F(ValueLoading, ListsByNodes) {
  struct Node {
    bool plain;
    std::vector<std::string> elements;
  };
  limits_.list_max_listpack_size = 3;
  struct {
    std::vector<Node> nodes;
    Encoding encoding;
    size_t size;
  } const cases[] = {
      {{{false, {"a", "1", "c"}}}, Encoding::listpack, 3},
      {{{false, {"a", "b", "c", "d"}}}, Encoding::quicklist, 4},
      {{{false, {"a"}}, {false, {"b"}}}, Encoding::quicklist, 2},
      {{{true, {"a"}}}, Encoding::quicklist, 1},
      {{{true, {"a"}}, {false, {"b", "c"}}, {true, {"d"}}}, Encoding::quicklist, 4},
      // Nodes without elements do not count.
      {{{false, {}}, {false, {"b", "c"}}, {false, {}}}, Encoding::listpack, 2},
  };
  for (const auto& [nodes, encoding, size] : cases) {
    std::vector<std::string> expected;
    ASSERT_EQ(load(RdbKind::list,
                   [&, nodes = nodes](RdbVisitor& visitor) {
                     visitor.begin_nodes(nodes.size());
                     for (const Node& node : nodes) {
                       expected.insert(expected.end(), node.elements.begin(), node.elements.end());
                       visitor.node(node.plain,
                                    node.plain ? std::string_view(node.elements[0]) : bytes_of(pack_of(node.elements)));
                     }
                   }),
              "");
    EXPECT_EQ(this->encoding(), encoding) << size;
    EXPECT_EQ(elements(), expected);
    EXPECT_EQ(handle<List>().size(), size);
  }
}

TEST_F(ValueLoading, ListsOfOneNodeByBytes) {
  limits_.list_max_listpack_size = -1;
  for (const size_t size : {4000u, 5000u}) {
    ASSERT_EQ(load(RdbKind::list,
                   [&](RdbVisitor& visitor) {
                     visitor.begin_nodes(1);
                     visitor.node(false, bytes_of(pack_of({std::string(size, 'x')})));
                   }),
              "");
    EXPECT_EQ(encoding(), size == 4000 ? Encoding::listpack : Encoding::quicklist);
  }
}

TEST_F(ValueLoading, ListsByElements) {
  limits_.list_max_listpack_size = 3;
  limits_.list_compress_depth = 1;
  for (const size_t count : {1u, 3u, 4u, 100u}) {
    std::vector<std::string> expected;
    ASSERT_EQ(load(RdbKind::list,
                   [&](RdbVisitor& visitor) {
                     visitor.begin_elements(count);
                     for (size_t i = 0; i < count; ++i) {
                       expected.push_back("element" + std::to_string(i));
                       visitor.element(expected.back());
                     }
                   }),
              "");
    EXPECT_EQ(encoding(), count <= 3 ? Encoding::listpack : Encoding::quicklist);
    EXPECT_EQ(elements(), expected);
  }
}

// ---- what is no value -----------------------------------------------------------------------------

TEST_F(ValueLoading, EmptyCollections) {
  for (const RdbKind kind : {RdbKind::set, RdbKind::hash, RdbKind::zset, RdbKind::list}) {
    EXPECT_EQ(load(kind, [](RdbVisitor& visitor) { visitor.begin_elements(0); }), "empty");
  }
  for (const RdbKind kind : {RdbKind::set, RdbKind::hash, RdbKind::zset}) {
    EXPECT_EQ(load_packed(kind, RdbBlob::listpack, {}), "empty");
  }
  EXPECT_EQ(load_packed(RdbKind::hash, RdbBlob::listpackex, {}), "empty");
  EXPECT_EQ(load(RdbKind::list, [](RdbVisitor& visitor) { visitor.begin_nodes(0); }), "empty");
  EXPECT_EQ(load(RdbKind::list,
                 [](RdbVisitor& visitor) {
                   visitor.begin_nodes(1);
                   visitor.node(false, bytes_of(pack_of({})));
                 }),
            "empty");
}

TEST_F(ValueLoading, StreamsAreRefused) {
  EXPECT_EQ(load(RdbKind::stream, [](RdbVisitor& visitor) { visitor.stream({}); }),
            "Streams cannot be loaded by this version");
}

TEST_F(ValueLoading, UnfinishedValuesAreDropped) {
  for (const RdbKind kind : {RdbKind::list, RdbKind::set, RdbKind::zset, RdbKind::hash}) {
    for (const uint64_t count : {2, 100'000}) {
      loader_.begin(kind);
      loader_.begin_elements(count);
      switch (kind) {
        case RdbKind::zset: loader_.scored("a", 1); break;
        case RdbKind::hash: loader_.pair("a", "1", RdbKey::never); break;
        default: loader_.element("a"); break;
      }
    }
  }
  ASSERT_EQ(load_zset({{"b", 1}}), "");
  EXPECT_EQ(scores(), (std::vector<std::pair<std::string, double>>{{"b", 1}}));
  loader_.begin(RdbKind::string);
  loader_.string("left behind");
}

TEST_F(ValueLoading, PromisesReserveNothing) {
  for (const RdbKind kind : {RdbKind::list, RdbKind::set, RdbKind::zset, RdbKind::hash}) {
    const size_t before = used_memory();
    loader_.begin(kind, 100);
    loader_.begin_elements(uint64_t{1} << 60);
    EXPECT_LT(used_memory(), before + 100'000);
  }
  loader_.begin(RdbKind::string);
}

TEST_F(ValueLoading, AddsNewKeysOnly) {
  Database& db = keyspace_[0];
  ASSERT_EQ(load(RdbKind::string, [](RdbVisitor& visitor) { visitor.string("first"); }), "");
  ASSERT_TRUE(db.add_new(std::exchange(entry_, nullptr)));
  ASSERT_EQ(load(RdbKind::string, [](RdbVisitor& visitor) { visitor.string("second"); }), "");
  EXPECT_FALSE(db.add_new(entry_));
  EXPECT_EQ(db.size(), 1u);
  EXPECT_EQ(db.peek("key")->string(nullptr), "first");
}

}  // namespace
}  // namespace redoubt

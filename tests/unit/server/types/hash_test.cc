#include "server/types/hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "common/base/memory.h"

namespace redoubt {
namespace {

struct Stored {
  std::string value;
  int64_t expiry = Hash::no_expiry;
};
using Model = std::map<std::string, Stored>;

std::string text_of(ListpackValue value) {
  char digits[max_integer_text];
  return std::string(value.bytes(digits));
}

struct Limits {
  const char* name;
  uint64_t entries;
  uint64_t value;
};

// A hash beside its model, both with the same clock.
class Twin {
 public:
  explicit Twin(const Limits& given) {
    limits.hash_max_listpack_entries = given.entries;
    limits.hash_max_listpack_value = given.value;
  }
  Twin(const Twin&) = delete;
  Twin& operator=(const Twin&) = delete;
  ~Twin() { Hash::destroy(hash.value().encoding, hash.value().data); }

  bool is_past(const Stored& stored) const { return stored.expiry != Hash::no_expiry && stored.expiry < now_ms; }
  bool seen(const std::string& field) const {
    const auto found = model.find(field);
    return found != model.end() && !is_past(found->second);
  }

  void set(const std::string& field, const std::string& value, Hash::Expiry expiry) {
    const bool created = !seen(field);
    EXPECT_EQ(hash.set(field, value, expiry), created) << field;
    Stored& stored = model[field];
    stored.value = value;
    if (created || expiry == Hash::Expiry::clear) stored.expiry = Hash::no_expiry;
  }
  void erase(const std::string& field) {
    EXPECT_EQ(hash.erase(field), seen(field)) << field;
    model.erase(field);
  }
  void set_expiry(const std::string& field, int64_t at_ms) {
    hash.set_expiry(field, at_ms);
    if (const auto found = model.find(field); found != model.end()) found->second.expiry = at_ms;
  }
  void remove_if_expired(const std::string& field) {
    const auto found = model.find(field);
    const bool expired = found != model.end() && is_past(found->second);
    EXPECT_EQ(hash.remove_if_expired(field), expired) << field;
    if (expired) model.erase(field);
  }
  void remove_expired(size_t most) {
    size_t left = hash.remove_expired(most);
    EXPECT_LE(left, most);
    while (left-- > 0) {
      const auto first = std::ranges::min_element(model, {}, [](const auto& pair) {
        return pair.second.expiry == Hash::no_expiry ? INT64_MAX : pair.second.expiry;
      });
      ASSERT_TRUE(is_past(first->second));
      // Of several with the same time any may have gone.
      const auto gone = std::ranges::find_if(
          model, [&](const auto& pair) { return pair.second.expiry == first->second.expiry && !stored(pair.first); });
      ASSERT_NE(gone, model.end());
      model.erase(gone);
    }
  }
  bool stored(const std::string& field) const {
    bool found = false;
    hash.for_each_stored([&](ListpackValue name, ListpackValue, int64_t) { found = found || text_of(name) == field; });
    return found;
  }

  void check() const {
    ASSERT_EQ(hash.size(), model.size());
    int64_t next = INT64_MAX;
    size_t expired = 0;
    for (const auto& [field, stored] : model) {
      if (stored.expiry != Hash::no_expiry) next = std::min(next, stored.expiry);
      expired += is_past(stored);
      const auto value = hash.get(field);
      ASSERT_EQ(value.has_value(), !is_past(stored)) << field;
      if (!value) continue;
      EXPECT_EQ(text_of(*value), stored.value);
      EXPECT_EQ(hash.expiry_of(field), stored.expiry);
    }
    EXPECT_EQ(hash.next_expiry(), next == INT64_MAX ? Hash::no_expiry : next);
    EXPECT_EQ(hash.expired_size(), expired);
    EXPECT_EQ(hash.has_expired(), expired > 0);
    EXPECT_EQ(hash.live_size(), model.size() - expired);
    check_walks(hash);
  }
  // What the walks over `other`, this hash or a copy, give.
  void check_walks(const Hash& other) const {
    Model all, live, scanned;
    int64_t last = 0;
    other.for_each_stored([&](ListpackValue field, ListpackValue value, int64_t at_ms) {
      all[text_of(field)] = {text_of(value), at_ms};
      const int64_t order = at_ms == Hash::no_expiry ? INT64_MAX : at_ms;
      if (other.value().encoding == Encoding::listpackex) {
        EXPECT_GE(order, last);
      }
      last = order;
    });
    other.for_each([&](ListpackValue field, ListpackValue value) { live[text_of(field)].value = text_of(value); });
    uint64_t cursor = 0;
    do {
      cursor = other.scan(cursor, [&](ListpackValue field, ListpackValue value) {
        EXPECT_TRUE(scanned.emplace(text_of(field), Stored{text_of(value)}).second);
      });
    } while (cursor != 0);
    ASSERT_EQ(all.size(), model.size());
    for (const auto& [field, stored] : model) {
      EXPECT_EQ(all[field].value, stored.value);
      EXPECT_EQ(all[field].expiry, stored.expiry);
      ASSERT_EQ(live.contains(field), !is_past(stored));
      ASSERT_EQ(scanned.contains(field), !is_past(stored));
      if (is_past(stored)) continue;
      EXPECT_EQ(live[field].value, stored.value);
      EXPECT_EQ(scanned[field].value, stored.value);
    }
  }
  void check_random(Random& random) const {
    for (const size_t count :
         {size_t{0}, size_t{1}, model.size() / 5, model.size() / 2, model.size(), size_t{100000}}) {
      std::set<std::string> fields;
      for (const Hash::Pair& pair : hash.sample(random, count)) {
        EXPECT_TRUE(seen(text_of(pair.field)));
        EXPECT_EQ(model.at(text_of(pair.field)).value, text_of(pair.value));
        EXPECT_TRUE(fields.insert(text_of(pair.field)).second);
      }
      EXPECT_EQ(fields.size(), std::min(count, hash.live_size()));
    }
    Hash::Picker picker(hash, random);
    ASSERT_EQ(picker.empty(), hash.live_size() == 0);
    for (int i = 0; i < 5 && !picker.empty(); ++i) {
      const Hash::Pair pair = picker.next();
      ASSERT_TRUE(seen(text_of(pair.field)));
      EXPECT_EQ(model.at(text_of(pair.field)).value, text_of(pair.value));
    }
  }

  TypeLimits limits;
  HashKey key{1};
  int64_t now_ms = 1000;
  TypeSettings settings{limits, key, &now_ms};
  Hash hash{Hash::make(settings), settings};
  Model model;
};

class HashModel : public testing::TestWithParam<Limits> {};

std::string random_text(Random& random, uint64_t names) {
  const uint64_t n = random.below(names);
  switch (n % 4) {
    case 0: return std::to_string(n * 1000003);
    case 1: return std::string(n % 30, 'x') + std::to_string(n);
    case 2: return n % 16 == 2 ? std::string(250 + n % 20, 'y') : "-" + std::to_string(n);
    default: return std::string("\0\xff", 2) + std::to_string(n);
  }
}

TEST_P(HashModel, HoldsWhatAMapHolds) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    Twin twin(GetParam());
    Random random(seed);
    const uint64_t names = seed % 2 == 0 ? 40 : 400;
    for (int i = 0; i < 1500; ++i) {
      const std::string field = random_text(random, names);
      switch (random.below(16)) {
        case 0:
        case 1:
        case 2: twin.erase(field); break;
        case 3:
        case 4:
        case 5: twin.set_expiry(field, twin.now_ms + static_cast<int64_t>(random.below(300)) + 1); break;
        case 6: twin.set_expiry(field, Hash::no_expiry); break;
        case 7: twin.remove_if_expired(field); break;
        case 8:
          if (random.below(10) == 0) twin.remove_expired(random.below(5));
          break;
        case 9: twin.now_ms += static_cast<int64_t>(random.below(8)); break;
        case 10: twin.set(field, random_text(random, 1000), Hash::Expiry::keep); break;
        default: twin.set(field, random_text(random, 1000), Hash::Expiry::clear);
      }
      if (i % 20 == 0) twin.check();
      if (i % 300 == 0) twin.check_random(random);
      if (testing::Test::HasFatalFailure()) return;
    }
    twin.check();
    twin.check_random(random);
    const ObjectValue value = twin.hash.value();
    Hash copy({value.encoding, Hash::copy(value.encoding, value.data)}, twin.settings);
    twin.remove_expired(100000);
    twin.check();
    twin.check_walks(twin.hash);
    EXPECT_EQ(copy.live_size(), twin.hash.size());
    Hash::destroy(copy.value().encoding, copy.value().data);
  }
}

INSTANTIATE_TEST_SUITE_P(Encodings, HashModel,
                         testing::Values(Limits{"listpack", 100000, 100000}, Limits{"hashtable", 0, 0},
                                         Limits{"by_entries", 20, 1000}, Limits{"by_value", 1000, 30}),
                         [](const auto& given) { return given.param.name; });

TEST(Hash, ConvertsByItsLimitsAndNeverBack) {
  Twin twin({"", 3, 5});
  Hash& hash = twin.hash;
  for (const char* field : {"a", "b", "c"}) hash.set(field, "12345");
  EXPECT_EQ(hash.value().encoding, Encoding::listpack);
  hash.set("c", "5");
  hash.set("d", "x");
  EXPECT_EQ(hash.value().encoding, Encoding::hashtable);
  for (const char* field : {"a", "b", "c"}) hash.erase(field);
  hash.set("d", "y");
  EXPECT_EQ(hash.value().encoding, Encoding::hashtable);
}

TEST(Hash, LongFieldsAndLongValuesNeedATable) {
  for (const bool long_field : {true, false}) {
    Twin twin({"", 100, 5});
    twin.hash.set("12345", "12345");
    EXPECT_EQ(twin.hash.value().encoding, Encoding::listpack);
    long_field ? twin.hash.set("123456", "") : twin.hash.set("", "123456");
    EXPECT_EQ(twin.hash.value().encoding, Encoding::hashtable);
    EXPECT_EQ(twin.hash.size(), 2u);
  }
}

TEST(Hash, ManyExpectedFieldsNeedATable) {
  Twin twin({"", 3, 5});
  twin.hash.set("a", "1");
  twin.hash.expect(3);
  EXPECT_EQ(twin.hash.value().encoding, Encoding::listpack);
  twin.hash.expect(4);
  EXPECT_EQ(twin.hash.value().encoding, Encoding::hashtable);
  EXPECT_TRUE(twin.hash.contains("a"));
}

TEST(Hash, AnExpiryMakesListpackexWhichStays) {
  Twin twin({"", 3, 10});
  Hash& hash = twin.hash;
  hash.set("a", "1");
  hash.set_expiry("none", 2000);
  hash.set_expiry("a", Hash::no_expiry);
  EXPECT_EQ(hash.value().encoding, Encoding::listpack);
  EXPECT_EQ(Hash::index_place(hash.value().encoding, hash.value().data), nullptr);
  hash.set_expiry("a", 2000);
  EXPECT_EQ(hash.value().encoding, Encoding::listpackex);
  EXPECT_EQ(*Hash::index_place(hash.value().encoding, hash.value().data), Hash::no_index_place);
  hash.set_expiry("a", Hash::no_expiry);
  EXPECT_EQ(hash.value().encoding, Encoding::listpackex);
  hash.set_expiry("a", 3000);
  *Hash::index_place(hash.value().encoding, hash.value().data) = 7;
  for (const char* field : {"b", "c", "d"}) hash.set(field, "x");
  EXPECT_EQ(hash.value().encoding, Encoding::hashtable);
  EXPECT_EQ(hash.expiry_of("a"), 3000);
  EXPECT_EQ(*Hash::index_place(hash.value().encoding, hash.value().data), 7u);
}

TEST(Hash, AnExpiryCountsToTheEndOfItsMillisecond) {
  for (const uint64_t entries : {0, 10}) {
    Twin twin({"", entries, 10});
    twin.hash.set("a", "1");
    twin.hash.set_expiry("a", 2000);
    twin.now_ms = 2000;
    EXPECT_TRUE(twin.hash.contains("a"));
    twin.now_ms = 2001;
    EXPECT_FALSE(twin.hash.contains("a"));
    EXPECT_EQ(twin.hash.size(), 1u);
    EXPECT_TRUE(twin.hash.set("a", "2", Hash::Expiry::keep));
    EXPECT_EQ(twin.hash.expiry_of("a"), Hash::no_expiry);
  }
}

TEST(Hash, BigTableSurvivesGrowthAndShrinking) {
  register_allocating_thread();
  Twin twin({"", 0, 0});
  for (int i = 0; i < 20000; ++i)
    twin.hash.set("field:" + std::to_string(i), std::string(static_cast<size_t>(i % 700), 'v'));
  EXPECT_EQ(Hash::free_effort(Encoding::hashtable, twin.hash.value().data), 20000u);
  const size_t before = used_memory();
  const size_t full = Hash::memory(Encoding::hashtable, twin.hash.value().data, 0);
  const size_t judged = Hash::memory(Encoding::hashtable, twin.hash.value().data, 2000);
  EXPECT_GT(judged, full / 2);
  EXPECT_LT(judged, full * 2);
  for (int i = 0; i < 20000; i += 2) EXPECT_TRUE(twin.hash.erase("field:" + std::to_string(i)));
  for (int i = 0; i < 20000; ++i) {
    const auto value = twin.hash.get("field:" + std::to_string(i));
    ASSERT_EQ(value.has_value(), i % 2 == 1);
    if (value) {
      EXPECT_EQ(value->text.size(), static_cast<size_t>(i % 700));
    }
  }
  for (int i = 1; i < 20000; i += 2) EXPECT_TRUE(twin.hash.erase("field:" + std::to_string(i)));
  EXPECT_EQ(twin.hash.size(), 0u);
  const size_t empty = Hash::memory(Encoding::hashtable, twin.hash.value().data, 0);
  EXPECT_LT(empty, full / 100);
  // What memory() says is what is freed.
  const size_t freed = before - used_memory();
  EXPECT_GT(freed, (full - empty) / 10 * 9);
  EXPECT_LT(freed, (full - empty) / 10 * 11);
}

TEST(Hash, AFieldTakesItsBytesAndLittleMore) {
  Twin twin({"", 0, 0});
  constexpr size_t count = 150000;  // not while the table is replaced
  for (size_t i = 0; i < count; ++i) {
    std::string name = std::to_string(i);
    twin.hash.set("element:" + std::string(12 - name.size(), '0') + name, "xxx");
  }
  const size_t each = Hash::memory(Encoding::hashtable, twin.hash.value().data, 0) / count;
  EXPECT_LE(each, 32u + 22u);
}

}  // namespace
}  // namespace redoubt

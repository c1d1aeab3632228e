#include "server/keyspace/entry.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "common/base/memory.h"

namespace redoubt {
namespace {

struct FreeEntry {
  void operator()(Entry* entry) const { EntryMaker::free(entry); }
};
using OwnedEntry = std::unique_ptr<Entry, FreeEntry>;

std::string text_of(const Entry& entry) {
  char digits[max_integer_text];
  return std::string(entry.string(digits));
}

struct Kind {
  std::string value;
  Encoding encoding;
  bool embedded;
};

Kind kind(std::string value, Encoding encoding, bool embedded) { return {std::move(value), encoding, embedded}; }

const Kind kinds[] = {
    kind("", Encoding::embstr, true),
    kind("a", Encoding::embstr, true),
    kind("0", Encoding::integer, false),
    kind("-9223372036854775808", Encoding::integer, false),
    kind("9223372036854775807", Encoding::integer, false),
    kind("9223372036854775808", Encoding::embstr, true),
    kind("-0", Encoding::embstr, true),
    kind("007", Encoding::embstr, true),
    kind(" 7", Encoding::embstr, true),
    kind(std::string("7\0", 2), Encoding::embstr, true),
    kind(std::string(44, 'x'), Encoding::embstr, true),
    kind(std::string(45, 'x'), Encoding::raw, true),
    kind(std::string(255, 'x'), Encoding::raw, true),
    kind(std::string(256, 'x'), Encoding::raw, true),
    kind(std::string(257, 'x'), Encoding::raw, false),
    kind(std::string(100'000, 'x'), Encoding::raw, false),
};

const std::string keys[] = {"",
                            "k",
                            std::string(16, 'k'),
                            std::string(255, 'k'),
                            std::string(256, 'k'),
                            std::string(70'000, 'k'),
                            std::string("\0\xff\r\n", 4)};

TEST(Entry, HoldsKeysAndStringsOfAllSizes) {
  for (const std::string& key : keys) {
    for (const Kind& row : kinds) {
      const OwnedEntry entry(EntryMaker::make_string(key, row.value));
      ASSERT_EQ(entry->key(), key);
      ASSERT_EQ(text_of(*entry), row.value);
      ASSERT_EQ(entry->string_size(), row.value.size());
      ASSERT_EQ(entry->type(), Type::string);
      ASSERT_EQ(entry->encoding(), row.encoding) << row.value;
      ASSERT_EQ(entry->is_embedded(), row.embedded) << row.value;
      ASSERT_FALSE(entry->is_volatile());
      ASSERT_FALSE(entry->colour());
    }
  }
}

// From every kind of value to every other: either in place, with all but the value kept, or not at all.
TEST(Entry, ReplaceInPlaceKeepsAllButTheValue) {
  int in_place = 0;
  for (const std::string& key : keys) {
    for (const Kind& from : kinds) {
      for (const Kind& to : kinds) {
        const OwnedEntry entry(EntryMaker::make_string(key, from.value));
        entry->set_lru(0xabcdef);
        entry->set_colour(true);
        entry->set_expiry_place(77);
        const bool replaced = EntryMaker::replace_string(*entry, to.value);
        in_place += replaced;
        ASSERT_EQ(text_of(*entry), replaced ? to.value : from.value);
        ASSERT_EQ(entry->encoding(), replaced ? to.encoding : from.encoding);
        ASSERT_EQ(entry->key(), key);
        ASSERT_EQ(entry->lru(), 0xabcdefu);
        ASSERT_TRUE(entry->colour());
        ASSERT_EQ(entry->expiry_place(), 77u);
      }
      const OwnedEntry entry(EntryMaker::make_string(key, from.value));
      ASSERT_TRUE(EntryMaker::replace_string(*entry, from.value)) << "the same size fits";
      ASSERT_EQ(text_of(*entry), from.value);
    }
  }
  EXPECT_GT(in_place, 200);
}

TEST(Entry, EmbeddedStringsGrowAndShrinkWithinTheirSizeClass) {
  for (size_t from = 0; from <= Entry::max_embedded; from += 3) {
    for (size_t to = 0; to <= Entry::max_embedded + 10; to += 7) {
      const OwnedEntry entry(EntryMaker::make_plain_string("key", std::string(from, 'v'), Encoding::raw));
      const size_t before = good_size(entry->used_size());
      const size_t wanted = entry->used_size() - from + to;
      const bool fits = EntryMaker::resize_embedded(*entry, to);
      ASSERT_EQ(fits, to <= Entry::max_embedded && good_size(wanted) == before);
      ASSERT_EQ(good_size(entry->used_size()), before);
      if (!fits) continue;
      std::string expected(std::min(from, to), 'v');
      expected.resize(to, '\0');
      ASSERT_EQ(text_of(*entry), expected);
    }
  }
}

TEST(Entry, FieldsOfTheHeaderDoNotDisturbEachOther) {
  const OwnedEntry entry(EntryMaker::make_string("key", "value"));
  entry->set_lru(0xffffffff);
  EXPECT_EQ(entry->lru(), 0xffffffu);
  EXPECT_EQ(entry->encoding(), Encoding::embstr);
  EXPECT_EQ(entry->type(), Type::string);
  entry->set_encoding(Encoding::raw);
  EXPECT_EQ(entry->lru(), 0xffffffu);
  entry->set_lru(0);
  EXPECT_EQ(entry->encoding(), Encoding::raw);
  entry->set_colour(true);
  entry->set_colour(false);
  EXPECT_FALSE(entry->colour());
  EXPECT_EQ(text_of(*entry), "value");
}

TEST(Entry, AnotherKeyForTheSameValue) {
  for (const Kind& row : kinds) {
    for (const std::string& key : keys) {
      Entry* from = EntryMaker::make_string("from", row.value);
      from->set_lru(99);
      const OwnedEntry to(EntryMaker::make_with_value_of(*from, key));
      EntryMaker::free(from, true);
      ASSERT_EQ(to->key(), key);
      ASSERT_EQ(text_of(*to), row.value);
      ASSERT_EQ(to->encoding(), row.encoding);
      ASSERT_EQ(to->lru(), 99u);
      ASSERT_FALSE(to->is_volatile());
      ASSERT_FALSE(to->colour());
    }
  }
}

TEST(BigString, GrowsAndKeepsItsBytes) {
  BigString* string = BigString::make("abc");
  EXPECT_EQ(string->view(), "abc");
  const size_t capacity = string->capacity;
  EXPECT_EQ(BigString::grow(string, capacity), string);
  string = BigString::grow(string, 10'000);
  EXPECT_GE(string->capacity, 10'000u);
  EXPECT_EQ(string->view(), "abc");
  EXPECT_EQ(string->allocation(), good_size(string->allocation()));
  BigString::free(string);
}

TEST(TypeNames, AreThoseOfRedis) {
  EXPECT_EQ(type_name(Type::string), "string");
  EXPECT_EQ(type_name(Type::zset), "zset");
  EXPECT_EQ(type_name(Type::stream), "stream");
  EXPECT_EQ(encoding_name(Encoding::integer), "int");
  EXPECT_EQ(encoding_name(Encoding::embstr), "embstr");
  EXPECT_EQ(encoding_name(Encoding::stream), "stream");
}

}  // namespace
}  // namespace redoubt

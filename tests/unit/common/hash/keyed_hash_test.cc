#include "common/hash/keyed_hash.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace redoubt {
namespace {

TEST(KeyedHash, DependsOnTextAndKeyOnly) {
  const HashKey key(1), same(1), other(2);
  for (size_t length : {0u, 1u, 3u, 4u, 8u, 9u, 16u, 17u, 128u, 129u, 240u, 241u, 5000u}) {
    const std::string text(length, 'x');
    const std::string copy = text;
    EXPECT_EQ(keyed_hash(text, key), keyed_hash(copy, same)) << length;
    EXPECT_NE(keyed_hash(text, key), keyed_hash(text, other)) << length;
    EXPECT_NE(keyed_hash(text, key), keyed_hash(text + "x", key)) << length;
  }
}

TEST(KeyedHash, RandomKeysDiffer) {
  const HashKey a, b;
  EXPECT_NE(keyed_hash("key:000000000001", a), keyed_hash("key:000000000001", b));
}

// Dictionaries take the bucket from the low bits and the tag from the high ones.
TEST(KeyedHash, SpreadsCountedKeysOverLowAndHighBits) {
  const HashKey key(3);
  std::array<int, 256> low{}, high{};
  std::set<uint64_t> all;
  constexpr int count = 65536;
  for (int i = 0; i < count; ++i) {
    const uint64_t hash = keyed_hash("key:" + std::to_string(i), key);
    ++low.at(hash & 255);
    ++high.at(hash >> 56);
    all.insert(hash);
  }
  EXPECT_EQ(all.size(), static_cast<size_t>(count));
  for (int i = 0; i < 256; ++i) {
    EXPECT_NEAR(low.at(static_cast<size_t>(i)), count / 256, 80) << i;
    EXPECT_NEAR(high.at(static_cast<size_t>(i)), count / 256, 80) << i;
  }
}

}  // namespace
}  // namespace redoubt

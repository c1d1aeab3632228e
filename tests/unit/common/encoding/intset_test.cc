#include "common/encoding/intset.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "common/base/memory.h"
#include "common/base/random.h"

namespace redoubt {
namespace {

using namespace std::string_literals;

std::string raw(const IntsetView& view) { return {reinterpret_cast<const char*>(view.data()), view.bytes()}; }

std::vector<int64_t> all_of(const IntsetView& view) {
  std::vector<int64_t> values;
  for (size_t i = 0; i < view.size(); ++i) values.push_back(view.at(i));
  return values;
}

Intset intset_of(const std::vector<int64_t>& values) {
  Intset intset;
  for (const int64_t value : values) intset.add(value);
  return intset;
}

TEST(Intset, Bytes) {
  struct {
    std::vector<int64_t> values;
    std::string bytes;
  } const cases[] = {
      {{}, "\x02\0\0\0\0\0\0\0"s},
      {{5}, "\x02\0\0\0\x01\0\0\0\x05\0"s},
      {{300, -2, 5}, "\x02\0\0\0\x03\0\0\0\xfe\xff\x05\0\x2c\x01"s},
      {{1, 70000}, "\x04\0\0\0\x02\0\0\0\x01\0\0\0\x70\x11\x01\0"s},
      {{1, -70000}, "\x04\0\0\0\x02\0\0\0\x90\xee\xfe\xff\x01\0\0\0"s},
      {{1, 5000000000}, "\x08\0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0\0\xf2\x05\x2a\x01\0\0\0"s},
  };
  for (const auto& row : cases) EXPECT_EQ(raw(intset_of(row.values)), row.bytes);
}

TEST(Intset, WidensAtEachBoundary) {
  struct {
    int64_t value;
    size_t width;
  } const cases[] = {{0, 2},
                     {INT16_MAX, 2},
                     {INT16_MIN, 2},
                     {INT16_MAX + 1, 4},
                     {INT16_MIN - 1, 4},
                     {INT32_MAX, 4},
                     {INT32_MIN, 4},
                     {int64_t{INT32_MAX} + 1, 8},
                     {int64_t{INT32_MIN} - 1, 8},
                     {INT64_MAX, 8},
                     {INT64_MIN, 8}};
  for (const auto& row : cases) {
    SCOPED_TRACE(row.value);
    Intset intset = intset_of({1, -1, 7});
    EXPECT_FALSE(intset.contains(row.value));
    EXPECT_FALSE(intset.remove(row.value));
    EXPECT_TRUE(intset.add(row.value));
    EXPECT_FALSE(intset.add(row.value));
    EXPECT_TRUE(intset.contains(row.value));
    EXPECT_EQ(intset.width(), row.width);
    EXPECT_EQ(intset.size(), 4U);
    EXPECT_EQ(intset.min(), std::min<int64_t>(row.value, -1));
    EXPECT_EQ(intset.max(), std::max<int64_t>(row.value, 7));
    EXPECT_TRUE(validate_intset(intset.data(), intset.bytes(), true));
    EXPECT_TRUE(intset.remove(row.value));
    EXPECT_EQ(all_of(intset), (std::vector<int64_t>{-1, 1, 7}));
    EXPECT_EQ(intset.width(), row.width) << "it never gets narrower";
  }
}

TEST(Intset, CopiesMovesAndReleases) {
  Intset first = intset_of({1, 2});
  Intset copy = Intset::copy_of(first.data(), first.bytes());
  copy.add(3);
  EXPECT_EQ(all_of(first), (std::vector<int64_t>{1, 2}));
  Intset moved(std::move(first));
  moved = std::move(copy);
  uint8_t* blob = moved.release();
  EXPECT_EQ(Intset::allocation(blob), good_size(8 + 3 * 2));
#ifdef REDOUBT_JEMALLOC
  EXPECT_EQ(sallocx(blob, 0), Intset::allocation(blob));
#endif
  moved = Intset::adopt(blob);
  EXPECT_EQ(moved.data(), blob);
  EXPECT_TRUE(moved.add(4));
  EXPECT_EQ(moved.data(), blob) << "16 bytes have room for 16";
  Intset::free(moved.release());
}

class IntsetModel : public testing::TestWithParam<int> {};

TEST_P(IntsetModel, RandomEdits) {
  Random random(static_cast<uint64_t>(GetParam()));
  Intset intset;
  std::set<int64_t> model;
  for (int i = 0; i < 4000; ++i) {
    // Later values are wider.
    const auto bits = static_cast<unsigned>(1 + random.below(static_cast<uint64_t>(i < 1500   ? 12
                                                                                   : i < 2500 ? 28
                                                                                              : 64)));
    const auto value = static_cast<int64_t>(random.next()) >> (64 - bits);
    if (random.below(3) != 0) {
      ASSERT_EQ(intset.add(value), model.insert(value).second);
    } else {
      ASSERT_EQ(intset.remove(value), model.erase(value) == 1);
    }
    if (random.below(20) == 0) intset = Intset::adopt(intset.release());
    ASSERT_EQ(intset.size(), model.size());
    const auto other = static_cast<int64_t>(random.next()) >> (64 - bits);
    ASSERT_EQ(intset.contains(other), model.contains(other));
    if (i % 16 != 0) continue;
    ASSERT_EQ(all_of(intset), std::vector<int64_t>(model.begin(), model.end()));
    ASSERT_EQ(validate_intset(intset.data(), intset.bytes(), true), !model.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, IntsetModel, testing::Range(1, 9));

TEST(IntsetValidation, RefusesEachKindOfDamage) {
  struct {
    const char* what;
    std::string blob;
    bool shallow;
  } const cases[] = {
      {"nothing", "", false},
      {"less than a header", "\x02\0\0\0\0\0\0"s, false},
      {"no elements", "\x02\0\0\0\0\0\0\0"s, false},
      {"a width of nothing", "\x00\0\0\0\x01\0\0\0\x01\0"s, false},
      {"a width of 1", "\x01\0\0\0\x01\0\0\0\x01"s, false},
      {"a width of 3", "\x03\0\0\0\x01\0\0\0\x01\0\0"s, false},
      {"a width of 16", "\x10\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"s, false},
      {"a width with its top bit set", "\x02\0\0\x80\x01\0\0\0\x01\0"s, false},
      {"too few bytes", "\x02\0\0\0\x02\0\0\0\x01\0"s, false},
      {"too many bytes", "\x02\0\0\0\x01\0\0\0\x01\0\x02\0"s, false},
      {"a part of an element", "\x02\0\0\0\x01\0\0\0\x01"s, false},
      {"a huge count", "\x08\0\0\0\xff\xff\xff\xff\x01\0\0\0\0\0\0\0"s, false},
      {"the same twice", "\x02\0\0\0\x02\0\0\0\x01\0\x01\0"s, true},
      {"descending", "\x02\0\0\0\x03\0\0\0\x01\0\x03\0\x02\0"s, true},
      {"descending by sign", "\x04\0\0\0\x02\0\0\0\x01\0\0\0\xff\xff\xff\xff"s, true},
  };
  for (const auto& row : cases) {
    const std::vector<char> blob(row.blob.begin(), row.blob.end());
    EXPECT_FALSE(validate_intset(blob.data(), blob.size(), true)) << row.what;
    EXPECT_EQ(validate_intset(blob.data(), blob.size(), false), row.shallow) << row.what;
  }
}

TEST(IntsetValidation, RefusesWhatIsCutOffAnywhere) {
  const std::string whole = raw(intset_of({1, -70000, 5000000000, 12, 99}));
  ASSERT_TRUE(validate_intset(whole.data(), whole.size(), true));
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(validate_intset(cut.data(), size, false)) << size;
  }
}

TEST(IntsetValidation, WhatPassesWithFlippedBitsAscends) {
  const std::string whole = raw(intset_of({1, -70000, 3, 12, 99}));
  size_t passed = 0;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::vector<char> blob(whole.begin(), whole.end());
    blob[bit / 8] = static_cast<char>(blob[bit / 8] ^ (1 << bit % 8));
    if (!validate_intset(blob.data(), blob.size(), true)) continue;
    ++passed;
    const IntsetView view(blob.data());
    const std::vector<int64_t> values = all_of(view);
    ASSERT_TRUE(std::is_sorted(values.begin(), values.end()));
    for (const int64_t value : values) ASSERT_TRUE(view.contains(value));
  }
  EXPECT_GT(passed, 0U);
}

}  // namespace
}  // namespace redoubt

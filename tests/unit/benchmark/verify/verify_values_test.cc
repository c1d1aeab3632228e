// What is stored says what it is, and that it is whole.
#include "benchmark/verify/verify_values.h"

#include <gtest/gtest.h>

#include <set>

namespace redoubt {
namespace {

constexpr uint64_t numbers = 1000;

VerifyValues values_of(const std::string& run, size_t size = 64) { return {run, numbers, ValueChoice(size), 1}; }

TEST(VerifyValues, AValueTellsItsNumberAndVersion) {
  const VerifyValues values = values_of("run");
  EXPECT_EQ(values.label_of_value(values.value(123, 45)), (VerifyLabel{123, 45}));
  EXPECT_EQ(values.label_of_value(values.value(999, 1'000'000'000'000)), (VerifyLabel{999, 1'000'000'000'000}));
}

TEST(VerifyValues, ValuesHaveTheSizesThatWereAskedForAndKeepThem) {
  const VerifyValues values("run", numbers, *ValueChoice::parse_sizes("26-90", 100), 1);
  std::set<size_t> sizes;
  for (uint64_t version = 1; version < 200; ++version) {
    const std::string value = values.value(7, version);
    EXPECT_EQ(value.size(), values.size(7, version));
    EXPECT_EQ(value, values.value(7, version));
    EXPECT_TRUE(values.label_of_value(value)) << value.size();
    sizes.insert(value.size());
  }
  EXPECT_GE(*sizes.begin(), 26u);
  EXPECT_LE(*sizes.rbegin(), 90u);
  EXPECT_GT(sizes.size(), 30u);
}

TEST(VerifyValues, EachChangedBitOfAValueIsSeen) {
  const VerifyValues values = values_of("run", 40);
  const std::string value = values.value(3, 4);
  for (size_t bit = 0; bit < value.size() * 8; ++bit) {
    std::string changed = value;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(values.label_of_value(changed), std::nullopt) << "bit " << bit;
  }
}

TEST(VerifyValues, CutLongerAndMixedValuesAreSeen) {
  const VerifyValues values = values_of("run");
  const std::string one = values.value(3, 4);
  const std::string other = values.value(3, 5);
  for (size_t size = 0; size < one.size(); ++size) {
    EXPECT_EQ(values.label_of_value(one.substr(0, size)), std::nullopt) << size;
    if (size > 0) {
      EXPECT_EQ(values.label_of_value(one.substr(0, size) + other.substr(size)) == VerifyLabel({3, 4}), false) << size;
    }
  }
  EXPECT_EQ(values.label_of_value(one + "x"), std::nullopt);
}

TEST(VerifyValues, ValuesOfAnotherRunAreNotOurs) {
  EXPECT_EQ(values_of("one").label_of_value(values_of("other").value(3, 4)), std::nullopt);
  EXPECT_EQ(values_of("one").label_of_element(values_of("other").element(3, 4)), std::nullopt);
}

TEST(VerifyValues, WhatSaysAnUnknownNumberIsNotOurs) {
  const VerifyValues more("run", 2 * numbers, ValueChoice(64), 1);
  const VerifyValues values = values_of("run");
  EXPECT_EQ(values.label_of_value(more.value(numbers, 1)), std::nullopt);
  EXPECT_EQ(values.label_of_element(more.element(numbers, 1)), std::nullopt);
  EXPECT_EQ(values.label_of_element(more.member(numbers, 1)), std::nullopt);
  EXPECT_EQ(values.label_of_counter(VerifyValues::counter_begin(numbers)), std::nullopt);
}

TEST(VerifyValues, SomeVersionsAreNoKeyAtAll) {
  const VerifyValues values = values_of("run");
  EXPECT_TRUE(values.is_absent(5, 0));
  int absent = 0;
  for (uint64_t version = 1; version <= 800; ++version) absent += values.is_absent(5, version);
  EXPECT_GT(absent, 50);
  EXPECT_LT(absent, 200);
}

TEST(VerifyValues, ElementsAndMembersTellTheirNumberAndPlace) {
  const VerifyValues values = values_of("run");
  for (const uint64_t number : {0, 7, 998}) {
    for (const int64_t place : {int64_t{-5}, int64_t{0}, int64_t{63}, INT64_MAX}) {
      EXPECT_EQ(values.label_of_element(values.element(number, place)), (VerifyLabel{number, place}));
    }
    for (int64_t place = 0; place < VerifyValues::most_members; ++place) {
      EXPECT_EQ(values.label_of_element(values.member(number, place)), (VerifyLabel{number, place}));
    }
  }
}

TEST(VerifyValues, WhatIsNoElementIsSeen) {
  const VerifyValues values = values_of("run");
  std::string changed = values.element(7, 12);
  changed.back() = changed.back() == '0' ? '1' : '0';
  const std::string cut = values.element(7, 12).substr(1);
  const std::string integer = std::to_string(std::stoll(values.member(8, 3)) + 1);
  for (const std::string& text : {std::string(), std::string(":"), std::string("::"), std::string("7:12"),
                                  std::string("7:12:"), std::string("0"), changed, cut, integer}) {
    EXPECT_EQ(values.label_of_element(text), std::nullopt) << text;
  }
}

TEST(VerifyValues, ACounterTellsItsNumberNearItsBegin) {
  const VerifyValues values = values_of("run");
  for (const int64_t counted : {-2'000'000'000, -1, 0, 1, 2'000'000'000}) {
    EXPECT_EQ(values.label_of_counter(VerifyValues::counter_begin(8) + counted), (VerifyLabel{8, counted}));
  }
  for (const int64_t counter : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{12}, INT64_MAX}) {
    EXPECT_EQ(values.label_of_counter(counter), std::nullopt) << counter;
  }
}

}  // namespace
}  // namespace redoubt

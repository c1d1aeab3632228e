#include "check-rdb/spill.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

struct Number {
  uint64_t value = 0;
  bool operator<(const Number& other) const { return value < other.value; }
};

std::vector<uint64_t> sorted_by(SpillSorter<Number>& sorter, const std::vector<uint64_t>& values) {
  for (const uint64_t value : values) EXPECT_TRUE(sorter.add({value}));
  EXPECT_TRUE(sorter.finish());
  std::vector<uint64_t> result;
  for (Number number;;) {
    const Result<bool> more = sorter.next(number);
    if (!more || !*more) return result;
    result.push_back(number.value);
  }
}

TEST(SpillSorter, SortsWhateverFitsItsMemory) {
  std::mt19937_64 random(7);
  for (const size_t count : {0U, 1U, 15U, 16U, 17U, 1000U, 20'000U}) {
    for (const size_t memory : {size_t{0}, size_t{1000}, size_t{1} << 20}) {
      SimulatedFiles files;
      SpillSorter<Number> sorter(files, ".", memory);
      std::vector<uint64_t> values(count);
      for (uint64_t& value : values) value = random() % 1000;
      const std::vector<uint64_t> result = sorted_by(sorter, values);
      std::sort(values.begin(), values.end());
      EXPECT_EQ(result, values) << count << " in " << memory;
      EXPECT_EQ(sorter.count(), count);
      EXPECT_TRUE(files.list(".")->empty());
    }
  }
}

TEST(SpillSorter, TakesNoFileForWhatFits) {
  SimulatedFiles files;
  SpillSorter<Number> sorter(files, ".", 1000);
  EXPECT_EQ(sorted_by(sorter, {3, 1, 2}), (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(files.operations(), 0U);
}

TEST(SpillSorter, FailuresNameTheDirectory) {
  SimulatedFiles files;
  SpillSorter<Number> nowhere(files, "/no/such/place", 0);
  Status done;
  for (uint64_t i = 0; i < 100 && done; ++i) done = nowhere.add({i});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().text, "cannot use a temporary file in /no/such/place: No such file or directory");
  files.fail({.operation = FileOperation::write, .error = "No space left on device"});
  SpillSorter<Number> full(files, ".", 0);
  done = {};
  for (uint64_t i = 0; i < 100 && done; ++i) done = full.add({i});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().text, "cannot use a temporary file in .: No space left on device");
}

}  // namespace
}  // namespace redoubt

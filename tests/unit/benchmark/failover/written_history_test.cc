#include "benchmark/failover/written_history.h"

#include <gtest/gtest.h>

#include <set>

#include "common/base/random.h"

namespace redoubt {
namespace {

NumberedKey key_with(uint64_t acknowledged) {
  NumberedKey key;
  while (key.next() <= acknowledged) key.acknowledged();
  return key;
}

void expect(const Findings& findings, uint64_t lost, uint64_t unacknowledged) {
  EXPECT_EQ(findings.lost, lost);
  EXPECT_EQ(findings.unacknowledged, unacknowledged);
}

TEST(NumberedKey, WhatWasAcknowledgedAndIsThereIsNoLoss) {
  NumberedKey fresh;
  expect(fresh.found(0), 0, 0);
  NumberedKey key = key_with(7);
  expect(key.found(7), 0, 0);
  EXPECT_EQ(key.next(), 8u);
}

TEST(NumberedKey, WhatIsMissingAfterTheNumberThatIsThereWasLost) {
  NumberedKey key = key_with(7);
  const Findings findings = key.found(4);
  expect(findings, 3, 0);
  EXPECT_EQ(findings.expected, 7);
  NumberedKey gone = key_with(7);
  expect(gone.found(0), 7, 0);
}

TEST(NumberedKey, ALossIsToldOnce) {
  NumberedKey key = key_with(7);
  expect(key.found(4), 3, 0);
  expect(key.found(4), 0, 0);
  expect(key.found(3), 1, 0);
}

TEST(NumberedKey, ANumberThatWasLostIsNotUsedAgain) {
  NumberedKey key = key_with(7);
  (void)key.found(4);
  EXPECT_EQ(key.next(), 8u);
  key.acknowledged();
  key.acknowledged();
  expect(key.found(9), 0, 0);
  expect(key.found(2), 4, 0);  // 3, 4, 8 and 9: the others were lost before
}

TEST(NumberedKey, AWriteWithoutAReplyMayBeThere) {
  NumberedKey key = key_with(7);
  expect(key.found(8), 0, 1);
  EXPECT_EQ(key.next(), 9u);
  expect(key.found(7), 1, 0);  // it was seen there, and is gone
}

TEST(NumberedKey, AValueOfSomebodyElseCountsAsNone) {
  NumberedKey key = key_with(7);
  expect(key.found(1'000'000), 7, 0);
}

// Against a plain set of all numbers that are acknowledged and not known to be lost.
TEST(NumberedKey, CountsWhatASetOfAllNumbersCounts) {
  Random random(5);
  for (int round = 0; round < 200; ++round) {
    NumberedKey key;
    std::set<uint64_t> alive;
    for (int step = 0; step < 50; ++step) {
      if (random.below(4) != 0) {
        alive.insert(key.next());
        key.acknowledged();
        continue;
      }
      const uint64_t number = random.below(key.next() + 1);
      if (number == key.next()) {
        alive.insert(number);
        expect(key.found(number), 0, 1);
        continue;
      }
      const auto lost = static_cast<uint64_t>(std::distance(alive.upper_bound(number), alive.end()));
      alive.erase(alive.upper_bound(number), alive.end());
      expect(key.found(number), lost, 0);
    }
  }
}

TEST(WrittenCounter, OneMoreEachTimeIsNoLoss) {
  WrittenCounter counter;
  for (int64_t value = 1; value < 5; ++value) expect(counter.replied(value), 0, 0);
  expect(counter.found(4), 0, 0);
}

TEST(WrittenCounter, AReplyThatIsNotAboveTheLastOneIsALossOfWhatIsMissing) {
  WrittenCounter counter;
  for (int64_t value = 1; value <= 10; ++value) (void)counter.replied(value);
  const Findings findings = counter.replied(8);
  expect(findings, 3, 0);  // 8, 9 and 10 were lost, and this made 8 of 7
  EXPECT_EQ(findings.expected, 11);
  expect(counter.replied(9), 0, 0);
}

TEST(WrittenCounter, AFinalValueBelowTheLastReplyIsALoss) {
  WrittenCounter counter;
  for (int64_t value = 1; value <= 10; ++value) (void)counter.replied(value);
  expect(counter.found(6), 4, 0);
  expect(counter.found(6), 0, 0);
  expect(counter.found(0), 6, 0);
}

TEST(WrittenCounter, IncrementsWithoutAReplyMayBeThere) {
  WrittenCounter counter;
  (void)counter.replied(1);
  expect(counter.replied(4), 0, 2);
  expect(counter.found(5), 0, 1);
}

TEST(WrittenCounter, AnyNumberOfAServerIsCountable) {
  WrittenCounter counter;
  expect(counter.replied(INT64_MAX), 0, static_cast<uint64_t>(INT64_MAX) - 1);
  expect(counter.replied(INT64_MIN), UINT64_MAX, 0);
  expect(counter.found(INT64_MAX), 0, UINT64_MAX);
}

}  // namespace
}  // namespace redoubt

#include "benchmark/report/verify_counts.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

TEST(VerifyCounts, AreOneSentence) {
  EXPECT_EQ(verified_sentence({}), "verified 0 replies: none came");
  EXPECT_EQ(verified_sentence({.replies = 1}), "verified 1 reply: all as expected");
  EXPECT_EQ(verified_sentence({.replies = 100}), "verified 100 replies: all as expected");
  EXPECT_EQ(verified_sentence({.replies = 100, .found = {3, 1, 0, 0, 0, 0}}), "verified 100 replies: 3 wrong, 1 stale");
  EXPECT_EQ(verified_sentence({.replies = 100, .found = {0, 0, 2, 1, 4, 1}}),
            "verified 100 replies: 2 swapped, 1 damaged, 4 of the wrong type, 1 error");
  EXPECT_EQ(verified_sentence({.replies = 9, .found = {0, 0, 0, 0, 0, 2}}), "verified 9 replies: 2 errors");
}

}  // namespace
}  // namespace redoubt

#include "benchmark/load/error_texts.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

TEST(ErrorTexts, AreCountedByTextAndTogetherFromSomeNumberOn) {
  ErrorTexts errors;
  for (int round = 0; round < 2; ++round) {
    for (int kind = 0; kind < 110; ++kind) errors.count("ERR " + std::to_string(kind));
  }
  EXPECT_EQ(errors.counts().size(), 101u);
  EXPECT_EQ(errors.counts().at("ERR 7"), 2u);
  EXPECT_EQ(errors.counts().at("other errors"), 20u);
}

}  // namespace
}  // namespace redoubt

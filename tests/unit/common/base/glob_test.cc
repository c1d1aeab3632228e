#include "common/base/glob.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/unit/common/base/glob_pairs.h"

namespace redoubt {
namespace {

TEST(Glob, AgreesWithTheVerdictsOfRedis) {
  for (const Pair& pair : matching_pairs) {
    EXPECT_TRUE(glob_match(pair.pattern, pair.text)) << pair.pattern << " on " << pair.text;
  }
  for (const Pair& pair : not_matching_pairs) {
    EXPECT_FALSE(glob_match(pair.pattern, pair.text)) << pair.pattern << " on " << pair.text;
  }
}

TEST(Glob, IgnoresCaseOutsideOfQuotesInClasses) {
  struct {
    std::string_view pattern, text;
    bool matches;
  } const cases[] = {{"MAXmemory*", "maxMEMORY-policy", true},
                     {"[A-C]x", "bX", true},
                     {"[a-c]x", "BX", true},
                     {"[^a-c]x", "Bx", false},
                     {"[Q]", "q", true},
                     {"\\A", "a", true},
                     {"[\\A]", "a", false},
                     {"[\\A]", "A", true},
                     {"a?c", "ABC", true},
                     {"a?c", "ABD", false}};
  for (const auto& row : cases) {
    EXPECT_EQ(glob_match(row.pattern, row.text, true), row.matches) << row.pattern << " on " << row.text;
  }
  EXPECT_FALSE(glob_match("ABC", "abc"));
}

TEST(Glob, ManyStarsAreNotExponential) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "a*";
  pattern += "b";
  const std::string text(20000, 'a');
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob_match(pattern, text));
  EXPECT_TRUE(glob_match(pattern, text + "b"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace redoubt

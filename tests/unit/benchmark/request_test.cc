// Requests with places in them, and the tests that redis-benchmark has.
#include "benchmark/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "benchmark/standard_tests.h"

namespace redoubt {
namespace {

using testing::HasSubstr;

std::string written(const Request& request, Random& random) {
  std::string bytes(request.size(), '~');
  request.write(bytes.data(), random);
  return bytes;
}

TEST(Request, IsTheCommandAsAClientSendsIt) {
  Random random(1);
  const std::vector<std::string> args = {"SET", "key:__rand_int__", ""};
  EXPECT_EQ(written(Request(args, 0), random), "*3\r\n$3\r\nSET\r\n$16\r\nkey:__rand_int__\r\n$0\r\n\r\n");
}

TEST(Request, PlacesAreFilledAnewEachTimeWithTwelveDigitsBelowTheKeySpace) {
  Random random(1);
  const std::vector<std::string> args = {"MSET", "__rand_int__", "a__rand_int__b"};
  const Request request(args, 10);
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    const std::string bytes = written(request, random);
    ASSERT_EQ(bytes.substr(0, 30), "*3\r\n$4\r\nMSET\r\n$12\r\n00000000000");
    ASSERT_THAT(bytes, HasSubstr("$14\r\na00000000000"));
    seen.insert(bytes);
  }
  EXPECT_EQ(seen.size(), 100u) << "both places by themselves, all numbers";
}

TEST(Request, LargeNumbersHaveAllTheirDigits) {
  Random random(1);
  const std::vector<std::string> args = {"GET", "__rand_int__"};
  const Request request(args, 1'000'000'000'000);
  std::set<char> first_digits;
  for (int i = 0; i < 500; ++i) first_digits.insert(written(request, random)[19]);
  EXPECT_EQ(first_digits.size(), 10u);
}

std::string titles(std::string_view names) {
  const auto tests = standard_tests(names, {"xxx", 0});
  if (!tests) return tests.error().text;
  std::string all;
  for (const StandardTest& test : *tests) all += test.title + ";";
  return all;
}

TEST(StandardTests, AreChosenByNameInTheirOwnOrder) {
  EXPECT_EQ(titles("get,SET"), "SET;GET;");
  EXPECT_EQ(titles("ping"), "PING_INLINE;PING_MBULK;");
  EXPECT_EQ(titles("ping_mbulk,,"), "PING_MBULK;");
  EXPECT_EQ(titles("mset"), "MSET (10 keys);");
}

TEST(StandardTests, ListsAreFilledBeforeTheyAreRead) {
  EXPECT_EQ(titles("lrange_300"), "LPUSH (needed to benchmark LRANGE);LRANGE_300 (first 300 elements);");
  EXPECT_EQ(titles("lpush"), "LPUSH;");
}

TEST(StandardTests, AllOfThemWithoutAName) {
  const auto tests = standard_tests("", {"xxx", 0});
  ASSERT_TRUE(tests);
  EXPECT_EQ(tests->size(), 21u);
}

TEST(StandardTests, AnUnknownNameIsToldWithThoseThereAre) {
  EXPECT_THAT(titles("set,nosuch"), HasSubstr("there is no test 'nosuch'; there are: ping_inline ping_mbulk set"));
}

TEST(StandardTests, ScoresAreRandomWhereThereIsAKeySpace) {
  Random random(1);
  const auto score = [&random](uint64_t key_space) {
    const auto tests = standard_tests("zadd", {"xxx", key_space});
    return written(tests->front().request, random).substr(0, 33);
  };
  EXPECT_EQ(score(0), "*4\r\n$4\r\nZADD\r\n$6\r\nmyzset\r\n$1\r\n0\r\n");
  EXPECT_EQ(score(10).substr(0, 29), "*4\r\n$4\r\nZADD\r\n$6\r\nmyzset\r\n$12");
}

}  // namespace
}  // namespace redoubt

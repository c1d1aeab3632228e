// Requests with places in them, and the tests that redis-benchmark has.
#include "benchmark/workload/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <vector>

#include "benchmark/workload/standard_tests.h"

namespace redoubt {
namespace {

using testing::HasSubstr;

std::vector<std::string> each(const Workload& workload, uint64_t count) {
  std::atomic<uint64_t> turn = 0;
  WorkloadWriter writer(workload, turn, 1, 0);
  std::vector<std::string> all;
  for (uint64_t i = 0; i < count; ++i) all.emplace_back(writer.write(1));
  return all;
}

std::string written(const Workload& workload) { return each(workload, 1).front(); }

Workload command(std::vector<std::string> args, uint64_t key_space) {
  const Request request(args, key_space > 0 ? Request::Places::keys : Request::Places::none);
  return Workload(request, KeyChoice(key_space), ValueChoice());
}

TEST(Request, IsTheCommandAsAClientSendsIt) {
  EXPECT_EQ(written(command({"SET", "key:__rand_int__", ""}, 0)),
            "*3\r\n$3\r\nSET\r\n$16\r\nkey:__rand_int__\r\n$0\r\n\r\n");
}

TEST(Request, PlacesAreFilledAnewEachTimeWithTwelveDigitsBelowTheKeySpace) {
  std::set<std::string> seen;
  for (const std::string& bytes : each(command({"MSET", "__rand_int__", "a__rand_int__b"}, 10), 500)) {
    ASSERT_EQ(bytes.substr(0, 30), "*3\r\n$4\r\nMSET\r\n$12\r\n00000000000");
    ASSERT_THAT(bytes, HasSubstr("$14\r\na00000000000"));
    seen.insert(bytes);
  }
  EXPECT_EQ(seen.size(), 100u) << "both places by themselves, all numbers";
}

TEST(Request, LargeNumbersHaveAllTheirDigits) {
  std::set<char> first_digits;
  const Workload gets = command({"GET", "__rand_int__"}, 1'000'000'000'000);
  for (const std::string& bytes : each(gets, 500)) first_digits.insert(bytes[19]);
  EXPECT_EQ(first_digits.size(), 10u);
}

std::string titles(std::string_view names) {
  const auto tests = standard_tests(names, {});
  if (!tests) return tests.error().text;
  std::string all;
  for (const StandardTest& test : *tests) all += test.title + ";";
  return all;
}

TEST(Request, NumbersAndValuesStandInArgumentsOfTheirSize) {
  const auto mix = Workload::parse_mix("1 SET a{key} 'x {int} {data}' {none}", KeyChoice(1), ValueChoice(5));
  ASSERT_TRUE(mix) << mix.error().text;
  EXPECT_EQ(written(*mix), "*4\r\n$3\r\nSET\r\n$13\r\na000000000000\r\n$9\r\nx 0 xxxxx\r\n$6\r\n{none}\r\n");
}

TEST(Request, ALengthIsAlwaysThatOfItsArgument) {
  const auto sizes = ValueChoice::parse_sizes("1-300", 1000);
  const auto mix = Workload::parse_mix("1 SET {key}{int} {data}{int}{data}", KeyChoice(2000), *sizes);
  ASSERT_TRUE(mix);
  std::set<size_t> seen;
  for (const std::string& bytes : each(*mix, 1000)) {
    std::string_view rest = bytes;
    ASSERT_TRUE(rest.starts_with("*3\r\n$3\r\nSET\r\n$"));
    rest.remove_prefix(14);
    for (int argument = 0; argument < 2; ++argument) {
      const size_t length = std::stoul(std::string(rest.substr(0, rest.find('\r'))));
      seen.insert(length);
      rest.remove_prefix(rest.find('\n') + 1);
      ASSERT_EQ(rest.substr(length, 2), "\r\n");
      rest.remove_prefix(length + (argument == 0 ? 3 : 2));
    }
    ASSERT_EQ(rest, "");
  }
  EXPECT_GT(seen.size(), 200u);
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
  const auto tests = standard_tests("", {});
  ASSERT_TRUE(tests);
  EXPECT_EQ(tests->size(), 21u);
}

TEST(StandardTests, AnUnknownNameIsToldWithThoseThereAre) {
  EXPECT_THAT(titles("set,nosuch"), HasSubstr("there is no test 'nosuch'; there are: ping_inline ping_mbulk set"));
}

TEST(StandardTests, ScoresAreRandomWhereThereIsAKeySpace) {
  const auto score = [](uint64_t key_space) {
    const auto tests = standard_tests("zadd", {KeyChoice(key_space), ValueChoice()});
    return written(tests->front().workload).substr(0, 33);
  };
  EXPECT_EQ(score(0), "*4\r\n$4\r\nZADD\r\n$6\r\nmyzset\r\n$1\r\n0\r\n");
  EXPECT_EQ(score(10).substr(0, 29), "*4\r\n$4\r\nZADD\r\n$6\r\nmyzset\r\n$12");
}

}  // namespace
}  // namespace redoubt

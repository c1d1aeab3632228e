// What a load sends: keys as they are distributed, values as they are asked for, and commands by their weights.
#include "benchmark/workload/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace redoubt {
namespace {

using testing::HasSubstr;

std::map<uint64_t, int> picked(const std::string& how, uint64_t space, int count) {
  const auto choice = KeyChoice::parse(how, space);
  EXPECT_TRUE(choice);
  Random random(1);
  std::atomic<uint64_t> turn = 0;
  std::map<uint64_t, int> counts;
  for (int i = 0; i < count; ++i) ++counts[choice->pick(random, turn)];
  EXPECT_LT(counts.rbegin()->first, space);
  return counts;
}

TEST(KeyChoice, UniformTakesAllAsOften) {
  const auto counts = picked("uniform", 10, 100'000);
  ASSERT_EQ(counts.size(), 10u);
  for (const auto& [key, count] : counts) EXPECT_NEAR(count, 10'000, 500) << key;
}

TEST(KeyChoice, SequentialTakesOneAfterAnotherAndBeginsAgain) {
  const auto choice = KeyChoice::parse("sequential", 3);
  Random random(1);
  std::atomic<uint64_t> turn = 0;
  for (const uint64_t expected : {0, 1, 2, 0, 1}) EXPECT_EQ(choice->pick(random, turn), expected);
}

TEST(KeyChoice, ZipfTakesEachByItsLikelihood) {
  for (const double theta : {0.5, 0.99, 1.0, 1.5}) {
    constexpr int space = 50;
    constexpr int total = 200'000;
    double sum = 0;
    for (int n = 1; n <= space; ++n) sum += std::pow(n, -theta);
    const auto counts = picked("zipf:" + std::to_string(theta), space, total);
    for (int n = 1; n <= space; ++n) {
      const double expected = total * std::pow(n, -theta) / sum;
      const auto found = counts.find(static_cast<uint64_t>(n - 1));
      const int count = found == counts.end() ? 0 : found->second;
      EXPECT_NEAR(count, expected, 6 * std::sqrt(expected)) << "theta " << theta << ", number " << n;
    }
  }
}

TEST(KeyChoice, ZipfOfOneKeyAndOfVeryMany) {
  EXPECT_EQ(picked("zipf:1", 1, 100).size(), 1u);
  EXPECT_GT(picked("zipf:0.2", 1'000'000'000'000, 1000).rbegin()->first, 100'000'000'000u);
}

TEST(KeyChoice, NormalIsAroundTheMiddle) {
  const auto counts = picked("normal", 6000, 100'000);
  int within_one = 0, below_middle = 0;
  for (const auto& [key, count] : counts) {
    if (key >= 2000 && key < 4000) within_one += count;
    if (key < 3000) below_middle += count;
  }
  EXPECT_NEAR(within_one, 68'450, 700) << "one standard deviation, of what is within three";
  EXPECT_NEAR(below_middle, 50'000, 700);
}

TEST(KeyChoice, WhatIsNoDistributionIsRefused) {
  for (const char* const how : {"", "Uniform", "zipf", "zipf:", "zipf:0", "zipf:-1", "zipf:11", "zipf:x", "normal:3"}) {
    EXPECT_FALSE(KeyChoice::parse(how, 10)) << how;
  }
}

TEST(ValueChoice, SizesAreFixedOrARangeOrWeighted) {
  const struct {
    const char* text;
    size_t least, most, different;
  } cases[] = {{"100", 100, 100, 1}, {"10-12", 10, 12, 3}, {"3:50,100:50", 3, 100, 2}, {"1,5-6:9", 1, 6, 3}};
  Random random(1);
  for (const auto& row : cases) {
    const auto choice = ValueChoice::parse_sizes(row.text, 1000);
    ASSERT_TRUE(choice) << row.text;
    EXPECT_EQ(choice->smallest(), row.least);
    EXPECT_EQ(choice->largest(), row.most);
    std::set<size_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(choice->pick_size(random));
    EXPECT_EQ(seen.size(), row.different) << row.text;
    EXPECT_EQ(*seen.begin(), row.least);
    EXPECT_EQ(*seen.rbegin(), row.most);
  }
}

TEST(ValueChoice, WeightsAreKept) {
  const auto choice = ValueChoice::parse_sizes("3:9,100:1", 1000);
  Random random(1);
  int small = 0;
  for (int i = 0; i < 10'000; ++i) small += choice->pick_size(random) == 3 ? 1 : 0;
  EXPECT_NEAR(small, 9000, 200);
}

TEST(ValueChoice, WhatIsNoSizeIsRefused) {
  for (const char* const text :
       {"", "0", "1001", "x", "10-", "-10", "10-5", "5:0", "5:", "5,", ",5", "5,,6", "1-2-3"}) {
    EXPECT_FALSE(ValueChoice::parse_sizes(text, 1000)) << text;
  }
}

std::string value_of(const ValueChoice& choice, size_t size, uint64_t stamp, Random& random) {
  std::string value(size, '~');
  choice.write(value.data(), size, stamp, random);
  return value;
}

TEST(ValueChoice, SoMuchAsIsAskedForIsOneByte) {
  Random random(1);
  ValueChoice choice(1000);
  EXPECT_TRUE(choice.is_plain());
  EXPECT_EQ(value_of(choice, 1000, 0, random), std::string(1000, 'x'));
  choice.set_compressible(0.25, random);
  EXPECT_FALSE(choice.is_plain());
  const std::string value = value_of(choice, 1000, 0, random);
  EXPECT_EQ(value.substr(750), std::string(250, 'x'));
  EXPECT_GT(std::set<char>(value.begin(), value.begin() + 750).size(), 200u) << "random bytes";
  EXPECT_EQ(value_of(choice, 1000, 1, random), value);
}

TEST(ValueChoice, UniqueValuesDifferInTheirStampsAndTheirRandomBytes) {
  Random random(1);
  ValueChoice choice(40);
  choice.set_unique();
  EXPECT_EQ(value_of(choice, 20, 0x2a, random), "000000000000002axxxx");
  choice.set_compressible(0, random);
  EXPECT_NE(value_of(choice, 40, 1, random).substr(16), value_of(choice, 40, 2, random).substr(16));
}

TEST(Workload, CommandsComeByTheirWeights) {
  const auto mix = Workload::parse_mix("80 GET a; 20 SET 'a;b' {data};", KeyChoice(), ValueChoice());
  ASSERT_TRUE(mix) << mix.error().text;
  std::atomic<uint64_t> turn = 0;
  WorkloadWriter writer(*mix, turn, 1, 0);
  const std::string get = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
  const std::string set = "*3\r\n$3\r\nSET\r\n$3\r\na;b\r\n$3\r\nxxx\r\n";
  std::string_view rest = writer.write(10'000);
  int gets = 0, sets = 0;
  while (!rest.empty()) {
    const bool is_get = rest.starts_with(get);
    ASSERT_TRUE(is_get || rest.starts_with(set));
    ++(is_get ? gets : sets);
    rest.remove_prefix(is_get ? get.size() : set.size());
  }
  EXPECT_EQ(gets + sets, 10'000);
  EXPECT_NEAR(gets, 8000, 200);
}

TEST(Workload, TellsWhichRequestsABatchHas) {
  const auto mix = Workload::parse_mix(" 3  GET  \"a b\" ;\t1 PING ; 2 SET k {data}", KeyChoice(), ValueChoice(2));
  ASSERT_TRUE(mix);
  std::vector<std::string> texts;
  for (const Workload::Weighted& one : mix->requests()) texts.push_back(one.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"GET  \"a b\"", "PING", "SET k {data}"}));
  const std::string_view bytes[] = {"*2\r\n$3\r\nGET\r\n$3\r\na b\r\n", "*1\r\n$4\r\nPING\r\n",
                                    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nxx\r\n"};
  std::atomic<uint64_t> turn = 0;
  WorkloadWriter writer(*mix, turn, 1, 0);
  std::vector<uint16_t> chosen = {77};
  for (const size_t count : {size_t{500}, size_t{3}}) {
    SequencePlace place;
    const std::string batch(writer.write(count, chosen, place));
    EXPECT_EQ(chosen.size(), count);
    std::string expected;
    for (const uint16_t number : chosen) expected += bytes[number];
    EXPECT_EQ(batch, expected);
  }
}

TEST(Workload, NoTwoWritersMakeTheSameUniqueValue) {
  ValueChoice values(16);
  values.set_unique();
  const auto mix = Workload::parse_mix("1 ECHO {data}", KeyChoice(), values);
  ASSERT_TRUE(mix);
  std::atomic<uint64_t> turn = 0;
  std::set<std::string> seen;
  for (uint64_t number = 0; number < 3; ++number) {
    WorkloadWriter writer(*mix, turn, 1, number);
    for (int i = 0; i < 100; ++i) seen.insert(std::string(writer.write(1)));
  }
  EXPECT_EQ(seen.size(), 300u);
}

// The commands of a request stream whose arguments are bulk strings, each as its words with spaces between.
std::vector<std::string> commands_in(std::string_view bytes) {
  std::vector<std::string> commands;
  const auto number = [&bytes] {
    const size_t end = bytes.find("\r\n");
    const int value = std::stoi(std::string(bytes.substr(1, end - 1)));
    bytes.remove_prefix(end + 2);
    return static_cast<size_t>(value);
  };
  while (!bytes.empty()) {
    std::string command;
    for (size_t left = number(); left > 0; --left) {
      const size_t size = number();
      command += (command.empty() ? "" : " ") + std::string(bytes.substr(0, size));
      bytes.remove_prefix(size + 2);
    }
    commands.push_back(command);
  }
  return commands;
}

TEST(Workload, ASequenceComesInItsOrderWhateverIsTakenAtATime) {
  const auto sequence = Workload::parse_sequence("SET a 1; INCR 'b;c'; GET a;", KeyChoice(), ValueChoice());
  ASSERT_TRUE(sequence) << sequence.error().text;
  EXPECT_EQ(sequence->unit(), 3u);
  const std::vector<std::string> unit = {"SET a 1", "INCR b;c", "GET a"};
  for (const uint64_t at_a_time : {1, 2, 3, 5, 7}) {
    std::atomic<uint64_t> turn = 0;
    WorkloadWriter writer(*sequence, turn, 1, 0);
    SequencePlace place;
    std::vector<uint16_t> chosen;
    std::vector<std::string> commands;
    while (commands.size() < 20) {
      for (const std::string& command : commands_in(writer.write(at_a_time, chosen, place)))
        commands.push_back(command);
    }
    for (size_t i = 0; i < commands.size(); ++i) EXPECT_EQ(commands[i], unit[i % 3]) << at_a_time << " at a time";
  }
}

TEST(Workload, ConnectionsThatTakeTurnsEachKeepTheirPlaceInASequence) {
  const auto sequence = Workload::parse_sequence("HSET h {key}; DEL {key}", KeyChoice(1'000'000'000), ValueChoice());
  ASSERT_TRUE(sequence);
  std::atomic<uint64_t> turn = 0;
  WorkloadWriter writer(*sequence, turn, 1, 0);
  SequencePlace first, second;
  std::vector<uint16_t> chosen;
  const std::string a = std::string(writer.write(1, chosen, first)), b = std::string(writer.write(1, chosen, second));
  const auto key_of = [](const std::string& bytes) {
    return commands_in(bytes).at(0).substr(commands_in(bytes).at(0).rfind(' '));
  };
  EXPECT_NE(key_of(a), key_of(b));
  EXPECT_EQ(commands_in(writer.write(1, chosen, first)).at(0), "DEL" + key_of(a));
  EXPECT_EQ(commands_in(writer.write(1, chosen, second)).at(0), "DEL" + key_of(b));
}

TEST(Workload, TheNumbersOfAUnitAreTheSameAndOfTheNextOthers) {
  const auto sequence = Workload::parse_sequence(
      "HSET login: {key} u; ZADD viewed:{key} {int} item:{int}; TOUCH {key} {int} __rand_int__",
      KeyChoice(1'000'000'000), ValueChoice());
  ASSERT_TRUE(sequence);
  std::atomic<uint64_t> turn = 0;
  WorkloadWriter writer(*sequence, turn, 1, 0);
  std::set<std::string> keys, integers;
  const auto commands = commands_in(writer.write(300));
  ASSERT_EQ(commands.size(), 300u);
  for (size_t i = 0; i < commands.size(); i += 3) {
    const std::string key = commands[i].substr(12, 12);
    const std::string integer = commands[i + 1].substr(commands[i + 1].rfind(':') + 1);
    EXPECT_EQ(commands[i], "HSET login: " + key + " u");
    EXPECT_EQ(commands[i + 1], "ZADD viewed:" + key + " " + integer + " item:" + integer);
    EXPECT_EQ(commands[i + 2], "TOUCH " + key + " " + integer + " " + key);
    keys.insert(key);
    integers.insert(integer);
  }
  EXPECT_EQ(keys.size(), 100u);
  EXPECT_EQ(integers.size(), 100u);
}

TEST(Workload, ASequenceTakesKeysAsTheyAreDistributedOncePerUnit) {
  const auto sequence =
      Workload::parse_sequence("GET {key}; DEL {key}", *KeyChoice::parse("sequential", 3), ValueChoice());
  ASSERT_TRUE(sequence);
  std::atomic<uint64_t> turn = 0;
  WorkloadWriter writer(*sequence, turn, 1, 0);
  std::string keys;
  for (const std::string& command : commands_in(writer.write(8))) keys += command.back();
  EXPECT_EQ(keys, "00112200");
}

TEST(Workload, ASequenceThatMakesNoSenseIsRefused) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"", "it has no commands"},
      {" ;; ", "it has no commands"},
      {"GET 'a", "the quotes do not match in 'GET 'a'"},
      {"GET a; GET {key}", "{key}, {int} and __rand_int__ need a key space: -r"},
  };
  for (const auto& row : cases) {
    const auto sequence = Workload::parse_sequence(row.text, KeyChoice(), ValueChoice());
    ASSERT_FALSE(sequence) << row.text;
    EXPECT_THAT(sequence.error().text, HasSubstr(row.error));
  }
}

TEST(Workload, AMixThatMakesNoSenseIsRefused) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"", "it has no commands"},
      {" ; ", "it has no commands"},
      {"GET a", "'GET a' is not a weight and a command, such as 80 GET key:{key}"},
      {"80", "'80' is not a weight"},
      {"0 GET a", "'0 GET a' is not a weight"},
      {"1 GET 'a", "the quotes do not match in '1 GET 'a'"},
      {"1 GET {key}", "{key}, {int} and __rand_int__ need a key space: -r"},
      {"1 GET a; 1 EXPIRE a {int}", "need a key space"},
  };
  for (const auto& row : cases) {
    const auto mix = Workload::parse_mix(row.text, KeyChoice(), ValueChoice());
    ASSERT_FALSE(mix) << row.text;
    EXPECT_THAT(mix.error().text, HasSubstr(row.error));
  }
}

}  // namespace
}  // namespace redoubt

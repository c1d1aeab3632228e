#include "check-aof/stats/rewrite_estimate.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "check-aof/log_database.h"
#include "check-aof/stats/heavy_keys.h"
#include "common/aof/aof_writer.h"
#include "common/base/random.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;
constexpr int64_t now_ms = 1'000'000;

class Follower {
 public:
  explicit Follower(size_t slots = RewriteEstimate::most_slots) : estimate_(hash_key_, slots) {}

  // Words are separated by single spaces.
  void run(const std::string& line) {
    std::vector<std::string_view> args;
    for (size_t begin = 0; begin <= line.size();) {
      const size_t end = std::min(line.find(' ', begin), line.size());
      args.push_back(std::string_view(line).substr(begin, end - begin));
      begin = end + 1;
    }
    database_.see(args);
    const CommandEntry& entry = book_.find(args[0]);
    book_.find_keys(entry, args, keys_);
    std::string record;
    AofWriter(record).command(args);
    const uint64_t bytes = record.size();
    total_ += bytes;
    estimate_.add(entry, args, keys_, database_.number(), bytes);
  }
  uint64_t remaining() const { return estimate_.remaining(now_ms); }
  uint64_t total() const { return total_; }
  bool sampled() const { return estimate_.sampled(); }

 private:
  HashKey hash_key_{7};
  CommandBook book_;
  RewriteEstimate estimate_;
  LogDatabase database_;
  std::vector<std::string_view> keys_;
  uint64_t total_ = 0;
};

struct Case {
  std::string name;
  Words log;
  Words rewritten;   // what makes the same data set
  size_t times = 1;  // the log is repeated
};

class RewriteEstimateOf : public testing::TestWithParam<Case> {};

TEST_P(RewriteEstimateOf, IsNearWhatARewriteWrites) {
  Follower log;
  for (size_t i = 0; i < GetParam().times; ++i) {
    for (const std::string& line : GetParam().log) log.run(line);
  }
  uint64_t expected = 0;
  for (const std::string& line : GetParam().rewritten) {
    Follower one;
    one.run(line);
    expected += one.total();
  }
  const auto tolerance = static_cast<double>(expected) * 0.4 + 1;
  EXPECT_NEAR(static_cast<double>(log.remaining()), static_cast<double>(expected), tolerance) << log.total();
}

const std::string value(50, 'v');

INSTANTIATE_TEST_SUITE_P(
    Logs, RewriteEstimateOf,
    testing::Values(
        Case{"NothingObsolete", {"SET a " + value, "SET b " + value}, {"SET a " + value, "SET b " + value}},
        Case{"Overwritten", {"SET a " + value}, {"SET a " + value}, 100},
        Case{"Deleted", {"SET a " + value, "MSET b 1 c 2", "DEL a b c"}, {}},
        Case{"DeletedAndMadeAgain", {"SET a " + value, "UNLINK a", "SET a 1"}, {"SET a 1"}, 20},
        Case{"SetWithMany",
             {"MSET a " + value + " b " + value, "MSETNX c 1"},
             {"SET a " + value, "SET b " + value, "SET c 1"},
             10},
        Case{"Counters", {"INCR n", "INCRBY m 17", "DECR n"}, {"SET n 12345678", "SET m 12345678"}, 1000},
        Case{"Appended", {"APPEND a " + value}, {"SET a " + std::string(5000, 'v')}, 100},
        Case{"RangeSet", {"SETRANGE a 900 " + value}, {"SET a " + std::string(950, 'v')}, 50},
        Case{"FieldsOverwritten",
             {"HSET h f " + value + " g " + value, "HINCRBY h n 1"},
             {"HSET h f " + value + " g " + value + " n 1"},
             100},
        Case{"FieldsRemoved", {"HSET h f " + value + " g " + value, "HDEL h f"}, {"HSET h g " + value}, 100},
        Case{"MembersAddedAndRemoved",
             {"SADD s " + value + "a " + value + "b", "SREM s " + value + "a"},
             {"SADD s " + value + "b"},
             10},
        Case{"ScoresChanged",
             {"ZADD z NX CH 1 " + value, "ZADD z 2 " + value, "ZINCRBY z 1 " + value},
             {"ZADD z 4 " + value},
             50},
        Case{"AQueue", {"RPUSH q " + value, "LPOP q"}, {}, 100},
        Case{"AListThatIsTrimmed",
             {"LPUSH l " + value, "LTRIM l 0 9"},
             {"LPUSH l " + value + " " + value + " " + value + " " + value + " " + value + " " + value + " " + value +
              " " + value + " " + value + " " + value},
             300},
        Case{"AListMoved", {"RPUSH q " + value, "RPOPLPUSH q r"}, {"RPUSH r " + value}},
        Case{"AStreamOfLimitedLength",
             {"XADD x MAXLEN ~ 3 1-1 f " + value},
             {"XADD x 1-1 f " + value, "XADD x 1-1 f " + value, "XADD x 1-1 f " + value},
             200},
        Case{"ExpiredLongAgo",
             {"SET a " + value + " PXAT 999999", "SET b " + value, "PEXPIREAT b 5", "SET c 1 EXAT 999"},
             {}},
        Case{"NotExpiredYet", {"SET a " + value + " PXAT 1000001"}, {"SET a " + value, "PEXPIREAT a 1000001"}},
        Case{"ExpiryTakenAway",
             {"SET a " + value + " PXAT 5", "PERSIST a", "SET b " + value + " PXAT 5", "SET b " + value},
             {"SET a " + value, "SET b " + value}},
        Case{"ExpiryKept", {"SET a " + value + " PXAT 5", "SET a 1 KEEPTTL"}, {}},
        Case{"FlushedAll", {"SET a " + value, "SADD s 1", "FLUSHALL"}, {}, 5},
        Case{"FlushedOne",
             {"SELECT 1", "SET a " + value, "SELECT 2", "SET a " + value, "FLUSHDB"},
             {"SET a " + value},
             5},
        Case{"Swapped",
             {"SELECT 1", "SET a " + value, "SWAPDB 1 2", "FLUSHDB", "SELECT 2", "SET a " + value},
             {"SET a " + value}},
        Case{"Renamed",
             {"SET a " + value, "HSET h f " + value, "RENAME a b", "RENAME h i", "DEL a h"},
             {"SET b " + value, "HSET i f " + value}},
        Case{"MovedToAnother", {"SET a " + value, "MOVE a 3", "FLUSHDB"}, {"SET a " + value}},
        Case{"MemberMoved", {"SADD s " + value, "SMOVE s t " + value, "DEL s"}, {"SADD t " + value}},
        Case{"Overhead", {"SELECT 0", "MULTI", "SET a " + value, "EXEC", "PUBLISH c " + value}, {"SET a " + value}, 10},
        Case{"Unknown", {"module.add k " + value}, {"module.add k " + value, "module.add k " + value}, 2}),
    [](const auto& given) { return given.param.name; });

TEST(RewriteEstimate, CommandsWithTooFewArgumentsAreNothingSpecial) {
  for (const std::string line :
       {"SET",       "SET a",       "DEL",    "HSET",     "HSET h",         "HSET h f",    "SADD s",     "ZADD z",
        "ZADD z NX", "ZINCRBY z 1", "SREM s", "RENAME a", "SMOVE a b",      "RPOPLPUSH a", "LPUSH l",    "LINSERT l x",
        "LPOP l",    "LTRIM l 1",   "XADD x", "XDEL x",   "XTRIM x MAXLEN", "APPEND a",    "EXPIREAT a", "SETRANGE a 1",
        "SWAPDB 1",  "MOVE a",      "COPY a", "GETSET",   "MSET a",         "FUNCTION",    "RESTORE"}) {
    Follower log;
    log.run(line);
    // And once more when there is such a key.
    log.run("SET a 1");
    log.run(line);
    EXPECT_LE(log.remaining(), log.total() + 40) << line;
  }
}

TEST(RewriteEstimate, ASampleOfManyKeysIsEnough) {
  Follower log(1 << 12);
  // Half of them twice.
  for (int i = 0; i < 30'000; ++i) {
    log.run("SET key" + std::to_string(i) + " " + value);
    if (i % 2 == 0) log.run("SET key" + std::to_string(i) + " " + value);
  }
  EXPECT_TRUE(log.sampled());
  EXPECT_NEAR(static_cast<double>(log.remaining()) / static_cast<double>(log.total()), 2.0 / 3, 0.1);
}

TEST(RewriteEstimate, ASampleOfManyElementsIsEnough) {
  Follower log(1 << 12);
  for (int i = 0; i < 60'000; ++i) log.run("HSET h field" + std::to_string(i % 20'000) + " " + value);
  EXPECT_TRUE(log.sampled());
  EXPECT_NEAR(static_cast<double>(log.remaining()) / static_cast<double>(log.total()), 1.0 / 3, 0.1);
}

TEST(HeavyKeys, AreExactWhileThereAreFew) {
  HeavyKeys keys(100);
  for (uint64_t i = 1; i <= 100; ++i) {
    for (uint64_t n = 0; n < i; ++n) keys.add(i, i % 3, "key" + std::to_string(i), 10);
  }
  EXPECT_TRUE(keys.exact());
  const auto top = keys.top(2);
  ASSERT_EQ(top.size(), 2U);
  EXPECT_EQ(top[0].key, "key100");
  EXPECT_EQ(top[0].bytes, 1000U);
  EXPECT_EQ(top[0].commands, 100U);
  EXPECT_EQ(top[0].database, 1U);
  EXPECT_EQ(top[0].missed, 0U);
  EXPECT_EQ(top[1].key, "key99");
}

TEST(HeavyKeys, AreFoundAmongMany) {
  HeavyKeys keys(1000);
  Random random(5);
  uint64_t heavy = 0;
  for (int i = 0; i < 300'000; ++i) {
    // One in ten is one of five keys.
    const uint64_t key = random.below(10) == 0 ? random.below(5) : 5 + random.below(100'000);
    if (key == 0) heavy += 30;
    keys.add(key * 0x9e3779b97f4a7c15u + 1, 0, "key" + std::to_string(key), 30);
  }
  EXPECT_FALSE(keys.exact());
  const auto top = keys.top(5);
  ASSERT_EQ(top.size(), 5U);
  for (const HeavyKey& key : top) {
    EXPECT_LT(key.key, "key5");
    if (key.key != "key0") continue;
    EXPECT_LE(key.bytes, heavy);
    EXPECT_GE(key.bytes + key.missed, heavy);
  }
}

TEST(HeavyKeys, KeepOnlyTheBeginningOfLongOnes) {
  HeavyKeys keys(10);
  keys.add(1, 0, std::string(1000, 'k'), 1);
  EXPECT_EQ(keys.top(1)[0].key, std::string(256, 'k'));
}

}  // namespace
}  // namespace redoubt

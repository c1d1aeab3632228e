// Commands of a log, carried out: what holds for them that does not for those of clients.
#include "server/dispatch/log_executor.h"

#include <gtest/gtest.h>

#include "tests/support/command_fixture.h"
#include "tests/support/recording_feed.h"

namespace redoubt {
namespace {

using Log = std::vector<std::vector<std::string>>;

// One command in each call, and all at once.
struct LogExecutorTest : CommandTest, testing::WithParamInterface<size_t> {
  LogExecutor executor{server.services()};

  // The lines as a log; gives the error that ended it.
  std::string load(const std::vector<std::string_view>& lines) {
    Log log;
    for (const std::string_view line : lines) log.push_back(words_of(line));
    try {
      carry_out_log(executor, log, GetParam());
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
};
INSTANTIATE_TEST_SUITE_P(Batches, LogExecutorTest, testing::Values(0, 1, 3, 1000));

TEST_P(LogExecutorTest, CarriesOutInTheDatabaseThatWasSelected) {
  EXPECT_EQ(load({"SET a 1", "select 3", "SET b 2", "SELECT 0", "INCR a", "set c 3"}), "");
  EXPECT_EQ(type("mget a b c"), "[\"2\", (nil), \"3\"]");
  EXPECT_NE(server.db(3).peek("b"), nullptr);
  // Each log begins in 0.
  EXPECT_EQ(load({"select 3", "SET a 1"}), "");
  EXPECT_EQ(load({"SET d 1"}), "");
  EXPECT_NE(server.db(0).peek("d"), nullptr);
  EXPECT_EQ(server.client().client().db, 0);
}

TEST_P(LogExecutorTest, WhatIsNoCommandOfALogIsRefused) {
  for (const auto& [line, error] : {
           std::pair{"nosuch a b", "Unknown command 'nosuch'"},
           {"object nosuch a", "Unknown command 'object'"},
           {"object", "Unknown command 'object'"},
           {"'' a", "Unknown command ''"},
           {"set a", "Wrong number of arguments for command 'set'"},
           {"get a b", "Wrong number of arguments for command 'get'"},
       }) {
    EXPECT_EQ(load({"FLUSHALL", "set before 1", line, "set after 1"}), error) << line;
    EXPECT_NE(server.db().peek("before"), nullptr);
    EXPECT_EQ(server.db().peek("after"), nullptr);
  }
  Status refused;
  const std::string_view set[] = {"set", "a", "1"};
  const std::string_view wrong[] = {"sett", "a", "1"};
  const CommandExecutor::Arguments commands[] = {set, set, wrong, set};
  EXPECT_EQ(executor.execute_logged(commands, refused), 2u);
  EXPECT_EQ(refused.error().text, "Unknown command 'sett'");
  EXPECT_FALSE(executor.execute_logged(CommandExecutor::Arguments()));
}

TEST_P(LogExecutorTest, TransactionsAreCarriedOutAtTheirEnd) {
  EXPECT_EQ(load({"MULTI", "SET a 1", "select 2", "INCR a"}), "");
  EXPECT_TRUE(executor.in_transaction());
  EXPECT_EQ(server.keyspace().total_keys(), 0u);
  // What was not ended is dropped by the next log.
  EXPECT_EQ(load({"exec", "SET b 1"}), "");
  EXPECT_FALSE(executor.in_transaction());
  EXPECT_EQ(server.keyspace().total_keys(), 1u);
  EXPECT_EQ(load({"multi", "SET a 1", "select 2", "INCR a", "INCR a", "EXEC", "SET c 1"}), "");
  EXPECT_EQ(type("get a"), "\"1\"");
  EXPECT_EQ(server.db(2).peek("a")->integer(), 2);
  EXPECT_NE(server.db(2).peek("c"), nullptr);
  EXPECT_EQ(load({"multi", "SET d 1", "DISCARD", "SET e 1", "multi", "nosuch", "exec"}), "Unknown command 'nosuch'");
  EXPECT_EQ(type("exists d e"), "(integer) 1");
}

TEST_P(LogExecutorTest, NothingExpiresWhileALogIsCarriedOut) {
  EXPECT_EQ(load({"SET a 1 PXAT 1000", "INCR a",
                  "SET b 1 PXAT 1000", "INCR b",
                  "PERSIST b",         "SET c 1",
                  "PEXPIREAT c 5",     "SET d 1",
                  "EXPIRE d -100",     "PEXPIREAT d -5",
                  "HSET h f 1 g 2",    "HPEXPIREAT h 5 FIELDS 2 f g",
                  "HINCRBY h f 1",     "HPERSIST h FIELDS 1 f",
                  "SET e 1 PXAT 1000", "GETEX e EXAT 1",
                  "RENAME e f",        "LPUSH l 1",
                  "PEXPIREAT l 1",     "LPUSH l 2",
                  "SET g 1 PXAT 1000", "SETNX g 2",
                  "PERSIST g"}),
            "");
  EXPECT_EQ(server.db().size(), 8u);
  EXPECT_EQ(server.db().expiry_of(*server.db().keys().get("a", server.db().hash("a"))), 1000);
  EXPECT_EQ(server.keyspace().shared().now_ms, server.now_ms());
  EXPECT_EQ(type("mget a b c d e f g"), "[(nil), \"2\", (nil), (nil), (nil), (nil), \"1\"]");
  EXPECT_EQ(type("hmget h f g"), "[\"2\", (nil)]");
  EXPECT_EQ(type("llen l"), "(integer) 0");
  EXPECT_EQ(server.db().size(), 3u);
}

// Logs of others may have times that count from when they are read.
TEST_P(LogExecutorTest, RelativeTimesCountFromNow) {
  EXPECT_EQ(load({"SETEX a 100 1", "SET b 1", "PEXPIRE b 100000", "HSET h f 1", "HEXPIRE h 100 FIELDS 1 f"}), "");
  EXPECT_EQ(type("pttl a"), "(integer) 100000");
  EXPECT_EQ(type("pttl b"), "(integer) 100000");
  EXPECT_EQ(type("hpttl h fields 1 f"), "[(integer) 100000]");
}

TEST_P(LogExecutorTest, NobodyIsToldAndNothingCounts) {
  RecordingFeed feed;
  server.effects().propagation().attach(feed);
  run("SET", "x", "1");
  const uint64_t dirty = server.effects().dirty();
  EXPECT_EQ(
      load({"SET a 1", "GETSET a 2", "SADD s 1 2 3", "SPOP s", "SPOP s 1", "FLUSHDB", "MULTI", "SET b 1", "EXEC"}), "");
  EXPECT_EQ(server.effects().dirty(), dirty);
  EXPECT_EQ(feed.take_line(), "SET x 1");
  run("SET", "x", "2");
  EXPECT_EQ(feed.take_line(), "SET x 2");
  EXPECT_EQ(server.stats().commands_processed, 2u);
  server.effects().propagation().detach(feed);
}

TEST_P(LogExecutorTest, NothingWaits) {
  EXPECT_EQ(load({"BLPOP l 0", "BLMOVE l m LEFT LEFT 0", "BZPOPMIN z 0", "RPUSH l a b", "BLPOP l 0"}), "");
  EXPECT_FALSE(server.effects().blocked().any());
  EXPECT_EQ(type("lrange l 0 -1"), "[\"b\"]");
}

// Neither a password, nor a pause, nor maxmemory holds for a log.
TEST(LogExecutor, NoGateHolds) {
  TestServer server("requirepass secret\nmaxmemory 1\n");
  LogExecutor executor(server.services());
  carry_out_log(executor, {{"SET", "a", "1"}}, 0);
  EXPECT_NE(server.db().peek("a"), nullptr);
}

TEST_P(LogExecutorTest, WhatChangesNoDataIsPassedOver) {
  EXPECT_EQ(
      load({"GET a", "PING", "CONFIG SET maxmemory 100", "CLIENT KILL TYPE normal", "SHUTDOWN NOSAVE", "SET a 1"}), "");
  EXPECT_EQ(server.config().maxmemory, 0u);
  EXPECT_TRUE(server.control().asked.empty());
  EXPECT_EQ(server.stats().unexpected_error_replies, 0u);
  EXPECT_NE(server.db().peek("a"), nullptr);
}

TEST_P(LogExecutorTest, CommandsThatFailAreCountedAndDoNotStopIt) {
  EXPECT_EQ(load({"SET a text", "INCR a", "LPUSH a 1", "SET b 1"}), "");
  EXPECT_EQ(server.stats().unexpected_error_replies, 2u);
  EXPECT_NE(server.db().peek("b"), nullptr);
}

TEST_P(LogExecutorTest, CommandsThatWereRenamedAreFoundByBothNames) {
  ASSERT_TRUE(server.commands().rename("set", "put"));
  ASSERT_TRUE(server.commands().rename("incr", "set"));
  EXPECT_EQ(load({"put a 1", "set a", "PEXPIREAT a 1800000000000", "incr a"}), "");
  EXPECT_EQ(type("get a"), "\"3\"");
}

}  // namespace
}  // namespace redoubt

// What logs and replicas are told of each command.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "server/keyspace/expire.h"
#include "tests/support/command_fixture.h"
#include "tests/support/recording_feed.h"

namespace redoubt {
namespace {

static_assert(TestServer::start_ms == 1700000000000);

struct PropagationTest : CommandTest {
  PropagationTest() { server.effects().propagation().attach(feed); }
  ~PropagationTest() override { server.effects().propagation().detach(feed); }

  // What is told of this command.
  std::string told(std::string_view line) {
    feed.told.clear();
    type(line);
    return feed.take_line();
  }
  void prepare(std::initializer_list<std::string_view> lines) {
    run("FLUSHALL");
    for (const std::string_view line : lines) {
      EXPECT_NE(type(line).kind, ReplyKind::error) << line;
    }
  }

  RecordingFeed feed;
};

struct Case {
  std::string_view line;
  std::string_view told;
};

TEST_F(PropagationTest, StringsTellTimesAsTheyAreAndResultsOfFloats) {
  const Case cases[] = {
      {"set a 1", "set a 1"},
      {"SET a 2 nx", ""},
      {"set a 2 xx", "set a 2 xx"},
      {"set a 3 EX 100", "SET a 3 PXAT 1700000100000"},
      {"set a 3 px 100000 keepttl", ""},
      {"set a 3 px 100000 XX", "SET a 3 PXAT 1700000100000"},
      {"set a 3 exat 1700000100 get", "SET a 3 PXAT 1700000100000"},
      {"set a 3 pxat 1700000100000 get xx", "SET a 3 PXAT 1700000100000"},
      {"set a 4 get", "set a 4"},
      {"set a 4 GET xx Get keepttl", "set a 4 xx keepttl"},
      {"set a get get", "set a get"},
      {"set a 5 get nx", ""},
      {"setex a 100 v", "SET a v PXAT 1700000100000"},
      {"psetex a 100000 v", "SET a v PXAT 1700000100000"},
      {"setnx a v", ""},
      {"setnx b v", "setnx b v"},
      {"getset a w", "SET a w"},
      {"getex a", ""},
      {"getex a persist", ""},
      {"getex a ex 100", "PEXPIREAT a 1700000100000"},
      {"getex a px 100000", "PEXPIREAT a 1700000100000"},
      {"getex a exat 1700000100", "PEXPIREAT a 1700000100000"},
      {"getex a pxat 1700000100000", "PEXPIREAT a 1700000100000"},
      {"getex a persist", "PERSIST a"},
      {"getex a pxat 5", "DEL a"},
      {"getex a ex 100", ""},
      {"getdel b", "DEL b"},
      {"getdel b", ""},
      {"mset a 1 b 2", "mset a 1 b 2"},
      {"msetnx a 1 c 2", ""},
      {"msetnx c 1 d 2", "msetnx c 1 d 2"},
      {"incr a", "incr a"},
      {"incrby a 5", "incrby a 5"},
      {"decr a", "decr a"},
      {"decrby a 5", "decrby a 5"},
      {"incrbyfloat a 0.5", "SET a 1.5 KEEPTTL"},
      {"incrbyfloat a x", ""},
      {"append a x", "append a x"},
      {"setrange a 0 yy", "setrange a 0 yy"},
      {"setrange a 0 ''", ""},
      {"incr a", ""},
      {"get a", ""},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(told(line), expected) << line;
}

TEST_F(PropagationTest, ExpiriesOfKeysAreTimesOfTheClock) {
  prepare({"set a 1", "set b 1", "set c 1"});
  const Case cases[] = {
      {"expire a 100", "PEXPIREAT a 1700000100000"},
      {"expire a 100 nx", ""},
      {"pexpire a 100000 xx", "PEXPIREAT a 1700000100000 xx"},
      {"expireat a 1700000200 GT xx", "PEXPIREAT a 1700000200000 GT xx"},
      {"pexpireat a 1700000100000 lt", "pexpireat a 1700000100000 lt"},
      {"expire none 100", ""},
      {"persist a", "persist a"},
      {"persist a", ""},
      {"expire a -1", "DEL a"},
      {"pexpireat b 1", "DEL b"},
      {"pexpireat b 1", ""},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(told(line), expected) << line;
  server.keyspace().shared().lazy_expire = true;
  EXPECT_EQ(told("expireat c 5"), "UNLINK c");
  type("set c 1");
  EXPECT_EQ(told("getex c exat 5"), "UNLINK c");
}

TEST_F(PropagationTest, KeysOfAnyTypeAreToldAsSent) {
  prepare({"set a 1", "set b 1", "rpush l b c a"});
  const Case cases[] = {
      {"del none", ""},
      {"del a none", "del a none"},
      {"unlink b", "unlink b"},
      {"rename l m", "rename l m"},
      {"rename m m", ""},
      {"renamenx m l", "renamenx m l"},
      {"copy l c", "copy l c"},
      {"copy l c", ""},
      {"copy l c replace db 2", "copy l c replace db 2"},
      {"move c 3", "move c 3"},
      {"sort l alpha store s", "sort l alpha store s"},
      {"sort none store s", "sort none store s"},
      {"sort none store s", ""},
      {"touch l", ""},
      {"type l", ""},
      {"swapdb 2 3", "swapdb 2 3"},
      {"swapdb 4 4", "swapdb 4 4"},
      {"flushdb", "flushdb"},
      {"flushdb async", "flushdb async"},
      {"flushall sync", "flushall sync"},
      {"select 3", ""},
      {"set a 1", "3: set a 1"},
      {"move a 0", "3: move a 0"},
      {"flushdb", "3: flushdb"},
      {"nosuchcommand", ""},
      {"set a", ""},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(told(line), expected) << line;
}

TEST_F(PropagationTest, ListsTellOfManyKeysAndWaitingAsWhatCameOfIt) {
  prepare({"rpush l a b c d e f g h i", "rpush m x"});
  const Case cases[] = {
      {"lpush l z", "lpush l z"},
      {"lpushx none z", ""},
      {"lpop l", "lpop l"},
      {"lpop l 0", ""},
      {"rpop l 2", "rpop l 2"},
      {"lmpop 2 none l left", "LPOP l 1"},
      {"lmpop 2 l none RIGHT count 2", "RPOP l 2"},
      {"blpop none l 0", "LPOP l"},
      {"brpop l 1", "RPOP l"},
      {"blmpop 0 2 none l right", "RPOP l 1"},
      {"blmpop 0 2 none l left count 100", "LPOP l 1"},
      {"rpush l a b c", "rpush l a b c"},
      {"lmove l m left right", "lmove l m left right"},
      {"blmove l m LEFT right 0", "LMOVE l m LEFT right"},
      {"rpoplpush l m", "rpoplpush l m"},
      {"brpoplpush m l 0", "RPOPLPUSH m l"},
      {"blmove m none2 LEFT x 0", ""},
      {"lset l 0 q", "lset l 0 q"},
      {"linsert l before q r", "linsert l before q r"},
      {"linsert l before none r", ""},
      {"lrem l 0 none", ""},
      {"lrem l 0 r", "lrem l 0 r"},
      {"ltrim l 0 -1", ""},
      {"ltrim l 5 1", "ltrim l 5 1"},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(told(line), expected) << line;
}

TEST_F(PropagationTest, SortedSetsTellOfManyKeysAndWaitingAsWhatCameOfIt) {
  prepare({"zadd z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h"});
  const Case cases[] = {
      {"zadd z 1 a", ""},
      {"zadd z ch 2 a", "zadd z ch 2 a"},
      {"zadd z incr 1 a", "zadd z incr 1 a"},
      {"zincrby z 1.5 a", "zincrby z 1.5 a"},
      {"zpopmin z", "zpopmin z"},
      {"zpopmax z 0", ""},
      {"zpopmax z 1", "zpopmax z 1"},
      {"zmpop 2 none z min", "ZPOPMIN z 1"},
      {"zmpop 1 z max count 2", "ZPOPMAX z 2"},
      {"bzpopmin none z 0", "ZPOPMIN z"},
      {"bzpopmax z 0", "ZPOPMAX z"},
      {"bzmpop 0 1 z MIN count 10", "ZPOPMIN z 1"},
      {"zmpop 1 z min", ""},
      {"zadd z 1 a 2 b", "zadd z 1 a 2 b"},
      {"zrangestore y z 0 -1", "zrangestore y z 0 -1"},
      {"zunionstore x 2 y z", "zunionstore x 2 y z"},
      {"zinterstore none 2 y none", ""},
      {"zdiffstore x 2 y z", "zdiffstore x 2 y z"},
      {"zremrangebyrank z 5 6", ""},
      {"zrem z a", "zrem z a"},
      {"zremrangebyscore z -inf inf", "zremrangebyscore z -inf inf"},
      {"zremrangebylex y - +", "zremrangebylex y - +"},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(told(line), expected) << line;
}

TEST_F(PropagationTest, SetsAreToldAsSent) {
  prepare({"sadd s a b", "sadd t b"});
  const Case cases[] = {
      {"sadd s a", ""},
      {"sadd s a c", "sadd s a c"},
      {"srem s none", ""},
      {"srem s c none", "srem s c none"},
      {"smove s t b", "smove s t b"},
      {"smove s t b", ""},
      {"sunionstore u s t", "sunionstore u s t"},
      {"sinterstore u s none", "sinterstore u s none"},
      {"sdiffstore u none s", ""},
      {"srandmember s", ""},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(told(line), expected) << line;
}

TEST_F(PropagationTest, SpopTellsWhatWasTaken) {
  prepare({"sadd s a"});
  EXPECT_EQ(told("spop s"), "SREM s a");
  EXPECT_EQ(told("spop s"), "");
  EXPECT_EQ(told("spop s 3"), "");
  type("sadd s 1 2 3");
  EXPECT_EQ(told("spop s 0"), "");
  EXPECT_EQ(told("spop s 3"), "DEL s");
  server.keyspace().shared().lazy_server_del = true;
  type("sadd s 1 2 3");
  EXPECT_EQ(told("spop s 30"), "UNLINK s");
}

// Few of many, and many of few more.
TEST_F(PropagationTest, SpopOfManyTellsThemInBatches) {
  for (const auto& [size, count] : {std::pair{10, 3}, {10, 9}, {5000, 2000}, {2500, 2400}}) {
    for (const char prefix : {'1', 'm'}) {
      run("FLUSHALL");
      std::set<std::string> members;
      for (int i = 0; i < size; ++i) {
        members.insert(prefix + std::to_string(i));
        run("SADD", "s", prefix + std::to_string(i));
      }
      feed.told.clear();
      run("SPOP", "s", std::to_string(count));
      std::vector<ToldCommand> told = std::move(feed.told);
      const int batches = (count + 1023) / 1024;
      if (batches > 1) {
        ASSERT_EQ(told.size(), static_cast<size_t>(batches) + 2);
        EXPECT_EQ(told.front().words, std::vector<std::string>{"MULTI"});
        EXPECT_EQ(told.front().db, CommandFeed::any_db);
        EXPECT_EQ(told.back().words, std::vector<std::string>{"EXEC"});
        told.erase(told.begin());
        told.pop_back();
      }
      ASSERT_EQ(told.size(), static_cast<size_t>(batches));
      for (const ToldCommand& command : told) {
        EXPECT_LE(command.words.size(), 1026u);
        EXPECT_EQ(command.words[0] + ' ' + command.words[1], "SREM s");
        for (size_t i = 2; i < command.words.size(); ++i) EXPECT_EQ(members.erase(command.words[i]), 1u);
      }
      EXPECT_EQ(members.size(), static_cast<size_t>(size - count));
      for (const std::string& member : members) EXPECT_EQ(run("SISMEMBER", "s", member), "(integer) 1");
    }
  }
}

TEST_F(PropagationTest, HashesTellResultsOfFloatsAndTimesOfFields) {
  const Case cases[] = {
      {"hset h a 1 b 2 c 3 d 4 e 5", "hset h a 1 b 2 c 3 d 4 e 5"},
      {"hmset h a 1", "hmset h a 1"},
      {"hsetnx h a 2", ""},
      {"hsetnx h f 6", "hsetnx h f 6"},
      {"hincrby h a 1", "hincrby h a 1"},
      {"hincrbyfloat h a 0.5", "HSET h a 2.5"},
      {"hdel h none", ""},
      {"hdel h f none", "hdel h f none"},
      {"hexpire h 100 fields 1 a", "HPEXPIREAT h 1700000100000 FIELDS 1 a"},
      {"hexpire h 100 nx fields 3 a none b", "HPEXPIREAT h 1700000100000 nx FIELDS 1 b"},
      {"hpexpire h 100000 XX fields 2 a b", "HPEXPIREAT h 1700000100000 XX FIELDS 2 a b"},
      {"hexpireat h 1700000200 gt FIELDS 2 a b", "HPEXPIREAT h 1700000200000 gt FIELDS 2 a b"},
      {"hpexpireat h 1700000100000 lt fields 2 a c", "HPEXPIREAT h 1700000100000 lt FIELDS 2 a c"},
      {"hexpire h 100 gt fields 1 a", ""},
      {"hincrbyfloat h a 1", "MULTI | HSET h a 3.5 | HPEXPIREAT h 1700000100000 FIELDS 1 a | EXEC"},
      {"hpersist h fields 2 a none", "hpersist h fields 2 a none"},
      {"hpersist h fields 1 a", ""},
      {"hexpireat h 5 fields 2 c none", "HDEL h c"},
      {"hexpire h 0 nx fields 3 a b d", "MULTI | HDEL h a | HDEL h d | EXEC"},
      {"hpexpireat h 5 fields 2 b e", "MULTI | HDEL h b | HDEL h e | EXEC"},
      {"exists h", ""},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(told(line), expected) << line;
}

// ---- what goes by itself ---------------------------------------------------------------------------

TEST_F(PropagationTest, KeysThatAreFoundExpiredAreToldBeforeTheCommand) {
  const Case cases[] = {
      {"get a", "DEL a"},
      {"exists a", "DEL a"},
      {"mget a b", "MULTI | DEL a | DEL b | EXEC"},
      {"incr a", "MULTI | DEL a | incr a | EXEC"},
      {"set a 1 ex 100", "MULTI | DEL a | SET a 1 PXAT 1700000100020 | EXEC"},
      {"set a 1 xx", "DEL a"},
      {"rename c a", "MULTI | DEL a | rename c a | EXEC"},
      {"sunionstore c a b", "MULTI | DEL a | DEL b | sunionstore c a b | EXEC"},
      {"spop a", "DEL a"},
      {"getdel a", "DEL a"},
  };
  for (const auto& [line, expected] : cases) {
    for (const bool lazily : {false, true}) {
      server.set_now(TestServer::start_ms);
      server.keyspace().shared().lazy_expire = lazily;
      prepare({"set a 1 px 10", "set b 1 px 10", "set c 1"});
      server.advance(20);
      std::string wanted(expected);
      for (size_t at; lazily && (at = wanted.find("DEL ")) != std::string::npos;) wanted.replace(at, 4, "UNLINK ");
      EXPECT_EQ(told(line), wanted) << line;
      server.advance(20);
    }
  }
}

TEST_F(PropagationTest, FieldsThatAreFoundExpiredAreToldBeforeTheCommand) {
  const Case cases[] = {
      {"hget h a", "HDEL h a"},
      {"hmget h a b c", "MULTI | HDEL h a | HDEL h b | EXEC"},
      {"hexists h a", "HDEL h a"},
      {"hgetall h", ""},
      {"hset h a 2", "hset h a 2"},
      {"hsetnx h a 2", "MULTI | HDEL h a | hsetnx h a 2 | EXEC"},
      {"hsetnx h c 2", ""},
      {"hincrby h a 2", "MULTI | HDEL h a | hincrby h a 2 | EXEC"},
      {"hincrbyfloat h a 2", "MULTI | HDEL h a | HSET h a 2 | EXEC"},
      {"hdel h a", "HDEL h a"},
      {"hdel h a c", "MULTI | HDEL h a | hdel h a c | EXEC"},
      {"hexpire h 100 fields 2 a c", "MULTI | HDEL h a | HPEXPIREAT h 1700000100020 FIELDS 1 c | EXEC"},
      {"hpersist h fields 2 a c", "HDEL h a"},
      {"copy h i", "copy h i"},
  };
  for (const auto& [line, expected] : cases) {
    for (const std::string_view limit : {"512", "0"}) {
      server.set_now(TestServer::start_ms);
      run("CONFIG", "SET", "hash-max-listpack-entries", limit);
      prepare({"hset h a 1 b 1 c 1", "hpexpire h 10 fields 2 a b"});
      server.advance(20);
      EXPECT_EQ(told(line), expected) << line;
    }
  }
}

// Whoever is told removes the key with its last field, and the key's own time with it.
TEST_F(PropagationTest, AHashWhoseLastFieldHasExpiredBeginsAnew) {
  for (const std::string_view line : {"hsetnx h a 2", "hincrby h a 2", "hincrbyfloat h a 2"}) {
    for (const std::string_view limit : {"512", "0"}) {
      run("CONFIG", "SET", "hash-max-listpack-entries", limit);
      prepare({"hset h a 1", "expire h 100", "hpexpire h 10 fields 1 a"});
      server.advance(20);
      EXPECT_NE(told(line), "") << line;
      EXPECT_EQ(type("ttl h"), "(integer) -1") << line;
      EXPECT_EQ(type("hget h a"), "\"2\"") << line;
      EXPECT_EQ(type("hpttl h fields 1 a"), "[(integer) -1]") << line;
    }
  }
}

TEST_F(PropagationTest, WhatTheExpiryCycleRemovesIsToldOneByOne) {
  prepare({"set a 1 px 10", "set b 1", "select 2", "hset h 5 1 f 1 g 1", "hpexpire h 10 fields 2 5 f", "hset i f 1",
           "hpexpire i 10 fields 1 f", "hset j f 1 g 1"});
  server.advance(20);
  feed.told.clear();
  int64_t clock = 0;
  ExpireCycle cycle(server.keyspace(), server.config(), [&clock] { return clock += 10; });
  for (int i = 0; i < 100; ++i) {
    clock += 100'000;
    cycle.run_slice(1000);
  }
  std::vector<std::string> lines;
  for (const ToldCommand& command : feed.told) {
    std::string line = std::to_string(command.db);
    for (const std::string& word : command.words) line += ' ' + word;
    lines.push_back(line);
  }
  std::ranges::sort(lines);
  EXPECT_EQ(lines, (std::vector<std::string>{"0 DEL a", "2 HDEL h 5", "2 HDEL h f", "2 HDEL i f"}));
}

TEST_F(PropagationTest, EvictedKeysAreToldEachAlone) {
  for (const bool lazily : {false, true}) {
    prepare({"set a 1", "set b 1", "select 4", "set c 1", "select 0"});
    feed.told.clear();
    for (const auto& [db, key] : {std::pair{0, "a"}, {4, "c"}}) server.db(db).evict(*server.db(db).peek(key), lazily);
    EXPECT_EQ(feed.take_line(), lazily ? "UNLINK a | 4: UNLINK c" : "DEL a | 4: DEL c");
  }
}

TEST(PropagationDebug, KeysMadeForTestsAreNotTold) {
  TestServer server("enable-debug-command yes\n");
  RecordingFeed feed;
  server.effects().propagation().attach(feed);
  EXPECT_EQ(server.run("debug", "populate", "3"), "OK");
  EXPECT_EQ(server.db().size(), 3u);
  EXPECT_EQ(feed.take_line(), "");
  server.effects().propagation().detach(feed);
}

// A command that must wait until there is room is told after what was evicted for it.
TEST(PropagationEviction, ComesBeforeTheCommandAndIsNoPartOfIt) {
  TestServer server("maxmemory 1\nmaxmemory-policy allkeys-random\nmaxmemory-eviction-tenacity 100\n");
  RecordingFeed feed;
  server.effects().propagation().attach(feed);
  server.db().set_string("a", "1");
  server.db().set_string("b", "1");
  EXPECT_EQ(server.run("set", "c", "1").kind, ReplyKind::error);
  const std::string line = feed.take_line();
  EXPECT_TRUE(line == "DEL a | DEL b" || line == "DEL b | DEL a") << line;
  server.effects().propagation().detach(feed);
}

// ---- clients that wait -----------------------------------------------------------------------------

TEST_F(PropagationTest, WhoeverWaitedIsToldOfByWhatItDid) {
  const struct {
    std::string_view waits;
    std::string_view line;
    std::string_view told;
  } cases[] = {
      {"blpop k l 0", "rpush l a b", "rpush l a b | LPOP l"},
      {"brpop k l 0", "rpush l a b", "rpush l a b | RPOP l"},
      {"blmpop 0 2 k l left count 5", "rpush l a b", "rpush l a b | LPOP l 2"},
      {"blmove l m LEFT RIGHT 0", "rpush l a b", "rpush l a b | LMOVE l m LEFT RIGHT"},
      {"brpoplpush l m 0", "rpush l a b", "rpush l a b | RPOPLPUSH l m"},
      {"bzpopmin y z 0", "zadd z 1 a 2 b", "zadd z 1 a 2 b | ZPOPMIN z"},
      {"bzpopmax y z 0", "zadd z 1 a 2 b", "zadd z 1 a 2 b | ZPOPMAX z"},
      {"bzmpop 0 2 y z max count 5", "zadd z 1 a 2 b", "zadd z 1 a 2 b | ZPOPMAX z 2"},
      {"blpop m 0", "rename q m", "rename q m | LPOP m"},
      {"blpop m 0", "set m 1", "set m 1"},
  };
  for (const auto& [waits, line, expected] : cases) {
    prepare({"rpush q 1"});
    TestClient& waiting = server.connect();
    waiting.run(words_of(waits));
    ASSERT_TRUE(waiting.waits()) << waits;
    EXPECT_EQ(told(line), expected) << waits;
    server.disconnect(waiting);
  }
}

TEST_F(PropagationTest, ManyWhoWaitedAreToldOfInTheOrderInWhichTheyWereServed) {
  TestClient& first = server.connect();
  TestClient& second = server.connect();
  TestClient& third = server.connect();
  first.run("blmove", "l", "m", "left", "left", "0");
  second.run("blpop", "m", "0");
  third.run("select", "1");
  third.run("blpop", "l", "0");
  EXPECT_EQ(told("rpush l a b"), "rpush l a b | LMOVE l m left left | LPOP m");
  EXPECT_EQ(told("move l 1"), "move l 1 | 1: LPOP l");
}

// ---- feeds -----------------------------------------------------------------------------------------

TEST_F(PropagationTest, FeedsComeAndGo) {
  Propagation& propagation = server.effects().propagation();
  RecordingFeed second;
  EXPECT_TRUE(propagation.active());
  propagation.attach(second);
  EXPECT_EQ(told("set a 1"), "set a 1");
  EXPECT_EQ(second.take_line(), "set a 1");
  propagation.detach(second);
  EXPECT_EQ(told("set a 2"), "set a 2");
  EXPECT_EQ(second.take_line(), "");
  propagation.mute(true);
  EXPECT_FALSE(propagation.active());
  EXPECT_EQ(told("set a 3 ex 10"), "");
  EXPECT_EQ(told("flushall"), "");
  propagation.mute(false);
  EXPECT_EQ(told("set a 4"), "set a 4");
  propagation.detach(feed);
  EXPECT_FALSE(propagation.active());
  EXPECT_EQ(told("set a 5"), "");
  propagation.attach(feed);
}

TEST(Propagation, AUnitOfSeveralCommandsIsToldTogether) {
  Propagation propagation;
  RecordingFeed feed;
  propagation.attach(feed);
  const auto command = [&](int db, std::vector<std::string_view> words, bool changed) {
    propagation.begin_command();
    propagation.end_command(db, words, changed);
  };
  propagation.begin_unit();
  command(0, {"SET", "a", "1"}, true);
  command(0, {"GET", "a"}, false);
  EXPECT_EQ(feed.take_line(), "");
  propagation.end_unit();
  EXPECT_EQ(feed.take_line(), "SET a 1");

  propagation.begin_unit();
  command(0, {"SET", "a", "1"}, true);
  command(2, {"SET", "", "1"}, true);
  propagation.begin_command();
  propagation.also(2, {"DEL", "x"});
  const ToldWord words[] = {"PEXPIREAT", "y", int64_t{-5}};
  propagation.instead(2, words);
  const std::string_view sent[] = {"EXPIRE", "y", "5"};
  propagation.end_command(2, sent, true);
  propagation.end_unit();
  EXPECT_EQ(feed.take_line(), "MULTI | SET a 1 | 2: SET  1 | 2: DEL x | 2: PEXPIREAT y -5 | EXEC");
  // Nothing is left of it.
  command(1, {"DEL", "a"}, true);
  EXPECT_EQ(feed.take_line(), "1: DEL a");
  // What was said of a command that changed nothing does not count.
  propagation.begin_command();
  propagation.instead(0, words);
  propagation.end_command(0, sent, false);
  EXPECT_EQ(feed.take_line(), "");
}

}  // namespace
}  // namespace redoubt

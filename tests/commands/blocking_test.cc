// Clients that wait for keys: who is served when, and how a wait ends.
#include <gtest/gtest.h>

#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class BlockingTest : public CommandTest {
 protected:
  // A client that waits, having sent this line.
  TestClient& waiter(std::string_view line) {
    TestClient& client = server.connect();
    EXPECT_EQ(client.run(words_of(line)), "(no reply)") << line;
    EXPECT_TRUE(client.waits()) << line;
    return client;
  }
  std::string info(std::string_view field) {
    const Reply reply = run("INFO", "everything");
    const size_t at = reply.text.find(std::string(field) + ":");
    if (at == std::string::npos) return "none";
    const size_t begin = at + field.size() + 1;
    return reply.text.substr(begin, reply.text.find('\r', begin) - begin);
  }
};

TEST_F(BlockingTest, WhoCameFirstIsServedFirst) {
  TestClient& first = waiter("BLPOP k 0");
  TestClient& second = waiter("BRPOP k 0");
  EXPECT_EQ(type("RPUSH k a"), "(integer) 1");
  EXPECT_EQ(first.later(), R"(["k", "a"])");
  EXPECT_EQ(second.later(), "(no reply)");
  EXPECT_EQ(type("LPUSH k b"), "(integer) 1");
  EXPECT_EQ(second.later(), R"(["k", "b"])");
  EXPECT_EQ(type("EXISTS k"), "(integer) 0");
}

TEST_F(BlockingTest, OnePushServesAsManyAsItHasElements) {
  TestClient& first = waiter("BLPOP k 0");
  TestClient& second = waiter("BLPOP k 0");
  TestClient& third = waiter("BLPOP k 0");
  EXPECT_EQ(type("RPUSH k a b"), "(integer) 2");
  EXPECT_EQ(first.later(), R"(["k", "a"])");
  EXPECT_EQ(second.later(), R"(["k", "b"])");
  EXPECT_TRUE(third.waits());
}

TEST_F(BlockingTest, AWaiterGetsWhatThePushMadeOfTheWholeList) {
  TestClient& client = waiter("BLPOP k 0");
  EXPECT_EQ(type("LPUSH k a b c"), "(integer) 3");
  EXPECT_EQ(client.later(), R"(["k", "c"])");
  EXPECT_EQ(type("LRANGE k 0 -1"), R"(["b", "a"])");
}

struct Wake {
  const char* wait;
  const char* prepare;
  const char* wake;
  const char* reply;
};

class BlockingWakeTest : public testing::TestWithParam<Wake> {};

TEST_P(BlockingWakeTest, IsServedByWhatMakesTheKey) {
  TestServer server;
  const auto say = [&](TestClient& client, std::string_view line) { return client.run(words_of(line)); };
  TestClient& client = server.connect();
  if (*GetParam().prepare != 0) say(server.client(), GetParam().prepare);
  EXPECT_EQ(say(client, GetParam().wait), "(no reply)");
  say(server.client(), GetParam().wake);
  EXPECT_EQ(client.later(), GetParam().reply);
  EXPECT_FALSE(client.waits());
}

INSTANTIATE_TEST_SUITE_P(
    Commands, BlockingWakeTest,
    testing::Values(Wake{"BLPOP k 0", "", "LPUSH k a", R"(["k", "a"])"},
                    Wake{"BRPOP k 0", "", "RPUSH k a", R"(["k", "a"])"},
                    Wake{"BLPOP j k 0", "", "RPUSH k a", R"(["k", "a"])"},
                    Wake{"BLMOVE k d LEFT RIGHT 0", "", "RPUSH k a", R"("a")"},
                    Wake{"BRPOPLPUSH k d 0", "", "RPUSH k a b", R"("b")"},
                    Wake{"BLMPOP 0 2 j k LEFT COUNT 2", "", "RPUSH k a b c", R"(["k", ["a", "b"]])"},
                    Wake{"BZPOPMIN k 0", "", "ZADD k 1 a 2 b", R"(["k", "a", "1"])"},
                    Wake{"BZPOPMAX k 0", "", "ZADD k 1 a 2 b", R"(["k", "b", "2"])"},
                    Wake{"BZMPOP 0 1 k MAX COUNT 5", "", "ZADD k 1 a 2 b", R"(["k", [["b", "2"], ["a", "1"]]])"},
                    Wake{"BLPOP k 0", "RPUSH other a", "RENAME other k", R"(["k", "a"])"},
                    Wake{"BLPOP k 0", "RPUSH other a", "COPY other k", R"(["k", "a"])"},
                    Wake{"BLPOP k 0", "RPUSH other a", "LMOVE other k LEFT LEFT", R"(["k", "a"])"},
                    Wake{"BLPOP k 0", "RPUSH other a", "SORT other ALPHA STORE k", R"(["k", "a"])"},
                    Wake{"BZPOPMIN k 0", "ZADD other 1 a", "ZUNIONSTORE k 1 other", R"(["k", "a", "1"])"},
                    Wake{"BZPOPMIN k 0", "ZADD other 1 a", "ZRANGESTORE k other 0 -1", R"(["k", "a", "1"])"},
                    Wake{"BZPOPMIN k 0", "", "ZINCRBY k 1.5 a", R"(["k", "a", "1.5"])"}));

TEST_F(BlockingTest, KeysOfOtherDatabasesArriveByMoveAndSwap) {
  TestClient& mover = waiter("BLPOP k 0");
  type("SELECT 3");
  type("RPUSH k a");
  EXPECT_EQ(type("MOVE k 0"), "(integer) 1");
  EXPECT_EQ(mover.later(), R"(["k", "a"])");
  TestClient& swapped = waiter("BLPOP k 0");
  type("RPUSH k b");
  EXPECT_EQ(swapped.later(), "(no reply)");
  EXPECT_EQ(type("SWAPDB 0 3"), "OK");
  EXPECT_EQ(swapped.later(), R"(["k", "b"])");
}

TEST_F(BlockingTest, AValueOfAnotherTypeIsPassedOver) {
  TestClient& list = waiter("BLPOP k 0");
  TestClient& zset = waiter("BZPOPMIN k 0");
  EXPECT_EQ(type("SET k v"), "OK");
  EXPECT_TRUE(list.waits());
  type("DEL k");
  EXPECT_EQ(type("ZADD k 1 a"), "(integer) 1");
  EXPECT_EQ(zset.later(), R"(["k", "a", "1"])");
  EXPECT_TRUE(list.waits());
  type("RPUSH k x");
  EXPECT_EQ(list.later(), R"(["k", "x"])");
}

TEST_F(BlockingTest, DeletingAndFlushingWakeNobody) {
  TestClient& client = waiter("BLPOP k 0");
  type("SET k v");
  type("DEL k");
  type("FLUSHALL");
  type("FLUSHDB");
  EXPECT_TRUE(client.waits());
  EXPECT_EQ(client.later(), "(no reply)");
}

TEST_F(BlockingTest, ServingOneMayServeTheNext) {
  TestClient& last = waiter("BLPOP c 0");
  TestClient& middle = waiter("BLMOVE b c LEFT LEFT 0");
  TestClient& first = waiter("BLMOVE a b LEFT LEFT 0");
  type("RPUSH a x");
  EXPECT_EQ(first.later(), R"("x")");
  EXPECT_EQ(middle.later(), R"("x")");
  EXPECT_EQ(last.later(), R"(["c", "x"])");
}

TEST_F(BlockingTest, AMoveThatCannotBeMadeIsAnErrorAndKeepsTheElement) {
  type("SET d v");
  TestClient& client = waiter("BLMOVE k d LEFT LEFT 0");
  type("RPUSH k a");
  EXPECT_EQ(client.later(), "(error) WRONGTYPE Operation against a key holding the wrong kind of value");
  EXPECT_EQ(type("LRANGE k 0 -1"), R"(["a"])");
}

TEST_F(BlockingTest, TimeoutsAreDecimalsAndAnswerNull) {
  TestClient& pop = waiter("BLPOP k 0.05");
  TestClient& move = waiter("BLMOVE k d LEFT LEFT 0.1");
  TestClient& forever = waiter("BLPOP k 0");
  server.advance(49);
  EXPECT_TRUE(pop.waits());
  server.advance(1);
  EXPECT_EQ(pop.feed(""), "*-1\r\n");
  EXPECT_TRUE(move.waits());
  server.advance(1000);
  EXPECT_EQ(move.feed(""), "*-1\r\n");
  server.advance(int64_t{1} << 40);
  EXPECT_TRUE(forever.waits());
}

TEST_F(BlockingTest, BadTimeoutsAreRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"-1", "ERR timeout is negative"},
      {"abc", "ERR timeout is not a float or out of range"},
      {"", "ERR timeout is not a float or out of range"},
      {"1e30", "ERR timeout is out of range"},
      {"inf", "ERR timeout is out of range"},
      {"9223372036854775.807", "ERR timeout is out of range"},
  };
  for (const auto& [timeout, error] : cases) {
    EXPECT_EQ(run("BLPOP", "k", timeout), std::string("(error) ") + error) << timeout;
    EXPECT_EQ(run("BLMPOP", timeout, "1", "k", "LEFT"), std::string("(error) ") + error) << timeout;
    EXPECT_EQ(run("BZPOPMIN", "k", timeout), std::string("(error) ") + error) << timeout;
  }
}

TEST_F(BlockingTest, InputBehindTheWaitIsExecutedAfterIt) {
  TestClient& client = server.connect();
  EXPECT_EQ(client.feed(request_bytes({"BLPOP", "k", "0"}) + request_bytes({"ECHO", "after"})), "");
  type("RPUSH k a");
  EXPECT_EQ(client.feed(""), "*2\r\n$1\r\nk\r\n$1\r\na\r\n$5\r\nafter\r\n");
}

TEST_F(BlockingTest, AClientThatGoesAwayTakesNothing) {
  TestClient& gone = waiter("BLPOP j k 10");
  TestClient& client = waiter("BLPOP k 0");
  server.disconnect(gone);
  type("RPUSH k a");
  EXPECT_EQ(client.later(), R"(["k", "a"])");
  EXPECT_EQ(info("total_blocking_keys"), "0");
  EXPECT_EQ(info("clients_in_timeout_table"), "0");
}

TEST_F(BlockingTest, AClientThatIsBeingClosedTakesNothing) {
  TestClient& killed = waiter("BLPOP k 0");
  EXPECT_EQ(run("CLIENT", "KILL", "ID", std::to_string(killed.client().id)), "(integer) 1");
  EXPECT_EQ(type("RPUSH k a"), "(integer) 1");
  EXPECT_EQ(type("LLEN k"), "(integer) 1");
}

TEST_F(BlockingTest, ClientUnblockEndsAWait) {
  TestClient& client = waiter("BLPOP k 0");
  const std::string id = std::to_string(client.client().id);
  EXPECT_EQ(run("CLIENT", "UNBLOCK", id, "LATER"), "(error) ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  EXPECT_EQ(run("CLIENT", "UNBLOCK", "x"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(run("CLIENT", "UNBLOCK", "12345"), "(integer) 0");
  EXPECT_EQ(run("CLIENT", "UNBLOCK", id), "(integer) 1");
  EXPECT_EQ(client.feed(""), "*-1\r\n");
  EXPECT_EQ(run("CLIENT", "UNBLOCK", id), "(integer) 0");
  client.run("BLPOP", "k", "0");
  EXPECT_EQ(run("CLIENT", "UNBLOCK", id, "error"), "(integer) 1");
  EXPECT_EQ(client.later(), "(error) UNBLOCKED client unblocked via CLIENT UNBLOCK");
  EXPECT_EQ(info("errorstat_UNBLOCKED"), "count=1");
}

TEST_F(BlockingTest, WhoWaitsIsShown) {
  EXPECT_EQ(info("blocked_clients"), "0");
  TestClient& client = waiter("BLPOP j k j 10");
  waiter("BZPOPMIN k 0");
  EXPECT_EQ(info("blocked_clients"), "2");
  EXPECT_EQ(info("total_blocking_keys"), "2");
  EXPECT_EQ(info("clients_in_timeout_table"), "1");
  const Reply list = run("CLIENT", "LIST", "ID", std::to_string(client.client().id));
  EXPECT_NE(list.text.find(" flags=b "), std::string::npos) << list.text;
}

TEST_F(BlockingTest, ACommandThatWaitedCountsOnce) {
  TestClient& client = waiter("BLPOP k 0");
  EXPECT_EQ(info("cmdstat_blpop").substr(0, 8), "none");
  type("RPUSH k a");
  client.later();
  EXPECT_EQ(info("cmdstat_blpop").substr(0, 8), "calls=1,");
}

TEST_F(BlockingTest, NothingIsServedWhileWritesArePaused) {
  TestClient& client = waiter("BLPOP k 0");
  run("CLIENT", "PAUSE", "100000", "WRITE");
  EXPECT_EQ(type("RPUSH k a"), "(no reply)");
  EXPECT_TRUE(client.waits());
}

TEST_F(BlockingTest, RepliesThatAreOffStayOff) {
  TestClient& client = server.connect();
  EXPECT_EQ(client.feed(request_bytes({"CLIENT", "REPLY", "OFF"}) + request_bytes({"BLPOP", "k", "0"})), "");
  type("RPUSH k a");
  EXPECT_EQ(client.feed(""), "");
  EXPECT_FALSE(client.waits());
  EXPECT_EQ(type("EXISTS k"), "(integer) 0");
}

TEST_F(BlockingTest, ManyWaitersAreServedInOrderAndLeaveNothingBehind) {
  constexpr int count = 10000;
  std::vector<TestClient*> clients;
  for (int i = 0; i < count; ++i) clients.push_back(&waiter("BLPOP k other 100"));
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(run("RPUSH", i % 2 == 0 ? "k" : "other", std::to_string(i)), "(integer) 1");
    ASSERT_EQ(clients[static_cast<size_t>(i)]->later().items.back().text, std::to_string(i));
  }
  EXPECT_EQ(info("blocked_clients"), "0");
  EXPECT_EQ(info("total_blocking_keys"), "0");
}

}  // namespace
}  // namespace redoubt

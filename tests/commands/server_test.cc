#include <algorithm>
#include <string>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "server/commands/server_commands.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class ServerCommands : public CommandTest {
 protected:
  void fill() {
    for (int id : {0, 1, 5}) {
      Database& db = server.db(id);
      for (int i = 0; i <= id; ++i) db.set_string("key" + std::to_string(i), "value");
      db.set_expiry(*db.peek("key0"), server.now_ms() + 100000);
    }
  }
};

TEST_F(ServerCommands, RefuseWrongArguments) {
  const std::pair<const char*, const char*> cases[] = {
      {"FLUSHALL foo", "(error) ERR syntax error"},
      {"FLUSHALL ASYNC SYNC", "(error) ERR syntax error"},
      {"FLUSHDB foo", "(error) ERR syntax error"},
      {"FLUSHDB SYNC SYNC", "(error) ERR syntax error"},
      {"SWAPDB 0 99", "(error) ERR DB index is out of range"},
      {"SWAPDB -1 0", "(error) ERR DB index is out of range"},
      {"SWAPDB 4294967296 0", "(error) ERR invalid first DB index"},
      {"SWAPDB x 1", "(error) ERR invalid first DB index"},
      {"SWAPDB 0 x", "(error) ERR invalid second DB index"},
      {"SWAPDB 0", "(error) ERR wrong number of arguments for 'swapdb' command"},
      {"DBSIZE x", "(error) ERR wrong number of arguments for 'dbsize' command"},
      {"TIME x", "(error) ERR wrong number of arguments for 'time' command"},
      {"SHUTDOWN foo", "(error) ERR syntax error"},
      {"SHUTDOWN SAVE NOSAVE", "(error) ERR syntax error"},
      {"SHUTDOWN ABORT NOW", "(error) ERR syntax error"},
      {"SHUTDOWN FORCE ABORT", "(error) ERR syntax error"},
      {"SHUTDOWN NOSAVE foo", "(error) ERR syntax error"},
      {"LOLWUT VERSION x", "(error) ERR value is not an integer or out of range"},
      {"LOLWUT VERSION 5 x", "(error) ERR value is not an integer or out of range"},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(type(line), expected) << line;
  EXPECT_TRUE(server.control().asked.empty());
}

TEST_F(ServerCommands, DbsizeCountsTheKeysOfTheDatabase) {
  EXPECT_EQ(run("DBSIZE"), "(integer) 0");
  fill();
  EXPECT_EQ(run("DBSIZE"), "(integer) 1");
  server.client().client().db = 5;
  EXPECT_EQ(run("DBSIZE"), "(integer) 6");
}

TEST_F(ServerCommands, FlushEmptiesOneDatabaseOrAll) {
  for (const std::string mode : {"", "SYNC", "ASYNC", "async"}) {
    fill();
    server.client().client().db = 1;
    const uint64_t dirty = server.keyspace().shared().changes;
    EXPECT_EQ(type("FLUSHDB " + mode), "OK");
    EXPECT_EQ(server.keyspace().shared().changes, dirty + 2);
    EXPECT_EQ(server.db(1).size(), 0u);
    EXPECT_EQ(server.db(1).volatile_size(), 0u);
    EXPECT_EQ(server.db(0).size(), 1u);
    EXPECT_EQ(server.db(5).size(), 6u);
    EXPECT_EQ(type("FLUSHALL " + mode), "OK");
    EXPECT_EQ(server.keyspace().shared().changes, dirty + 2 + 7);
    EXPECT_EQ(server.keyspace().total_keys(), 0u);
  }
}

TEST_F(ServerCommands, FlushFreesInTheBackgroundWhenItIsToldTo) {
  struct Case {
    const char* line;
    const char* by_default;
    uint64_t freed;
  };
  const Case cases[] = {{"FLUSHALL", "no", 0},       {"FLUSHALL", "yes", 9}, {"FLUSHALL SYNC", "yes", 0},
                        {"FLUSHALL ASYNC", "no", 9}, {"FLUSHDB", "yes", 1},  {"FLUSHDB SYNC", "yes", 0}};
  for (const Case& c : cases) {
    EXPECT_EQ(run("CONFIG", "SET", "lazyfree-lazy-user-flush", c.by_default), "OK");
    fill();
    server.keyspace().lazy_free().reset_freed();
    EXPECT_EQ(type(c.line), "OK");
    server.keyspace().lazy_free().drain();
    EXPECT_EQ(server.keyspace().lazy_free().freed(), c.freed) << c.line << " " << c.by_default;
    run("FLUSHALL", "SYNC");
  }
}

TEST_F(ServerCommands, SwapdbExchangesKeysAndTheirExpiry) {
  fill();
  const uint64_t dirty = server.keyspace().shared().changes;
  EXPECT_EQ(run("SWAPDB", "0", "5"), "OK");
  EXPECT_EQ(server.keyspace().shared().changes, dirty + 1);
  EXPECT_EQ(server.db(0).size(), 6u);
  EXPECT_EQ(server.db(5).size(), 1u);
  EXPECT_EQ(server.db(5).expiry_of(*server.db(5).peek("key0")), server.now_ms() + 100000);
  EXPECT_EQ(run("SWAPDB", "5", "5"), "OK");
  EXPECT_EQ(server.keyspace().shared().changes, dirty + 2);
  EXPECT_EQ(server.db(5).size(), 1u);
}

TEST_F(ServerCommands, TimeIsSecondsAndMicroseconds) {
  const int64_t before = wall_us();
  const std::string answer = to_string(run("TIME"));
  const int64_t after = wall_us();
  long long seconds = 0, micros = 0;
  ASSERT_EQ(sscanf(answer.c_str(), "[\"%lld\", \"%lld\"]", &seconds, &micros), 2) << answer;
  EXPECT_LT(micros, 1000000);
  EXPECT_GE(seconds * 1000000 + micros, before);
  EXPECT_LE(seconds * 1000000 + micros, after);
}

TEST_F(ServerCommands, ShutdownPassesItsOptionsOn) {
  const std::pair<const char*, const char*> cases[] = {{"SHUTDOWN", "shut_down"},
                                                       {"SHUTDOWN NOSAVE", "shut_down nosave"},
                                                       {"SHUTDOWN save now", "shut_down save now"},
                                                       {"SHUTDOWN NOW NOSAVE FORCE", "shut_down nosave now force"}};
  for (const auto& [line, asked] : cases) {
    server.control().asked.clear();
    TestClient& client = server.connect();
    EXPECT_EQ(client.feed(std::string(line) + "\r\n"), "") << line;
    EXPECT_EQ(server.control().asked, std::vector<std::string>{asked}) << line;
    EXPECT_TRUE(client.client().closing()) << "what it sends after that is not carried out";
  }
  server.control().asked.clear();
  EXPECT_EQ(type("SHUTDOWN ABORT"), "OK");
  EXPECT_EQ(server.control().asked, std::vector<std::string>{"abort_shutdown"});
}

TEST_F(ServerCommands, ShutdownThatCannotBeDoneIsAnError) {
  server.control().answer = Error{"nothing to save to"};
  EXPECT_EQ(type("SHUTDOWN SAVE"), "(error) ERR Errors trying to SHUTDOWN. Check logs.");
  EXPECT_EQ(type("SHUTDOWN ABORT"), "(error) ERR No shutdown in progress.");
}

TEST_F(ServerCommands, LolwutDrawsAndTellsTheVersion) {
  server.client().use_resp3();
  const std::string first = server.client().run_raw({"LOLWUT"});
  EXPECT_TRUE(first.starts_with("=")) << first;
  EXPECT_NE(first.find("\r\ntxt:"), std::string::npos);
  EXPECT_NE(first.find("Redis ver. 7.2.4\n"), std::string::npos);
  EXPECT_NE(first, server.client().run_raw({"LOLWUT"})) << "each picture is another";
  for (const char* line :
       {"LOLWUT VERSION 1", "LOLWUT VERSION 99", "LOLWUT foo", "LOLWUT VERSION", "LOLWUT VERSION 5 9 9"}) {
    EXPECT_NE(to_string(type(line)).find("Redis ver. 7.2.4"), std::string::npos) << line;
  }
}

TEST_F(ServerCommands, PicturesHaveTheSizeAskedForAndFollowTheirSeed) {
  for (int columns : {1, 2, 5, 20, 66, 160}) {
    for (int rows : {1, 2, 3, 7, 18, 80}) {
      Random one(7), same(7);
      const std::string picture = draw_redoubt(one, columns, rows);
      EXPECT_EQ(std::count(picture.begin(), picture.end(), '\n'), rows);
      EXPECT_EQ(picture, draw_redoubt(same, columns, rows));
      for (size_t at = 0; at < picture.size();) {
        const size_t end = picture.find('\n', at);
        EXPECT_LE(end - at, static_cast<size_t>(columns));
        at = end + 1;
      }
    }
  }
}

}  // namespace
}  // namespace redoubt

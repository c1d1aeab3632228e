// EXPIRE, TTL, PERSIST and their kin.
#include <gtest/gtest.h>

#include "server/keyspace/database.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class ExpireTest : public CommandTest {
 protected:
  void put(std::string_view key) { server.db().set_string(key, "v"); }
};

struct Case {
  std::string_view line;
  std::string_view answer;
};

TEST_F(ExpireTest, WrongCalls) {
  constexpr std::string_view not_integer = "(error) ERR value is not an integer or out of range";
  constexpr std::string_view nx_alone = "(error) ERR NX and XX, GT or LT options at the same time are not compatible";
  put("a");
  for (const auto& [line, answer] : {
           Case{"expire a x", not_integer},
           Case{"expire none x", not_integer},
           Case{"expire a 1.5", not_integer},
           Case{"expire a 9223372036854775808", not_integer},
           Case{"expire a 9223372036854775807", "(error) ERR invalid expire time in 'expire' command"},
           Case{"expire a -9223372036854775808", "(error) ERR invalid expire time in 'expire' command"},
           Case{"expireat a 9223372036854775807", "(error) ERR invalid expire time in 'expireat' command"},
           Case{"pexpire a 9223372036854775807", "(error) ERR invalid expire time in 'pexpire' command"},
           Case{"EXPIRE a 9223372036854775", "(error) ERR invalid expire time in 'expire' command"},
           Case{"expire a 10 foo", "(error) ERR Unsupported option foo"},
           Case{"expire a 10 nx Foo", "(error) ERR Unsupported option Foo"},
           Case{"expire a 10 nx xx", nx_alone},
           Case{"expire a 10 gt nx", nx_alone},
           Case{"expire a x lt nx", nx_alone},
           Case{"expire a 10 gt lt", "(error) ERR GT and LT options at the same time are not compatible"},
           Case{"expire a", "(error) ERR wrong number of arguments for 'expire' command"},
       }) {
    EXPECT_EQ(type(line), answer) << line;
  }
  EXPECT_EQ(type("ttl a"), "(integer) -1");
  EXPECT_EQ(server.keyspace().shared().changes, 0u);
}

TEST_F(ExpireTest, EachUnitAndBase) {
  // TestServer::start_ms is 1700000000000.
  for (const auto& [line, left] : {
           Case{"expire a 10", "(integer) 10000"},
           Case{"pexpire a 1234", "(integer) 1234"},
           Case{"expireat a 1700000020", "(integer) 20000"},
           Case{"pexpireat a 1700000000001", "(integer) 1"},
           Case{"pexpireat a 9223372036854775807", "(integer) 9223370336854775807"},
       }) {
    put("a");
    EXPECT_EQ(type(line), "(integer) 1") << line;
    EXPECT_EQ(type("pttl a"), left) << line;
  }
}

TEST_F(ExpireTest, TimesAreRoundedToTheNearestSecond) {
  put("a");
  for (const auto& [milliseconds, seconds] : {std::pair{1, 0}, {499, 0}, {500, 1}, {1000, 1}, {1499, 1}, {1500, 2}}) {
    type("pexpire a " + std::to_string(milliseconds));
    EXPECT_EQ(type("ttl a"), "(integer) " + std::to_string(seconds)) << milliseconds;
    EXPECT_EQ(type("expiretime a"), "(integer) " + std::to_string(1700000000 + seconds)) << milliseconds;
    EXPECT_EQ(type("pexpiretime a"), "(integer) " + std::to_string(1700000000000 + milliseconds)) << milliseconds;
  }
}

TEST_F(ExpireTest, NoKeyAndNoExpiry) {
  put("a");
  for (const std::string command : {"ttl", "pttl", "expiretime", "pexpiretime"}) {
    EXPECT_EQ(run(command, "none"), "(integer) -2") << command;
    EXPECT_EQ(run(command, "a"), "(integer) -1") << command;
  }
  EXPECT_EQ(type("expire none 10"), "(integer) 0");
  EXPECT_EQ(type("persist none"), "(integer) 0");
  EXPECT_EQ(type("persist a"), "(integer) 0");
}

TEST_F(ExpireTest, Conditions) {
  struct Condition {
    int before;  // seconds; 0: none
    std::string_view call;
    bool taken;
  };
  for (const auto& [before, call, taken] : {
           Condition{0, "expire a 10 nx", true},
           Condition{20, "expire a 10 nx", false},
           Condition{0, "expire a 10 xx", false},
           Condition{20, "expire a 10 XX", true},
           Condition{0, "expire a 10 gt", false},
           Condition{20, "expire a 10 gt", false},
           Condition{20, "expire a 20 gt", false},
           Condition{20, "expire a 30 Gt", true},
           Condition{0, "expire a 10 lt", true},
           Condition{20, "expire a 10 lt", true},
           Condition{20, "expire a 20 lt", false},
           Condition{20, "expire a 30 lt", false},
           Condition{0, "expire a 10 xx lt", false},
           Condition{20, "expire a 10 xx lt", true},
           Condition{20, "expire a 30 xx gt", true},
           Condition{20, "expire a -1 gt", false},
           Condition{20, "expire a -1 lt", true},
           Condition{0, "expire a 10 nx nx", true},
       }) {
    type("del a");
    put("a");
    if (before != 0) type("expire a " + std::to_string(before));
    EXPECT_EQ(type(call), taken ? "(integer) 1" : "(integer) 0") << before << ": " << call;
    if (!taken) {
      EXPECT_EQ(type("ttl a"), "(integer) " + std::to_string(before == 0 ? -1 : before)) << call;
    }
  }
}

TEST_F(ExpireTest, ATimeThatIsPastRemoves) {
  for (const std::string_view line : {"expire a 0", "expire a -5", "pexpire a 0", "expireat a 1700000000",
                                      "pexpireat a 1699999999999", "pexpireat a -1", "expire a -9223372036854775"}) {
    for (const std::string_view lazily : {"no", "yes"}) {
      run("config", "set", "lazyfree-lazy-expire", lazily);
      put("a");
      const uint64_t before = server.keyspace().shared().changes;
      EXPECT_EQ(type(line), "(integer) 1") << line;
      EXPECT_EQ(server.db().size(), 0u) << line;
      EXPECT_EQ(server.keyspace().shared().changes - before, 1u);
    }
  }
  EXPECT_EQ(server.keyspace().shared().stats.expired, 0u);
}

TEST_F(ExpireTest, KeysGoWhenTheirTimeIsOver) {
  put("a");
  type("pexpire a 100");
  server.advance(100);
  EXPECT_EQ(type("exists a"), "(integer) 1");
  EXPECT_EQ(type("pttl a"), "(integer) 0");
  server.advance(1);
  EXPECT_EQ(server.db().size(), 1u);
  EXPECT_EQ(type("exists a"), "(integer) 0");
  EXPECT_EQ(server.db().size(), 0u);
  EXPECT_EQ(server.keyspace().shared().stats.expired, 1u);
}

TEST_F(ExpireTest, Persist) {
  put("a");
  type("expire a 10");
  EXPECT_EQ(type("persist a"), "(integer) 1");
  EXPECT_EQ(type("ttl a"), "(integer) -1");
  EXPECT_EQ(server.db().volatile_size(), 0u);
  server.advance(20000);
  EXPECT_EQ(type("exists a"), "(integer) 1");
}

}  // namespace
}  // namespace redoubt

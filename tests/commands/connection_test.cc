// AUTH, HELLO, PING, ECHO, SELECT, QUIT, RESET.
#include <gtest/gtest.h>

#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

struct Case {
  std::string_view line;
  std::string_view reply;
};

constexpr std::string_view bad_name = "(error) ERR Client names cannot contain spaces, newlines or special characters.";
constexpr std::string_view hello_needs_auth =
    "(error) NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH "
    "<user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time";
constexpr std::string_view wrong_password = "(error) WRONGPASS invalid username-password pair or user is disabled.";
constexpr std::string_view no_auth = "(error) NOAUTH Authentication required.";

class ConnectionCommands : public CommandTest {
 protected:
  void check(std::span<const Case> cases) {
    for (const Case& c : cases) EXPECT_EQ(type(c.line), c.reply) << c.line;
  }
  Client& me() { return server.client().client(); }
};

TEST_F(ConnectionCommands, AnswerThePlainCases) {
  constexpr Case cases[] = {
      {"PING", "PONG"},
      {"PING hi", "\"hi\""},
      {"PING ''", "\"\""},
      {"PING a b", "(error) ERR wrong number of arguments for 'ping' command"},
      {"ECHO x", "\"x\""},
      {"ECHO", "(error) ERR wrong number of arguments for 'echo' command"},
      {"SELECT 16", "(error) ERR DB index is out of range"},
      {"SELECT -1", "(error) ERR DB index is out of range"},
      {"SELECT x", "(error) ERR value is not an integer or out of range"},
      {"SELECT 1.0", "(error) ERR value is not an integer or out of range"},
      {"SELECT 99999999999", "(error) ERR value is out of range, value must between -2147483648 and 2147483647"},
      {"AUTH x",
       "(error) ERR AUTH <password> called without any password configured for the default user. Are you sure your "
       "configuration is correct?"},
      {"AUTH default anything", "OK"},
      {"AUTH nobody x", wrong_password},
      {"AUTH a b c", "(error) ERR syntax error"},
  };
  check(cases);
  server.client().use_resp3();
  check(cases);
  EXPECT_EQ(me().db, 0);
  EXPECT_EQ(server.stats().acl_access_denied_auth, 2u);
}

TEST_F(ConnectionCommands, SelectChangesTheDatabaseOfThisClientOnly) {
  EXPECT_EQ(type("SELECT 3"), "OK");
  EXPECT_EQ(me().db, 3);
  EXPECT_EQ(other().client().db, 0);
  EXPECT_EQ(type("SELECT 15"), "OK");
  EXPECT_EQ(me().db, 15);
}

TEST_F(ConnectionCommands, PingHasAnotherShapeForSubscribersOfTheOldProtocol) {
  me().set(ClientFlag::pubsub);
  EXPECT_EQ(type("PING"), R"(["pong", ""])");
  EXPECT_EQ(type("PING x"), R"(["pong", "x"])");
  server.client().use_resp3();
  EXPECT_EQ(type("PING"), "PONG");
  EXPECT_EQ(type("PING x"), "\"x\"");
}

// ---- HELLO ---------------------------------------------------------------------------------------

TEST_F(ConnectionCommands, HelloSwitchesBetweenTheProtocols) {
  constexpr std::string_view in3 =
      R"({"server" => "redis", "version" => "7.2.4", "proto" => (integer) 3, "id" => (integer) 1, )"
      R"("mode" => "standalone", "role" => "master", "modules" => []})";
  constexpr std::string_view in2 =
      R"(["server", "redis", "version", "7.2.4", "proto", (integer) 2, "id", (integer) 1, )"
      R"("mode", "standalone", "role", "master", "modules", []])";
  EXPECT_EQ(type("HELLO"), in2);
  EXPECT_EQ(type("HELLO 3"), in3);
  EXPECT_EQ(type("hello"), in3);
  EXPECT_EQ(type("CLIENT GETNAME"), "(nil)");
  EXPECT_EQ(type("HELLO 3 auth default pw setname me"), in3);
  EXPECT_EQ(type("CLIENT GETNAME"), "\"me\"");
  EXPECT_EQ(type("HELLO 2 SETNAME ''"), in2);
  EXPECT_EQ(type("CLIENT GETNAME"), "(nil)");
}

TEST_F(ConnectionCommands, HelloThatFailsChangesNothing) {
  constexpr Case cases[] = {
      {"HELLO x", "(error) ERR Protocol version is not an integer or out of range"},
      {"HELLO 99999999999999999999", "(error) ERR Protocol version is not an integer or out of range"},
      {"HELLO 1", "(error) NOPROTO unsupported protocol version"},
      {"HELLO 4 bogus", "(error) NOPROTO unsupported protocol version"},
      {"HELLO 3 bogus", "(error) ERR Syntax error in HELLO option 'bogus'"},
      {"HELLO 3 AUTH default", "(error) ERR Syntax error in HELLO option 'AUTH'"},
      {"HELLO 3 SETNAME", "(error) ERR Syntax error in HELLO option 'SETNAME'"},
      {"HELLO 3 SETNAME 'a b'", bad_name},
      {"HELLO 3 SETNAME a AUTH nobody x", wrong_password},
  };
  for (const int version : {2, 3}) {
    me().reply.set_version(version);
    check(cases);
    EXPECT_EQ(me().resp_version(), version);
    EXPECT_EQ(me().name, "");
  }
}

// ---- passwords -----------------------------------------------------------------------------------

TEST(ConnectionPassword, IsAskedForUntilItWasGiven) {
  TestServer server("requirepass sesame\n");
  constexpr Case cases[] = {
      {"PING", no_auth},
      {"NOSUCH", "(error) ERR unknown command 'NOSUCH', with args beginning with: "},
      {"ECHO", "(error) ERR wrong number of arguments for 'echo' command"},
      {"CLIENT REPLY OFF", no_auth},
      {"HELLO", hello_needs_auth},
      {"HELLO 3 SETNAME foo", hello_needs_auth},
      {"HELLO 5", "(error) NOPROTO unsupported protocol version"},
      {"HELLO 3 AUTH default sesam", wrong_password},
      {"HELLO 3 AUTH nobody sesame", wrong_password},
      {"AUTH sesame2", wrong_password},
      {"AUTH ''", wrong_password},
      {"AUTH default x", wrong_password},
      {"RESET", "RESET"},
      {"PING", no_auth},
      {"AUTH sesame", "OK"},
      {"PING", "PONG"},
      {"AUTH wrong", wrong_password},  // who is in stays in
      {"PING", "PONG"},
      {"RESET", "RESET"},
      {"PING", no_auth},
      {"AUTH default sesame", "OK"},
      {"PING", "PONG"},
  };
  for (const Case& c : cases) EXPECT_EQ(server.client().run(words_of(c.line)), c.reply) << c.line;
  EXPECT_EQ(server.stats().acl_access_denied_auth, 6u);
  EXPECT_EQ(server.client().client().name, "");
}

TEST(ConnectionPassword, ComesWithHello) {
  TestServer server("requirepass sesame\n");
  EXPECT_EQ(to_string(server.run("HELLO", "3", "AUTH", "default", "sesame", "SETNAME", "me")).substr(0, 1), "{");
  EXPECT_EQ(server.run("CLIENT", "GETNAME"), "\"me\"");
}

TEST_F(ConnectionCommands, APasswordSetLaterIsForNewConnections) {
  EXPECT_EQ(type("CONFIG SET requirepass later"), "OK");
  EXPECT_EQ(type("PING"), "PONG");
  EXPECT_EQ(other().run("PING"), no_auth);
  EXPECT_EQ(type("CONFIG SET requirepass ''"), "OK");
  EXPECT_EQ(other().run("PING"), "PONG");
}

// ---- the end -------------------------------------------------------------------------------------

TEST_F(ConnectionCommands, QuitAnswersAndEndsThePipeline) {
  EXPECT_EQ(server.client().feed("PING\r\nQUIT now\r\nPING\r\n"), "+PONG\r\n+OK\r\n");
  EXPECT_TRUE(me().is(ClientFlag::close_after_reply));
  EXPECT_FALSE(me().is(ClientFlag::close_now));
}

TEST_F(ConnectionCommands, ResetMakesTheConnectionAsNew) {
  for (const char* line : {"SELECT 5", "CLIENT SETNAME n", "CLIENT NO-EVICT ON", "CLIENT NO-TOUCH ON",
                           "CLIENT SETINFO LIB-NAME lib", "HELLO 3", "CLIENT REPLY OFF"}) {
    type(line);
  }
  EXPECT_EQ(type("RESET"), "RESET");
  EXPECT_EQ(me().db, 0);
  EXPECT_EQ(me().name, "");
  EXPECT_EQ(me().lib_name, "lib");
  EXPECT_EQ(me().resp_version(), 2);
  EXPECT_EQ(me().gates, 0u);
  EXPECT_FALSE(me().is(ClientFlag::no_evict | ClientFlag::no_touch | ClientFlag::reply_off));
  EXPECT_EQ(type("RESET x"), "(error) ERR wrong number of arguments for 'reset' command");
  me().set(ClientFlag::replica);
  EXPECT_EQ(type("RESET"), "(error) ERR can only reset normal client connections");
}

}  // namespace
}  // namespace redoubt

// CLIENT: who is there, names, KILL, PAUSE, REPLY and the switches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "common/base/clock.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

using testing::HasSubstr;

constexpr std::string_view ok = "OK";
constexpr std::string_view syntax = "(error) ERR syntax error";
constexpr std::string_view names_are_plain =
    "(error) ERR Client names cannot contain spaces, newlines or special characters.";

struct Case {
  std::string_view line;
  std::string_view reply;
};

class ClientCommands : public CommandTest {
 protected:
  void check(std::span<const Case> cases) {
    for (const Case& c : cases) EXPECT_EQ(type(c.line), c.reply) << c.line;
  }
  Client& me() { return server.client().client(); }
  std::string text_of(TestClient& client, std::string_view line) { return client.run(words_of(line)).text; }
  std::string text_of(std::string_view line) { return text_of(server.client(), line); }
  // The value of a field in a line of CLIENT LIST.
  static std::string field(const std::string& line, const std::string& name) {
    const size_t at = (" " + line).find(" " + name + "=");
    if (at == std::string::npos) return "(no such field)";
    const size_t begin = at + name.size() + 1;
    return line.substr(begin, line.find_first_of(" \n", begin) - begin);
  }
};

// ---- LIST and INFO -------------------------------------------------------------------------------

TEST_F(ClientCommands, InfoHasTheFieldsOfRedisInTheirOrder) {
  me().descriptor = 8;
  me().created_ms = monotonic_ms() - 5500;
  me().last_active_ms = monotonic_ms() - 2500;
  me().input_bytes = 26;
  me().input_capacity = 1000;
  const std::string line = text_of("CLIENT INFO");
  EXPECT_TRUE(std::regex_match(
      line, std::regex("id=1 addr=127.0.0.1:50001 laddr=127.0.0.1:6379 fd=8 name= age=5 idle=2 flags=N db=0 sub=0 "
                       "psub=0 ssub=0 multi=-1 qbuf=26 qbuf-free=974 argv-mem=10 multi-mem=0 rbs=\\d+ rbp=\\d+ "
                       "obl=\\d+ oll=0 omem=0 tot-mem=[1-9]\\d{3,} events=r cmd=client\\|info user=default redir=-1 "
                       "resp=2 lib-name= lib-ver=\n")))
      << line;
  for (const char* command :
       {"CLIENT SETNAME me", "CLIENT SETINFO lib-name lib", "CLIENT SETINFO LIB-VER 1.2", "SELECT 7"}) {
    EXPECT_EQ(type(command), ok);
  }
  server.client().use_resp3();
  const Reply reply = type("CLIENT INFO");
  EXPECT_EQ(reply.kind, ReplyKind::verbatim);
  EXPECT_THAT(to_string(reply), HasSubstr("user=default redir=-1 resp=3 lib-name=lib lib-ver=1.2"));
  EXPECT_EQ(field(reply.text, "name"), "me");
  EXPECT_EQ(field(reply.text, "db"), "7");
}

TEST_F(ClientCommands, InfoTellsTheFlags) {
  const struct {
    ClientFlag flags;
    const char* text;
  } cases[] = {{ClientFlag::none, "N"},
               {ClientFlag::replica, "S"},
               {ClientFlag::replica | ClientFlag::monitor, "O"},
               {ClientFlag::pubsub, "P"},
               {ClientFlag::unix_socket | ClientFlag::no_evict, "Ue"},
               {ClientFlag::no_touch | ClientFlag::readonly, "rT"},
               {ClientFlag::postponed, "b"}};
  for (const auto& c : cases) {
    other().client().flags = c.flags;
    EXPECT_EQ(field(text_of("CLIENT LIST ID 2"), "flags"), c.text);
  }
}

TEST_F(ClientCommands, InfoTellsTheOutput) {
  other().client().out.append(std::string(100000, 'x'));
  const std::string line = text_of("CLIENT LIST ID 2");
  EXPECT_EQ(field(line, "events"), "rw");
  EXPECT_EQ(field(line, "cmd"), "NULL");
  const std::string pipeline = server.client().feed("PING\r\nCLIENT INFO\r\n");
  EXPECT_EQ(field(pipeline, "events"), "r");
  EXPECT_EQ(field(pipeline, "obl"), "7");
  EXPECT_GE(std::stoul(field(line, "omem")), 80000u);
  EXPECT_GE(std::stoul(field(line, "oll")), 1u);
  EXPECT_GE(std::stoul(field(line, "tot-mem")), 100000u);
}

TEST_F(ClientCommands, ListsAllOrSome) {
  other().client().set(ClientFlag::replica);
  TestClient& third = server.connect();
  third.client().set(ClientFlag::pubsub);
  const auto ids = [&](std::string_view line) {
    std::string found;
    const std::string text = text_of(line);
    for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) found += field(text.substr(at), "id") + " ";
    return found;
  };
  EXPECT_EQ(ids("CLIENT LIST"), "1 2 3 ");
  EXPECT_EQ(ids("CLIENT LIST TYPE normal"), "1 ");
  EXPECT_EQ(ids("client list type SLAVE"), "2 ");
  EXPECT_EQ(ids("CLIENT LIST TYPE replica"), "2 ");
  EXPECT_EQ(ids("CLIENT LIST TYPE PubSub"), "3 ");
  EXPECT_EQ(ids("CLIENT LIST TYPE master"), "");
  EXPECT_EQ(ids("CLIENT LIST ID 3 1 99 -1 0 3"), "3 1 3 ");
  server.clients().close(third.client());
  EXPECT_EQ(ids("CLIENT LIST"), "1 2 ");
  EXPECT_EQ(ids("CLIENT LIST ID 3"), "");
  constexpr Case cases[] = {{"CLIENT LIST TYPE x", "(error) ERR Unknown client type 'x'"},
                            {"CLIENT LIST TYPE", syntax},
                            {"CLIENT LIST TYPE normal x", syntax},
                            {"CLIENT LIST ID", syntax},
                            {"CLIENT LIST ID a", "(error) ERR Invalid client ID"},
                            {"CLIENT LIST ID 1 TYPE normal", "(error) ERR Invalid client ID"},
                            {"CLIENT LIST foo", syntax}};
  check(cases);
}

TEST_F(ClientCommands, HaveIdsAndNames) {
  constexpr Case cases[] = {
      {"CLIENT ID", "(integer) 1"},
      {"CLIENT GETNAME", "(nil)"},
      {"CLIENT SETNAME a:b", ok},
      {"CLIENT GETNAME", "\"a:b\""},
      {"CLIENT SETNAME 'a b'", names_are_plain},
      {"CLIENT SETNAME \"a\\n\"", names_are_plain},
      {"CLIENT SETNAME \"\\x80\"", names_are_plain},
      {"CLIENT GETNAME", "\"a:b\""},
      {"CLIENT SETNAME ''", ok},
      {"CLIENT GETNAME", "(nil)"},
      {"CLIENT SETINFO lib-foo x", "(error) ERR Unrecognized option 'lib-foo'"},
      {"CLIENT SETINFO lib-name 'x y'", "(error) ERR lib-name cannot contain spaces, newlines or special characters."},
      {"CLIENT SETINFO LIB-VER 'x\ty'", "(error) ERR LIB-VER cannot contain spaces, newlines or special characters."},
      {"CLIENT SETINFO LIB-VER", "(error) ERR wrong number of arguments for 'client|setinfo' command"},
      {"CLIENT SETINFO LIB-VER ''", ok},
      {"CLIENT NO-EVICT x", syntax},
      {"CLIENT NO-TOUCH x", syntax},
      {"CLIENT NO-EVICT", "(error) ERR wrong number of arguments for 'client|no-evict' command"},
      {"CLIENT foo", "(error) ERR unknown subcommand 'foo'. Try CLIENT HELP."},
      {"CLIENT", "(error) ERR wrong number of arguments for 'client' command"},
  };
  check(cases);
  EXPECT_EQ(other().run("CLIENT", "ID"), "(integer) 2");
}

// ---- KILL ----------------------------------------------------------------------------------------

TEST_F(ClientCommands, KillRefusesWhatItCannotRead) {
  constexpr Case cases[] = {
      {"CLIENT KILL x", "(error) ERR No such client"},
      {"CLIENT KILL ID", "(error) ERR No such client"},
      {"CLIENT KILL", "(error) ERR wrong number of arguments for 'client|kill' command"},
      {"CLIENT KILL ID x", "(error) ERR client-id should be greater than 0"},
      {"CLIENT KILL ID 0", "(error) ERR client-id should be greater than 0"},
      {"CLIENT KILL ID -1", "(error) ERR client-id should be greater than 0"},
      {"CLIENT KILL TYPE x", "(error) ERR Unknown client type 'x'"},
      {"CLIENT KILL USER nobody", "(error) ERR No such user 'nobody'"},
      {"CLIENT KILL USER default SKIPME x", syntax},
      {"CLIENT KILL ID 7 ADDR", syntax},
      {"CLIENT KILL ID 1 foo bar", syntax},
      {"CLIENT KILL foo bar", syntax},
  };
  other();
  check(cases);
  EXPECT_FALSE(me().closing());
  EXPECT_FALSE(other().client().closing());
}

// One client calls, two others are there: 2 is another ordinary one, 3 listens to channels.
TEST(ClientKill, ClosesThoseThatPassAllFilters) {
  const struct {
    const char* line;
    const char* reply;
    const char* closed;
  } cases[] = {
      {"CLIENT KILL 127.0.0.1:50002", "OK", "2"},
      {"CLIENT KILL 127.0.0.1:50001", "OK", "1"},
      {"CLIENT KILL ID 2", "(integer) 1", "2"},
      {"CLIENT KILL ID 1", "(integer) 0", ""},
      {"CLIENT KILL ID 1 SKIPME no", "(integer) 1", "1"},
      {"CLIENT KILL ID 1 SKIPME no SKIPME yes", "(integer) 0", ""},
      {"CLIENT KILL ID 99", "(integer) 0", ""},
      {"CLIENT KILL SKIPME yes", "(integer) 2", "23"},
      {"CLIENT KILL TYPE normal", "(integer) 1", "2"},
      {"CLIENT KILL TYPE pubsub", "(integer) 1", "3"},
      {"CLIENT KILL TYPE master", "(integer) 0", ""},
      {"CLIENT KILL TYPE normal TYPE pubsub", "(integer) 1", "3"},
      {"CLIENT KILL USER default", "(integer) 2", "23"},
      {"CLIENT KILL ADDR 127.0.0.1:50003", "(integer) 1", "3"},
      {"CLIENT KILL LADDR 127.0.0.1:6379 skipme NO", "(integer) 3", "123"},
      {"CLIENT KILL LADDR 127.0.0.1:6379 ADDR 127.0.0.1:50002 ID 2 TYPE normal USER default", "(integer) 1", "2"},
      {"CLIENT KILL ADDR 127.0.0.1:50002 ID 3", "(integer) 0", ""},
  };
  for (const auto& c : cases) {
    TestServer server;
    TestClient* clients[] = {&server.client(), &server.connect(), &server.connect()};
    clients[2]->client().set(ClientFlag::pubsub);
    EXPECT_EQ(server.client().run(words_of(c.line)), c.reply) << c.line;
    std::string closed;
    for (TestClient* client : clients) {
      if (client->client().closing()) closed += std::to_string(client->client().id);
    }
    EXPECT_EQ(closed, c.closed) << c.line;
    // The caller still gets its answer; the others nothing more.
    EXPECT_FALSE(clients[0]->client().is(ClientFlag::close_now));
    EXPECT_FALSE(clients[1]->client().is(ClientFlag::close_after_reply));
  }
}

TEST_F(ClientCommands, KillEndsThePipelineOfTheCaller) {
  EXPECT_EQ(server.client().feed("PING\r\nCLIENT KILL 127.0.0.1:50001\r\nPING\r\n"), "+PONG\r\n+OK\r\n");
  EXPECT_EQ(other().feed("CLIENT REPLY OFF\r\nCLIENT KILL ADDR 127.0.0.1:50002 SKIPME no\r\nPING\r\n"), "");
  EXPECT_TRUE(other().client().is(ClientFlag::close_after_reply));
}

TEST_F(ClientCommands, KillCountsAClientOnce) {
  other();
  EXPECT_EQ(type("CLIENT KILL ID 2"), "(integer) 1");
  EXPECT_EQ(type("CLIENT KILL ID 2"), "(integer) 0");
  EXPECT_EQ(server.clients().take_closes().size(), 1u);
}

// ---- REPLY ---------------------------------------------------------------------------------------

TEST(ClientReply, IsObeyedInPipelines) {
  const struct {
    const char* lines;
    const char* answer;
  } cases[] = {
      {"CLIENT REPLY OFF|PING|NOSUCH|ECHO|CLIENT REPLY ON|PING", "+OK\r\n+PONG\r\n"},
      {"CLIENT REPLY SKIP|PING|PING x", "$1\r\nx\r\n"},
      {"CLIENT REPLY SKIP|NOSUCH|PING", "+PONG\r\n"},
      {"CLIENT REPLY SKIP|ECHO|PING", "+PONG\r\n"},
      {"CLIENT REPLY SKIP|CLIENT NOSUCH|PING", "+PONG\r\n"},
      {"PING|CLIENT REPLY SKIP|PING x|PING", "+PONG\r\n+PONG\r\n"},
      {"CLIENT REPLY SKIP|CLIENT REPLY ON|PING", "+OK\r\n+PONG\r\n"},
      {"CLIENT REPLY SKIP|CLIENT REPLY SKIP|PING|ECHO 1", "$1\r\n1\r\n"},
      {"CLIENT REPLY OFF|CLIENT REPLY SKIP|PING|ECHO 1|CLIENT REPLY ON|PING", "+OK\r\n+PONG\r\n"},
      {"CLIENT REPLY SKIP|CLIENT REPLY OFF|PING|CLIENT REPLY ON|ECHO 1", "+OK\r\n$1\r\n1\r\n"},
      {"CLIENT REPLY OFF|RESET|PING", "+RESET\r\n+PONG\r\n"},
      {"CLIENT REPLY SKIP|RESET|PING", "+PONG\r\n"},
      {"CLIENT REPLY OFF|CLIENT REPLY foo|CLIENT REPLY ON|CLIENT REPLY foo", "+OK\r\n-ERR syntax error\r\n"},
      {"CLIENT REPLY OFF|QUIT", ""},
      {"CLIENT REPLY ON|PING", "+OK\r\n+PONG\r\n"},
  };
  for (const auto& c : cases) {
    std::string input(c.lines);
    for (size_t at; (at = input.find('|')) != std::string::npos;) input.replace(at, 1, "\r\n");
    input += "\r\n";
    TestServer at_once;
    EXPECT_EQ(at_once.client().feed(input), c.answer) << c.lines;
    // The same in pieces of one byte.
    TestServer slowly;
    std::string answer;
    for (const char byte : input) answer += slowly.client().feed({&byte, 1});
    EXPECT_EQ(answer, c.answer) << c.lines;
  }
}

TEST_F(ClientCommands, RepliesThatAreDroppedStillCount) {
  EXPECT_EQ(server.client().feed("CLIENT REPLY OFF\r\nNOSUCH\r\nSELECT x\r\nSELECT 2\r\n"), "");
  EXPECT_EQ(server.stats().errors["ERR"], 2u);
  EXPECT_EQ(me().db, 2);
}

// ---- PAUSE ---------------------------------------------------------------------------------------

TEST_F(ClientCommands, PauseReadsItsArguments) {
  constexpr Case cases[] = {
      {"CLIENT PAUSE", "(error) ERR wrong number of arguments for 'client|pause' command"},
      {"CLIENT PAUSE x", "(error) ERR timeout is not an integer or out of range"},
      {"CLIENT PAUSE 1.5", "(error) ERR timeout is not an integer or out of range"},
      {"CLIENT PAUSE 99999999999999999999", "(error) ERR timeout is not an integer or out of range"},
      {"CLIENT PAUSE 9223372036854775807", "(error) ERR timeout is out of range"},
      {"CLIENT PAUSE -1", "(error) ERR timeout is negative"},
      {"CLIENT PAUSE 10 foo", "(error) ERR CLIENT PAUSE mode must be WRITE or ALL"},
      {"CLIENT PAUSE x foo", "(error) ERR CLIENT PAUSE mode must be WRITE or ALL"},
      {"CLIENT Pause 10 ALL x",
       "(error) ERR unknown subcommand or wrong number of arguments for 'Pause'. Try CLIENT HELP."},
      {"CLIENT PAUSE 0", ok},
      {"CLIENT UNPAUSE x", "(error) ERR wrong number of arguments for 'client|unpause' command"},
      {"CLIENT UNPAUSE", ok},
  };
  check(cases);
  EXPECT_FALSE(server.clients().paused());
}

TEST_F(ClientCommands, PauseOfWritesHoldsBackWritesUntilItEnds) {
  EXPECT_EQ(server.client().feed("CLIENT PAUSE 60000 WRITE\r\nPING\r\n"), "+OK\r\n+PONG\r\n");
  EXPECT_EQ(other().feed("PING\r\nDEL a\r\nPING\r\n"), "+PONG\r\n");
  EXPECT_EQ(field(text_of("CLIENT LIST ID 2"), "flags"), "b");
  EXPECT_EQ(field(text_of("CLIENT LIST ID 2"), "cmd"), "del");
  server.clients().check_pause(monotonic_ms() + 30000);
  EXPECT_TRUE(server.clients().take_resumed().empty());
  server.clients().check_pause(monotonic_ms() + 61000);
  EXPECT_FALSE(server.clients().paused());
  EXPECT_EQ(server.clients().take_resumed(), std::vector<Client*>{&other().client()});
  EXPECT_EQ(field(text_of("CLIENT LIST ID 2"), "flags"), "N");
  EXPECT_EQ(other().feed(""), ":0\r\n+PONG\r\n");
}

TEST_F(ClientCommands, PauseOfAllHoldsBackEverythingAndEndsEarlyOnUnpause) {
  EXPECT_EQ(type("CLIENT PAUSE 60000 WRITE"), ok);
  EXPECT_EQ(type("CLIENT UNPAUSE"), ok);
  EXPECT_EQ(other().feed("DEL a\r\n"), ":0\r\n");
  EXPECT_EQ(type("CLIENT PAUSE 60000"), ok);
  EXPECT_EQ(other().feed("PING\r\n"), "");
  EXPECT_EQ(type("CLIENT UNPAUSE"), "(no reply)");
  server.clients().unpause();
  EXPECT_EQ(server.clients().take_resumed().size(), 2u);
  EXPECT_EQ(other().feed(""), "+PONG\r\n");
}

TEST_F(ClientCommands, ALaterPauseOnlyMakesItLongerAndStricter) {
  EXPECT_EQ(type("CLIENT PAUSE 60000 WRITE"), ok);
  const int64_t until = server.clients().paused_until_ms();
  EXPECT_EQ(type("CLIENT PAUSE 10 WRITE"), ok);
  EXPECT_EQ(server.clients().paused_until_ms(), until);
  EXPECT_EQ(type("CLIENT PAUSE 10 ALL"), ok);
  EXPECT_EQ(server.clients().paused_until_ms(), until);
  EXPECT_EQ(server.clients().pause_mode(), ClientRegistry::PauseMode::all);
}

TEST_F(ClientCommands, SkipWaitsForItsCommandThroughAPause) {
  EXPECT_EQ(type("CLIENT PAUSE 60000 WRITE"), ok);
  EXPECT_EQ(other().feed("CLIENT REPLY SKIP\r\nDEL a\r\nPING\r\n"), "");
  server.clients().unpause();
  server.clients().take_resumed();
  EXPECT_EQ(other().feed(""), "+PONG\r\n");
}

// ---- the switches --------------------------------------------------------------------------------

TEST_F(ClientCommands, SwitchesTurnOnAndOff) {
  EXPECT_EQ(type("CLIENT NO-EVICT on"), ok);
  EXPECT_EQ(type("CLIENT NO-TOUCH ON"), ok);
  EXPECT_TRUE(me().is(ClientFlag::no_evict));
  EXPECT_EQ(me().gates, uint32_t{gate_no_touch});
  EXPECT_EQ(field(text_of("CLIENT INFO"), "flags"), "eT");
  EXPECT_EQ(type("CLIENT NO-EVICT OFF"), ok);
  EXPECT_EQ(type("CLIENT NO-TOUCH off"), ok);
  EXPECT_EQ(me().gates, 0u);
  EXPECT_EQ(field(text_of("CLIENT INFO"), "flags"), "N");
}

TEST_F(ClientCommands, NoTouchLeavesTheAgeOfKeysAlone) {
  EXPECT_EQ(type("SET k v"), ok);
  EXPECT_EQ(type("CLIENT NO-TOUCH ON"), ok);
  server.advance(20000);
  EXPECT_EQ(type("GET k"), "\"v\"");
  EXPECT_EQ(type("OBJECT IDLETIME k"), "(integer) 20");
  EXPECT_EQ(type("TOUCH k"), "(integer) 1");
  EXPECT_EQ(type("OBJECT IDLETIME k"), "(integer) 0");
  server.advance(20000);
  EXPECT_EQ(other().run("GET", "k"), "\"v\"");
  EXPECT_EQ(type("OBJECT IDLETIME k"), "(integer) 0");
}

TEST_F(ClientCommands, HelpHasALineForEachSubcommand) {
  const Reply help = type("CLIENT HELP");
  ASSERT_FALSE(help.items.empty());
  EXPECT_EQ(help.items[0].text, "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (const Command* sub : server.commands().find_full("client")->subcommands) {
    std::string word = sub->name;
    for (char& c : word) c = static_cast<char>(toupper(c));
    bool found = false;
    for (const Reply& line : help.items) found |= line.text.rfind(word, 0) == 0;
    EXPECT_TRUE(found) << word;
  }
}

}  // namespace
}  // namespace redoubt

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class DebugCommands : public testing::Test {
 protected:
  template <typename... Words>
  Reply run(const Words&... words) {
    return server_.run("DEBUG", words...);
  }
  void set(std::string_view key, std::string_view value) { server_.db().set_string(key, value); }
  TestServer server_{"enable-debug-command yes\n"};
};

TEST(DebugGate, IsShutUnlessTheConfigurationOpensIt) {
  const std::string refusal = "(error) ERR DEBUG command not allowed.";
  TestServer closed;
  EXPECT_EQ(to_string(closed.run("DEBUG", "SLEEP", "0")).substr(0, refusal.size()), refusal);
  TestServer local("enable-debug-command local\n");
  local.client().client().from_loopback = false;
  EXPECT_EQ(to_string(local.run("DEBUG", "SLEEP", "0")).substr(0, refusal.size()), refusal);
  local.client().client().from_loopback = true;
  EXPECT_EQ(local.run("DEBUG", "SLEEP", "0"), "OK");
}

TEST_F(DebugCommands, RefuseWrongArguments) {
  const std::vector<std::vector<std::string>> cases = {
      {"foo"},
      {"sleep"},
      {"sleep", "1", "2"},
      {"digest", "a"},
      {"digest-value"},
      {"populate"},
      {"object"},
      {"htstats"},
      {"populate", "1", "a", "2", "3"},
      {"protocol"},
      {"pause-cron"},
      {"protocol", "a", "b"},
      {"leak", "a", "b"},
      {"error"},
      {"log", "a", "b"},
      {"help", "x"},
      {"jmap"},
      {"stringmatch-len", "a"},
  };
  for (std::vector<std::string> words : cases) {
    const std::string name = words[0];
    words.insert(words.begin(), "DEBUG");
    EXPECT_EQ(server_.client().run(words),
              "(error) ERR unknown subcommand or wrong number of arguments for '" + name + "'. Try DEBUG HELP.");
  }
  EXPECT_EQ(server_.run("DEBUG"), "(error) ERR wrong number of arguments for 'debug' command");
}

TEST_F(DebugCommands, HelpNamesEachSubcommandOnce) {
  const Reply help = run("HELP");
  ASSERT_GT(help.items.size(), 40u);
  EXPECT_EQ(help.items[0].text, "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (const char* name :
       {"SLEEP <seconds>", "DIGEST", "POPULATE <count> [<prefix>] [<size>]", "PROTOCOL <type>", "HELP"}) {
    EXPECT_EQ(std::count_if(help.items.begin(), help.items.end(), [&](const Reply& line) { return line.text == name; }),
              1)
        << name;
  }
}

TEST_F(DebugCommands, SleepTakesItsTime) {
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(run("SLEEP", "0.05"), "OK");
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(50));
  for (const char* nothing : {"x", "-1", "0", ""}) EXPECT_EQ(run("SLEEP", nothing), "OK");
}

TEST_F(DebugCommands, HousekeepingIsSwitched) {
  for (const char* word : {"0", "1", "x"}) {
    EXPECT_EQ(run("SET-ACTIVE-EXPIRE", word), "OK");
    EXPECT_EQ(run("AOF-FLUSH-SLEEP", word), "OK");
    EXPECT_EQ(run("PAUSE-CRON", word), "OK");
  }
  const std::vector<std::string> asked = {"set_active_expire off", "pause_housekeeping off", "set_active_expire on",
                                          "pause_housekeeping on", "set_active_expire off",  "pause_housekeeping off"};
  EXPECT_EQ(server_.control().asked, asked);
}

TEST_F(DebugCommands, RestartPassesItsDelayOn) {
  const std::string failed = "(error) ERR failed to restart the server. Check server logs.";
  server_.control().answer = Error{"not in a test"};
  EXPECT_EQ(run("RESTART"), failed);
  EXPECT_EQ(run("RESTART", "-5"), failed);
  EXPECT_EQ(run("CRASH-AND-RECOVER", "250"), failed);
  const size_t asked = server_.control().asked.size();
  EXPECT_EQ(asked, 3u);
  EXPECT_NE(server_.control().asked[0], server_.control().asked[2]);
  EXPECT_EQ(server_.control().asked[0], server_.control().asked[1]);
  EXPECT_NE(server_.control().asked[2].find("250"), std::string::npos);
  EXPECT_EQ(run("RESTART", "x"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(server_.control().asked.size(), asked);
}

// The digests are those that Redis 7.0.15 gave for the same keys.
TEST_F(DebugCommands, DigestsAreThoseOfRedis) {
  EXPECT_EQ(run("DIGEST"), std::string(40, '0'));
  set("a", "b");
  set("n", "5");
  server_.db().set_expiry(server_.db().set_string("c", "d"), server_.now_ms() + 100000);
  EXPECT_EQ(run("DIGEST-VALUE", "a", "c", "n", "nokey"),
            "[b78559cd22bce6e6df712eb99ce7f3b08e8f8f1f, a6973898cd01d06abc9d078980f2d5d996c8c898, "
            "f8c2498ca74cdde7d02de23246736a661485b50e, 0000000000000000000000000000000000000000]");
  EXPECT_EQ(run("DIGEST"), "70f17aa863b48a26d08034ffcc420ddf84e6af06");
}

TEST_F(DebugCommands, DigestDependsOnDataAndNotOnItsHistory) {
  for (int i = 0; i < 50; ++i) set("key" + std::to_string(i), "value");
  const std::string forward = to_string(run("DIGEST"));
  server_.run("FLUSHALL");
  for (int i = 49; i >= 0; --i) set("key" + std::to_string(i), i % 2 == 0 ? "other" : "value");
  EXPECT_FALSE(run("DIGEST") == forward);
  for (int i = 0; i < 50; i += 2) set("key" + std::to_string(i), "value");
  EXPECT_EQ(run("DIGEST"), forward);
  server_.run("SWAPDB", "0", "1");
  EXPECT_FALSE(run("DIGEST") == forward) << "which database it is in counts";
}

TEST_F(DebugCommands, ObjectTellsHowAValueIsKept) {
  EXPECT_EQ(run("OBJECT", "nokey"), "(error) ERR no such key");
  EXPECT_EQ(run("OBJECT", "nokey", "slow"), "(error) ERR syntax error");
  struct Case {
    std::string value;
    std::string encoding;
    size_t serialized;
  };
  const Case cases[] = {
      {"12", "int", 2},           {"300", "int", 3},    {"70000", "int", 5},
      {"12345678901", "int", 12}, {"007", "embstr", 4}, {"abcdefghijklmnopqrst", "embstr", 21},
      {"", "embstr", 1},          {"-128", "int", 2},   {"-129", "int", 3},
  };
  for (const Case& c : cases) {
    set("k", c.value);
    const std::string text = to_string(run("OBJECT", "k"));
    EXPECT_TRUE(text.starts_with("Value at:0x")) << text;
    EXPECT_NE(
        text.find(" refcount:1 encoding:" + c.encoding + " serializedlength:" + std::to_string(c.serialized) + " lru:"),
        std::string::npos)
        << text << " for " << c.value;
  }
  server_.advance(7000);
  EXPECT_TRUE(to_string(run("OBJECT", "k")).ends_with(" lru_seconds_idle:7"));
  EXPECT_EQ(to_string(run("OBJECT", "k", "fast")).find("serializedlength"), std::string::npos);
}

TEST_F(DebugCommands, PopulateMakesTheKeysThatAreMissing) {
  const uint64_t dirty = server_.keyspace().shared().changes;
  const auto value = [&](const char* key) {
    char digits[max_integer_text];
    const Entry* entry = server_.db().peek(key);
    return entry == nullptr ? std::string("(none)") : std::string(entry->string(digits));
  };
  EXPECT_EQ(run("POPULATE", "2"), "OK");
  EXPECT_EQ(value("key:0"), "value:0");
  EXPECT_EQ(value("key:1"), "value:1");
  EXPECT_EQ(value("key:2"), "(none)");
  EXPECT_EQ(run("POPULATE", "3", "key", "3"), "OK");
  EXPECT_EQ(value("key:1"), "value:1");
  EXPECT_EQ(value("key:2"), "val");
  EXPECT_EQ(run("POPULATE", "1", "p", "10"), "OK");
  EXPECT_EQ(value("p:0"), std::string("value:0\0\0\0", 10));
  EXPECT_EQ(run("POPULATE", "1", "z", "0"), "OK");
  EXPECT_EQ(value("z:0"), "value:0");
  for (const char* wrong : {"x", "-1", "1.5"}) {
    EXPECT_EQ(run("POPULATE", wrong), "(error) ERR value is out of range, must be positive");
    EXPECT_EQ(run("POPULATE", "1", "p", wrong), "(error) ERR value is out of range, must be positive");
  }
  EXPECT_EQ(run("POPULATE", "1", "q", "99999999999"),
            "(error) ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  EXPECT_EQ(server_.db().size(), 5u);
  EXPECT_EQ(server_.keyspace().shared().changes, dirty);
}

TEST_F(DebugCommands, ProtocolSendsEachKind) {
  struct Case {
    const char* kind;
    const char* resp2;
    const char* resp3;
  };
  const Case cases[] = {
      {"string", "$11\r\nHello World\r\n", "$11\r\nHello World\r\n"},
      {"integer", ":12345\r\n", ":12345\r\n"},
      {"double", "$5\r\n3.141\r\n", ",3.141\r\n"},
      {"null", "$-1\r\n", "_\r\n"},
      {"array", "*3\r\n:0\r\n:1\r\n:2\r\n", "*3\r\n:0\r\n:1\r\n:2\r\n"},
      {"set", "*3\r\n:0\r\n:1\r\n:2\r\n", "~3\r\n:0\r\n:1\r\n:2\r\n"},
      {"map", "*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n", "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"},
      {"attrib", "$39\r\nSome real reply following the attribute\r\n",
       "|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n$39\r\nSome real reply following the "
       "attribute\r\n"},
      {"push", "-ERR RESP2 is not supported by this command\r\n",
       ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n$40\r\nSome real reply following the push reply\r\n"},
      {"verbatim", "$25\r\nThis is a verbatim\nstring\r\n", "=29\r\ntxt:This is a verbatim\nstring\r\n"},
      {"bignum", "$37\r\n1234567999999999999999999999999999999\r\n", "(1234567999999999999999999999999999999\r\n"},
      {"true", ":1\r\n", "#t\r\n"},
      {"false", ":0\r\n", "#f\r\n"},
  };
  for (const Case& c : cases) {
    server_.client().use_resp2();
    EXPECT_EQ(server_.client().run_raw({"DEBUG", "PROTOCOL", c.kind}), c.resp2) << c.kind;
    server_.client().use_resp3();
    EXPECT_EQ(server_.client().run_raw({"DEBUG", "PROTOCOL", c.kind}), c.resp3) << c.kind;
  }
  EXPECT_TRUE(run("PROTOCOL", "error").is_error());
}

TEST_F(DebugCommands, ErrorIsSentAsGiven) {
  EXPECT_EQ(server_.client().run_raw({"DEBUG", "ERROR", "MY own words"}), "-MY own words\r\n");
  EXPECT_EQ(server_.client().run_raw({"DEBUG", "ERROR", "two\r\nlines"}), "-two  lines\r\n");
}

TEST_F(DebugCommands, TablesAreDescribed) {
  EXPECT_EQ(run("HTSTATS", "99"), "(error) ERR Out of range database");
  EXPECT_EQ(run("HTSTATS", "-1"), "(error) ERR Out of range database");
  EXPECT_EQ(run("HTSTATS", "x"), "(error) ERR value is not an integer or out of range");
  EXPECT_NE(to_string(run("HTSTATS", "3")).find("No stats available for empty dictionaries"), std::string::npos);
  for (int i = 0; i < 1000; ++i) set("key" + std::to_string(i), "v");
  const std::string text = to_string(run("HTSTATS", "0"));
  EXPECT_NE(text.find("[Dictionary HT]"), std::string::npos);
  EXPECT_NE(text.find("number of elements: 1000"), std::string::npos) << text;
  EXPECT_EQ(run("HTSTATS-KEY", "nokey"), "(error) ERR no such key");
  EXPECT_EQ(run("HTSTATS-KEY", "key1"),
            "(error) ERR The value stored at the specified key is not represented using an hash table");
}

TEST_F(DebugCommands, PatternsAreMatched) {
  EXPECT_EQ(run("STRINGMATCH-LEN", "a*c", "abbbc"), "(integer) 1");
  EXPECT_EQ(run("STRINGMATCH-LEN", "a*c", "abbbd"), "(integer) 0");
}

TEST_F(DebugCommands, LeakLogAndRewriteAnswer) {
  EXPECT_EQ(run("LOG", "a line of the test"), "OK");
  EXPECT_TRUE(run("CONFIG-REWRITE-FORCE-ALL").is_error()) << "there is no file to write to";
#ifndef __SANITIZE_ADDRESS__
  EXPECT_EQ(run("LEAK", "some text"), "OK");
#endif
}

#ifdef REDOUBT_JEMALLOC
TEST_F(DebugCommands, TheAllocatorIsReadAndSet) {
  EXPECT_GT(run("MALLCTL", "stats.allocated").integer, 0);
  EXPECT_GT(run("MALLCTL", "opt.narenas").integer, 0) << "an unsigned";
  const int64_t decay = run("MALLCTL", "arenas.dirty_decay_ms").integer;
  EXPECT_EQ(run("MALLCTL", "arenas.dirty_decay_ms", "12345").integer, decay);
  EXPECT_EQ(run("MALLCTL", "arenas.dirty_decay_ms", std::to_string(decay)).integer, 12345);
  EXPECT_EQ(run("MALLCTL", "nosuch"), "(error) ERR No such file or directory");
  EXPECT_EQ(run("MALLCTL", "arenas.dirty_decay_ms", "x"), "(error) ERR value is not an integer or out of range");
  EXPECT_TRUE(run("MALLCTL-STR", "version").text.starts_with("5."));
  EXPECT_EQ(run("MALLCTL-STR", "nosuch"), "(error) ERR No such file or directory");
  const std::string dss = run("MALLCTL-STR", "arena.0.dss").text;
  for (const std::string& value : {std::string("primary"), dss}) {
    EXPECT_FALSE(run("MALLCTL-STR", "arena.0.dss", value).is_error());
    EXPECT_EQ(run("MALLCTL-STR", "arena.0.dss").text, value);
  }
}
#endif

using DebugDeath = DebugCommands;

TEST_F(DebugDeath, CrashesAreReal) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer takes the signals";
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run("SEGFAULT"), testing::KilledBySignal(SIGSEGV), "");
  EXPECT_EXIT(run("ASSERT"), testing::KilledBySignal(SIGABRT), "DEBUG ASSERT");
  EXPECT_EXIT(run("PANIC", "now"), testing::KilledBySignal(SIGABRT), "DEBUG PANIC");
}

}  // namespace
}  // namespace redoubt

// redoubt-benchmark --verify: nothing is found where all is well, and each kind of fault is, behind a relay that makes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <csignal>
#include <map>
#include <regex>

#include "tests/support/benchmark_fixture.h"
#include "tests/support/faulty_relay.h"

namespace redoubt {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::StartsWith;
using Words = FaultyRelay::Words;

class BenchmarkVerify : public BenchmarkFixture {
 protected:
  int verify(std::vector<std::string> words) {
    words.insert(words.begin(), "--verify");
    return run(words);
  }
  // Behind a relay with these faults: a small run, whose first finding ends it.
  int verify_behind(FaultyRelay::Faults faults, std::vector<std::string> words = {"--stop-on-error"}) {
    const FaultyRelay relay(server_.port(), std::move(faults));
    port_ = relay.port();
    if (std::find(words.begin(), words.end(), "-c") == words.end()) words.insert(words.end(), {"-c", "4"});
    words.insert(words.end(), {"-n", "20000", "-r", "20", "-P", "8", "--seed", "1"});
    const int status = verify(words);
    port_ = server_.port();
    return status;
  }
  int64_t keys() { return link_.run({"DBSIZE"}).integer; }
};

bool is_read_of(const Words& words, std::string_view command, std::string_view family) {
  return words[0] == command && words.size() > 1 && words[1].find(":" + std::string(family) + ":") != std::string::npos;
}

TEST_F(BenchmarkVerify, FindsNothingInManyRequestsOfManyThreads) {
  for (const bool resp3 : {false, true}) {
    std::vector<std::string> words = {"-n", "100000", "-P", "16", "--threads", "2", "-r", "1000", "-q"};
    if (resp3) words.emplace_back("-3");
    EXPECT_EQ(verify(words), 0) << err_;
    EXPECT_EQ(err_, "");
    EXPECT_THAT(out_, MatchesRegex("VERIFY: [0-9.]+ requests per second, p50=[0-9.]+ msec\n"
                                   "verified 10[0-9]+ replies: all as expected\n"));
    EXPECT_EQ(keys(), 0);
  }
  EXPECT_GT(calls("smembers"), 1000);
  EXPECT_GT(calls("lrange"), 1000);
  EXPECT_GT(calls("unlink"), 0);
}

TEST_F(BenchmarkVerify, FindsNothingWhereAllConnectionsWantOneKeyOrValuesAreLarge) {
  EXPECT_EQ(verify({"-n", "5000", "-r", "1", "-c", "5", "--threads", "2"}), 0) << err_;
  EXPECT_EQ(verify({"-n", "3000", "-r", "20", "-P", "50", "--sizes", "26:5,20000-100000:1", "--keys", "zipf:0.99"}), 0)
      << err_;
  EXPECT_EQ(verify({"--duration", "0.3", "-3", "-q"}), 0) << err_;
  EXPECT_EQ(keys(), 0);
}

TEST_F(BenchmarkVerify, LeavesOtherKeysAlone) {
  link_.run({"SET", "verify:mine", "1"});
  link_.run({"SET", "key:000000000001", "2"});
  EXPECT_EQ(verify({"-n", "2000", "-r", "10"}), 0) << err_;
  EXPECT_EQ(keys(), 2);
  EXPECT_EQ(link_.run({"GET", "verify:mine"}).text, "1");
}

TEST_F(BenchmarkVerify, ReportsInAllForms) {
  EXPECT_EQ(verify({"-n", "2000", "-c", "5"}), 0);
  EXPECT_THAT(out_, StartsWith("====== VERIFY ======\n  2000 requests completed in "));
  EXPECT_THAT(out_, HasSubstr("  5 parallel clients\n  64 bytes payload\n"));
  EXPECT_THAT(out_, ContainsRegex("\nverified [0-9]+ replies: all as expected\n$"));
  TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  EXPECT_EQ(verify({"-n", "2000", "--csv", "--json", file}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_, MatchesRegex("\"test\",[^\n]*\n\"VERIFY\"(,\"[0-9.]+\"){7}\n"));
  EXPECT_EQ(verify({"-n", "2000", "-q", "--html", directory.path() + "/run.html", "--hdr-out",
                    directory.path() + "/run.hdr"}),
            0);
  EXPECT_THAT(read_file(directory.path() + "/run.html"), HasSubstr("<p>verified 2"));
  EXPECT_THAT(read_file(directory.path() + "/run.hdr"), HasSubstr("\nTag=VERIFY,"));
  const auto document = boost::json::parse(read_file(file));
  const auto& measurement = document.at("measurements").at(0);
  EXPECT_EQ(measurement.at("test"), "VERIFY");
  EXPECT_EQ(measurement.at("requests"), 2000);
  EXPECT_GE(measurement.at("verify").at("replies").as_int64(), 2000);
  EXPECT_EQ(measurement.at("verify").at("stale"), 0);
}

TEST_F(BenchmarkVerify, ARelayThatChangesNothingChangesNothing) {
  EXPECT_EQ(verify_behind({}), 0) << err_;
  EXPECT_EQ(err_, "");
}

struct FaultCase {
  const char* name;
  const char* command;
  const char* family;
  const char* fault;
  std::function<std::string(const Words& sent, const std::string& reply)> change;
};

class BenchmarkVerifyFaults : public BenchmarkVerify, public testing::WithParamInterface<FaultCase> {};

// The reply to an earlier request of this kind: to another key, or to the same.
std::function<std::string(const Words&, const std::string&)> earlier_reply(bool same_key) {
  return [same_key, kept = std::map<std::string, std::string>()](const Words& sent, const std::string& reply) mutable {
    if (reply.starts_with("$-1") || reply.starts_with("*0")) return reply;
    kept.emplace(sent[1], reply);
    for (const auto& [key, earlier] : kept) {
      if ((key == sent[1]) == same_key && earlier != reply) return earlier;
    }
    return reply;
  };
}

std::string flip(const Words&, const std::string& reply) {
  std::string flipped = reply;
  if (reply.starts_with("$-1") || reply.starts_with("*0")) return flipped;
  flipped[flipped.size() - 3] = static_cast<char>(flipped[flipped.size() - 3] ^ 0x10);
  return flipped;
}

std::string drop_last(const Words&, const std::string& reply) {
  const Value value = parse_values(reply)[0];
  if (value.items.empty()) return reply;
  std::string less = "*" + std::to_string(value.items.size() - 1) + "\r\n";
  for (size_t index = 0; index + 1 < value.items.size(); ++index) {
    const std::string& text = value.items[index].text;
    less += "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  }
  return less;
}

TEST_P(BenchmarkVerifyFaults, AreFoundAndNamed) {
  const FaultCase& of = GetParam();
  EXPECT_EQ(verify_behind({.reply =
                               [&of](const Words& sent, const std::string& reply) {
                                 return is_read_of(sent, of.command, of.family) ? of.change(sent, reply) : reply;
                               }}),
            1);
  EXPECT_THAT(err_, ContainsRegex("(^|\n)" + std::string(of.fault) + ": connection [0-3], reply [0-9]+: " + of.command +
                                  " verify:[0-9a-f]+:" + of.family + ":[0-9a-f]+[^\n]*\n  expected .*\n  got .*\n"));
  EXPECT_THAT(out_, ContainsRegex("verified [0-9]+ replies: [^\n]*[1-9][^\n]*\n$"));
  EXPECT_EQ(keys(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BenchmarkVerifyFaults,
    testing::Values(
        FaultCase{"StringStale", "GET", "string", "stale", earlier_reply(true)},
        FaultCase{"StringSwapped", "GET", "string", "swapped", earlier_reply(false)},
        FaultCase{"StringDamaged", "GET", "string", "damaged", flip},
        FaultCase{"StringType", "GET", "string", "type", [](auto&, auto&) { return std::string("+OK\r\n"); }},
        FaultCase{"StringLost", "GETSET", "string", "(wrong|stale)",
                  [](auto&, auto& reply) { return reply.starts_with("$-1") ? reply : std::string("$-1\r\n"); }},
        FaultCase{"StringError", "SET", "string", "error", [](auto&, auto&) { return std::string("-ERR no\r\n"); }},
        FaultCase{"CounterSwapped", "GET", "counter", "swapped", earlier_reply(false)},
        FaultCase{"CounterWrong", "INCR", "counter", "wrong",
                  [](auto&, auto& reply) { return ":" + std::to_string(std::stoll(reply.substr(1)) + 1) + "\r\n"; }},
        FaultCase{"SetMissesOne", "SMEMBERS", "set", "(wrong|stale)", drop_last},
        FaultCase{"SetSwapped", "SMEMBERS", "set", "swapped", earlier_reply(false)},
        FaultCase{"SetDamaged", "SMEMBERS", "set", "damaged", flip},
        FaultCase{"SetCount", "SCARD", "set", "wrong", [](auto&, auto&) { return std::string(":65\r\n"); }},
        FaultCase{"ListMissesOne", "LRANGE", "list", "(wrong|stale)", drop_last},
        FaultCase{"ListSwapped", "LPOP", "list", "swapped", earlier_reply(false)},
        FaultCase{"ListDamaged", "LINDEX", "list", "damaged", flip},
        FaultCase{"ListLength", "LLEN", "list", "wrong", [](auto&, auto&) { return std::string(":1000\r\n"); }}),
    [](const auto& of) { return of.param.name; });

TEST_F(BenchmarkVerify, RepliesThatChangedPlacesAreFound) {
  // One connection with batches of 8: now and then the fourth and the fifth reply of a batch.
  uint64_t count = 0;
  std::string held;
  EXPECT_EQ(verify_behind({.reply =
                               [&](const Words& sent, const std::string& reply) {
                                 if (sent.size() < 2 || !sent[1].starts_with("verify:") || sent[0] == "UNLINK")
                                   return reply;
                                 const uint64_t place = count++ % 400;
                                 if (place == 3) held = reply;
                                 return place == 3 ? std::string() : place == 4 ? reply + held : reply;
                               }},
                          {"-c", "1"}),
            1);
  EXPECT_THAT(err_, ContainsRegex("\nverified [0-9]+ replies: [0-9]+ "));
  EXPECT_EQ(keys(), 0);
}

TEST_F(BenchmarkVerify, WritesThatAreLostAreFoundInEachFamily) {
  for (const auto& row : std::map<std::string, std::string>{
           {"SET", "string"}, {"INCRBY", "counter"}, {"SADD", "set"}, {"RPUSH", "list"}}) {
    const std::string& command = row.first;
    const std::string& family = row.second;
    uint64_t count = 0;
    EXPECT_EQ(verify_behind({.request =
                                 [&](const Words& sent) {
                                   if (!is_read_of(sent, command, family) || ++count % 50 != 0) return sent;
                                   Words elsewhere = sent;
                                   elsewhere[1] = "elsewhere:" + family;
                                   return elsewhere;
                                 }},
                            {}),
              1)
        << command;
    EXPECT_THAT(err_, ContainsRegex("verify:[0-9a-f]+:" + family + ":")) << command;
    link_.run({"DEL", "elsewhere:" + family});
    EXPECT_EQ(keys(), 0);
  }
}

TEST_F(BenchmarkVerify, TheFirstFindingsAreToldInFullAndAllAreCounted) {
  uint64_t count = 0;
  EXPECT_EQ(verify_behind({.reply =
                               [&count](const Words& sent, const std::string& reply) {
                                 return sent[0] == "SCARD" && ++count <= 100 ? std::string(":99\r\n") : reply;
                               }},
                          {"-q"}),
            1);
  size_t told = 0;
  for (size_t at = err_.find("  got 99\n"); at != std::string::npos; at = err_.find("  got 99\n", at + 1)) ++told;
  EXPECT_EQ(told, 10u);
  EXPECT_THAT(err_,
              ContainsRegex("\nand [0-9]+ more that are not told here\nverified [0-9]+ replies: [0-9]+ wrong\n$"));
  EXPECT_THAT(out_, ContainsRegex("\nverified [0-9]+ replies: [0-9]+ wrong\n$"));
}

TEST_F(BenchmarkVerify, WhatIsWrongOnlyAtTheEndIsFoundByReadingAllOnceMore) {
  // All of a list is read only at the end.
  EXPECT_EQ(verify_behind({.reply =
                               [](const Words& sent, const std::string& reply) {
                                 return sent[0] == "LRANGE" && sent[3] == "-1" ? flip(sent, reply) : reply;
                               }},
                          {"-q"}),
            1);
  EXPECT_THAT(err_,
              ContainsRegex("damaged: connection [0-3], reply [0-9]+: LRANGE verify:[0-9a-f]+:list:[0-9a-f]+ 0 -1\n"));
}

TEST_F(BenchmarkVerify, ErrorsOfTheServerAreFindings) {
  link_.run({"SET", "filling", std::string(100'000, 'x')});
  link_.run({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(verify({"-n", "500", "-c", "2", "--csv"}), 1);
  EXPECT_THAT(err_, HasSubstr("  got the error \"OOM "));
  EXPECT_THAT(err_, ContainsRegex("Error from server: OOM [^\n]* \\([0-9]+ times\\)\n"));
  EXPECT_THAT(err_, ContainsRegex("verified [0-9]+ replies: [0-9]+ errors\n$"));
}

TEST_F(BenchmarkVerify, AnInterruptedRunReportsAndRemovesItsKeys) {
  ProcessRun process({benchmark_program, "-p", std::to_string(port_), "--verify", "--duration", "100", "-q"});
  ASSERT_TRUE(eventually([this] { return keys() > 100; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0) << process.err();
  EXPECT_THAT(process.out(), ContainsRegex("verified [0-9]+ replies: all as expected\n$"));
  EXPECT_EQ(keys(), 0);
}

TEST_F(BenchmarkVerify, AConnectionThatBreaksIsAnError) {
  ProcessRun process({benchmark_program, "-p", std::to_string(port_), "--verify", "--duration", "100", "-q"});
  ASSERT_TRUE(eventually([this] { return keys() > 100; }));
  link_.run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_THAT(process.err(),
              ContainsRegex("^Error: 127.0.0.1:[0-9]+: (Server closed the connection|Connection reset by peer)\n"));
  EXPECT_THAT(process.out(), IsEmpty());
  EXPECT_EQ(keys(), 0);
}

TEST_F(BenchmarkVerify, AServerThatRefusesIsAnError) {
  link_.run({"CONFIG", "SET", "requirepass", "secret"});
  EXPECT_EQ(verify({"-n", "100", "-a", "wrong"}), 1);
  EXPECT_THAT(err_, HasSubstr("WRONGPASS"));
  EXPECT_EQ(verify({"-n", "100", "-a", "secret"}), 0) << err_;
}

TEST_F(BenchmarkVerify, WhatDoesNotGoTogetherIsRefused) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"-t", "get"}, "--verify has no use for -t"},
      {{"--mix", "1 PING"}, "--verify has no use for --mix"},
      {{"PING"}, "--verify sends requests of its own, and no command"},
      {{"--unique", "-d", "64"}, "--verify has no use for --unique"},
      {{"--rate", "10"}, "--verify has no use for --rate"},
      {{"-l"}, "--verify has no use for -l"},
      {{"--clients", "1,2"}, "--verify has no use for --clients"},
      {{"-k", "0"}, "--verify has no use for -k"},
      {{"-d", "25"}, "--verify needs values of 26 bytes at least: -d or --sizes"},
      {{"--sizes", "3:1,100:1"}, "--verify needs values of 26 bytes at least: -d or --sizes"},
      {{"-r", "10000001"}, "--verify keeps in memory what each key holds: -r must be 10000000 at most"},
  };
  for (const auto& [words, text] : cases) {
    EXPECT_EQ(verify(words), 1) << text;
    EXPECT_THAT(err_, HasSubstr(text));
  }
}

}  // namespace
}  // namespace redoubt

// redoubt-benchmark --failover, with a sentinel that says what the test wants, before our servers or before servers that are made up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <mutex>

#include "tests/support/benchmark_fixture.h"
#include "tests/support/scripted_server.h"

namespace redoubt {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

// Knows one primary by the name of mymaster: what is at port `primary`.
class FakeSentinel {
 public:
  explicit FakeSentinel(int port) : primary(port) {}

  std::string address() const { return server_.address(); }
  std::vector<std::string> logins() {
    const std::lock_guard lock(mutex_);
    return logins_;
  }

  std::atomic<int> primary;
  std::atomic<int> asked = 0;
  std::function<std::string()> on_failover = [] { return "-NOGOODSLAVE No suitable replica to promote\r\n"; };

 private:
  std::optional<std::string> answer(const std::vector<std::string>& words) {
    if (words[0] == "AUTH") {
      const std::lock_guard lock(mutex_);
      logins_.push_back(words.size() == 3 ? words[1] + "/" + words[2] : words[1]);
      return "+OK\r\n";
    }
    if (words[0] != "SENTINEL" || words.size() != 3) return "-ERR unknown command\r\n";
    if (words[1] == "FAILOVER") return on_failover();
    ++asked;
    if (words[2] != "mymaster") return "*-1\r\n";
    return array_reply({bulk_reply("127.0.0.1"), bulk_reply(std::to_string(primary))});
  }

  std::mutex mutex_;
  std::vector<std::string> logins_;
  ScriptedServer server_{[this](const auto& words) { return answer(words); }};
};

// Two servers with the same data: nothing is ever lost between them. One of them takes writes.
class FakePair {
 public:
  const ScriptedServer& first() const { return first_; }
  const ScriptedServer& second() const { return second_; }

  std::atomic<bool> second_is_primary = false;
  std::atomic<bool> silent = false;  // what it is told is done, and not answered
  std::atomic<int> writes_to_first = 0;
  std::atomic<int> writes_to_second = 0;

 private:
  std::optional<std::string> answer(bool second, const std::vector<std::string>& words) {
    const std::string reply = answer_to(second, words);
    return silent ? std::string() : reply;
  }
  std::string answer_to(bool second, const std::vector<std::string>& words) {
    const std::lock_guard lock(mutex_);
    const bool primary = second == second_is_primary;
    if (words[0] == "ROLE") return array_reply({bulk_reply(primary ? "master" : "slave")});
    if (words[0] == "MGET") {
      std::vector<std::string> values;
      for (size_t i = 1; i < words.size(); ++i) {
        const auto found = data_.find(words[i]);
        values.push_back(found == data_.end() ? "$-1\r\n" : bulk_reply(found->second));
      }
      return array_reply(values);
    }
    if (!primary) return "-READONLY You can't write against a read only replica.\r\n";
    ++(second ? writes_to_second : writes_to_first);
    if (words[0] == "DEL") return ":" + std::to_string(data_.erase(words[1])) + "\r\n";
    std::string& value = data_[words[1]];
    if (words[0] == "SET") {
      value = words[2];
      return "+OK\r\n";
    }
    value = std::to_string(value.empty() ? 1 : std::stoi(value) + 1);
    return ":" + value + "\r\n";
  }

  std::mutex mutex_;
  std::map<std::string, std::string> data_;
  ScriptedServer first_{[this](const auto& words) { return answer(false, words); }};
  ScriptedServer second_{[this](const auto& words) { return answer(true, words); }};
};

std::vector<std::string> benchmark(const std::string& sentinels, const std::vector<std::string>& words) {
  std::vector<std::string> all = {benchmark_program, "--failover", sentinels};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

boost::json::object document(const std::string& path) { return boost::json::parse(read_file(path)).as_object(); }

int64_t number(const boost::json::object& object, const char* field) { return object.at(field).to_number<int64_t>(); }

int64_t calls(Link& link, const std::string& command) {
  const std::string line = info_field(link, "cmdstat_" + command);
  return line.empty() ? 0 : std::stoll(line.substr(line.find('=') + 1));
}

// The new primary is empty: whatever the old one acknowledged is lost, no more and no less.
TEST(BenchmarkFailover, WhatTheNewPrimaryDoesNotHaveIsLostExactly) {
  ServerRun old_primary;
  ServerRun new_primary;
  Link old_link(old_primary.port());
  Link new_link(new_primary.port());
  FakeSentinel sentinel(old_primary.port());
  const TemporaryDirectory directory;
  const std::string json = directory.path() + "/json";
  ProcessRun process(benchmark("mymaster@" + sentinel.address(), {"-c", "5", "--json", json}));
  ASSERT_TRUE(eventually([&] { return calls(old_link, "incr") > 200; })) << process.err();
  sentinel.primary = new_primary.port();
  old_primary.process().signal(SIGKILL);
  ASSERT_TRUE(eventually([&] { return calls(new_link, "incr") > 200; })) << process.err();
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_EQ(process.err(), "");
  const auto told = document(json);
  EXPECT_EQ(number(told, "sets") - number(told, "sets_lost"), calls(new_link, "set"));
  EXPECT_EQ(number(told, "increments") - number(told, "increments_lost"), calls(new_link, "incr"));
  EXPECT_EQ(number(told, "keys_with_losses"), 40);
  EXPECT_EQ(number(told, "counters_back"), 10);
  EXPECT_EQ(told.at("losses").as_array().size(), 50u);
  EXPECT_FALSE(told.at("whole").as_bool());
  const std::string from = "127.0.0.1:" + std::to_string(old_primary.port());
  const std::string to = "127.0.0.1:" + std::to_string(new_primary.port());
  EXPECT_EQ(told.at("primaries"), boost::json::value({from, to}));
  EXPECT_THAT(process.out(), AllOf(HasSubstr("5 writers"), HasSubstr(", in 40 of 40 keys\n"),
                                   HasSubstr("counters that went back: 10 of 10, by ")));
  EXPECT_EQ(new_link.run({"DBSIZE"}).integer, 0) << "the keys are removed";
}

TEST(BenchmarkFailover, AFailoverIsAskedForAndLosesNothing) {
  FakePair pair;
  FakeSentinel sentinel(pair.first().port());
  sentinel.on_failover = [&] {
    pair.second_is_primary = true;
    sentinel.primary = pair.second().port();
    return "+OK\r\n";
  };
  const TemporaryDirectory directory;
  const std::string json = directory.path() + "/json";
  ProcessRun process(benchmark("mymaster@127.0.0.1:1," + sentinel.address(),
                               {"--failover-now", "-c", "1", "--json", json, "--rate", "1000"}));
  EXPECT_EQ(process.wait_for_exit(), 0) << "it ends by itself: " << process.err();
  EXPECT_EQ(process.err(), "");
  const auto told = document(json);
  const auto& outages = told.at("outages").as_array();
  ASSERT_GE(outages.size(), 1u);
  bool changed = false;
  for (const auto& outage : outages) {
    if (outage.at("from") == outage.at("to")) continue;  // a busy machine
    changed = true;
    EXPECT_EQ(outage.at("from"), boost::json::value(pair.first().address()));
    EXPECT_EQ(outage.at("to"), boost::json::value(pair.second().address()));
    EXPECT_TRUE(outage.at("errors").as_object().contains(pair.first().address() + ": READONLY")) << outage;
  }
  EXPECT_TRUE(changed);
  EXPECT_TRUE(told.at("whole").as_bool());
  EXPECT_EQ(number(told, "sets_lost") + number(told, "increments_lost"), 0);
  EXPECT_GT(pair.writes_to_second, 100);
  EXPECT_THAT(process.out(), HasSubstr("\nacknowledged writes lost: 0\ncounters that went back: 0 of 2\n"));
}

TEST(BenchmarkFailover, AFailoverThatIsRefusedEndsTheRun) {
  FakePair pair;
  FakeSentinel sentinel(pair.first().port());
  ProcessRun process(benchmark("mymaster@" + sentinel.address(), {"--failover-now", "-q", "-c", "2"}));
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_EQ(process.err(), "No failover was begun: the sentinel at " + sentinel.address() +
                               " answers: NOGOODSLAVE No suitable replica to promote\n");
  EXPECT_THAT(process.out(), ContainsRegex("0 of [0-9]+ acknowledged writes lost, 0 counters went back\n$"));
}

TEST(BenchmarkFailover, RepliesThatDoNotComeInTimeAreAnOutage) {
  FakePair pair;
  FakeSentinel sentinel(pair.first().port());
  const TemporaryDirectory directory;
  const std::string json = directory.path() + "/json";
  ProcessRun process(benchmark("mymaster@" + sentinel.address(), {"-c", "1", "--timeout", "0.2", "--json", json}));
  ASSERT_TRUE(eventually([&] { return pair.writes_to_first > 100; })) << process.err();
  const int asked = sentinel.asked;
  pair.silent = true;
  ASSERT_TRUE(eventually([&] { return sentinel.asked > asked + 1; }));
  const int writes = pair.writes_to_first;
  pair.silent = false;
  ASSERT_TRUE(eventually([&] { return pair.writes_to_first > writes + 100; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0) << process.err();
  const auto told = document(json);
  const std::string kind = pair.first().address() + ": Connection timed out";
  const auto with_timeouts = [&](const boost::json::value& outage) {
    return outage.at("errors").as_object().contains(kind) && outage.at("outage_ms").to_number<double>() >= 200;
  };
  EXPECT_THAT(told.at("outages").as_array(), Contains(testing::Truly(with_timeouts)));
  EXPECT_GE(number(told, "sets_unacknowledged") + number(told, "increments_unacknowledged"), 1)
      << "what the server did in silence is there";
}

TEST(BenchmarkFailover, KeysThatCannotBeReadAtTheEndAreToldByTheirNames) {
  ServerRun server;
  Link link(server.port());
  FakeSentinel sentinel(server.port());
  ProcessRun process(benchmark("mymaster@" + sentinel.address(), {"-c", "2", "--timeout", "0.3"}));
  ASSERT_TRUE(eventually([&] { return calls(link, "incr") > 10; })) << process.err();
  server.process().signal(SIGKILL);
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_THAT(process.out(), ContainsRegex("\nThe keys could not be read at the end: .*Connection refused; they begin "
                                           "with redoubt-failover:[0-9a-f]+:\n$"));
}

TEST(BenchmarkFailover, PasswordsAreForPrimariesAndForSentinels) {
  ServerRun server({"--requirepass", "secret"});
  FakeSentinel sentinel(server.port());
  ProcessRun process(benchmark("mymaster@" + sentinel.address(),
                               {"-c", "2", "-q", "-a", "secret", "--sentinel-password", "other", "--sentinel-user",
                                "watcher", "--dbnum", "3", "-3", "--duration", "0.3"}));
  EXPECT_EQ(process.wait_for_exit(), 0) << process.err();
  EXPECT_THAT(sentinel.logins(), Contains("watcher/other"));
  Link link(server.port());
  link.run({"AUTH", "secret"});
  EXPECT_GT(calls(link, "set"), 1);
  ProcessRun without(benchmark("mymaster@" + sentinel.address(), {"-q"}));
  EXPECT_EQ(without.wait_for_exit(), 1);
  EXPECT_THAT(without.err(),
              MatchesRegex("the primary at 127.0.0.1:[0-9]+ takes no writes: NOAUTH Authentication required\\.\n"));
}

TEST(BenchmarkFailover, WhatCannotBeBegunIsToldInOneSentence) {
  ServerRun server;
  FakePair pair;
  FakeSentinel sentinel(1);
  FakeSentinel of_replica(pair.second().port());
  const std::string plain = "127.0.0.1:" + std::to_string(server.port());
  const struct {
    std::string sentinels;
    std::string err;
  } cases[] = {
      {"mymaster@127.0.0.1:1",
       "no sentinel names a primary: Could not connect to Redis at 127.0.0.1:1: Connection refused\n"},
      {"other@" + sentinel.address(),
       "no sentinel names a primary: the sentinel at " + sentinel.address() + " knows no primary 'other'\n"},
      {"mymaster@" + plain,
       "no sentinel names a primary: " + plain + " is no sentinel: ERR unknown command 'SENTINEL'"},
      {"mymaster@" + sentinel.address(), "Could not connect to Redis at 127.0.0.1:1: Connection refused\n"},
      {"mymaster@" + of_replica.address(), pair.second().address() + " is no primary: its role is slave\n"},
  };
  for (const auto& row : cases) {
    ProcessRun process(benchmark(row.sentinels, {}));
    EXPECT_EQ(process.wait_for_exit(), 1);
    EXPECT_THAT(process.err(), StartsWith(row.err));
    EXPECT_EQ(process.out(), "");
  }
}

TEST(BenchmarkFailover, ALineThatMakesNoSenseIsRefused) {
  const struct {
    std::vector<std::string> words;
    const char* err;
  } cases[] = {
      {{"--failover", "mymaster"},
       "--failover: 'mymaster' does not name a primary and its sentinels: NAME@HOST[:PORT]"},
      {{"--failover", "m@h:x"}, "--failover: 'm@h:x' has 'h:x' where the address of a sentinel should be"},
      {{"--failover", "m@h", "-n", "5"}, "--failover has no use for -n"},
      {{"--failover", "m@h", "--csv"}, "--failover has no use for --csv"},
      {{"--failover", "m@h", "-h", "x"}, "--failover has no use for -h"},
      {{"--failover", "m@h", "GET", "x"}, "--failover sends requests of its own, and no command"},
      {{"--failover", "m@h", "-c", "1001"}, "-c must be a number from 1 to 1000, not '1001'"},
      {{"--failover", "m@h", "--timeout", "0"}, "--timeout must be a number of seconds above 0, not '0'"},
      {{"--failover", "m@h", "--sentinel-user", "u"}, "--sentinel-user needs --sentinel-password"},
      {{"--failover", "m@h", "-c", "5", "--rate", "99"},
       "--rate must be 100 or more for 5 writers, or outages could not be told"},
      {{"--failover-now"}, "--failover-now needs --failover"},
      {{"--timeout", "1"}, "--timeout needs --failover"},
      {{"--failover", "m@h", "--json", "/no/such/directory/file"}, "cannot write /no/such/directory/file"},
  };
  for (const auto& row : cases) {
    std::vector<std::string> words = row.words;
    words.insert(words.begin(), benchmark_program);
    ProcessRun process(words);
    EXPECT_EQ(process.wait_for_exit(), 1);
    EXPECT_THAT(process.err(), HasSubstr(row.err));
    EXPECT_EQ(process.out(), "");
  }
}

}  // namespace
}  // namespace redoubt

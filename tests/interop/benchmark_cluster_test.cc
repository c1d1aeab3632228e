// redoubt-benchmark --cluster against a cluster of Debian's redis-servers, beside redis-benchmark.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/process_run.h"
#include "tests/support/program.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr int slots = 16384;

// Three masters, with a third of the slots each.
class TestCluster {
 public:
  TestCluster() {
    std::vector<int> bus_ports;
    for (size_t number = 0; number < 3; ++number) {
      bus_ports.push_back(free_loopback_port());
      nodes_.push_back(
          Program::start_oracle({"--cluster-enabled", "yes", "--cluster-port", std::to_string(bus_ports.back())}));
      links_.push_back(std::make_unique<Link>(nodes_.back().port()));
      const int first = slots * static_cast<int>(number) / 3;
      const int last = slots * (static_cast<int>(number) + 1) / 3 - 1;
      link(number).run({"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(last)});
      if (number == 0) continue;
      link(0).run({"CLUSTER", "MEET", "127.0.0.1", std::to_string(port(number)), std::to_string(bus_ports.back())});
    }
    const bool ready = eventually([this] {
      return all_of([](Link& node) {
        const std::string info = node.run({"CLUSTER", "INFO"}).text;
        return info.find("cluster_state:ok") != std::string::npos &&
               info.find("cluster_slots_assigned:16384") != std::string::npos &&
               node.run({"CLUSTER", "SLOTS"}).items.size() == 3;
      });
    });
    if (!ready) throw std::runtime_error("the nodes do not become a cluster");
  }

  int port(size_t number) const { return nodes_[number].port(); }
  Link& link(size_t number) { return *links_[number]; }
  bool all_of(const std::function<bool(Link&)>& condition) {
    return std::all_of(links_.begin(), links_.end(), [&](const auto& link) { return condition(*link); });
  }
  void run_on_all(const std::vector<std::string>& words) {
    for (const auto& link : links_) EXPECT_EQ(link->run(words).text, "OK");
  }

 private:
  std::vector<Program> nodes_;
  std::vector<std::unique_ptr<Link>> links_;
};

class BenchmarkCluster : public testing::Test {
 protected:
  static void SetUpTestSuite() { cluster_ = std::make_unique<TestCluster>(); }
  static void TearDownTestSuite() { cluster_.reset(); }
  void SetUp() override {
    cluster_->run_on_all({"FLUSHALL"});
    cluster_->run_on_all({"CONFIG", "RESETSTAT"});
  }

  static std::vector<std::string> line(const std::string& program, const std::vector<std::string>& words) {
    std::vector<std::string> all = {program, "--cluster", "-p", std::to_string(cluster_->port(1))};
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }
  int run(const std::vector<std::string>& words, const std::string& program = ours) {
    ProcessRun process(line(program, words));
    const int status = process.wait_for_exit();
    out_ = process.out();
    err_ = process.err();
    return status;
  }
  static int64_t number_in(Link& link, const std::string& field) {
    const std::string text = info_field(link, field);
    return text.empty() ? 0 : std::stoll(text.substr(text.find('=') + 1));
  }
  static int64_t sum(const std::string& field) {
    int64_t all = 0;
    cluster_->all_of([&](Link& link) {
      all += number_in(link, field);
      return true;
    });
    return all;
  }

  static constexpr const char* ours = REDOUBT_BIN_DIR "/redoubt-benchmark";
  static constexpr const char* theirs = "/usr/bin/redis-benchmark";
  static std::unique_ptr<TestCluster> cluster_;
  std::string out_, err_;
};

std::unique_ptr<TestCluster> BenchmarkCluster::cluster_;

TEST_F(BenchmarkCluster, AllTestsAskEachNodeForItsOwnKeys) {
  EXPECT_EQ(run({"-q", "-n", "600", "-r", "1000", "-P", "4", "-3"}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(sum("errorstat_MOVED"), 0);
  EXPECT_TRUE(cluster_->all_of([](Link& link) { return number_in(link, "cmdstat_lrange") > 0; }));
  EXPECT_TRUE(cluster_->all_of([](Link& link) { return link.run({"DBSIZE"}).integer > 0; }));
}

TEST_F(BenchmarkCluster, KeysThatWerePreloadedAreThoseThatAreAskedFor) {
  EXPECT_EQ(
      run({"-q", "-n", "2000", "-r", "500", "--preload", "500", "--mix", "2 GET key:{key}; 1 GET key:{tag}:{key}"}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(sum("keyspace_hits"), 2000);
  EXPECT_EQ(sum("keyspace_misses"), 0);
  EXPECT_EQ(sum("cmdstat_set"), 500);
  int64_t keys = 0;
  cluster_->all_of([&keys](Link& link) { return (keys += link.run({"DBSIZE"}).integer) > 0; });
  EXPECT_EQ(keys, 500);
}

TEST_F(BenchmarkCluster, ClientsAreSpreadOverTheNodesInTurn) {
  EXPECT_EQ(run({"-q", "-c", "2", "-n", "500", "PING", "{tag}"}), 0);
  int asked = 0;
  cluster_->all_of([&asked](Link& link) {
    asked += number_in(link, "cmdstat_ping") > 0 ? 1 : 0;
    return true;
  });
  EXPECT_EQ(asked, 2);
}

// What it tells of the cluster and the load, without figures.
std::vector<std::string> told(std::string out) {
  std::replace(out.begin(), out.end(), '\r', '\n');
  std::istringstream lines(out);
  std::vector<std::string> kept;
  const std::regex wanted(
      "(Cluster has |Master |======|  ( *)([0-9]+ "
      "(parallel|bytes)|keep|cluster|node|save|appendonly|multi|threads)|\"test\").*");
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, wanted)) kept.push_back(line);
  }
  return kept;
}

TEST_F(BenchmarkCluster, TheTextsAreThoseOfRedisBenchmark) {
  cluster_->link(2).run({"CONFIG", "SET", "save", "3600 1"});
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {}, {"--threads", "2"}, {"-c", "2"}, {"-q"}, {"--csv"}, {"SET", "a{tag}", "b"}}) {
    std::vector<std::string> all = {"-n", "100"};
    if (words.empty() || words.front() != "SET") all.insert(all.end(), {"-t", "set,get"});
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_EQ(run(all, theirs), 0);
    const std::vector<std::string> expected = told(out_);
    EXPECT_EQ(run(all), 0);
    EXPECT_EQ(err_, "");
    EXPECT_EQ(told(out_), expected);
    EXPECT_GE(expected.size(), 4u);
  }
  cluster_->link(2).run({"CONFIG", "SET", "save", ""});
}

TEST_F(BenchmarkCluster, AServerThatIsNoneOfAClusterIsRefusedInTheSameWords) {
  const Program alone = Program::start_oracle();
  for (const char* const form : {"-q", "--csv"}) {
    EXPECT_EQ(run({"-p", std::to_string(alone.port()), form}, theirs), 1);
    const std::string expected = err_;
    EXPECT_THAT(expected, HasSubstr("ERR This instance has cluster support disabled"));
    ProcessRun process({ours, "--cluster", "-p", std::to_string(alone.port()), form});
    EXPECT_EQ(process.wait_for_exit(), 1);
    EXPECT_EQ(process.err(), expected);
    EXPECT_EQ(process.out(), "");
  }
}

TEST_F(BenchmarkCluster, EachNodeIsGreeted) {
  cluster_->run_on_all({"CONFIG", "SET", "requirepass", "secret"});
  EXPECT_EQ(run({"-q", "-n", "100", "-t", "set", "-a", "secret"}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(run({"-q", "-n", "100", "-t", "set"}), 1);
  EXPECT_THAT(err_, HasSubstr("NOAUTH"));
  cluster_->run_on_all({"CONFIG", "SET", "requirepass", ""});
}

TEST_F(BenchmarkCluster, KeysWithoutATagAreAnsweredWithMoved) {
  EXPECT_EQ(run({"-q", "-n", "300", "-c", "3", "SET", "a", "b"}), 1);
  EXPECT_EQ(err_, "Error from server: MOVED (" + std::to_string(sum("errorstat_MOVED")) + " times)\n");
  EXPECT_GT(sum("errorstat_MOVED"), 0);
}

TEST_F(BenchmarkCluster, SlotsThatMoveAreFollowed) {
  ProcessRun process(line(ours, {"-q", "-n", "1000000000", "-c", "6", "GET", "key:{tag}"}));
  const auto calls = [] { return sum("cmdstat_get"); };
  ASSERT_TRUE(eventually([&calls] { return calls() > 1000; })) << process.err();
  // The new owner hears of it first.
  const std::string owner = cluster_->link(1).run({"CLUSTER", "MYID"}).text;
  cluster_->link(1).run({"CLUSTER", "BUMPEPOCH"});
  for (const size_t node : {1, 0}) {
    for (int slot = 0; slot < 1000; ++slot) {
      const Value reply = cluster_->link(node).run({"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", owner});
      ASSERT_EQ(reply.text, "OK");
    }
  }
  ASSERT_TRUE(eventually([&process] { return process.err().find("WARNING: Cluster slots") != std::string::npos; }));
  EXPECT_TRUE(eventually([&calls] {
    const int64_t moved = sum("errorstat_MOVED");
    const int64_t before = calls();
    return eventually([&] { return calls() > before + 5000; }) && sum("errorstat_MOVED") == moved;
  })) << "requests go on, and none goes to the wrong node";
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), 0);
  EXPECT_TRUE(
      std::regex_match(process.err(), std::regex("WARNING: Cluster slots configuration changed, fetching new one...\n"
                                                 "Error from server: MOVED \\([0-9]+ times\\)\n")))
      << process.err();
  EXPECT_THAT(process.out(), ContainsRegex("GET key:\\{tag\\}: [0-9.]+ requests per second"));
}

TEST_F(BenchmarkCluster, ANodeThatGoesAwayIsToldInOneSentence) {
  ProcessRun process(line(ours, {"-q", "-n", "1000000000", "GET", "key:{tag}"}));
  ASSERT_TRUE(eventually([] { return number_in(cluster_->link(2), "cmdstat_get") > 100; })) << process.err();
  EXPECT_GT(cluster_->link(2).run({"CLIENT", "KILL", "TYPE", "normal"}).integer, 0);
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_THAT(process.err(), ContainsRegex("^Error: 127\\.0\\.0\\.1:" + std::to_string(cluster_->port(2)) +
                                           ": (Server closed the connection|Connection re[a-z ]+|Broken pipe)\n$"));
}

TEST_F(BenchmarkCluster, TheDocumentNamesTheMasters) {
  TemporaryDirectory directory;
  const std::string file = directory.path() + "/run.json";
  EXPECT_EQ(run({"-q", "-n", "100", "-t", "set", "--clients", "1,4", "--json", file}), 0);
  const std::string document = read_file(file);
  for (size_t number = 0; number < 3; ++number) {
    const std::string id = cluster_->link(number).run({"CLUSTER", "MYID"}).text;
    EXPECT_THAT(document, ContainsRegex("\\{\"id\":\"" + id + "\",\"address\":\"127\\.0\\.0\\.1:" +
                                        std::to_string(cluster_->port(number)) + "\",\"slots\":[0-9]+\\}"));
  }
}

}  // namespace
}  // namespace redoubt

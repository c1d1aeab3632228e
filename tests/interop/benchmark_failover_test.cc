// redoubt-benchmark --failover through a failover of Debian's Redis: a primary, a replica and a sentinel.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <filesystem>

#include "tests/support/link.h"
#include "tests/support/process_run.h"
#include "tests/support/program.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

std::string text_of(const Value& value, std::string_view field) {
  const Value* const found = value.field(field);
  return found == nullptr ? "" : found->text;
}

// Knows the primary, and the replica once it has asked the primary.
class Sentinel {
 public:
  explicit Sentinel(int primary) {
    std::filesystem::create_symlink("/usr/bin/redis-check-rdb", directory_.path() + "/redis-sentinel");
    write_file(config(), "port " + std::to_string(port_) + "\nbind 127.0.0.1\ndir " + directory_.path() +
                             "\nsentinel monitor mymaster 127.0.0.1 " + std::to_string(primary) +
                             " 1\nsentinel down-after-milliseconds mymaster 1000\n");
    process_.emplace(std::vector{directory_.path() + "/redis-sentinel", config()});
  }
  int port() const { return port_; }
  bool knows_a_replica() const {
    try {
      const Value replicas = Link(port_).run({"SENTINEL", "REPLICAS", "mymaster"});
      return replicas.items.size() == 1 && text_of(replicas.items[0], "flags") == "slave" &&
             text_of(replicas.items[0], "master-link-status") == "ok";
    } catch (const std::runtime_error&) {
      return false;
    }
  }

 private:
  std::string config() const { return directory_.path() + "/sentinel.conf"; }

  const int port_ = free_loopback_port();
  const TemporaryDirectory directory_;
  std::optional<ProcessRun> process_;
};

TEST(BenchmarkFailoverInterop, AKilledPrimaryIsAnOutageAndTheRunEndsWhenTheReplicaHasTakenOver) {
  const Program primary = Program::start_oracle({"--repl-diskless-sync-delay", "0"});
  const Program replica = Program::start_oracle({"--replicaof", "127.0.0.1 " + std::to_string(primary.port())});
  Link replica_link(replica.port());
  ASSERT_TRUE(eventually([&] { return info_field(replica_link, "master_link_status") == "up"; }));
  const Sentinel sentinel(primary.port());
  ASSERT_TRUE(eventually([&] { return sentinel.knows_a_replica(); }));
  const TemporaryDirectory directory;
  const std::string json = directory.path() + "/json";
  ProcessRun process({std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "--failover",
                      "mymaster@127.0.0.1:" + std::to_string(sentinel.port()), "--json", json, "--rate", "2000"});
  ASSERT_TRUE(eventually([&] { return replica_link.run({"DBSIZE"}).integer == 100; })) << process.err();
  kill(primary.pid(), SIGKILL);
  const int status = process.wait_for_exit();
  EXPECT_EQ(process.err(), "");
  const auto told = boost::json::parse(read_file(json)).as_object();
  const boost::json::value from("127.0.0.1:" + std::to_string(primary.port()));
  const boost::json::value to("127.0.0.1:" + std::to_string(replica.port()));
  EXPECT_EQ(told.at("primaries"), boost::json::value({from, to}));
  bool found = false;
  for (const auto& outage : told.at("outages").as_array()) {
    found |= outage.at("from") == from && outage.at("to") == to && !outage.at("errors").as_object().empty();
  }
  EXPECT_TRUE(found) << told;
  EXPECT_TRUE(told.at("whole").as_bool());
  EXPECT_TRUE(told.at("read_at_end").as_bool());
  const int64_t lost = told.at("sets_lost").to_number<int64_t>() + told.at("increments_lost").to_number<int64_t>();
  EXPECT_EQ(status, lost == 0 ? 0 : 1) << process.out();
  // The sentinel has closed the connections of its clients.
  EXPECT_EQ(Link(replica.port()).run({"DBSIZE"}).integer, 0) << "the keys are removed";
}

}  // namespace
}  // namespace redoubt

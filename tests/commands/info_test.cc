#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "server/commands/info_report.h"
#include "server/keyspace/lazy_free.h"
#include "server/stats/sample_stats.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find("\r\n", at);
    if (end == std::string::npos) {
      ADD_FAILURE() << "a line without CR LF: " << text.substr(at);
      break;
    }
    lines.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}

class InfoTest : public CommandTest {
 protected:
  static void SetUpTestSuite() { register_allocating_thread(); }
  void set(std::string_view key, std::string_view value) { server.db().set_string(key, value); }
  std::string info(const std::vector<std::string_view>& sections) { return info_report(server.services(), sections); }
  // Headings without "# ", with a blank between.
  std::string headings(const std::vector<std::string_view>& sections) {
    std::string out;
    for (const std::string& line : lines_of(info(sections))) {
      if (line.starts_with("# ")) out += (out.empty() ? "" : " ") + line.substr(2);
    }
    return out;
  }
  std::map<std::string, std::string> fields(std::string_view section) {
    std::map<std::string, std::string> out;
    for (const std::string& line : lines_of(info({section}))) {
      const size_t colon = line.find(':');
      if (colon == std::string::npos) continue;
      EXPECT_TRUE(out.emplace(line.substr(0, colon), line.substr(colon + 1)).second) << "twice: " << line;
    }
    return out;
  }
  std::string field(std::string_view section, const std::string& name) {
    const auto all = fields(section);
    const auto found = all.find(name);
    return found == all.end() ? "(absent)" : found->second;
  }
  int64_t number(std::string_view section, const std::string& name) { return std::stoll(field(section, name)); }
};

TEST_F(InfoTest, SectionsComeOnceAndInTheirOwnOrder) {
  const std::string by_default =
      "Server Clients Memory Persistence Stats Replication CPU Modules Errorstats Cluster Keyspace";
  const std::string all =
      "Server Clients Memory Persistence Stats Replication CPU Modules Commandstats Errorstats Latencystats Cluster "
      "Keyspace";
  struct Case {
    std::vector<std::string_view> names;
    std::string expected;
  };
  const Case cases[] = {
      {{}, by_default},
      {{"default"}, by_default},
      {{"all"}, all},
      {{"EVERYTHING"}, all},
      {{"modules"}, "Modules"},
      {{"module_list"}, "Modules"},
      {{"keyspace", "cpu"}, "CPU Keyspace"},
      {{"keyspace", "keyspace"}, "Keyspace"},
      {{"nosuch"}, ""},
      {{"nosuch", "Cpu"}, "CPU"},
      {{"default", "commandstats"},
       "Server Clients Memory Persistence Stats Replication CPU Modules Commandstats Errorstats Cluster Keyspace"},
      {{"latencystats", "default"},
       "Server Clients Memory Persistence Stats Replication CPU Modules Errorstats Latencystats Cluster Keyspace"},
  };
  for (const Case& c : cases) EXPECT_EQ(headings(c.names), c.expected) << testing::PrintToString(c.names);
}

TEST_F(InfoTest, SectionsStandApartByAnEmptyLine) {
  EXPECT_EQ(info({"modules", "cluster"}), "# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n");
  EXPECT_EQ(info({"nosuch"}), "");
}

TEST_F(InfoTest, IsABulkStringInResp2AndVerbatimInResp3) {
  EXPECT_EQ(server.client().run_raw({"INFO", "modules"}), "$11\r\n# Modules\r\n\r\n");
  server.client().use_resp3();
  EXPECT_EQ(server.client().run_raw({"INFO", "modules"}), "=15\r\ntxt:# Modules\r\n\r\n");
}

TEST_F(InfoTest, FieldsThatLibrariesRead) {
  EXPECT_EQ(field("server", "redis_version"), "7.2.4");
  EXPECT_EQ(field("server", "redoubt_version"), REDOUBT_VERSION);
  EXPECT_EQ(field("server", "redis_mode"), "standalone");
  EXPECT_EQ(field("server", "arch_bits"), "64");
  EXPECT_EQ(number("server", "process_id"), getpid());
  EXPECT_EQ(field("server", "tcp_port"), "6379");
  EXPECT_EQ(field("server", "run_id"), server.control().run_id());
  EXPECT_EQ(field("server", "executable"), server.control().executable());
  EXPECT_EQ(field("server", "process_supervised"), "no");
  EXPECT_EQ(field("server", "listener0"), "name=tcp,bind=*,bind=-::*,port=6379");
  EXPECT_EQ(field("persistence", "loading"), "0");
  EXPECT_EQ(field("replication", "role"), "master");
  EXPECT_EQ(field("replication", "master_replid").size(), 40u);
  EXPECT_NE(field("replication", "master_replid"), server.control().run_id());
  EXPECT_EQ(field("replication", "master_replid"), field("replication", "master_replid"));
}

TEST_F(InfoTest, UptimeCountsFromTheStart) {
  server.stats().started_us = monotonic_us() - int64_t{2 * 24 * 3600 + 5} * 1000000;
  EXPECT_EQ(field("server", "uptime_in_days"), "2");
  EXPECT_NEAR(static_cast<double>(number("server", "uptime_in_seconds")), 172805, 2);
}

TEST_F(InfoTest, ClientsAreCountedByWhatTheyAre) {
  EXPECT_EQ(field("clients", "connected_clients"), "1");
  TestClient& replica = server.connect();
  TestClient& subscriber = server.connect();
  replica.client().set(ClientFlag::replica);
  subscriber.client().set(ClientFlag::pubsub);
  EXPECT_EQ(field("clients", "connected_clients"), "2");
  EXPECT_EQ(field("clients", "pubsub_clients"), "1");
  EXPECT_EQ(field("clients", "maxclients"), std::to_string(server.config().maxclients));
  EXPECT_GT(number("memory", "mem_clients_slaves"), 0);
  const int64_t before = number("memory", "mem_clients_normal");
  server.client().client().input_capacity += 100000;
  EXPECT_EQ(number("memory", "mem_clients_normal"), before + 100000);
  EXPECT_GE(number("clients", "client_recent_max_input_buffer"), 100000);
  server.client().client().input_capacity -= 100000;
}

TEST_F(InfoTest, MemoryFollowsTheData) {
  const int64_t before = number("memory", "used_memory");
  const int64_t dataset_before = number("memory", "used_memory_dataset");
  for (int i = 0; i < 4; ++i) set("k" + std::to_string(i), std::string(1 << 20, 'x'));
  auto memory = fields("memory");
  EXPECT_GE(std::stoll(memory["used_memory"]), before + (4 << 20));
  EXPECT_LT(std::stoll(memory["used_memory"]), before + (6 << 20));
  EXPECT_GE(std::stoll(memory["used_memory_dataset"]), dataset_before + (3 << 20));
  EXPECT_GT(std::stoll(memory["used_memory_rss"]), 4 << 20);
  EXPECT_GT(std::stoll(memory["total_system_memory"]), 1 << 28);
  EXPECT_GE(std::stoll(memory["used_memory_peak"]), std::stoll(memory["used_memory"]));
  EXPECT_TRUE(memory["used_memory_peak_perc"].ends_with("%"));
  EXPECT_EQ(memory["maxmemory_policy"], "noeviction");
  server.run("FLUSHALL", "SYNC");
  EXPECT_LT(number("memory", "used_memory"), before + (1 << 20));
}

TEST_F(InfoTest, PeakMemoryIsSampled) {
  start_stats(server.stats(), monotonic_us());
  set("big", std::string(8 << 20, 'x'));
  sample_stats(server.stats(), server.keyspace(), monotonic_us());
  server.run("FLUSHALL", "SYNC");
  auto memory = fields("memory");
  EXPECT_GT(std::stoll(memory["used_memory_peak"]), std::stoll(memory["used_memory"]) + (7 << 20));
  EXPECT_EQ(server.stats().peak_memory_at_ms, server.now_ms());
}

TEST_F(InfoTest, LazilyFreedObjectsAreCounted) {
  for (int i = 0; i < 10; ++i) set("k" + std::to_string(i), "v");
  server.run("FLUSHALL", "ASYNC");
  server.keyspace().lazy_free().drain();
  EXPECT_EQ(field("memory", "lazyfreed_objects"), "10");
  EXPECT_EQ(field("memory", "lazyfree_pending_objects"), "0");
}

TEST_F(InfoTest, ChangesSinceTheLastSave) {
  const int64_t before = number("persistence", "rdb_changes_since_last_save");
  server.run("SET", "a", "1");
  server.run("SET", "b", "1");
  EXPECT_EQ(number("persistence", "rdb_changes_since_last_save"), before + 2);
  server.run("FLUSHALL");  // which saves where there are rules
  EXPECT_EQ(number("persistence", "rdb_changes_since_last_save"), 0);
}

TEST_F(InfoTest, RatesAreAveragedOverSamples) {
  ServerStats& stats = server.stats();
  int64_t now = 1000000;
  for (int i = 0; i <= 16; ++i) {
    sample_stats(stats, server.keyspace(), now);
    now += 100000;
    stats.commands_processed += 500;
    stats.net_input_bytes += 102400;
    stats.net_output_bytes += 51200;
    stats.eventloop_cycles += 10;
    stats.eventloop_duration_us += 700;
  }
  EXPECT_EQ(field("stats", "instantaneous_ops_per_sec"), "5000");
  EXPECT_EQ(field("stats", "instantaneous_input_kbps"), "1000.00");
  EXPECT_EQ(field("stats", "instantaneous_output_kbps"), "500.00");
  EXPECT_EQ(field("stats", "instantaneous_eventloop_cycles_per_sec"), "100");
  EXPECT_EQ(field("stats", "instantaneous_eventloop_duration_usec"), "70");
}

TEST_F(InfoTest, StatsShowTheCounters) {
  ServerStats& stats = server.stats();
  stats.connections_received = 11;
  stats.rejected_connections = 12;
  stats.evicted_clients = 13;
  stats.longest_tick_us = 1500;
  KeyspaceStats& keys = server.keyspace().shared().stats;
  keys.hits = 21;
  keys.misses = 22;
  keys.expired = 23;
  keys.evicted = 24;
  keys.expired_stale_percent = 2.5;
  keys.eviction_exceeded_us = 14500;
  const std::pair<const char*, const char*> expected[] = {{"total_connections_received", "11"},
                                                          {"rejected_connections", "12"},
                                                          {"evicted_clients", "13"},
                                                          {"total_eviction_exceeded_time", "14"},
                                                          {"current_eviction_exceeded_time", "0"},
                                                          {"redoubt_longest_tick_us", "1500"},
                                                          {"expired_stale_perc", "2.50"},
                                                          {"keyspace_hits", "21"},
                                                          {"keyspace_misses", "22"},
                                                          {"expired_keys", "23"},
                                                          {"evicted_keys", "24"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(field("stats", name), value) << name;
  keys.eviction_exceeded_since_us = monotonic_us() - 3000000;
  EXPECT_NEAR(static_cast<double>(number("stats", "current_eviction_exceeded_time")), 3000, 500);
  EXPECT_NEAR(static_cast<double>(number("stats", "total_eviction_exceeded_time")), 3014, 500);
}

TEST_F(InfoTest, CommandsAndErrorsAreCounted) {
  server.run("CONFIG", "RESETSTAT");
  server.run("SWAPDB", "0", "1");
  server.run("SWAPDB", "0", "1");
  server.run("SWAPDB", "0");
  server.run("SWAPDB", "0", "nonsense");
  const std::string swap = field("commandstats", "cmdstat_swapdb");
  EXPECT_TRUE(swap.starts_with("calls=3,usec=")) << swap;
  EXPECT_TRUE(swap.ends_with(",rejected_calls=1,failed_calls=1")) << swap;
  EXPECT_NE(swap.find(",usec_per_call="), std::string::npos) << swap;
  EXPECT_EQ(field("commandstats", "cmdstat_config|resetstat").substr(0, 7), "calls=1");
  EXPECT_EQ(field("commandstats", "cmdstat_config"), "(absent)");
  EXPECT_EQ(field("commandstats", "cmdstat_dbsize"), "(absent)");
  EXPECT_EQ(field("errorstats", "errorstat_ERR"), "count=2");
  EXPECT_EQ(field("stats", "total_error_replies"), "2");
}

TEST_F(InfoTest, LatencyPercentilesAreThoseConfigured) {
  Command* get = server.commands().find("dbsize");
  for (uint64_t us = 1; us <= 1000; ++us) get->stats.latency.record(us * 1000);
  const std::string text = field("latencystats", "latency_percentiles_usec_dbsize");
  double p50 = 0, p99 = 0, p999 = 0;
  ASSERT_EQ(sscanf(text.c_str(), "p50=%lf,p99=%lf,p99.9=%lf", &p50, &p99, &p999), 3) << text;
  EXPECT_NEAR(p50, 500, 10);
  EXPECT_NEAR(p99, 990, 20);
  EXPECT_NEAR(p999, 999, 20);
  server.run("CONFIG", "SET", "latency-tracking-info-percentiles", "100 0.1");
  EXPECT_TRUE(field("latencystats", "latency_percentiles_usec_dbsize").starts_with("p100="));
  server.run("CONFIG", "SET", "latency-tracking", "no");
  EXPECT_EQ(info({"latencystats"}), "# Latencystats\r\n");
}

TEST_F(InfoTest, KeyspaceListsTheDatabasesThatHoldKeys) {
  EXPECT_EQ(info({"keyspace"}), "# Keyspace\r\n");
  Database& db = server.db(3);
  db.set_string("a", "1");
  db.set_expiry(db.set_string("b", "1"), server.now_ms() + 4000);
  db.set_expiry(db.set_string("c", "1"), server.now_ms() + 6000);
  server.db(0).set_string("x", "1");
  EXPECT_EQ(
      info({"keyspace"}),
      "# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0,subexpiry=0\r\ndb3:keys=3,expires=2,avg_ttl=5000,subexpiry=0\r\n");
}

TEST_F(InfoTest, ProcessorTimeOnlyGrows) {
  const double before = std::stod(field("cpu", "used_cpu_user")) + std::stod(field("cpu", "used_cpu_sys"));
  for (int i = 0; i < 2000; ++i) info({"all"});
  const double after = std::stod(field("cpu", "used_cpu_user")) + std::stod(field("cpu", "used_cpu_sys"));
  EXPECT_GT(after, before);
}

}  // namespace
}  // namespace redoubt

#include <string>

#include "common/base/memory.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class MemoryCommands : public CommandTest {
 protected:
  static void SetUpTestSuite() { register_allocating_thread(); }
  void set(std::string_view key, std::string_view value) { server.db().set_string(key, value); }
  int64_t usage(const std::string& key) { return run("MEMORY", "USAGE", key).integer; }
};

TEST_F(MemoryCommands, RefuseWrongArguments) {
  set("k", "v");
  const std::pair<const char*, const char*> cases[] = {
      {"MEMORY USAGE k SAMPLES", "(error) ERR syntax error"},
      {"MEMORY USAGE k SAMPLES x", "(error) ERR value is not an integer or out of range"},
      {"MEMORY USAGE k SAMPLES -1", "(error) ERR syntax error"},
      {"MEMORY USAGE k foo 1", "(error) ERR syntax error"},
      {"MEMORY USAGE k x", "(error) ERR syntax error"},
      {"MEMORY USAGE", "(error) ERR wrong number of arguments for 'memory|usage' command"},
      {"MEMORY DOCTOR x", "(error) ERR wrong number of arguments for 'memory|doctor' command"},
      {"MEMORY foo", "(error) ERR unknown subcommand 'foo'. Try MEMORY HELP."},
  };
  for (const auto& [line, expected] : cases) EXPECT_EQ(type(line), expected) << line;
}

TEST_F(MemoryCommands, UsageFollowsTheValue) {
  EXPECT_EQ(run("MEMORY", "USAGE", "nokey"), "(nil)");
  set("small", "v");
  set("same", "v");
  set("big", std::string(100000, 'x'));
  EXPECT_GT(usage("small"), 0);
  EXPECT_LT(usage("small"), 64);
  EXPECT_GT(usage("big"), 100000);
  EXPECT_LT(usage("big"), 130000);
  server.db().set_expiry(*server.db().peek("same"), server.now_ms() + 1000);
  EXPECT_GT(usage("same"), usage("small"));
  for (const char* samples : {"0", "1", "9223372036854775807"}) {
    EXPECT_EQ(run("MEMORY", "USAGE", "big", "samples", samples).integer, usage("big")) << samples;
  }
}

TEST_F(MemoryCommands, UsageDoesNotTouch) {
  set("k", "v");
  server.advance(5000);
  usage("k");
  EXPECT_EQ(server.keyspace().shared().access.idle_seconds(*server.db().peek("k")), 5);
  EXPECT_EQ(server.keyspace().shared().stats.hits, 0u);
}

TEST_F(MemoryCommands, StatsAreOneMapWithAPartPerDatabase) {
  server.client().use_resp3();
  set("k", "v");
  server.db(3).set_string("k", "v");
  const std::string stats = to_string(run("MEMORY", "STATS"));
  EXPECT_TRUE(stats.starts_with("{\"peak.allocated\" => (integer) ")) << stats;
  for (const char* name :
       {"\"db.0\" => {\"overhead.hashtable.main\" => (integer) ", "\"db.3\" => {", "\"keys.count\" => (integer) 2,",
        "\"allocator-fragmentation.ratio\" => (double) ", "\"fragmentation.bytes\" => (integer) ",
        "\"overhead.hashtable.slot-to-keys\" => (integer) 0"}) {
    EXPECT_NE(stats.find(name), std::string::npos) << name << " in " << stats;
  }
  EXPECT_EQ(stats.find("\"db.1\""), std::string::npos);
}

TEST_F(MemoryCommands, DoctorJudgesOnlyWhenThereIsEnough) {
  server.client().use_resp3();
  const std::string poor = to_string(run("MEMORY", "DOCTOR"));
  EXPECT_TRUE(poor.starts_with("txt\"Too little memory")) << poor;
  // Clients with huge buffers are what it must see, whatever the allocator of this machine does.
  set("big", std::string(8 << 20, 'x'));
  EXPECT_EQ(to_string(run("MEMORY", "DOCTOR")).find("Clients:"), std::string::npos);
  server.client().client().input_capacity += 10 << 20;
  server.stats().peak_memory = size_t{1} << 30;
  const std::string found = to_string(run("MEMORY", "DOCTOR"));
  server.client().client().input_capacity -= 10 << 20;
  EXPECT_NE(found.find("Clients:"), std::string::npos) << found;
  EXPECT_NE(found.find("Peak:"), std::string::npos) << found;
  EXPECT_EQ(found.find("Replicas:"), std::string::npos) << found;
}

TEST_F(MemoryCommands, PurgeAndMallocStatsAskTheAllocator) {
  EXPECT_EQ(run("MEMORY", "PURGE"), "OK");
  const std::string stats = to_string(run("MEMORY", "MALLOC-STATS"));
#ifdef REDOUBT_JEMALLOC
  EXPECT_NE(stats.find("Begin jemalloc statistics"), std::string::npos);
#else
  EXPECT_EQ(stats, "\"Stats not supported for the current allocator\"");
#endif
}

TEST_F(MemoryCommands, HelpNamesEachSubcommand) {
  const std::string help = to_string(run("MEMORY", "HELP"));
  for (const char* name : {"MEMORY <subcommand>", "DOCTOR", "MALLOC-STATS", "PURGE", "STATS", "USAGE", "HELP"}) {
    EXPECT_NE(help.find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace redoubt

// INFO and DEBUG beside those of Debian's Redis: the names and order of the fields of each section, and what is the same
// to the byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/commands/info_report.h"
#include "tests/support/command_fixture.h"
#include "tests/support/link.h"
#include "tests/support/program.h"

namespace redoubt {
namespace {

using Names = std::vector<std::string>;

// What 7.2 and later have and 7.0 has not, and what is our own.
const std::map<std::string, std::set<std::string>> only_ours = {
    {"Server", {"redoubt_version", "listener0"}},
    {"Clients",
     {"pubsub_clients", "watching_clients", "total_watched_keys", "total_blocking_keys",
      "total_blocking_keys_on_nokey"}},
    {"Stats",
     {"client_query_buffer_limit_disconnections", "client_output_buffer_limit_disconnections", "eventloop_cycles",
      "eventloop_duration_sum", "eventloop_duration_cmd_sum", "instantaneous_eventloop_cycles_per_sec",
      "instantaneous_eventloop_duration_usec", "acl_access_denied_auth", "acl_access_denied_cmd",
      "acl_access_denied_key", "acl_access_denied_channel", "expired_subkeys", "redoubt_longest_tick_us"}},
};

// Section to names, in their order. The text is taken to pieces here on its own.
std::vector<std::pair<std::string, Names>> sections_of(const std::string& text) {
  std::vector<std::pair<std::string, Names>> sections;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find("\r\n", at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 2;
    if (line.starts_with("# ")) {
      sections.emplace_back(line.substr(2), Names{});
    } else if (!line.empty() && !sections.empty()) {
      sections.back().second.push_back(line.substr(0, line.find(':')));
    }
  }
  return sections;
}

class InfoFields : public testing::Test {
 protected:
  Program oracle_ = Program::start_oracle({"--enable-debug-command", "yes"});
};

TEST_F(InfoFields, NamesAndOrderAreThoseOfTheOracle) {
  Link oracle(oracle_.port());
  TestServer server;
  for (const std::string asked : {"default", "server", "clients", "memory", "persistence", "stats", "replication",
                                  "cpu", "modules", "cluster", "everything"}) {
    const auto theirs = sections_of(oracle.run({"INFO", asked}).text);
    auto ours = sections_of(info_report(server.services(), std::vector<std::string_view>{asked}));
    ASSERT_FALSE(theirs.empty()) << asked;
    ASSERT_EQ(ours.size(), theirs.size()) << asked;
    for (size_t i = 0; i < theirs.size(); ++i) {
      const std::string& section = theirs[i].first;
      EXPECT_EQ(ours[i].first, section) << asked;
      // These depend on what the servers did.
      if (section.ends_with("stats") && section != "Stats") continue;
      if (section == "Keyspace") continue;
      const auto known = only_ours.find(section);
      Names& names = ours[i].second;
      if (known != only_ours.end()) {
        EXPECT_EQ(std::erase_if(names, [&](const std::string& name) { return known->second.contains(name); }),
                  known->second.size())
            << section << ": a listed difference is none";
      }
      EXPECT_EQ(names, theirs[i].second) << section;
    }
  }
}

TEST_F(InfoFields, ValuesThatBothKnowAreTheSame) {
  Link oracle(oracle_.port());
  TestServer server;
  struct Case {
    const char* section;
    std::vector<std::string> names;
  };
  const Case cases[] = {
      {"server",
       {"redis_git_sha1", "redis_mode", "os", "arch_bits", "monotonic_clock", "multiplexing_api", "atomicvar_api",
        "process_supervised", "hz", "configured_hz", "io_threads_active"}},
      {"memory", {"total_system_memory", "total_system_memory_human", "maxmemory_policy", "maxmemory_human"}},
      {"replication", {"role", "master_failover_state", "master_replid2", "second_repl_offset", "repl_backlog_size"}},
      {"persistence", {"rdb_last_bgsave_status", "rdb_last_bgsave_time_sec", "current_fork_perc", "aof_enabled"}},
  };
  const auto value_in = [](const std::string& text, const std::string& name) {
    const size_t at = text.find("\n" + name + ":");
    return at == std::string::npos ? "(absent)" : text.substr(at + 1, text.find("\r\n", at) - at - 1);
  };
  for (const Case& c : cases) {
    const std::string theirs = oracle.run({"INFO", c.section}).text;
    const std::string ours = info_report(server.services(), std::vector<std::string_view>{c.section});
    for (const std::string& name : c.names) EXPECT_EQ(value_in(ours, name), value_in(theirs, name)) << name;
  }
}

TEST_F(InfoFields, DigestsOfTheSameDataAreEqual) {
  Link oracle(oracle_.port());
  TestServer server("enable-debug-command yes\n");
  std::vector<std::string> keys;
  const std::string values[] = {"",
                                "0",
                                "-7",
                                "12345678901234567890",
                                "text",
                                std::string("\0\r\n\xff", 4),
                                std::string(300, 'x'),
                                std::string(5000, 'y')};
  int number = 0;
  for (const std::string& value : values) {
    for (const bool expires : {false, true}) {
      const std::string key = "key" + std::to_string(++number);
      Database& db = server.db(number % 3);
      Entry& entry = db.set_string(key, value);
      if (expires) db.set_expiry(entry, server.now_ms() + 1000000);
      oracle.run({"SELECT", std::to_string(number % 3)});
      oracle.run({"SET", key, value});
      if (expires) oracle.run({"PEXPIRE", key, "1000000"});
      server.client().client().db = number % 3;
      EXPECT_EQ(server.run("DEBUG", "DIGEST-VALUE", key, "nokey").items.at(0).text,
                oracle.run({"DEBUG", "DIGEST-VALUE", key, "nokey"}).items.at(0).text)
          << key;
      EXPECT_EQ(server.run("DEBUG", "DIGEST").text, oracle.run({"DEBUG", "DIGEST"}).text) << key;
    }
  }
}

TEST_F(InfoFields, RepliesOfTheSameLinesAreEqual) {
  Link oracle(oracle_.port());
  TestServer server("enable-debug-command yes\n");
  server.control().answer = Error{"no shutdown is under way"};
  const char* lines[] = {
      "FLUSHALL foo",
      "FLUSHDB SYNC foo",
      "FLUSHALL ASYNC",
      "SWAPDB 0 99",
      "SWAPDB x 1",
      "SWAPDB 0 x",
      "SWAPDB 0 1",
      "DBSIZE",
      "SHUTDOWN foo",
      "SHUTDOWN ABORT",
      "SHUTDOWN SAVE NOSAVE",
      "SHUTDOWN ABORT NOW",
      "MEMORY USAGE nokey",
      "MEMORY USAGE a x",
      "MEMORY USAGE a SAMPLES x",
      "MEMORY USAGE a SAMPLES -1",
      "MEMORY DOCTOR x",
      "MEMORY foo",
      "MEMORY",
      "MEMORY PURGE",
      "LOLWUT VERSION x",
      "INFO nosuch",
      "INFO cluster",
      "INFO modules",
      "DEBUG",
      "DEBUG foo",
      "DEBUG SLEEP",
      "DEBUG SLEEP x",
      "DEBUG OBJECT nokey",
      "DEBUG DIGEST a",
      "DEBUG POPULATE x",
      "DEBUG POPULATE -1",
      "DEBUG POPULATE 3 p 4",
      "DEBUG DIGEST-VALUE p:0 p:2 p:3",
      "DEBUG DIGEST",
      "DEBUG PAUSE-CRON 0",
      "DEBUG HTSTATS 99",
      "DEBUG HTSTATS x",
      "DEBUG HTSTATS-KEY p:0",
      "DEBUG HTSTATS-KEY nokey",
      "DEBUG MALLCTL nosuch",
      "DEBUG MALLCTL-STR nosuch",
      "DEBUG LOG x",
      "DEBUG LEAK",
      "DEBUG ERROR 'MY own'",
      "DEBUG PROTOCOL foo",
      "DEBUG HTSTATS 5",
  };
  std::vector<std::string> all(std::begin(lines), std::end(lines));
  for (const char* kind : {"string", "integer", "double", "null", "array", "set", "map", "attrib", "push", "verbatim",
                           "bignum", "true", "false"}) {
    all.push_back(std::string("DEBUG PROTOCOL ") + kind);
  }
  for (const std::string& line : all) {
    const std::vector<std::string> words = words_of(line);
    const auto ours = parse_values(server.client().run_raw(words));
    ASSERT_EQ(ours.size(), 1u) << line;
    EXPECT_EQ(to_line(ours[0]), to_line(oracle.run(words))) << line;
  }
}

}  // namespace
}  // namespace redoubt

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "tests/support/check_aof_run.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

using testing::HasSubstr;

const std::string log = aof_record("SELECT 0") + "#TS:1700000000\r\n" +
                        aof_records({"SET a 12345678", "set a 12345678", "MULTI", "INCR n", "SET a 1", "EXEC"}) +
                        "#TS:1700003600\r\n" + aof_records({"SELECT 3", "MSET a 1 b 2"});

TEST(AofStats, AreATable) {
  SimulatedFiles files;
  files.add_file("a.aof", log);
  const CheckAofRun run = run_check_aof(files, {"--stats", "a.aof"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out,
            "a.aof\n"
            "size          265 bytes (265B)\n"
            "commands      9\n"
            "transactions  1, with 2 commands\n"
            "time          2023-11-14 22:13:20 UTC to 2023-11-14 23:13:20 UTC, by 2 annotations\n"
            "rewrite       would save about 48.1 %: 112 of 233 bytes of commands\n"
            "\n"
            "command  commands   share  bytes   share\n"
            "set             3  33.3 %     95  40.8 %\n"
            "select          2  22.2 %     46  19.7 %\n"
            "mset            1  11.1 %     42  18.0 %\n"
            "incr            1  11.1 %     21   9.0 %\n"
            "multi           1  11.1 %     15   6.4 %\n"
            "exec            1  11.1 %     14   6.0 %\n"
            "\n"
            "database  commands   share  bytes   share\n"
            "0                7  77.8 %    168  72.1 %\n"
            "3                2  22.2 %     65  27.9 %\n"
            "\n"
            "commands  bytes  db  key with most traffic\n"
            "       3     95   0  a\n"
            "       1     42   3  a\n"
            "       1     42   3  b\n"
            "       1     21   0  n\n");
}

TEST(AofStats, AreAnObject) {
  SimulatedFiles files;
  files.add_file("a.aof", log);
  const auto json = boost::json::parse(run_check_aof(files, {"--stats", "--json", "a.aof"}).out).as_object();
  EXPECT_EQ(json.at("size"), log.size());
  EXPECT_EQ(json.at("commands"), 9);
  EXPECT_EQ(json.at("transactions"), 1);
  EXPECT_EQ(json.at("commands_in_transactions"), 2);
  EXPECT_EQ(json.at("first_time"), 1700000000);
  EXPECT_EQ(json.at("last_time"), 1700003600);
  EXPECT_EQ(json.at("by_command").at(0), (boost::json::object{{"command", "set"}, {"commands", 3}, {"bytes", 95}}));
  EXPECT_EQ(json.at("by_database").at(1).at("db"), "3");
  EXPECT_EQ(json.at("by_database").at(1).at("commands"), 2);
  EXPECT_EQ(json.at("keys").at(0).at("key"), "a");
  EXPECT_EQ(json.at("keys").at(0).at("commands"), 3);
  EXPECT_EQ(json.at("keys_exact"), true);
  EXPECT_EQ(json.at("status"), "sound");
}

TEST(AofStats, OfADamagedLogGoUpToTheDamage) {
  SimulatedFiles files;
  files.add_file("a.aof", aof_record("SET a 1") + "rubbish" + aof_record("SET a 1"));
  const CheckAofRun run = run_check_aof(files, {"--stats", "a.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.out, HasSubstr("commands      1\n"));
  EXPECT_EQ(run.err, "a.aof: stopped at offset 27, line 8, after 1 commands: Expected prefix '*', got: 'r'\n");
  const CheckAofRun json = run_check_aof(files, {"--stats", "--json", "a.aof"});
  EXPECT_EQ(json.status, 1);
  const auto object = boost::json::parse(json.out).as_object();
  EXPECT_EQ(object.at("status"), "damaged");
  EXPECT_EQ(object.at("stopped").at("offset"), 27);
}

TEST(AofStats, CoverAllFilesOfAManifest) {
  SimulatedFiles files;
  files.add_file("a.manifest", "file one seq 1 type b\nfile two seq 1 type i\n");
  files.add_file("./one", "REDIS0011\xff" + std::string(8, '\0'));
  files.add_file("./two", aof_records({"SET a 1", "SET b 1"}));
  const CheckAofRun run = run_check_aof(files, {"--stats", "a.manifest"});
  EXPECT_THAT(run.out, HasSubstr("RDB part      18 bytes; redoubt-check-rdb --stats looks into it\n"));
  EXPECT_THAT(run.out, HasSubstr("commands      2\n"));
  EXPECT_THAT(run.out, HasSubstr("time          not noted in the log"));
  EXPECT_THAT(run.out, HasSubstr("would save about 0.0 %"));
}

TEST(AofStats, AnEmptyLogHasNone) {
  SimulatedFiles files;
  files.add_file("a.aof", "");
  const CheckAofRun run = run_check_aof(files, {"--stats", "a.aof"});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr("commands      0\n"));
  EXPECT_THAT(run.out, HasSubstr("would save about 0 %: 0 of 0 bytes"));
}

TEST(AofStats, NamesBeyondALimitAreCountedTogether) {
  SimulatedFiles files;
  std::string bytes;
  for (int i = 0; i < 1100; ++i)
    bytes += aof_record("SELECT " + std::to_string(i)) + aof_record("m.c" + std::to_string(i) + " key");
  files.add_file("a.aof", bytes);
  const auto json = boost::json::parse(run_check_aof(files, {"--stats", "--json", "a.aof"}).out).as_object();
  EXPECT_EQ(json.at("by_command").as_array().size(), 1025U);
  EXPECT_EQ(json.at("by_database").as_array().size(), 1025U);
  EXPECT_EQ(json.at("by_database").as_array().back().at("db"), "(others)");
  EXPECT_EQ(json.at("by_database").as_array().back().at("commands"), 2 * 76);
}

}  // namespace
}  // namespace redoubt

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "tests/support/check_rdb_run.h"
#include "tests/support/rdb_bytes.h"

namespace redoubt {
namespace {

using testing::HasSubstr;

CheckRdbRun verify(std::string_view file, std::vector<const char*> more = {}) {
  CheckRdbFiles files;
  files.put("/dump.rdb", file);
  more.insert(more.begin(), "/dump.rdb");
  return files.run(more);
}

TEST(CheckRdbVerify, ASoundFileHasTheLinesOfRedisCheckRdb) {
  RdbBytes file(9);
  file.byte(250).string("redis-ver").string("7\n").byte(254).length(3).byte(252).u64(1).key(0, "k").string("v");
  const CheckRdbRun run = verify(file.end());
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out,
            "[offset 0] Checking RDB file /dump.rdb\n"
            "[offset 23] AUX FIELD redis-ver = '7\\x0a'\n"
            "[offset 25] Selecting DB ID 3\n"
            "[offset 48] Checksum OK\n"
            "[offset 48] \\o/ RDB looks OK! \\o/\n"
            "[info] 1 keys read\n[info] 1 expires\n[info] 1 already expired\n");
  EXPECT_EQ(run.err, "");
}

TEST(CheckRdbVerify, SaysWhereThereIsNoChecksum) {
  EXPECT_THAT(verify(RdbBytes(9).end_without_checksum()).out,
              HasSubstr("[offset 18] RDB file was saved with checksum disabled: no check performed.\n"));
  const CheckRdbRun old = verify(RdbBytes(3).byte(255).bytes());
  EXPECT_EQ(old.status, 0);
  EXPECT_THAT(old.out, testing::Not(HasSubstr("hecksum")));
}

TEST(CheckRdbVerify, DamageIsToldWithKeyTypeAndCounts) {
  RdbBytes file(9);
  file.key(0, "a").string("b").key(2, "s\n").length(2).string("x").string("x");
  const CheckRdbRun run = verify(file.end());
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.out, HasSubstr("--- RDB ERROR DETECTED ---\n"
                                 "[offset 23] Duplicate set members detected\n"
                                 "[additional info] While doing: read-object-value\n"
                                 "[additional info] Reading key 's\\x0a'\n"
                                 "[additional info] Reading type 2 (set-hashtable)\n"
                                 "[info] 2 keys read\n[info] 0 expires\n[info] 0 already expired\n"));
  EXPECT_THAT(run.out, HasSubstr("Expected: the value of the key"));
  EXPECT_THAT(run.out, HasSubstr("|REDIS0009"));
  EXPECT_THAT(run.out, HasSubstr("--salvage OUT.rdb"));
}

TEST(CheckRdbVerify, WhatFollowsTheEndIsTold) {
  const std::string file = RdbBytes(9).end();
  const CheckRdbRun commands = verify(file + "*1\r\n$4\r\nPING\r\n");
  EXPECT_EQ(commands.status, 0);
  EXPECT_THAT(commands.out, HasSubstr("[info] 14 bytes of commands follow: this is an AOF with an RDB preamble"));
  const CheckRdbRun surplus = verify(file + "xyz");
  EXPECT_EQ(surplus.status, 0);
  EXPECT_THAT(surplus.out, HasSubstr("[info] 3 bytes follow the end of the RDB"));
}

TEST(CheckRdbVerify, ATailOfZerosIsRecognised) {
  RdbBytes file(9);
  file.key(0, "a").string("b");
  const CheckRdbRun run = verify(file.bytes() + std::string(1000, '\0'));
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.out, HasSubstr("only zeros: as after a power failure"));
}

TEST(CheckRdbVerify, ModulesAreNamedAndNoDamage) {
  RdbBytes file(9);
  file.byte(247).length(0x0123456789abcdef).length(2).length(1).length(0);
  file.key(7, "m").length(0x0123456789abcdef).length(0);
  const CheckRdbRun run = verify(file.end());
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr("MODULE AUX for: ASNFZ4mrz\n"));
  EXPECT_THAT(run.out, HasSubstr("[info] 1 keys read\n"));
  EXPECT_THAT(run.out, HasSubstr("There are data of modules (ASNFZ4mrz)"));
}

TEST(CheckRdbVerify, JsonIsOneDocument) {
  const auto sound = boost::json::parse(verify(golden_rdb("v10.rdb"), {"--json"}).out).as_object();
  EXPECT_EQ(sound.at("verdict"), "sound");
  EXPECT_EQ(sound.at("keys"), 29);
  EXPECT_EQ(sound.at("checksum"), "right");
  EXPECT_EQ(sound.at("aux").at("redis-bits"), "64");
  const auto damaged = boost::json::parse(verify(golden_rdb("v10.rdb").substr(0, 200), {"--json"}).out).as_object();
  EXPECT_EQ(damaged.at("verdict"), "damaged");
  EXPECT_EQ(damaged.at("damage").at("offset"), 196);
  EXPECT_EQ(damaged.at("damage").at("key"), "number5000000000");
}

TEST(CheckRdbVerify, WhatCannotBeReadIsNoDamage) {
  CheckRdbFiles files;
  const CheckRdbRun missing = files.run({"/nowhere.rdb"});
  EXPECT_EQ(missing.status, 4);
  EXPECT_EQ(missing.err, "redoubt-check-rdb: cannot open /nowhere.rdb: No such file or directory\n");
  files.put("/dump.rdb", golden_rdb("v10.rdb"));
  files.files.fail({.operation = FileOperation::read, .error = "Input/output error"});
  const CheckRdbRun broken = files.run({"/dump.rdb"});
  EXPECT_EQ(broken.status, 4);
  EXPECT_EQ(broken.err, "redoubt-check-rdb: cannot read /dump.rdb: Input/output error\n");
  EXPECT_THAT(broken.out, testing::Not(HasSubstr("ERROR DETECTED")));
}

class CheckRdbEveryByte : public testing::TestWithParam<const char*> {};

TEST_P(CheckRdbEveryByte, CutAnywhereAFileIsDamaged) {
  const std::string file = golden_rdb(GetParam());
  EXPECT_EQ(verify(file).status, 0);
  for (size_t size = 0; size < file.size(); ++size) EXPECT_EQ(verify(file.substr(0, size)).status, 1) << size;
}

TEST_P(CheckRdbEveryByte, ChangedAnywhereAFileIsDamaged) {
  std::string file = golden_rdb(GetParam());
  for (char& byte : file) {
    byte = static_cast<char>(~byte);
    EXPECT_EQ(verify(file).status, 1) << &byte - file.data();
    byte = static_cast<char>(~byte);
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, CheckRdbEveryByte, testing::Values("v06.rdb", "v10.rdb", "v12.rdb"));

}  // namespace
}  // namespace redoubt

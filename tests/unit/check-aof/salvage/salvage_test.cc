#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "tests/support/check_aof_run.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

const std::string a = aof_record("SET a 1");
const std::string b = aof_record("SET b 2");
const std::string c = aof_record("SET c 3");
const std::string multi = aof_record("MULTI");
const std::string exec = aof_record("EXEC");
const std::string select_0 = aof_record("SELECT 0");
const std::string select_3 = aof_record("SELECT 3");
const std::string x = "rubbish";
const std::string empty_rdb = "REDIS0011\xff" + std::string(8, '\0');

std::string salvaged(const std::string& bytes) {
  SimulatedFiles files;
  files.add_file("in.aof", bytes);
  const CheckAofRun run = run_check_aof(files, {"--salvage", "out.aof", "in.aof"});
  EXPECT_EQ(run.status, 2) << run.out << run.err;
  EXPECT_EQ(files.content("in.aof"), bytes);
  EXPECT_EQ(files.content("out.aof.tmp"), "(none)");
  return files.content("out.aof");
}

struct Case {
  std::string name;
  std::string bytes;
  std::string kept;
};

class AofSalvage : public testing::TestWithParam<Case> {};

TEST_P(AofSalvage, KeepsWhatIsWhole) { EXPECT_EQ(salvaged(GetParam().bytes), GetParam().kept); }

INSTANTIATE_TEST_SUITE_P(
    Damages, AofSalvage,
    testing::Values(Case{"GarbageInTheMiddle", a + x + b, a + b}, Case{"GarbageFirst", x + a + b, a + b},
                    Case{"GarbageLast", a + b + x, a + b}, Case{"NothingButGarbage", x, ""},
                    Case{"CutShort", a + b.substr(0, 20), a}, Case{"TwoPlaces", a + x + b + x + c, a + b + c},
                    Case{"Zeros", a + std::string(700'000, '\0') + b, a + b},
                    Case{"AnnotationsStay", a + "#TS:17\r\n#note\r\n" + x + b + "#TS:18\r\n" + c,
                         a + "#TS:17\r\n#note\r\n" + b + "#TS:18\r\n" + c},
                    Case{"RdbPartStays", empty_rdb + a + x + b, empty_rdb + a + b},
                    Case{"DamageRightAfterAnRdbPart", empty_rdb + x + b, empty_rdb + b},
                    Case{"LengthThatReachesBeyondTheEnd", a + "*2\r\n$3\r\nDEL\r\n$900\r\nx\r\n" + b, a + b}),
    [](const auto& given) { return given.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Transactions, AofSalvage,
    testing::Values(Case{"WholeOnesStay", a + multi + b + exec + x + multi + c + exec,
                         a + multi + b + exec + multi + c + exec},
                    Case{"DamagedBetweenMultiAndExec", a + multi + b + x + b + exec + c, a + c},
                    Case{"MultiLost", a + "*1\r\n$5\r\nMULT" + b + c + exec + a, a + a},
                    Case{"ExecLost", a + multi + b + "*1\r\n$4\r\nEXE\r\n" + c, a + c},
                    Case{"ExecAndTheNextMultiLost", a + multi + b + x + c + exec + a, a + a},
                    Case{"NeverFinished", a + multi + b, a},
                    Case{"NeverFinishedButBegunAgain", a + multi + b + multi + c + exec, a + multi + c + exec},
                    Case{"ExecAlone", a + exec + b, a + b},
                    Case{"Discarded", a + multi + b + aof_record("DISCARD") + x + c, a + c},
                    Case{"DamagedTwice", a + multi + b + x + b + x + c + exec + a, a + a},
                    Case{"MultiAfterADamageSettlesWhatCameBefore", x + a + multi + b + exec, a + multi + b + exec},
                    Case{"LargerThanTheBuffer",
                         a + multi + aof_record_of({"SET", "b", std::string(900'000, 'v')}) + x + exec + c, a + c}),
    [](const auto& given) { return given.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Databases, AofSalvage,
    testing::Values(Case{"TheLastOneIsKept", select_3 + a + x + b, select_3 + a + b},
                    Case{"ASelectAmongTheDroppedCounts", select_0 + a + x + "*3\r\n$6\r\nSELECT\r\n$1\r\n3\r\n$" + b,
                         select_0 + a + select_3 + b},
                    Case{"ASelectInADroppedTransactionCounts", select_0 + multi + select_3 + a + x + exec + b,
                         select_0 + select_3 + b},
                    Case{"ASelectAfterwardsNeedsNoOther", select_0 + multi + select_3 + a + x + exec + select_0 + b,
                         select_0 + select_0 + b}),
    [](const auto& given) { return given.param.name; });

std::string report(const std::string& bytes, Words words = {}) {
  SimulatedFiles files;
  files.add_file("in.aof", bytes);
  words.insert(words.end(), {"--salvage", "out.aof", "in.aof"});
  return run_check_aof(files, words).out;
}

TEST(AofSalvageTexts, SaysWhatWasDroppedAndWhy) {
  EXPECT_EQ(report(select_3 + a + "*3\r\n$3\r\nSET\r\n$4\r\nlost\r\n#1\r\n2\r\n" + b + c),
            "in.aof: kept 4 commands, 104 of 134 bytes; dropped 30 bytes in 1 place\n"
            "  offset 50 to 80, 30 bytes dropped: Expected prefix '$', got: '#'\n"
            "    recognised: set\n"
            "    keys that this may touch: lost\n"
            "    the database after it is not certain: 2 commands up to the next SELECT were kept in database 3, the "
            "one before\n"
            "Written to out.aof\n");
}

TEST(AofSalvageTexts, NamesTheCommandsOfALostTransaction) {
  const std::string text = report(multi + a + a + aof_record("MSET \xff y \"q z") + x);
  EXPECT_THAT(text, HasSubstr("offset 0 to 119, 119 bytes dropped: Expected prefix '*', got: 'r'; in a transaction, "
                              "which goes as a whole\n"));
  EXPECT_THAT(text, HasSubstr("whole commands among them: 4\n"));
  EXPECT_THAT(text, HasSubstr("recognised: mset, multi, set x2\n"));
  EXPECT_THAT(text, HasSubstr("keys that this may touch: \"\\\"q\" a \"\\xff\"\n"));
}

TEST(AofSalvageTexts, NamesTheKeyOfACommandWhoseNameIsDamaged) {
  EXPECT_THAT(report("*3\r\n!3\r\nSET\r\n$3\r\nkey\r\n$1\r\n1\r\n" + a), HasSubstr("keys that this may touch: key\n"));
  EXPECT_THAT(report("!3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$1\r\n1\r\n" + a), HasSubstr("keys that this may touch: key\n"));
}

TEST(AofSalvageTexts, ASelectRightAfterLeavesNoDoubt) {
  EXPECT_THAT(report(a + x + select_3 + b), Not(HasSubstr("not certain")));
}

TEST(AofSalvageTexts, ListsAreCut) {
  std::string lost = multi;
  for (int i = 0; i < 150; ++i) lost += aof_record("SET key" + std::to_string(i) + " 1");
  EXPECT_THAT(report(lost + aof_record_of({"SET", std::string(300, 'k'), "1"}) + x), HasSubstr(" and 51 more\n"));
  EXPECT_THAT(report(multi + aof_record_of({"SET", std::string(300, 'k'), "1"}) + x),
              HasSubstr(" " + std::string(256, 'k') + "...\n"));
  std::string many;
  for (int i = 0; i < 1003; ++i) many += a + x;
  EXPECT_THAT(report(many), HasSubstr("dropped 7021 bytes in 1003 places"));
  EXPECT_THAT(report(many), HasSubstr("  and 3 places more\n"));
}

TEST(AofSalvageTexts, JsonSaysTheSame) {
  const auto json =
      boost::json::parse(report(select_3 + multi + a + x + "*3\r\n$6\r\nSELECT\r\n$1\r\n7\r\n$" + b, {"--json"}))
          .as_object();
  EXPECT_EQ(json.at("status"), "repaired");
  EXPECT_EQ(json.at("output"), "out.aof");
  const auto& file = json.at("files").at(0).as_object();
  EXPECT_EQ(file.at("commands"), 2);
  const auto& loss = file.at("losses").at(0).as_object();
  EXPECT_EQ(loss.at("offset"), 23);
  EXPECT_EQ(loss.at("whole_commands"), 2);
  EXPECT_EQ(loss.at("recognised"), (boost::json::object{{"multi", 1}, {"select", 1}, {"set", 1}}));
  EXPECT_EQ(loss.at("keys"), boost::json::array{"a"});
  EXPECT_EQ(loss.at("database"), (boost::json::object{{"number", 7}, {"found_in_stretch", true}, {"commands", 1}}));
}

TEST(AofSalvageRefusals, ASoundLogIsLeftAlone) {
  SimulatedFiles files;
  files.add_file("in.aof", a + multi + b + exec);
  const CheckAofRun run = run_check_aof(files, {"--salvage", "out.aof", "in.aof"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "in.aof is sound: there is nothing to salvage, and nothing was written\n");
  EXPECT_EQ(run_check_aof(files, {"--json", "--salvage", "out.aof", "in.aof"}).out, "{\"status\":\"sound\"}\n");
  EXPECT_EQ(files.operations(), 0U);
}

TEST(AofSalvageRefusals, WhatExistsIsNotOverwritten) {
  SimulatedFiles files;
  files.add_file("in.aof", a + x);
  files.add_file("out.aof", "precious");
  const CheckAofRun run = run_check_aof(files, {"--salvage", "out.aof", "in.aof"});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.err, "redoubt-check-aof: out.aof exists, and is left as it is\n");
  EXPECT_EQ(run_check_aof(files, {"--salvage", "in.aof", "in.aof"}).status, 3);
  EXPECT_EQ(files.operations(), 0U);
}

TEST(AofSalvageRefusals, ADamagedRdbPartIsForTheOtherTool) {
  SimulatedFiles files;
  files.add_file("in.aof", "REDIS0011rubbish" + a);
  const CheckAofRun run = run_check_aof(files, {"--salvage", "out.aof", "in.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("redoubt-check-rdb --salvage"));
  EXPECT_EQ(files.operations(), 0U);
}

TEST(AofSalvageDryRun, SaysTheSameAndWritesNothing) {
  SimulatedFiles files;
  files.add_file("in.aof", a + multi + b + x + c);
  const CheckAofRun run = run_check_aof(files, {"--dry-run", "--salvage", "out.aof", "in.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.out, HasSubstr("kept 2 commands, 54 of 103 bytes; dropped 49 bytes in 1 place\n"));
  EXPECT_THAT(run.out, HasSubstr("Nothing was written.\n"));
  EXPECT_EQ(files.operations(), 0U);
}

struct ManifestFiles {
  SimulatedFiles files;
  ManifestFiles() {
    files.add_directory("d");
    files.add_file("d/l.aof.manifest",
                   "file l.aof.2.base.rdb seq 2 type b\nfile l.aof.1.base.rdb seq 1 type h\n"
                   "file l.aof.4.incr.aof seq 4 type i\nfile l.aof.5.incr.aof seq 5 type i\n");
    files.add_file("d/l.aof.2.base.rdb", empty_rdb);
    files.add_file("d/l.aof.4.incr.aof", select_3 + a + x + b);
    files.add_file("d/l.aof.5.incr.aof", select_0 + c);
  }
};

TEST(AofSalvageManifest, MakesADirectoryWithAllFiles) {
  ManifestFiles log;
  const CheckAofRun run = run_check_aof(log.files, {"--salvage", "out", "d/l.aof.manifest"});
  EXPECT_EQ(run.status, 2) << run.err;
  EXPECT_EQ(log.files.list("out").value(),
            (Words{"l.aof.2.base.rdb", "l.aof.4.incr.aof", "l.aof.5.incr.aof", "l.aof.manifest"}));
  EXPECT_EQ(
      log.files.content("out/l.aof.manifest"),
      "file l.aof.2.base.rdb seq 2 type b\nfile l.aof.4.incr.aof seq 4 type i\nfile l.aof.5.incr.aof seq 5 type i\n");
  EXPECT_EQ(log.files.content("out/l.aof.2.base.rdb"), empty_rdb);
  EXPECT_EQ(log.files.content("out/l.aof.4.incr.aof"), select_3 + a + b);
  EXPECT_EQ(log.files.content("out/l.aof.5.incr.aof"), select_0 + c);
  EXPECT_THAT(run.out, HasSubstr("l.aof.5.incr.aof: sound, copied as it is\n"));
  EXPECT_THAT(run.out, HasSubstr("Written to the directory out, with the manifest l.aof.manifest\n"));
  EXPECT_EQ(run_check_aof(log.files, {"out/l.aof.manifest"}).status, 0);
}

TEST(AofSalvageManifest, TakesAnEmptyDirectoryButNoOther) {
  ManifestFiles log;
  log.files.add_directory("out");
  EXPECT_EQ(run_check_aof(log.files, {"--salvage", "out", "d/l.aof.manifest"}).status, 2);
  EXPECT_EQ(run_check_aof(log.files, {"--salvage", "out", "d/l.aof.manifest"}).status, 3);
}

// What comes out is what went in without the stretches that were named: nothing else is lost, nothing changed or invented.
void expect_only_named_losses(const std::string& bytes) {
  SimulatedFiles files;
  files.add_file("in.aof", bytes);
  const CheckAofRun run = run_check_aof(files, {"--json", "--salvage", "out.aof", "in.aof"});
  if (run.status == 0) return;
  ASSERT_EQ(run.status, 2) << run.err;
  std::string kept(bytes.size(), 'y');
  uint64_t last = 0;
  const auto json = boost::json::parse(run.out);
  for (const auto& loss : json.at("files").at(0).at("losses").as_array()) {
    const auto offset = loss.at("offset").to_number<uint64_t>();
    ASSERT_GE(offset, last);
    last = offset;
    std::fill(kept.begin() + static_cast<ptrdiff_t>(offset), kept.begin() + loss.at("end").to_number<ptrdiff_t>(), 'n');
  }
  std::string expected;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (kept[i] == 'y') expected += bytes[i];
  }
  ASSERT_EQ(files.content("out.aof"), expected);
  ASSERT_EQ(run_check_aof(files, {"out.aof"}).status, 0);
}

std::string sample_log() {
  std::string bytes = select_0;
  for (int i = 0; i < 6; ++i) {
    const std::string n = std::to_string(i);
    bytes += aof_record("SET key" + n + " value" + n);
    bytes += multi + aof_record("INCR n" + n) + aof_record("RPUSH list a " + n) + exec;
  }
  return bytes;
}

TEST(AofSalvageEverywhere, EachByteChanged) {
  const std::string bytes = sample_log();
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int change : {1, 2, 16, 128}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      ASSERT_NO_FATAL_FAILURE(expect_only_named_losses(damaged)) << at << " " << change;
    }
  }
}

TEST(AofSalvageEverywhere, CutAtEachByte) {
  const std::string bytes = sample_log();
  for (size_t at = 0; at < bytes.size(); ++at) {
    ASSERT_NO_FATAL_FAILURE(expect_only_named_losses(bytes.substr(0, at))) << at;
  }
}

TEST(AofSalvageEverywhere, BlocksSwappedZeroedAndFilledWithGarbage) {
  const std::string bytes = sample_log();
  Random random(7);
  for (int i = 0; i < 600; ++i) {
    std::string damaged = bytes;
    const size_t block = 16 << random.below(4);
    const size_t blocks = bytes.size() / block;
    const size_t one = random.below(blocks) * block;
    const size_t other = random.below(blocks) * block;
    switch (i % 3) {
      case 0: std::swap_ranges(&damaged[one], &damaged[one] + block, &damaged[other]); break;
      case 1: std::fill_n(&damaged[one], block, '\0'); break;
      default:
        for (size_t at = 0; at < block; ++at) damaged[one + at] = static_cast<char>(random.next());
    }
    ASSERT_NO_FATAL_FAILURE(expect_only_named_losses(damaged)) << i << " " << one << " " << other << " " << block;
  }
}

// Wherever it fails or the power goes, the input is whole, and OUT is there as a whole or is no log.
TEST(AofSalvageCrash, LeavesAllOrNothing) {
  const std::string in = a + x + b;
  size_t operations = 0;
  {
    SimulatedFiles files;
    files.add_file("in.aof", in);
    run_check_aof(files, {"--salvage", "out.aof", "in.aof"});
    operations = files.operations();
  }
  ASSERT_GE(operations, 5U);
  for (size_t at = 1; at <= operations; ++at) {
    for (const Kept kept : {Kept::nothing, Kept::some, Kept::everything}) {
      SimulatedFiles files;
      files.add_file("in.aof", in);
      files.stop_at(at);
      EXPECT_EQ(run_check_aof(files, {"--salvage", "out.aof", "in.aof"}).status, 4) << at;
      const auto after = files.after_power_cut(kept, at);
      EXPECT_EQ(after->content("in.aof"), in);
      const std::string out = after->content("out.aof");
      EXPECT_TRUE(out == "(none)" || out == a + b) << at << out;
    }
  }
}

TEST(AofSalvageCrash, AManifestComesLast) {
  size_t operations = 0;
  {
    ManifestFiles log;
    run_check_aof(log.files, {"--salvage", "out", "d/l.aof.manifest"});
    operations = log.files.operations();
  }
  for (size_t at = 1; at <= operations; ++at) {
    ManifestFiles log;
    log.files.stop_at(at);
    EXPECT_EQ(run_check_aof(log.files, {"--salvage", "out", "d/l.aof.manifest"}).status, 4) << at;
    const auto after = log.files.after_power_cut(Kept::some, at);
    if (after->content("out/l.aof.manifest") == "(none)") continue;
    EXPECT_EQ(run_check_aof(*after, {"out/l.aof.manifest"}).status, 0) << at;
    EXPECT_EQ(after->content("out/l.aof.4.incr.aof"), select_3 + a + b);
  }
}

TEST(AofSalvageErrors, WhatWasBegunIsRemoved) {
  SimulatedFiles files;
  files.add_file("in.aof", a + x + b);
  files.fail({.operation = FileOperation::sync, .error = "No space left on device"});
  const CheckAofRun run = run_check_aof(files, {"--salvage", "out.aof", "in.aof"});
  EXPECT_EQ(run.status, 4);
  EXPECT_THAT(run.err, HasSubstr("cannot write out.aof: in.aof: No space left on device"));
  EXPECT_EQ(files.list(".").value(), Words{"in.aof"});
}

}  // namespace
}  // namespace redoubt

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "check-aof/run.h"
#include "tests/support/check_aof_run.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

const std::string set = aof_record_of({"SET", "a", "1"});  // 27 bytes
const std::string damaged = set + set.substr(0, 20);
const char* const manifest = "d/a.aof.manifest";

// A base and two increments.
void add_log(SimulatedFiles& files, const std::string& base, const std::string& first, const std::string& second) {
  files.add_directory("d");
  files.add_file(manifest, "file base seq 1 type b\nfile one seq 1 type i\nfile two seq 2 type i\n");
  files.add_file("d/base", base);
  files.add_file("d/one", first);
  files.add_file("d/two", second);
}

TEST(CheckAofFix, CutsWhenToldYes) {
  SimulatedFiles files;
  files.add_file("x.aof", damaged);
  const CheckAofRun run = run_check_aof(files, {"--fix", "x.aof"}, true);
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.questions, 1);
  EXPECT_EQ(verdict_lines(run.out),
            "Start checking Old-Style AOF\n"
            "AOF analyzed: filename=x.aof, size=47, ok_up_to=27, ok_up_to_line=13, diff=20\n"
            "This will shrink the AOF x.aof from 47 bytes, with 20 bytes, to 27 bytes\n"
            "Continue? [y/N]: Successfully truncated AOF x.aof\n");
  EXPECT_EQ(files.content("x.aof"), set);
  EXPECT_EQ(files.content("x.aof.bak"), "(none)");
  EXPECT_EQ(run_check_aof(files, {"x.aof"}).status, 0);
}

TEST(CheckAofFix, ANoChangesNothing) {
  SimulatedFiles files;
  files.add_file("x.aof", damaged);
  const CheckAofRun run = run_check_aof(files, {"--fix", "x.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("Continue? [y/N]: Aborting...\n"));
  EXPECT_EQ(files.operations(), 0u);
}

TEST(CheckAofFix, NeverTouchesASoundFile) {
  for (const std::string& text : {std::string(), set, "#TS:1\r\n" + set}) {
    SimulatedFiles files;
    files.add_file("x.aof", text);
    EXPECT_EQ(run_check_aof(files, {"--fix", "--yes", "x.aof"}).status, 0);
    EXPECT_EQ(files.operations(), 0u);
  }
}

TEST(CheckAofFix, YesAsksNothingAndKeepsACopy) {
  SimulatedFiles files;
  files.add_file("x.aof", damaged);
  files.add_file("x.aof.bak", "an older one");
  const CheckAofRun run = run_check_aof(files, {"--fix", "--yes", "x.aof"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.questions, 0);
  EXPECT_TRUE(run.says("  The file as it was is kept as x.aof.bak2\n"));
  EXPECT_EQ(files.content("x.aof"), set);
  EXPECT_EQ(files.content("x.aof.bak2"), damaged);
  EXPECT_EQ(files.content("x.aof.bak"), "an older one");
}

TEST(CheckAofFix, ADryRunChangesNothing) {
  SimulatedFiles files;
  files.add_file("x.aof", damaged);
  const CheckAofRun run = run_check_aof(files, {"--fix", "--dry-run", "x.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("from 47 bytes, with 20 bytes, to 27 bytes\n  Dry run: nothing was changed.\n"));
  EXPECT_FALSE(run.says("Successfully"));
  EXPECT_EQ(files.operations(), 0u);
}

TEST(CheckAofFix, LosesNoMoreThanItMay) {
  for (const auto& [most, status] : {std::pair{"19", 1}, std::pair{"20", 2}, std::pair{"1kb", 2}, std::pair{"0", 1}}) {
    SimulatedFiles files;
    files.add_file("x.aof", damaged);
    const CheckAofRun run = run_check_aof(files, {"--fix", "-y", "--max-loss", most, "x.aof"});
    EXPECT_EQ(run.status, status) << most;
    EXPECT_EQ(files.content("x.aof"), status == 2 ? set : damaged) << most;
    EXPECT_EQ(run.says("20 bytes would go, and --max-loss allows"), status == 1);
  }
}

TEST(CheckAofFix, AnOpenTransactionIsCutBeforeItsMulti) {
  SimulatedFiles files;
  files.add_file("x.aof", set + aof_record_of({"MULTI"}) + set + set);
  EXPECT_EQ(run_check_aof(files, {"--fix", "x.aof"}, true).status, 2);
  EXPECT_EQ(files.content("x.aof"), set);
}

TEST(CheckAofFix, TheLastFileOfAManifest) {
  SimulatedFiles files;
  add_log(files, set, set, damaged);
  const CheckAofRun run = run_check_aof(files, {"--fix", manifest}, true);
  EXPECT_EQ(run.status, 2);
  EXPECT_TRUE(run.says("Successfully truncated AOF two\nAll AOF files and manifest are valid\n"));
  EXPECT_EQ(files.content("d/two"), set);
}

TEST(CheckAofFix, AFileThatIsNotTheLastOnlyWhenAllowed) {
  SimulatedFiles files;
  add_log(files, set, damaged, set);
  CheckAofRun run = run_check_aof(files, {"--fix", "--yes", manifest});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("Failed to truncate AOF one because it is not the last file\n"));
  EXPECT_TRUE(run.says("  It is not the last file of the log."));
  EXPECT_EQ(files.operations(), 0u);
  run = run_check_aof(files, {"--fix", "--allow-middle", manifest}, true);
  EXPECT_EQ(run.status, 2);
  EXPECT_LT(run.out.find("they may then fail or give other results"), run.out.find("Continue?"));
  EXPECT_TRUE(run.says("All AOF files and manifest are valid\n"));
  EXPECT_EQ(files.content("d/one"), set);
}

TEST(CheckAofFix, EveryDamagedFileIsAskedFor) {
  SimulatedFiles files;
  add_log(files, damaged, damaged, damaged);
  const CheckAofRun run = run_check_aof(files, {"--fix", "--allow-middle", manifest}, true);
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.questions, 3);
  for (const char* const name : {"d/base", "d/one", "d/two"}) EXPECT_EQ(files.content(name), set);
}

TEST(CheckAofFix, JsonTellsOfTheCut) {
  SimulatedFiles files;
  files.add_file("x.aof", damaged);
  const CheckAofRun run = run_check_aof(files, {"--fix", "--yes", "--json", "x.aof"});
  EXPECT_EQ(run.status, 2);
  const boost::json::value document = boost::json::parse(run.out);
  EXPECT_EQ(document.at("verdict").as_string(), "repaired");
  const boost::json::value& cut = document.at("files").at(0).at("cut");
  EXPECT_EQ(cut.at("from").to_number<int>(), 47);
  EXPECT_EQ(cut.at("to").to_number<int>(), 27);
  EXPECT_TRUE(cut.at("done").as_bool());
  EXPECT_EQ(cut.at("backup").as_string(), "x.aof.bak");
}

// ---- what can go wrong

TEST(CheckAofFix, WithoutTheCopyThereIsNoCut) {
  for (const FileOperation operation :
       {FileOperation::open_to_write, FileOperation::write, FileOperation::sync, FileOperation::sync_directory}) {
    SimulatedFiles files;
    files.add_file("x.aof", damaged);
    const bool directory = operation == FileOperation::sync_directory;
    files.fail({.operation = operation, .path = directory ? "" : ".bak", .error = "No space left on device"});
    const CheckAofRun run = run_check_aof(files, {"--fix", "--yes", "x.aof"});
    EXPECT_EQ(run.status, 4) << name_of(operation);
    EXPECT_TRUE(run.says("no copy could be made: x.aof.bak: No space left on device")) << run.out;
    EXPECT_EQ(files.content("x.aof"), damaged);
    EXPECT_EQ(files.content("x.aof.bak"), "(none)") << name_of(operation);
  }
}

TEST(CheckAofFix, ACutThatFailsIsNoRepair) {
  for (const FileOperation operation : {FileOperation::truncate, FileOperation::sync}) {
    SimulatedFiles files;
    files.add_file("x.aof", damaged);
    files.fail({.operation = operation, .error = "Input/output error"});
    const CheckAofRun run = run_check_aof(files, {"--fix", "x.aof"}, true);
    EXPECT_EQ(run.status, 4);
    EXPECT_TRUE(run.says("Failed to truncate AOF x.aof\n  Input/output error\n")) << run.out;
  }
}

TEST(CheckAofFix, AFileThatGrewMeanwhileIsLeftAlone) {
  SimulatedFiles files;
  files.add_file("x.aof", damaged);
  std::string words;
  Output out(words);
  CheckAofOptions options;
  options.path = "x.aof";
  options.fix = true;
  CheckAofContext context{files, out, out};
  context.confirm = [&](std::string_view) {
    files.add_file("x.aof", damaged + set);  // a server goes on while the person thinks
    return true;
  };
  EXPECT_EQ(run_check_aof(options, context), CheckStatus::io);
  EXPECT_NE(words.find("it had 47 bytes when it was read and has 74 now; is a server writing it?"), std::string::npos);
  EXPECT_EQ(files.content("x.aof"), damaged + set);
}

// Whenever the power goes, the file has its old length or the new one, and the copy that is spoken of is whole.
TEST(CheckAofFix, SurvivesAPowerCutAtEveryStep) {
  size_t steps = 1;
  for (size_t step = 1; step <= steps; ++step) {
    SimulatedFiles files;
    files.add_file("x.aof", damaged);
    files.stop_at(step);
    const CheckAofRun run = run_check_aof(files, {"--fix", "--yes", "x.aof"});
    for (const Kept kept : {Kept::nothing, Kept::some, Kept::everything}) {
      const auto after = files.after_power_cut(kept, step);
      const std::string content = after->content("x.aof");
      EXPECT_TRUE(content == damaged || content == set) << step;
      EXPECT_TRUE(content == damaged || after->content("x.aof.bak") == damaged) << step;
      EXPECT_TRUE(content == set || run.status != 2) << step;
    }
    if (files.stopped()) ++steps;
  }
  EXPECT_GT(steps, 5u);
}

// ---- --truncate-to-timestamp

std::string ts(int n) { return "#TS:" + std::to_string(n) + "\r\n"; }

TEST(CheckAofTime, CutsBeforeTheFirstLaterTime) {
  const std::string log = set + ts(10) + set + ts(20) + set + ts(30) + set;
  for (const auto& [time, size] :
       {std::pair{"5", 27}, std::pair{"10", 62}, std::pair{"19", 62}, std::pair{"20", 97}, std::pair{"29", 97}}) {
    SimulatedFiles files;
    files.add_file("x.aof", log);
    const CheckAofRun run = run_check_aof(files, {"--truncate-to-timestamp", time, "x.aof"});
    EXPECT_EQ(run.status, 2) << time;
    EXPECT_EQ(
        verdict_lines(run.out),
        std::string("Start checking Old-Style AOF\nSuccessfully truncated AOF x.aof to timestamp ") + time + "\n");
    EXPECT_EQ(files.content("x.aof"), log.substr(0, static_cast<size_t>(size))) << time;
  }
}

TEST(CheckAofTime, WhatIsAllEarlierIsLeftAlone) {
  SimulatedFiles files;
  files.add_file("x.aof", ts(10) + set);
  const CheckAofRun run = run_check_aof(files, {"--truncate-to-timestamp", "10", "x.aof"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out,
            "Start checking Old-Style AOF\nTruncate nothing in AOF x.aof to timestamp 10\nAOF x.aof is valid\n");
}

TEST(CheckAofTime, WhatIsAllLaterIsRefused) {
  SimulatedFiles files;
  files.add_file("x.aof", ts(10) + set);
  const CheckAofRun run = run_check_aof(files, {"--truncate-to-timestamp", "9", "x.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("AOF x.aof has nothing before timestamp 9, aborting...\n"));
  EXPECT_EQ(files.operations(), 0u);
}

TEST(CheckAofTime, OnlyTheLastFileIsCut) {
  struct Case {
    const char* time;
    int status;
    std::string says;
  };
  const Case cases[] = {
      {"3", 1, "AOF d/base has nothing before timestamp 3, aborting...\n"},
      {"15", 1,
       "Failed to truncate AOF d/one to timestamp 15 to offset 35 because it is not the last file.\nIf you insist, "
       "please delete"},
      {"25", 1, "AOF d/two has nothing before timestamp 25, aborting...\n"},
      {"35", 2, "Successfully truncated AOF two to timestamp 35\nAll AOF files and manifest are valid\n"},
      {"45", 0,
       "Truncate nothing in AOF two to timestamp 45\nINCR AOF two is valid\nAll AOF files and manifest are valid\n"},
  };
  for (const Case& c : cases) {
    SimulatedFiles files;
    add_log(files, ts(5) + set, ts(10) + set + ts(20) + set, ts(30) + set + ts(40) + set);
    const CheckAofRun run = run_check_aof(files, {"--truncate-to-timestamp", c.time, manifest});
    EXPECT_EQ(run.status, c.status) << c.time;
    EXPECT_TRUE(run.says(c.says)) << run.out;
    EXPECT_EQ(files.content("d/two").size(), c.status == 2 ? 35u : 70u);
  }
}

TEST(CheckAofTime, ATransactionGoesAsAWhole) {
  SimulatedFiles files;
  files.add_file("x.aof", ts(10) + set + aof_record_of({"MULTI"}) + set + ts(20) + set + aof_record_of({"EXEC"}));
  EXPECT_EQ(run_check_aof(files, {"--truncate-to-timestamp", "15", "x.aof"}).status, 2);
  EXPECT_EQ(files.content("x.aof"), ts(10) + set);
}

TEST(CheckAofTime, DamageBeforeTheTimeIsDamage) {
  SimulatedFiles files;
  files.add_file("x.aof", ts(10) + set + "junk" + ts(20) + set);
  CheckAofRun run = run_check_aof(files, {"--truncate-to-timestamp", "15", "x.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("AOF x.aof is not valid. Use the --fix option to try fixing it.\n"));
  // What lies behind the cut does not matter.
  files.add_file("x.aof", ts(10) + set + ts(20) + set + "junk");
  run = run_check_aof(files, {"--truncate-to-timestamp", "15", "x.aof"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(files.content("x.aof"), ts(10) + set);
}

TEST(CheckAofTime, ALineWithoutATimeEndsIt) {
  SimulatedFiles files;
  files.add_file("x.aof", set + "#TS:soon\r\n" + ts(20) + set);
  const CheckAofRun run = run_check_aof(files, {"--truncate-to-timestamp", "15", "x.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("Invalid timestamp annotation\n"));
  EXPECT_EQ(run_check_aof(files, {"x.aof"}).status, 0);
}

TEST(CheckAofTime, IsBoundByTheOptionsOfACut) {
  const std::string log = ts(10) + set + ts(20) + set;
  SimulatedFiles files;
  files.add_file("x.aof", log);
  EXPECT_EQ(run_check_aof(files, {"--truncate-to-timestamp", "15", "--dry-run", "x.aof"}).status, 1);
  EXPECT_EQ(run_check_aof(files, {"--truncate-to-timestamp", "15", "--max-loss", "34", "x.aof"}).status, 1);
  EXPECT_EQ(files.content("x.aof"), log);
  EXPECT_EQ(run_check_aof(files, {"--truncate-to-timestamp", "15", "--backup", "--max-loss", "35", "x.aof"}).status, 2);
  EXPECT_EQ(files.content("x.aof.bak"), log);
}

}  // namespace
}  // namespace redoubt

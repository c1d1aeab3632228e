// redoubt-check-rdb --export as a program: where it writes, what it refuses, what its options choose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/process_run.h"
#include "tests/support/rdb_bytes.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

class CheckRdbExportProgram : public testing::Test {
 protected:
  struct Ran {
    int status;
    std::string out, err;
  };

  CheckRdbExportProgram() {
    RdbBytes file(11);
    file.byte(254).length(0).key(0, "a:1").string("v").key(2, "a:2").length(1).string("m");
    file.byte(252).u64(1000).key(0, "old").string("v").byte(254).length(4).key(0, "b").string("w");
    write_file(path("dump.rdb"), file.end());
  }
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  Ran run(const Words& more) const {
    Words words = {REDOUBT_BIN_DIR "/redoubt-check-rdb", path("dump.rdb"), "--export"};
    words.insert(words.end(), more.begin(), more.end());
    ProcessRun process(words);
    const int status = process.wait_for_exit();
    return {status, process.out(), process.err()};
  }

  TemporaryDirectory directory_;
};

TEST_F(CheckRdbExportProgram, AFileIsWrittenWholeAndNeverOver) {
  const Ran first = run({"json", "--output", path("out.json")});
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(first.out, "");
  EXPECT_EQ(read_file(path("out.json")), run({"json"}).out);
  EXPECT_FALSE(std::filesystem::exists(path("out.json.tmp")));
  const Ran second = run({"csv", "--output", path("out.json")});
  EXPECT_EQ(second.status, 3);
  EXPECT_THAT(second.err, HasSubstr("there is such a file already"));
  EXPECT_EQ(read_file(path("out.json")), run({"json"}).out);
}

TEST_F(CheckRdbExportProgram, AFileThatCannotBeWritten) {
  const Ran ran = run({"resp", "--output", path("none/out.aof")});
  EXPECT_EQ(ran.status, 4);
  EXPECT_THAT(ran.err, HasSubstr("none/out.aof: No such file or directory"));
}

TEST_F(CheckRdbExportProgram, OptionsChooseKeys) {
  struct {
    Words options;
    size_t keys;
  } const cases[] = {
      {{}, 3},
      {{"--expired", "skip"}, 3},
      {{"--expired", "include"}, 4},
      {{"--expired", "only"}, 1},
      {{"--match", "a:*"}, 2},
      {{"--type", "set"}, 1},
      {{"--db", "4"}, 1},
      {{"--db", "4", "--match", "a*"}, 0},
  };
  for (const auto& [options, keys] : cases) {
    Words words = {"json"};
    words.insert(words.end(), options.begin(), options.end());
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(static_cast<size_t>(std::count(ran.out.begin(), ran.out.end(), '\n')), keys) << ran.out;
  }
}

TEST_F(CheckRdbExportProgram, WhatMakesNoSenseIsRefused) {
  for (const Words& words : {Words{"xml"}, Words{"resp", "--expired", "maybe"}, Words{"resp", "--expired"},
                             Words{"resp", "--type", "tree"}, Words{"resp", "--db", "-1"}, Words{"json", "--csv"}}) {
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, 3) << words.back();
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err, "");
  }
}

TEST_F(CheckRdbExportProgram, OfADamagedFileTheKeysBeforeTheDamage) {
  const std::string whole = read_file(path("dump.rdb"));
  write_file(path("dump.rdb"), whole.substr(0, whole.size() - 12));
  const Ran ran = run({"json", "--output", path("out.json")});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("is damaged at offset"));
  EXPECT_THAT(ran.err, HasSubstr("2 keys that stand before"));
  EXPECT_THAT(read_file(path("out.json")), HasSubstr("a:2"));
}

}  // namespace
}  // namespace redoubt

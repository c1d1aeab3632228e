// The verdict of redoubt-check-rdb beside that of Debian's redis-check-rdb, line by line, also on what was salvaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/check_rdb_run.h"
#include "tests/support/process_run.h"

namespace redoubt {
namespace {

struct Verdict {
  int status = 0;
  std::vector<std::string> lines;
};

// The lines that both print, without what is known to differ: see docs/check-rdb.md.
std::vector<std::string> common_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with("[") && !line.starts_with("---")) continue;
    if (line.find("Reading type 0 (string)") != std::string::npos) continue;
    if (line.find("Checking RDB file") != std::string::npos) continue;
    lines.push_back(line);
  }
  return lines;
}

// The counts, which stand last. The texts before them may be ours.
std::vector<std::string> tail(const std::vector<std::string>& lines) {
  const size_t count = std::min<size_t>(lines.size(), 3);
  return {lines.end() - static_cast<std::ptrdiff_t>(count), lines.end()};
}

class CheckRdbInterop : public testing::TestWithParam<const char*> {
 protected:
  Verdict debian(const std::string& file) {
    write_file(path_, file);
    ProcessRun run({"/usr/bin/redis-check-rdb", path_});
    const int status = run.wait_for_exit();
    return {status, common_lines(run.out())};
  }
  static Verdict ours(const std::string& file) {
    CheckRdbFiles files;
    files.put("/dump.rdb", file);
    const CheckRdbRun run = files.run({"/dump.rdb"});
    return {run.status, common_lines(run.out)};
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.path() + "/dump.rdb";
};

TEST_P(CheckRdbInterop, SoundFilesAreTheSame) {
  const std::string file = golden_rdb(GetParam());
  const Verdict theirs = debian(file);
  EXPECT_EQ(ours(file).status, theirs.status);
  EXPECT_EQ(ours(file).lines, theirs.lines);
}

TEST_P(CheckRdbInterop, CutFilesAreDamagedForBoth) {
  const std::string file = golden_rdb(GetParam());
  for (size_t size = 0; size < file.size(); size += 97) {
    const Verdict theirs = debian(file.substr(0, size));
    const Verdict mine = ours(file.substr(0, size));
    EXPECT_EQ(theirs.status, 1);
    EXPECT_EQ(mine.status, 1);
    EXPECT_EQ(tail(mine.lines), tail(theirs.lines)) << size;
  }
}

TEST_P(CheckRdbInterop, WhatIsSalvagedIsSoundForBoth) {
  std::string file = golden_rdb(GetParam());
  for (size_t at = 12; at < file.size(); at += 211) {
    file[at] = static_cast<char>(~file[at]);
    CheckRdbFiles files;
    files.put("/dump.rdb", file);
    const CheckRdbRun run = files.run({"/dump.rdb", "--salvage", "/out.rdb"});
    file[at] = static_cast<char>(~file[at]);
    // Without a checksum some changes cannot be seen.
    if (run.status == 0 && !read_rdb(file).has_checksum) continue;
    ASSERT_EQ(run.status, 2) << at << run.out;
    const Verdict theirs = debian(files.files.content("/out.rdb"));
    EXPECT_EQ(theirs.status, 0) << at;
    EXPECT_EQ(tail(ours(files.files.content("/out.rdb")).lines), tail(theirs.lines));
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, CheckRdbInterop, testing::Values("v03.rdb", "v06.rdb", "v09.rdb", "v10.rdb"));

}  // namespace
}  // namespace redoubt

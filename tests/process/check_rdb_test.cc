// redoubt-check-rdb as a program: streams, exit statuses, names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/check_rdb_run.h"
#include "tests/support/process_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;

const std::string program = REDOUBT_BIN_DIR "/redoubt-check-rdb";

TEST(CheckRdbProcess, ExitStatusesSayWhatWasFound) {
  const TemporaryDirectory directory;
  const std::string sound = directory.path() + "/sound.rdb";
  const std::string damaged = directory.path() + "/damaged.rdb";
  const std::string rescued = directory.path() + "/rescued.rdb";
  write_file(sound, golden_rdb("v11.rdb"));
  write_file(damaged, golden_rdb("v11.rdb").substr(0, 1000));
  struct Case {
    std::vector<std::string> words;
    int status;
  };
  const Case cases[] = {
      {{program, sound}, 0},
      {{program, damaged}, 1},
      {{program, damaged, "--salvage", rescued}, 2},
      {{program, rescued}, 0},
      {{program, sound, "--diff", rescued}, 1},
      {{program, sound, "--diff", sound}, 0},
      {{program}, 3},
      {{program, directory.path() + "/nothing"}, 4},
      {{program, damaged, "--salvage", rescued}, 4},
      {{program, "--help"}, 0},
  };
  for (const Case& one : cases) {
    ProcessRun run(one.words);
    EXPECT_EQ(run.wait_for_exit(), one.status) << run.out() << run.err();
  }
}

TEST(CheckRdbProcess, ItsOldNamesAreThere) {
  for (const char* name : {"/redis-check-rdb", "/redis-check-dump"}) {
    ProcessRun run({REDOUBT_BIN_DIR + std::string(name), REDOUBT_SOURCE_DIR "/tests/data/rdb/v10.rdb"});
    EXPECT_EQ(run.wait_for_exit(), 0);
    EXPECT_THAT(run.out(), HasSubstr("\\o/ RDB looks OK! \\o/"));
    EXPECT_THAT(run.out(), testing::Not(HasSubstr("\x1b[")));
    EXPECT_EQ(run.err(), "");
  }
}

}  // namespace
}  // namespace redoubt

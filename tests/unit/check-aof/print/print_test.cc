#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/check_aof_run.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

const std::string log = aof_record("SELECT 0") + "#TS:1000\r\n" + aof_records({"SET user:1 a", "SET user:2 b"}) +
                        aof_record("SELECT 3") + "#TS:2000\r\n" +
                        aof_records({"MSET user:1 x cart:7 y", "lpush list 1 2", "module.add user:9 1", "FLUSHALL"});

struct Case {
  std::string name;
  Words options;
  std::string out;
};

class AofPrint : public testing::TestWithParam<Case> {};

TEST_P(AofPrint, ShowsTheCommands) {
  SimulatedFiles files;
  files.add_file("a.aof", log);
  Words words = {"--print", "a.aof"};
  words.insert(words.end(), GetParam().options.begin(), GetParam().options.end());
  const CheckAofRun run = run_check_aof(files, words);
  EXPECT_EQ(run.out, GetParam().out);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Selections, AofPrint,
    testing::Values(Case{"All",
                         {},
                         "SELECT 0\nSET user:1 a\nSET user:2 b\nSELECT 3\nMSET user:1 x cart:7 y\nlpush list 1 2\n"
                         "module.add user:9 1\nFLUSHALL\n"},
                    Case{"FromANumber", {"--from", "7"}, "SELECT 3\nmodule.add user:9 1\nFLUSHALL\n"},
                    Case{"ToANumber", {"--to", "2"}, "SELECT 0\nSET user:1 a\n"},
                    Case{"ANumberAlone", {"--from", "2", "--to", "2"}, "SET user:1 a\n"},
                    Case{"FromATime",
                         {"--from", "@1001"},
                         "SELECT 3\nMSET user:1 x cart:7 y\nlpush list 1 2\n"
                         "module.add user:9 1\nFLUSHALL\n"},
                    Case{"ToATime", {"--to", "@1000"}, "SELECT 0\nSET user:1 a\nSET user:2 b\nSELECT 3\n"},
                    Case{"BetweenOffsets", {"--from", "+24", "--to", "+35"}, "SET user:1 a\n"},
                    Case{"KeysThatMatch",
                         {"--match", "user:[19]"},
                         "SET user:1 a\nSELECT 3\nMSET user:1 x cart:7 y\nmodule.add user:9 1\n"},
                    Case{"ALaterKey", {"--match", "cart:*"}, "SELECT 3\nMSET user:1 x cart:7 y\n"},
                    Case{"OneCommand", {"--command", "set"}, "SET user:1 a\nSET user:2 b\n"},
                    Case{"SomeCommands",
                         {"--command", "Flushall,LPUSH", "--command", "select"},
                         "SELECT 0\nSELECT 3\nlpush list 1 2\nFLUSHALL\n"},
                    Case{"AllTogether", {"--command", "SET", "--match", "*2", "--from", "2"}, "SET user:2 b\n"},
                    Case{"Nothing", {"--command", "GET"}, ""}),
    [](const auto& given) { return given.param.name; });

TEST(AofPrintText, QuotesWhatIsNoPlainWord) {
  SimulatedFiles files;
  files.add_file("a.aof", aof_record_of({"SET", "two words", std::string("\0\r\n\xff\"\\", 6)}) +
                              aof_record_of({"APPEND", "", "it's"}));
  EXPECT_EQ(run_check_aof(files, {"--print", "a.aof"}).out,
            "SET \"two words\" \"\\x00\\r\\n\\xff\\\"\\\\\"\nAPPEND \"\" \"it's\"\n");
}

TEST(AofPrintJson, IsOneObjectALine) {
  SimulatedFiles files;
  files.add_file("a.aof", aof_record("SELECT 5") + "#TS:1000\r\n" + aof_record_of({"SET", "a\"b", "\xff"}));
  EXPECT_EQ(
      run_check_aof(files, {"--print", "--json", "a.aof"}).out,
      R"({"file":"a.aof","offset":0,"line":1,"number":1,"db":5,"args":["SELECT","5"]})"
      "\n"
      R"({"file":"a.aof","offset":33,"line":7,"number":2,"db":5,"time":1000,"args":["SET","a\"b",{"base64":"/w=="}]})"
      "\n");
}

TEST(AofPrintManifest, CountsThroughAllFilesAndBeginsEachInDatabase0) {
  SimulatedFiles files;
  files.add_directory("d");
  files.add_file("d/a.manifest", "file one seq 1 type b\nfile two seq 1 type i\n");
  files.add_file("d/one", aof_records({"SELECT 2", "SET a 1"}));
  files.add_file("d/two", aof_records({"SET b 2", "SET c 3"}));
  const CheckAofRun run = run_check_aof(files, {"--print", "d/a.manifest", "--from", "2", "--to", "3"});
  EXPECT_EQ(run.out, "SELECT 2\nSET a 1\nSELECT 0\nSET b 2\n");
  const CheckAofRun json = run_check_aof(files, {"--print", "d/a.manifest", "--from", "4", "--json"});
  EXPECT_THAT(json.out, HasSubstr(R"({"file":"two","offset":27,"line":8,"number":4,"db":0)"));
}

TEST(AofPrintManifest, HasNoOffsets) {
  SimulatedFiles files;
  files.add_file("a.manifest", "file one seq 1 type b\nfile two seq 1 type i\n");
  files.add_file("./one", "");
  files.add_file("./two", "");
  const CheckAofRun run = run_check_aof(files, {"--print", "a.manifest", "--from", "+17"});
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.err, HasSubstr("--from: an offset belongs to one file"));
}

TEST(AofPrintDamage, ShowsWhatIsBeforeAndSaysWhereItStopped) {
  SimulatedFiles files;
  files.add_file("a.aof", aof_record("SET a 1") + "rubbish");
  const CheckAofRun run = run_check_aof(files, {"--print", "a.aof"});
  EXPECT_EQ(run.out, "SET a 1\n");
  EXPECT_EQ(run.err, "a.aof: stopped at offset 27, line 8, after 1 commands: Expected prefix '*', got: 'r'\n");
  EXPECT_EQ(run.status, 1);
}

TEST(AofPrintDamage, BehindTheEndThatWasAskedForIsNotMet) {
  SimulatedFiles files;
  files.add_file("a.aof", aof_records({"SET a 1", "SET b 2"}) + "rubbish");
  const CheckAofRun run = run_check_aof(files, {"--print", "a.aof", "--to", "1"});
  EXPECT_EQ(run.out, "SET a 1\n");
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.status, 0);
}

TEST(AofPrintDamage, AMissingFileIsAnErrorOfReading) {
  SimulatedFiles files;
  files.add_file("./a.manifest", "file one seq 1 type b\n");
  files.add_file("a.manifest", "file one seq 1 type b\n");
  const CheckAofRun run = run_check_aof(files, {"--print", "a.manifest"});
  EXPECT_EQ(run.err, "one: cannot be opened: No such file or directory\n");
  EXPECT_EQ(run.status, 4);
}

TEST(AofPrintPlaces, ThatMakeNoSenseAreRefused) {
  SimulatedFiles files;
  files.add_file("a.aof", log);
  for (const std::string text :
       {"", "0", "-1", "x", "@", "@x", "@-1", "+", "+-1", "++1", "1.5", "99999999999999999999"}) {
    const CheckAofRun run = run_check_aof(files, {"--print", "a.aof", "--from=" + text});
    EXPECT_EQ(run.status, 3) << text;
    EXPECT_THAT(run.err, HasSubstr("--from")) << text;
    EXPECT_EQ(run.out, "") << text;
  }
  EXPECT_EQ(run_check_aof(files, {"--print", "a.aof", "--command", "set,"}).status, 3);
}

TEST(AofPrintPreamble, IsSaidToHoldNoCommands) {
  SimulatedFiles files;
  const std::string rdb = "REDIS0011\xff" + std::string(8, '\0');  // zeros: without a checksum
  files.add_file("a.aof", rdb + aof_record("SET a 1"));
  const CheckAofRun run = run_check_aof(files, {"--print", "a.aof"});
  EXPECT_EQ(run.out, "SET a 1\n");
  EXPECT_EQ(run.err,
            "a.aof: its first 18 bytes are an RDB file, which holds keys and no commands: redoubt-check-rdb --export "
            "shows them\n");
  EXPECT_EQ(run.status, 0);
}

}  // namespace
}  // namespace redoubt

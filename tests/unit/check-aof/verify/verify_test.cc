#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>

#include "check-aof/modes.h"
#include "common/rdb/rdb_writer.h"
#include "tests/support/check_aof_run.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

namespace json = boost::json;

const std::string set = aof_record_of({"SET", "a", "1"});  // 27 bytes, 7 lines
const std::string multi = aof_record_of({"MULTI"});
const std::string exec = aof_record_of({"EXEC"});

std::string base_line(int n = 1) {
  return "file a.aof." + std::to_string(n) + ".base.aof seq " + std::to_string(n) + " type b\n";
}
std::string incr_line(int n) {
  return "file a.aof." + std::to_string(n) + ".incr.aof seq " + std::to_string(n) + " type i\n";
}

const char* const manifest = "d/a.aof.manifest";

// A base and two increments, with some of the files replaced, or left out when nullptr.
void add_log(SimulatedFiles& files, const std::map<std::string, const char*>& other = {}) {
  files.add_directory("d");
  std::map<std::string, std::string> all = {{"a.aof.manifest", base_line() + incr_line(1) + incr_line(2)},
                                            {"a.aof.1.base.aof", set},
                                            {"a.aof.1.incr.aof", set + set},
                                            {"a.aof.2.incr.aof", set + set + set}};
  for (const auto& [name, text] : other) {
    if (text == nullptr) {
      all.erase(name);
    } else {
      all[name] = text;
    }
  }
  for (const auto& [name, text] : all) files.add_file("d/" + name, text);
}

std::string rdb_file() {
  std::string out;
  RdbWriter writer(out, false);
  writer.header();
  writer.select_db(0);
  writer.type(RdbType::string);
  writer.string("key");
  writer.string("value");
  writer.end();
  writer.checksum(0);
  return out;
}

CheckAofRun check_single(const std::string& text, std::vector<std::string> words = {}, bool yes = false) {
  SimulatedFiles files;
  files.add_file("x.aof", text);
  words.push_back("x.aof");
  return run_check_aof(files, words, yes);
}

// ---- verdicts, word for word as redis-check-aof 7.0 prints them

TEST(CheckAofVerify, ASoundFile) {
  const CheckAofRun run = check_single(set + multi + set + exec);
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out,
            "Start checking Old-Style AOF\n"
            "AOF analyzed: filename=x.aof, size=83, ok_up_to=83, ok_up_to_line=21, diff=0\n"
            "AOF x.aof is valid\n");
  EXPECT_EQ(run.err, "");
}

TEST(CheckAofVerify, AnEmptyFile) {
  const CheckAofRun run = check_single("");
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "Start checking Old-Style AOF\nAOF x.aof is empty\n");
}

TEST(CheckAofVerify, AnnotationsAreNotCountedAsLines) {
  EXPECT_TRUE(check_single("#TS:5\r\n" + set + "#TS:6\r\n" + set).says("ok_up_to=68, ok_up_to_line=15, diff=0"));
}

TEST(CheckAofVerify, DamageIsToldAsRedisDoes) {
  struct Case {
    std::string text;
    std::string message;
    std::string analyzed;
  };
  const Case cases[] = {
      {set + set + "*3\r\n$3\r\nS", "0x              3e: Expected to read 5 bytes, got 1 bytes\n",
       "size=63, ok_up_to=54, ok_up_to_line=17, diff=9"},
      {set + "xyz" + set, "AOF x.aof format error\n", "size=57, ok_up_to=27, ok_up_to_line=8, diff=30"},
      {set + multi + set, "0x              42: Reached EOF before reading EXEC for MULTI\n",
       "size=69, ok_up_to=27, ok_up_to_line=18, diff=42"},
      {set + multi + set + set.substr(0, 24), "0x              5d: Expected to read 3 bytes, got 0 bytes\n",
       "size=93, ok_up_to=27, ok_up_to_line=24, diff=66"},
      {set + multi + multi + set + exec, "0x              32: Unexpected MULTI in AOF x.aof\n",
       "size=98, ok_up_to=27, ok_up_to_line=14, diff=71"},
      {set + exec + set, "0x              23: Unexpected EXEC in AOF x.aof\n",
       "size=68, ok_up_to=27, ok_up_to_line=11, diff=41"},
  };
  for (const Case& c : cases) {
    const CheckAofRun run = check_single(c.text);
    EXPECT_EQ(run.status, 1);
    EXPECT_EQ(verdict_lines(run.out), "Start checking Old-Style AOF\n" + c.message + "AOF analyzed: filename=x.aof, " +
                                          c.analyzed +
                                          "\nAOF x.aof is not valid. Use the --fix option to try fixing it.\n");
  }
}

TEST(CheckAofVerify, AManifestWithItsFiles) {
  SimulatedFiles files;
  add_log(files);
  const CheckAofRun run = run_check_aof(files, {manifest});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out,
            "Start checking Multi Part AOF\n"
            "Start to check BASE AOF (RESP format).\n"
            "AOF analyzed: filename=a.aof.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\n"
            "BASE AOF a.aof.1.base.aof is valid\n"
            "Start to check INCR files.\n"
            "AOF analyzed: filename=a.aof.1.incr.aof, size=54, ok_up_to=54, ok_up_to_line=22, diff=0\n"
            "INCR AOF a.aof.1.incr.aof is valid\n"
            "AOF analyzed: filename=a.aof.2.incr.aof, size=81, ok_up_to=81, ok_up_to_line=43, diff=0\n"
            "INCR AOF a.aof.2.incr.aof is valid\n"
            "All AOF files and manifest are valid\n");
}

TEST(CheckAofVerify, AManifestIsKnownByItsFirstLineUnderAnyName) {
  for (const std::string& first : {std::string("# comment\n"), std::string("  "), std::string()}) {
    SimulatedFiles files;
    add_log(files);
    files.add_file("d/other", first + base_line());
    EXPECT_TRUE(run_check_aof(files, {"d/other"}).says("Start checking Multi Part AOF")) << first;
  }
  // An argument that begins a line makes no manifest of a log.
  EXPECT_TRUE(check_single(aof_record_of({"SET", "file", "file a seq 1 type b"})).says("AOF x.aof is valid"));
}

TEST(CheckAofVerify, AnRdbPreamble) {
  const std::string rdb = rdb_file();
  const CheckAofRun run = check_single(rdb + set);
  EXPECT_EQ(run.status, 0);
  const std::string size = std::to_string(rdb.size());
  EXPECT_TRUE(run.says("[offset 0] Checking RDB file x.aof\n")) << run.out;
  EXPECT_TRUE(run.says("[offset " + size + "] \\o/ RDB looks OK! \\o/\n[info] 1 keys read\n")) << run.out;
  EXPECT_TRUE(run.says("RDB preamble is OK, proceeding with AOF tail...\n"));
  EXPECT_TRUE(run.says("AOF x.aof is valid\n"));
}

TEST(CheckAofVerify, ABadPreambleIsNeverCut) {
  const std::string text = rdb_file().substr(0, 20);
  SimulatedFiles files;
  files.add_file("x.aof", text);
  const CheckAofRun run = run_check_aof(files, {"--fix", "--yes", "x.aof"});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("--- RDB ERROR DETECTED ---\n"));
  EXPECT_TRUE(run.says("RDB preamble of AOF file is not sane, aborting.\n"));
  EXPECT_TRUE(run.says("redoubt-check-rdb --salvage OUT.rdb x.aof"));
  EXPECT_EQ(files.content("x.aof"), text);
}

// ---- explanations

TEST(CheckAofVerify, TellsCommandLineAndBytesOfADamage) {
  const CheckAofRun run = check_single(set + set + "*2\r\n$4\r\nINCR\r\n$x");
  EXPECT_TRUE(run.says("  Byte 69, line 18, is wrong. It is in command 3, INCR, which begins at byte 54, line 15.\n"))
      << run.out;
  EXPECT_TRUE(run.says("  Expected a number, got: 'x'.\n"));
  EXPECT_TRUE(run.says("    0000000000000040  "));
  EXPECT_TRUE(run.says("^^"));
  EXPECT_TRUE(run.says("  A cut at byte 54 loses 16 bytes, and no whole command:\n"));
}

TEST(CheckAofVerify, TellsOfWholeCommandsBehindADamage) {
  const CheckAofRun run = check_single(set + "garbage\r\n" + set + set);
  EXPECT_TRUE(run.says("  2 whole commands stand from byte 36 to the end.\n")) << run.out;
  EXPECT_TRUE(
      run.says("  A cut at byte 27 loses 63 bytes, these commands among them. To keep them:\n"
               "    redoubt-check-aof --salvage OUT.aof x.aof\n"));
}

TEST(CheckAofVerify, ALengthThatIsWrongIsToldFromATruncation) {
  for (const char* const length : {"$9999999999", "$60"}) {
    const CheckAofRun run = check_single(set + "*3\r\n$3\r\nSET\r\n$1\r\na\r\n" + length + "\r\n1\r\n" + set + set);
    EXPECT_TRUE(run.says("  2 whole commands stand from byte ")) << run.out;
    EXPECT_TRUE(run.says("So what is wrong is the length of an argument")) << run.out;
  }
  EXPECT_FALSE(check_single(set + set.substr(0, 20)).says("length of an argument"));
}

TEST(CheckAofVerify, TellsOfATailOfZeros) {
  const CheckAofRun run = check_single(set + set.substr(0, 10) + std::string(5000, '\0'));
  EXPECT_TRUE(run.says("  The 4999 bytes from there to the end are all zero")) << run.out;
  EXPECT_TRUE(run.says("ok_up_to=27,"));
}

TEST(CheckAofVerify, ANameOutOfADamagedFileIsNotPrintedRaw) {
  const CheckAofRun run = check_single(std::string("*2\r\n$6\r\nA\x1b[31m\r\n$1\r\nx", 25));
  EXPECT_EQ(run.out.find('\x1b'), std::string::npos) << run.out;
}

TEST(CheckAofVerify, SaysThatAServerIsWritingTheFile) {
  SimulatedFiles files;
  files.add_file("x.aof", set + set.substr(0, 20));
  CheckAofOptions options;
  options.path = "x.aof";
  const auto log = open_checked_log(files, options.path);
  ASSERT_TRUE(log);
  for (const bool grown : {false, true}) {
    if (grown) files.add_file("x.aof", set + set + set.substr(0, 5));
    std::string text;
    {
      Output out(text);
      CheckAofContext context{files, out, out};
      EXPECT_EQ(run_verify(options, *log, context), CheckStatus::damaged);
    }
    EXPECT_EQ(text.find("a server is writing it") != std::string::npos, grown) << text;
  }
}

// ---- manifests that are not whole

TEST(CheckAofVerify, AMissingFileIsNamed) {
  SimulatedFiles files;
  add_log(files, {{"a.aof.1.incr.aof", nullptr}});
  const CheckAofRun run = run_check_aof(files, {manifest});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("Cannot open file d/a.aof.1.incr.aof: No such file or directory, aborting...\n")) << run.out;
  EXPECT_TRUE(run.says("  The manifest names a.aof.1.incr.aof, and it is not there.\n"));
  EXPECT_TRUE(run.says("  Of the files after it, a.aof.2.incr.aof is sound.\n"));
}

TEST(CheckAofVerify, SurplusFilesAreNamedAndDoNotMatter) {
  SimulatedFiles files;
  add_log(files);
  for (const char* const name :
       {"a.aof.9.incr.aof", "a.aof.9.base.rdb", "temp-rewriteaof-1.aof", "b.aof.1.incr.aof", "notes"}) {
    files.add_file(std::string("d/") + name, "anything");
  }
  const CheckAofRun run = run_check_aof(files, {manifest});
  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(run.says("  a.aof.9.incr.aof is not in the manifest"));
  EXPECT_TRUE(run.says("  a.aof.9.base.rdb is not in the manifest"));
  EXPECT_TRUE(run.says("  temp-rewriteaof-1.aof was left by a rewrite"));
  EXPECT_FALSE(run.says("notes"));
  EXPECT_FALSE(run.says("b.aof.1"));
}

TEST(CheckAofVerify, HistoryIsNotRead) {
  SimulatedFiles files;
  add_log(files, {{"a.aof.0.base.aof", "xxx"},
                  {"a.aof.manifest",
                   "file a.aof.1.base.aof seq 1 type b\nfile a.aof.0.base.aof seq 1 type h\nfile a.aof.7.base.aof seq "
                   "7 type h\n"}});
  const CheckAofRun run = run_check_aof(files, {manifest});
  EXPECT_EQ(run.status, 0);
  EXPECT_TRUE(run.says("  a.aof.0.base.aof is not needed any more"));
  EXPECT_FALSE(run.says("a.aof.7.base.aof"));
}

TEST(CheckAofVerify, ABadManifestIsToldWithItsLine) {
  struct Case {
    std::string text;
    std::string error;
  };
  const Case cases[] = {
      {"", "Found an empty AOF manifest\n"},
      {"file a seq\n", "Reading the manifest file, at line 1\n>>> 'file a seq'\nInvalid AOF manifest file format\n"},
      {base_line() + incr_line(2) + incr_line(2),
       "Reading the manifest file, at line 3\n>>> 'file a.aof.2.incr.aof seq 2 type i'\n"
       "Found a non-monotonic sequence number\n  Twice the same number: increment 2 on lines 2 and 3.\n"},
      {base_line() + base_line(),
       "Found duplicate base file information\n  Twice the same number: base 1 on lines 1 and 2.\n"},
  };
  for (const Case& c : cases) {
    SimulatedFiles files;
    add_log(files, {{"a.aof.manifest", c.text.c_str()}});
    const CheckAofRun run = run_check_aof(files, {manifest});
    EXPECT_EQ(run.status, 1);
    EXPECT_TRUE(run.says("*** FATAL AOF MANIFEST FILE ERROR ***\n"));
    EXPECT_TRUE(run.says(c.error)) << run.out;
  }
}

TEST(CheckAofVerify, OtherDamagedFilesAreNamedToo) {
  SimulatedFiles files;
  add_log(files, {{"a.aof.1.base.aof", "bad"}, {"a.aof.2.incr.aof", "worse"}});
  const CheckAofRun run = run_check_aof(files, {manifest});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("  Of the files after it, a.aof.1.incr.aof is sound.\n"));
  EXPECT_TRUE(run.says("  Of the files after it, a.aof.2.incr.aof is not sound either, from byte 0 on.\n"));
}

TEST(CheckAofVerify, WhatCannotBeReadIsAStatusOfItsOwn) {
  SimulatedFiles files;
  CheckAofRun run = run_check_aof(files, {"nothing"});
  EXPECT_EQ(run.status, 4);
  EXPECT_EQ(run.out, "Cannot open file nothing: No such file or directory\n");
  add_log(files);
  files.fail({.operation = FileOperation::read, .path = "1.incr", .after = 1, .error = "Input/output error"});
  run = run_check_aof(files, {manifest});
  EXPECT_EQ(run.status, 4);
  EXPECT_TRUE(run.says("Failed to read from AOF a.aof.1.incr.aof, aborting...\n")) << run.out;
  EXPECT_TRUE(run.says("Input/output error"));
}

TEST(CheckAofVerify, OfADirectoryItNamesTheManifest) {
  SimulatedFiles files;
  add_log(files);
  const CheckAofRun run = run_check_aof(files, {"d"});
  EXPECT_EQ(run.status, 4);
  EXPECT_TRUE(run.says("  The log in this directory: d/a.aof.manifest\n")) << run.out;
}

TEST(CheckAofVerify, AnIncrementThatIsAnRdbFileIsNotToBeCut) {
  SimulatedFiles files;
  add_log(files);
  files.add_file("d/a.aof.2.incr.aof", rdb_file());
  const CheckAofRun run = run_check_aof(files, {manifest});
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(run.says("AOF a.aof.2.incr.aof format error\n"));
  EXPECT_TRUE(run.says("a cut would empty it"));
}

// ---- JSON

TEST(CheckAofJson, HoldsWhatThePeopleAreTold) {
  SimulatedFiles files;
  add_log(files, {{"a.aof.1.incr.aof", nullptr}});
  files.add_file("d/a.aof.2.incr.aof", "#TS:77\r\n" + set + "zzz");
  files.add_file("d/a.aof.5.incr.aof", "");
  const CheckAofRun run = run_check_aof(files, {"--json", manifest});
  EXPECT_EQ(run.status, 1);
  const json::value document = json::parse(run.out);
  EXPECT_EQ(document.at("verdict").as_string(), "damaged");
  EXPECT_EQ(document.at("status").as_int64(), 1);
  EXPECT_EQ(document.at("missing").as_array().at(0).as_string(), "a.aof.1.incr.aof");
  EXPECT_EQ(document.at("surplus").as_array().at(0).as_string(), "a.aof.5.incr.aof");
  const json::array& all = document.at("files").as_array();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].at("verdict").as_string(), "sound");
  EXPECT_EQ(all[0].at("role").as_string(), "base");
  EXPECT_EQ(all[1].at("verdict").as_string(), "missing");
  EXPECT_EQ(all[2].at("verdict").as_string(), "damaged");
  EXPECT_EQ(all[2].at("ok_up_to").to_number<int>(), 35);
  EXPECT_EQ(all[2].at("diff").to_number<int>(), 3);
  EXPECT_EQ(all[2].at("first_timestamp").to_number<int>(), 77);
  EXPECT_EQ(all[2].at("damage").at("offset").to_number<int>(), 35);
  EXPECT_EQ(all[2].at("damage").at("command_number").to_number<int>(), 2);
}

TEST(CheckAofJson, IsOneDocumentAlsoWhenThereIsNothingToRead) {
  SimulatedFiles files;
  EXPECT_EQ(json::parse(run_check_aof(files, {"--json", "nothing"}).out).at("verdict").as_string(), "unreadable");
  add_log(files, {{"a.aof.manifest", "junk\n"}});
  const json::value document = json::parse(run_check_aof(files, {"--json", manifest}).out);
  EXPECT_EQ(document.at("manifest_damage").at("error").as_string(), "Invalid AOF manifest file format");
  EXPECT_EQ(document.at("manifest_damage").at("line").to_number<int>(), 1);
}

}  // namespace
}  // namespace redoubt

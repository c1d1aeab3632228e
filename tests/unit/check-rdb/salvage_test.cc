#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "tests/support/check_rdb_run.h"
#include "tests/support/rdb_bytes.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using Keys = std::map<std::string, std::vector<std::string>>;

struct Salvaged {
  CheckRdbRun run;
  std::string file;  // what was written
};

Salvaged salvage(std::string_view file, std::vector<const char*> more = {}) {
  CheckRdbFiles files;
  files.put("/dump.rdb", file);
  more.insert(more.begin(), {"/dump.rdb", "--salvage", "/out.rdb"});
  Salvaged result;
  result.run = files.run(more);
  result.file = files.files.content("/out.rdb");
  EXPECT_FALSE(files.files.exists("/out.rdb.tmp"));
  EXPECT_EQ(files.files.content("/dump.rdb"), file);
  return result;
}

// Of the file, but for those whose names are given.
Keys without(Keys keys, std::initializer_list<const char*> names) {
  for (const char* name : names) EXPECT_EQ(keys.erase(name), 1U) << name;
  return keys;
}

RdbBytes ten_keys() {
  RdbBytes file(9);
  file.byte(254).length(0);
  for (int i = 0; i < 10; ++i) file.key(0, "key" + std::to_string(i)).string("value" + std::to_string(i));
  return file;
}

TEST(CheckRdbSalvage, ASoundFileIsLeftAlone) {
  const Salvaged result = salvage(golden_rdb("v11.rdb"));
  EXPECT_EQ(result.run.status, 0);
  EXPECT_THAT(result.run.out, HasSubstr("is sound: there is nothing to salvage"));
  EXPECT_EQ(result.file, "(none)");
}

TEST(CheckRdbSalvage, WhatExistsIsNotOverwritten) {
  CheckRdbFiles files;
  files.put("/dump.rdb", "REDIS0009");
  files.put("/out.rdb", "mine");
  const CheckRdbRun run = files.run({"/dump.rdb", "--salvage", "/out.rdb"});
  EXPECT_EQ(run.status, 4);
  EXPECT_EQ(run.err, "redoubt-check-rdb: /out.rdb exists already, and is not overwritten\n");
  EXPECT_EQ(files.files.content("/out.rdb"), "mine");
}

TEST(CheckRdbSalvage, WithoutAnyKeyNothingIsWritten) {
  for (const std::string_view file : {"", "REDIS0009", "this is no RDB file at all, but somebody's notes"}) {
    const Salvaged result = salvage(file);
    EXPECT_EQ(result.run.status, 1) << file;
    EXPECT_EQ(result.file, "(none)");
  }
}

TEST(CheckRdbSalvage, AWrongChecksumAloneIsRewritten) {
  std::string file = golden_rdb("v11.rdb");
  const Keys keys = keys_in(file);
  file.back() = static_cast<char>(~file.back());
  const Salvaged result = salvage(file);
  EXPECT_EQ(result.run.status, 2);
  EXPECT_THAT(result.run.out, HasSubstr("[lost] 0 bytes"));
  EXPECT_EQ(keys_in(result.file), keys);
  file.back() = static_cast<char>(~file.back());
  EXPECT_EQ(result.file, file);
}

TEST(CheckRdbSalvage, GoesOnBehindGarbage) {
  std::string file = ten_keys().end();
  const Keys keys = keys_in(file);
  const size_t at = file.find("key3");
  file.replace(at - 2, 8, 8, '\xee');
  const Salvaged result = salvage(file);
  EXPECT_EQ(result.run.status, 2);
  EXPECT_EQ(keys_in(result.file), without(keys, {"0:key3"}));
  EXPECT_THAT(result.run.out, HasSubstr("[lost] 13 bytes at offset " + std::to_string(at - 2)));
  EXPECT_THAT(result.run.out, HasSubstr("[salvaged] 9 keys (0 expire) and 0 libraries of functions are in /out.rdb"));
}

// Each record of ten_keys() has 13 bytes.
TEST(CheckRdbSalvage, RecordsThatWereSwallowedByWhatLooksLikeOneAreFound) {
  const std::string whole = ten_keys().end();
  const std::string swallowers[] = {
      std::string("\x00\x01h\x1a", 4),              // a string "h" of two records
      std::string("\x00\x01\x02\x0d", 4),           // one, whose name is no text
      std::string("\x00\x01\x03\x00\x01h\x1a", 7),  // one within another
  };
  for (const std::string& swallower : swallowers) {
    std::string file = whole;
    file.insert(file.find("key4") - 2, "\xff garbage " + swallower);
    const Salvaged result = salvage(file);
    EXPECT_EQ(result.run.status, 2);
    EXPECT_EQ(keys_in(result.file), keys_in(whole)) << testing::PrintToString(swallower) << result.run.out;
  }
}

TEST(CheckRdbSalvage, ALengthThatSwallowsTheRestCostsOneKey) {
  std::string file = ten_keys().end();
  const Keys keys = keys_in(file);
  file[file.find("value5") - 1] = '\x7f';  // a length of more than 14 bits' worth of bytes
  const Salvaged result = salvage(file);
  EXPECT_EQ(keys_in(result.file), without(keys, {"0:key5"}));
}

TEST(CheckRdbSalvage, ATailOfZerosMakesNoKeys) {
  const std::string whole = ten_keys().end();
  const Keys keys = keys_in(whole);
  const size_t cut = whole.find("key8") - 2;
  const Salvaged result = salvage(whole.substr(0, cut) + std::string(4096, '\0'));
  EXPECT_EQ(result.run.status, 2);
  EXPECT_EQ(keys_in(result.file), without(keys, {"0:key8", "0:key9"}));
}

TEST(CheckRdbSalvage, ADamagedHeaderIsReplacedByOneThatFits) {
  std::string file = golden_rdb("v11.rdb");
  const Keys keys = keys_in(file);
  file.replace(0, 9, "\0\0\0\0\0\0\0\0\0", 9);
  const Salvaged result = salvage(file);
  EXPECT_EQ(result.run.status, 2);
  EXPECT_THAT(result.run.out, HasSubstr("[info] The version of the file is lost; 11 fits what it holds"));
  EXPECT_TRUE(result.file.starts_with("REDIS0011"));
  EXPECT_EQ(keys_in(result.file), keys);
}

TEST(CheckRdbSalvage, AnEndMarkInTheMiddleIsNone) {
  std::string file = ten_keys().end();
  const Keys keys = keys_in(file);
  file[file.find("key4") - 2] = '\xff';  // was the type
  const Salvaged result = salvage(file);
  EXPECT_EQ(keys_in(result.file), without(keys, {"0:key4"}));
}

TEST(CheckRdbSalvage, KeysThatStandTwiceAreWrittenOnce) {
  RdbBytes file = ten_keys();
  file.key(0, "key2").string("later").byte(254).length(1).key(0, "key2").string("elsewhere");
  file.byte(238).key(0, "a").string("1").key(0, "b").string("2").key(0, "c").string("3");
  const Salvaged result = salvage(file.end());
  EXPECT_EQ(result.run.status, 2);
  EXPECT_THAT(result.run.out, HasSubstr("[dropped] 12 bytes"));
  const Keys keys = keys_in(result.file);
  EXPECT_EQ(keys.size(), 14U);
  EXPECT_THAT(keys.at("0:key2"), testing::Contains("string value2"));
  EXPECT_THAT(keys.at("1:key2"), testing::Contains("string elsewhere"));
  EXPECT_THAT(keys, testing::Contains(testing::Key("1:c")));
}

TEST(CheckRdbSalvage, SizeHintsThatLieAreLeftOut) {
  RdbBytes file(9);
  file.byte(251).length(uint64_t{1} << 40).length(0).key(0, "a").string("b");
  const Salvaged result = salvage(file.bytes());
  RdbBytes wanted(9);
  EXPECT_EQ(result.file, wanted.key(0, "a").string("b").end());
}

TEST(CheckRdbSalvage, ExpiryAndFunctionsAreKept) {
  std::string file = golden_rdb("v12.rdb");
  const Keys keys = keys_in(file);
  const Salvaged result = salvage(std::string_view(file).substr(0, file.size() - 9));
  EXPECT_EQ(keys_in(result.file), keys);
  EXPECT_EQ(result.file, file);
}

TEST(CheckRdbSalvage, JsonListsTheLosses) {
  std::string file = ten_keys().end();
  file.replace(file.find("key3") - 2, 8, 8, '\xee');
  const auto document = boost::json::parse(salvage(file, {"--json"}).run.out).as_object();
  EXPECT_EQ(document.at("verdict"), "salvaged");
  EXPECT_EQ(document.at("keys"), 9);
  EXPECT_EQ(document.at("losses").as_array().size(), 1U);
  EXPECT_EQ(document.at("lost_bytes"), 13);
}

TEST(CheckRdbSalvage, FailuresOfTheDiskLeaveNothingBehind) {
  const std::string damaged = ten_keys().bytes();
  for (const FileOperation operation :
       {FileOperation::open_to_write, FileOperation::write, FileOperation::sync, FileOperation::rename}) {
    CheckRdbFiles files;
    files.put("/dump.rdb", damaged);
    files.files.fail({.operation = operation, .path = "/out.rdb", .error = "No space left on device"});
    const CheckRdbRun run = files.run({"/dump.rdb", "--salvage", "/out.rdb"});
    EXPECT_EQ(run.status, 4) << name_of(operation);
    EXPECT_EQ(run.err, "redoubt-check-rdb: cannot write /out.rdb: No space left on device\n");
    EXPECT_FALSE(files.files.exists("/out.rdb"));
    EXPECT_FALSE(files.files.exists("/out.rdb.tmp"));
  }
}

TEST(CheckRdbSalvage, ItStandsThereWholeAfterAPowerCut) {
  CheckRdbFiles files;
  files.put("/dump.rdb", ten_keys().bytes());
  ASSERT_EQ(files.run({"/dump.rdb", "--salvage", "/out.rdb"}).status, 2);
  EXPECT_EQ(files.files.after_power_cut(Kept::nothing)->content("/out.rdb"), ten_keys().end());
}

// Where the record of each key begins, in order.
std::vector<size_t> record_offsets(std::string_view file) {
  std::vector<size_t> offsets;
  for (const std::string& line : read_rdb(file).lines) {
    if (!line.starts_with("key ")) continue;
    offsets.push_back(std::stoul(line.substr(line.find(" at ") + 4)));
  }
  return offsets;
}

size_t kept(const Keys& keys, const Keys& of) {
  return static_cast<size_t>(std::count_if(of.begin(), of.end(), [&](const auto& one) {
    return keys.contains(one.first) && keys.at(one.first) == one.second;
  }));
}

class SalvageEveryByte : public testing::TestWithParam<const char*> {};

TEST_P(SalvageEveryByte, WhatStandsBeforeACutIsKept) {
  const std::string file = golden_rdb(GetParam());
  const Keys keys = keys_in(file);
  const std::vector<size_t> offsets = record_offsets(file);
  for (size_t size = 0; size < file.size(); ++size) {
    const Salvaged result = salvage(file.substr(0, size));
    // Records end where the next begins; the last is whole when the end mark is there.
    const auto begun = static_cast<size_t>(std::upper_bound(offsets.begin(), offsets.end(), size) - offsets.begin());
    const size_t whole = begun == 0 ? 0 : begun - 1;
    if (whole == 0) continue;
    ASSERT_EQ(result.run.status, 2) << size;
    EXPECT_GE(kept(keys_in(result.file), keys), whole) << size;
  }
}

TEST_P(SalvageEveryByte, AChangedByteCostsFewKeysAndTheResultIsSound) {
  constexpr size_t most_lost = 5;
  std::string file = golden_rdb(GetParam());
  const Keys keys = keys_in(file);
  const std::vector<size_t> offsets = record_offsets(file);
  for (size_t at = 0; at < file.size(); ++at) {
    file[at] = static_cast<char>(~file[at]);
    const Salvaged result = salvage(file);
    ASSERT_EQ(result.run.status, 2) << at;
    std::string error;
    const Keys left = keys_in(result.file, &error);
    EXPECT_EQ(error, "") << at;
    // A changed number of a database moves all that follow it.
    const bool selection = at < offsets[0] || file[at - 1] == '\xfe' || file[at] == '\xfe';
    if (!selection) {
      EXPECT_GE(kept(left, keys) + most_lost, keys.size()) << at;
    }
    const auto before = static_cast<size_t>(std::upper_bound(offsets.begin(), offsets.end(), at) - offsets.begin());
    if (before > 1 && !selection) {
      EXPECT_GE(kept(left, keys), before - 1) << at;
    }
    file[at] = static_cast<char>(~file[at]);
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, SalvageEveryByte, testing::Values("v06.rdb", "v11.rdb"));

TEST(CheckRdbSalvage, SwappedBlocksCostWhatTheirEdgesCut) {
  RdbBytes bytes(9);
  for (int i = 0; i < 1000; ++i) bytes.key(0, "key" + std::to_string(i)).string("value" + std::to_string(i));
  std::string file = bytes.end();
  const Keys keys = keys_in(file);
  constexpr size_t block = 512;
  std::swap_ranges(file.begin() + 2 * block, file.begin() + 3 * block, file.begin() + 20 * block);
  const Salvaged result = salvage(file);
  ASSERT_EQ(result.run.status, 2);
  std::string error;
  const Keys left = keys_in(result.file, &error);
  EXPECT_EQ(error, "");
  EXPECT_GE(kept(left, keys) + 20, keys.size());
}

TEST(CheckRdbSalvage, LiesInEveryByteAreNoMoreThanLinearWork) {
  // Very many places could begin a list of very many elements.
  std::string file = RdbBytes(9).bytes();
  for (int i = 0; i < 30'000; ++i) file += "\x01\x01\x02\x80\x3f\x3f\x3f\x01";
  const Salvaged result = salvage(file);
  EXPECT_EQ(result.run.status, 1);
}

}  // namespace
}  // namespace redoubt

// Files: their records, their versions, how they end, and what of damaged ones is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <random>

#include "tests/support/rdb_bytes.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

const char* const end_of_file = "Unexpected EOF reading RDB file";

// One of each record.
std::string whole_file() {
  RdbBytes file(11);
  file.byte(250).strings({"redis-ver", "7.2.4"}).byte(250).string("redis-bits").byte(0xc0).byte(64);
  file.byte(245).string("#!lua name=lib");
  file.byte(254).length(0).byte(251).length(4).length(2);
  file.key(0, "plain").string("value");
  file.byte(252).u64(1700000000123).key(0, "later").string("value");
  file.byte(253).u32(1700000000).byte(248).length(77).key(1, "list").length(1).string("one");
  file.byte(249).byte(255).key(0, "often").byte(0xc1).u16(1000);
  file.byte(244).length(7).length(100).length(3);
  file.byte(254).length(15).key(16, "hash").string(listpack_of({"f", "v"}));
  return file.end();
}

TEST(RdbReader, TellsOfEachRecord) {
  const RdbReading reading = read_rdb(whole_file());
  EXPECT_EQ(reading.error, "");
  EXPECT_TRUE(reading.has_checksum);
  EXPECT_THAT(reading.lines, ElementsAre("version 11", "aux redis-ver 7.2.4", "aux redis-bits 64",
                                         "function #!lua name=lib", "db 0", "sizes 4 2",            //
                                         "key 0:plain type 0 kind 0 at 61", "string value", "end",  //
                                         "key 0:later type 0 kind 0 at 74 expires 1700000000123", "string value", "end",
                                         "key 0:list type 1 kind 1 at 96 expires 1700000000000 idle 77", "elements 1",
                                         "element one", "end",  //
                                         "key 0:often type 0 kind 0 at 115 frequency 255", "string 1000", "end",
                                         "db 15", "key 15:hash type 16 kind 4 at 134", "listpack f v", "end"));
}

TEST(RdbReader, ReadsInPiecesOfAnySize) {
  const std::string file = whole_file();
  const Lines expected = read_rdb(file).lines;
  for (size_t piece = 1; piece < file.size(); ++piece) {
    const RdbReading reading = read_rdb(file, {}, piece);
    EXPECT_EQ(reading.error, "") << piece;
    EXPECT_EQ(reading.lines, expected) << piece;
  }
}

TEST(RdbReader, RefusesEveryTruncation) {
  const std::string file = whole_file();
  const Lines all = read_rdb(file).lines;
  for (size_t size = 0; size < file.size(); ++size) {
    const RdbReading reading = read_rdb(file.substr(0, size));
    EXPECT_EQ(reading.error, end_of_file) << size;
    EXPECT_LE(reading.position.offset, size);
    ASSERT_LE(reading.lines.size(), all.size());
    EXPECT_TRUE(std::equal(reading.lines.begin(), reading.lines.end(), all.begin())) << size;
  }
}

TEST(RdbReader, RefusesEveryFlippedBit) {
  const std::string file = whole_file();
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string bad = file;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    // But for the one that makes it version 1, which has no checksum.
    const bool found = !read_rdb(bad, {.deep = true}).error.empty();
    EXPECT_EQ(found, !bad.starts_with("REDIS0001")) << bit;
  }
}

TEST(RdbReader, SurvivesAnyByteAnywhere) {
  const std::string file = whole_file();
  for (size_t at = 9; at < file.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string bad = file;
      bad[at] = static_cast<char>(value);
      read_rdb(bad, {.deep = true, .verify_checksum = false});
    }
  }
}

TEST(RdbReader, Header) {
  for (int version = 1; version <= 12; ++version) {
    RdbBytes file(version);
    file.byte(254).length(0).key(0, "k").string("v");
    // Checksums began with version 5.
    const RdbReading reading = read_rdb(version < 5 ? file.byte(255).bytes() : file.end());
    EXPECT_EQ(reading.error, "") << version;
    EXPECT_EQ(reading.has_checksum, version >= 5);
    EXPECT_EQ(reading.lines[0], "version " + std::to_string(version));
    EXPECT_EQ(reading.lines.size(), 5U);
  }
  EXPECT_EQ(read_rdb(RdbBytes(0).end()).error, "Can't handle RDB format version 0");
  EXPECT_EQ(read_rdb(RdbBytes(13).end()).error, "Can't handle RDB format version 13");
  EXPECT_EQ(read_rdb("REDIS001x\xff").error, "Wrong signature trying to load DB from file");
  EXPECT_EQ(read_rdb("RODIS0011\xff").error, "Wrong signature trying to load DB from file");
  EXPECT_EQ(read_rdb("").error, end_of_file);
}

TEST(RdbReader, Checksum) {
  RdbBytes file(11);
  file.key(0, "k").string("v");
  RdbBytes bad = file;
  const std::string whole = file.end();
  const uint64_t right = [&] {
    uint64_t sum = 0;
    memcpy(&sum, whole.data() + whole.size() - sizeof sum, sizeof sum);
    return sum;
  }();
  bad.byte(255).u64(0xabcdef);
  const RdbReading refused = read_rdb(bad.bytes());
  char expected[100];
  snprintf(expected, sizeof expected, "RDB CRC error: Wrong RDB checksum expected: (%lx) but got (abcdef)", right);
  EXPECT_EQ(refused.error, expected);
  EXPECT_EQ(refused.position.doing, "check-sum");
  EXPECT_EQ(refused.position.offset, bad.bytes().size());
  EXPECT_EQ(read_rdb(bad.bytes(), {.verify_checksum = false}).error, "");

  RdbBytes none(11);
  const RdbReading unchecked = read_rdb(none.key(0, "k").string("v").end_without_checksum());
  EXPECT_EQ(unchecked.error, "");
  EXPECT_FALSE(unchecked.has_checksum);
}

TEST(RdbReader, LeavesWhatFollows) {
  const std::string file = whole_file();
  const RdbReading reading = read_rdb(file + "*1\r\n$4\r\nPING\r\n");
  EXPECT_EQ(reading.error, "");
  EXPECT_EQ(reading.position.offset, file.size());
  EXPECT_EQ(reading.taken_over, "*1\r\n$4\r\nPING\r\n");
}

TEST(RdbReader, SaysWhereItIs) {
  struct Case {
    RdbBytes file;
    const char* error;
    const char* doing;
    std::optional<std::string> key;
    std::optional<RdbType> type;
  };
  const Case cases[] = {
      {RdbBytes(11), end_of_file, "read-type", {}, {}},
      {RdbBytes(11).byte(252), end_of_file, "read-expire", {}, {}},
      {RdbBytes(11).byte(254), end_of_file, "read-len", {}, {}},
      {RdbBytes(11).byte(250).string("a"), end_of_file, "read-aux", {}, {}},
      {RdbBytes(11).byte(245), end_of_file, "read-functions", {}, {}},
      {RdbBytes(11).byte(246).string("x"), "Pre-release function format not supported", "read-type", {}, {}},
      {RdbBytes(11).byte(247).length(0x0123456789abcdef),
       "The RDB file contains AUX module data I can't load: no matching module 'ASNFZ4mrz'",
       "read-module-aux",
       {},
       {}},
      {RdbBytes(11).byte(0).length(5), end_of_file, "read-key", {}, RdbType::string},
      {RdbBytes(11).key(0, "a").string("b").key(1, "name").length(2), end_of_file, "read-object-value", "name",
       RdbType::list},
      {RdbBytes(11).key(0, "a").string("b"), end_of_file, "read-type", {}, {}},
      {RdbBytes(11).key(99, "a"), "Invalid object type: 99", "read-type", {}, {}},
      {RdbBytes(11).byte(255), end_of_file, "check-sum", {}, {}},
  };
  for (const Case& one : cases) {
    const RdbReading reading = read_rdb(one.file.bytes());
    EXPECT_EQ(reading.error, one.error);
    EXPECT_EQ(reading.position.doing, one.doing);
    EXPECT_EQ(reading.position.key, one.key);
    EXPECT_EQ(reading.position.type, one.type);
  }
}

TEST(RdbReader, SaysWhereTheRecordBeganAndInWhichDatabase) {
  RdbBytes file(11);
  file.byte(254).length(3);
  const uint64_t begin = file.bytes().size();
  file.byte(252).u64(1).byte(249).byte(7).key(0, "a").byte(0xc4);
  const RdbReading reading = read_rdb(file.bytes());
  EXPECT_EQ(reading.position.record, begin);
  EXPECT_EQ(reading.position.db, 3U);
  EXPECT_GT(reading.position.offset, begin);
}

TEST(RdbReader, BeginsInTheMiddle) {
  RdbBytes file(9);
  file.key(0, "a").string("b");
  const size_t begin = file.bytes().size();
  file.key(0, "c").string("d").byte(255).u64(1);  // a wrong checksum
  PieceSource source(std::string_view(file.bytes()).substr(begin));
  RdbReader reader(source, {}, RdbMiddle{begin, 9, 5});
  RdbRecorder recorder;
  ASSERT_TRUE(reader.read_all(recorder));
  const std::string offset = std::to_string(begin);
  EXPECT_EQ(recorder.lines, (std::vector<std::string>{"key 5:c type 0 kind 0 at " + offset, "string d", "end"}));
  EXPECT_EQ(reader.offset(), file.bytes().size());
}

class ModuleRecorder : public RdbRecorder {
 public:
  void module_aux(std::string_view module) override { lines.push_back("module aux " + std::string(module)); }
  void module_key(const RdbKey& key, std::string_view module) override {
    lines.push_back("module key " + std::string(key.name) + " of " + std::string(module));
  }
};

TEST(RdbReader, ReadsOverModulesWhenToldTo) {
  constexpr uint64_t id = 0x0123456789abcdef;
  RdbBytes file(11);
  file.byte(247).length(id).length(2).length(1).length(5).string("data").length(0);
  file.key(7, "m").length(id).length(1).length(7).length(2).length(1000).length(3).raw("1234");
  file.length(4).raw("12345678").length(5).string("text").length(0).key(0, "a").string("b");
  const std::string whole = file.end();
  PieceSource source(whole, 1);
  RdbReader reader(source, {.skip_modules = true});
  ModuleRecorder recorder;
  const Status done = reader.read_all(recorder);
  ASSERT_TRUE(done) << done.error().text;
  ASSERT_EQ(recorder.lines.size(), 6U);
  EXPECT_EQ(recorder.lines[1], "module aux ASNFZ4mrz");
  EXPECT_EQ(recorder.lines[2], "module key m of ASNFZ4mrz");
}

TEST(RdbReader, UnsoundDataOfModulesAreDamage) {
  const RdbReadOptions skipping = {.skip_modules = true};
  const RdbReading opcode = read_rdb(RdbBytes(11).key(7, "m").length(1).length(6).bytes(), skipping);
  EXPECT_EQ(opcode.error, "Unknown opcode 6 in the data of a module");
  const RdbReading cut = read_rdb(RdbBytes(11).key(7, "m").length(1).length(5).length(9).bytes(), skipping);
  EXPECT_EQ(cut.error, end_of_file);
  const RdbReading old = read_rdb(RdbBytes(11).key(6, "m").length(0).length(0).bytes(), skipping);
  EXPECT_EQ(old.error, "The RDB file contains module data I can't load: no matching module type 'AAAAAAAAA'");
}

TEST(RdbReader, DeepReadingRefusesTwoKeysWithoutAName) {
  const auto twice = [](bool other_db, bool deep) {
    RdbBytes file(11);
    file.key(0, "").string("");
    if (other_db) file.byte(254).length(1);
    file.key(0, "").string("");
    return read_rdb(file.end(), {.deep = deep}).error;
  };
  EXPECT_EQ(twice(false, true), "RDB has duplicated key '': the names of two keys are empty");
  EXPECT_EQ(twice(true, true), "");
  EXPECT_EQ(twice(false, false), "");
}

TEST(RdbReader, StopsForGoodAfterAnError) {
  PieceSource source("REDIS0011\x00\x01k\xc4", 1);
  RdbReader reader(source);
  RdbRecorder recorder;
  EXPECT_TRUE(*reader.next(recorder));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(reader.next(recorder).has_error());
}

TEST(RdbReader, UnwantedKeysAreReadOver) {
  RdbBytes file(11);
  file.key(1, "a").length(2).strings({"x", "y"}).key(0, "b").string("z");
  RdbRecorder recorder;
  recorder.unwanted = "a";
  const std::string bytes = file.end();
  PieceSource source(bytes);
  RdbReader reader(source);
  EXPECT_FALSE(reader.read_all(recorder).has_error());
  EXPECT_THAT(recorder.lines, ElementsAre("version 11", "key 0:a type 1 kind 1 at 9", "key 0:b type 0 kind 0 at 17",
                                          "string z", "end"));
}

TEST(RdbReader, TheVisitorsErrorEndsTheReading) {
  RdbBytes file(11);
  file.key(0, "a").string("b").key(0, "c").string("d");
  RdbRecorder recorder;
  recorder.refused = "a";
  const std::string bytes = file.end();
  PieceSource source(bytes);
  RdbReader reader(source);
  const Status status = reader.read_all(recorder);
  ASSERT_TRUE(status.has_error());
  EXPECT_EQ(status.error().text, "this value is refused");
  EXPECT_EQ(reader.position().key, "a");
  EXPECT_EQ(recorder.lines.size(), 4U);
}

TEST(RdbReader, PassesOnTheSourcesError) {
  class Broken : public ByteSource {
   public:
    Result<size_t> read(std::span<char> /*bytes*/) override { return Error{"Input/output error"}; }
  };
  Broken source;
  RdbReader reader(source);
  RdbRecorder recorder;
  EXPECT_EQ(reader.next(recorder).error().text, "Input/output error");
}

// Strings around the sizes of the buffer and of the first room, plain and in pairs, so that each kind of move happens.
TEST(RdbReader, StringsOfAllSizes) {
  std::mt19937 random(1);
  const size_t buffer = size_t{256} << 10;
  const size_t sizes[] = {0,          1,      63,         64,         16383,      16384,          buffer - 20,
                          buffer - 1, buffer, buffer + 1, 2 * buffer, 4 * buffer, 4 * buffer + 1, 5'000'000,
                          100,        30};
  RdbBytes file(11);
  class Compare : public RdbRecorder {
   public:
    std::vector<std::string> told;
    void pair(std::string_view name, std::string_view value, int64_t /*expires_ms*/) override {
      told.emplace_back(name);
      told.emplace_back(value);
    }
  };
  std::vector<std::string> strings;
  for (const size_t first : sizes) {
    for (const size_t second : {size_t{0}, size_t{63}, size_t{20'000}, buffer - 5, 3 * buffer}) {
      for (const size_t size : {first, second}) {
        std::string text(size, 'x');
        for (size_t i = 0; i < size; i += 97) text[i] = static_cast<char>(random());
        strings.push_back(std::move(text));
      }
      file.key(4, strings[strings.size() / 2]).length(1).strings({strings.end()[-2], strings.end()[-1]});
    }
  }
  const std::string bytes = file.end();
  for (const size_t piece : {SIZE_MAX, size_t{4096}, size_t{100'003}}) {
    PieceSource source(bytes, piece);
    RdbReader reader(source);
    Compare compare;
    const Status status = reader.read_all(compare);
    EXPECT_FALSE(status.has_error());
    EXPECT_EQ(compare.told, strings);
  }
}

// The buffer is small at first.
TEST(RdbReader, TheBufferGrows) {
  const size_t first = size_t{8} << 10;
  for (const size_t size : {first - 30, first - 20, first - 9, first - 1, first, first + 1, 3 * first, 40 * first}) {
    for (const size_t piece : {SIZE_MAX, size_t{1000}}) {
      const std::string name(20, 'n');
      std::string text(size, 'x');
      text.front() = 'a';
      text.back() = 'z';
      RdbBytes file(11);
      file.key(4, name).length(2).strings({text, "short", "f", text});
      const RdbReading reading = read_rdb(file.end(), {}, piece);
      EXPECT_EQ(reading.error, "");
      const std::string shown = "axxxxxxxxx...xxxxxxxxxz (" + std::to_string(size) + ")";
      EXPECT_THAT(reading.lines, ElementsAre("version 11", "key 0:" + name + " type 4 kind 4 at 9", "elements 2",
                                             "pair " + shown + " = short", "pair f = " + shown, "end"));
    }
  }
}

}  // namespace
}  // namespace redoubt

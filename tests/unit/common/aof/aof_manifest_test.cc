#include "common/aof/aof_manifest.h"

#include <gtest/gtest.h>

#include <string>

namespace redoubt {
namespace {

AofManifest parsed(std::string_view text) {
  const auto manifest = parse_aof_manifest(text);
  EXPECT_TRUE(manifest) << (manifest ? "" : manifest.error().text);
  return manifest ? *manifest : AofManifest{};
}

TEST(AofManifestTest, ReadsWhatRedisWrites) {
  const AofManifest manifest = parsed(
      "file appendonly.aof.2.base.rdb seq 2 type b\n"
      "file appendonly.aof.1.base.rdb seq 1 type h\n"
      "file appendonly.aof.4.incr.aof seq 4 type i\n"
      "file appendonly.aof.5.incr.aof seq 5 type i\n");
  ASSERT_TRUE(manifest.base);
  EXPECT_EQ(*manifest.base, (AofFileInfo{"appendonly.aof.2.base.rdb", 2, AofFileType::base}));
  ASSERT_EQ(manifest.history.size(), 1u);
  EXPECT_EQ(manifest.history[0], (AofFileInfo{"appendonly.aof.1.base.rdb", 1, AofFileType::history}));
  ASSERT_EQ(manifest.increments.size(), 2u);
  EXPECT_EQ(manifest.increments[1], (AofFileInfo{"appendonly.aof.5.incr.aof", 5, AofFileType::increment}));
  EXPECT_EQ(manifest.base_sequence, 2);
  EXPECT_EQ(manifest.increment_sequence, 5);
  EXPECT_FALSE(manifest.empty());
}

TEST(AofManifestTest, TakesWhatPeopleWrite) {
  const AofManifest manifest = parsed(
      "# a comment\n"
      "  FILE \"with space\\x21.aof\"\tSeq 007 TYPE ignored type base version 3  \r\n"
      "type i seq 1 file 'it\\'s'\n");
  ASSERT_TRUE(manifest.base);
  EXPECT_EQ(manifest.base->name, "with space!.aof");
  EXPECT_EQ(manifest.base->sequence, 7);
  ASSERT_EQ(manifest.increments.size(), 1u);
  EXPECT_EQ(manifest.increments[0].name, "it's");
  EXPECT_TRUE(parsed("# nothing but a comment\n").empty());
}

TEST(AofManifestTest, RefusesWithRedissSentences) {
  const std::string bad = "Invalid AOF manifest file format";
  const std::string long_line = "The AOF manifest file contains too long line";
  struct Case {
    std::string text;
    std::string error;
    size_t line;
    std::string shown;
  };
  const std::string base = "file a.1.base.rdb seq 1 type b\n";
  const Case cases[] = {
      {"", "Found an empty AOF manifest", 0, ""},
      {"\n", bad, 1, ""},
      {base + " \t \n", bad, 2, ""},
      {"file a seq 1\n", bad, 1, "file a seq 1"},
      {"file a seq 1 type b more\n", bad, 1, "file a seq 1 type b more"},
      {"file \"a seq 1 type b\n", bad, 1, "file \"a seq 1 type b"},
      {"file \"\" seq 1 type b\n", bad, 1, "file \"\" seq 1 type b"},
      {"file a seq 0 type b\n", bad, 1, "file a seq 0 type b"},
      {"file a seq x type b\n", bad, 1, "file a seq x type b"},
      {"file a seq -1 type b\n", bad, 1, "file a seq -1 type b"},
      {"file a seq 9223372036854775807 type b\n", bad, 1, "file a seq 9223372036854775807 type b"},
      {"file a seq 99999999999999999999 type b\n", bad, 1, "file a seq 99999999999999999999 type b"},
      {"file a seq 1 type ''\n", bad, 1, "file a seq 1 type ''"},
      {"file a seq 1 name b\n", bad, 1, "file a seq 1 name b"},
      {"name a seq 1 type b\n", bad, 1, "name a seq 1 type b"},
      {"file a name 1 type b\n", bad, 1, "file a name 1 type b"},
      {"file dir/a seq 1 type b\n", "File can't be a path, just a filename", 1, "file dir/a seq 1 type b"},
      {"file dir\\a seq 1 type b\n", "File can't be a path, just a filename", 1, "file dir\\a seq 1 type b"},
      {"file a seq 1 type B\n", "Unknown AOF file type", 1, "file a seq 1 type B"},
      {base + base, "Found duplicate base file information", 2, "file a.1.base.rdb seq 1 type b"},
      {base + "file a seq 2 type i\nfile b seq 2 type i\n", "Found a non-monotonic sequence number", 3,
       "file b seq 2 type i"},
      {base + "file a seq 3 type i\nfile b seq 2 type i\n", "Found a non-monotonic sequence number", 3,
       "file b seq 2 type i"},
      {"file a seq 1 type b", long_line, 1, ""},
      {base + std::string("file a\0b seq 1 type i\n", 22), long_line, 2, ""},
      {"file " + std::string(1100, 'a') + " seq 1 type b\n", long_line, 1, ""},
      {"#" + std::string(1100, 'a') + "\n", bad, 2, std::string(77, 'a')},
  };
  for (const Case& c : cases) {
    AofManifestProblem problem;
    const auto manifest = parse_aof_manifest(c.text, &problem);
    ASSERT_FALSE(manifest) << c.text;
    EXPECT_EQ(manifest.error().text, c.error) << c.text;
    EXPECT_EQ(problem.line, c.line) << c.text;
    EXPECT_EQ(problem.text, c.shown) << c.text;
    EXPECT_FALSE(parse_aof_manifest(c.text)) << c.text;
  }
}

TEST(AofManifestTest, ALineMayHave1024Bytes) {
  const std::string tail = " seq 1 type b\n";
  const std::string name(1024 - tail.size() - 5, 'n');
  EXPECT_EQ(parsed("file " + name + tail).base->name, name);
  EXPECT_FALSE(parse_aof_manifest("file n" + name + tail));
}

TEST(AofManifestTest, WritesWhatItReads) {
  AofManifest manifest;
  manifest.replace_base("appendonly.aof", true);
  manifest.add_increment("appendonly.aof");
  EXPECT_EQ(format_aof_manifest(manifest),
            "file appendonly.aof.1.base.rdb seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n");
  EXPECT_EQ(parsed(format_aof_manifest(manifest)), manifest);
  for (const std::string name : {"a b", "a\"b", "a'b", "tab\t", "\xff\x01", "\\", "#x"}) {
    AofManifest other;
    other.replace_base(name, false);
    other.add_increment(name);
    if (name == "\\") continue;  // a path: refused when read
    EXPECT_EQ(parsed(format_aof_manifest(other)), other) << name;
  }
  EXPECT_EQ(format_aof_manifest(AofManifest{}), "");
}

TEST(AofManifestTest, GoesThroughARewrite) {
  AofManifest manifest;
  EXPECT_TRUE(manifest.empty());
  EXPECT_EQ(manifest.replace_base("log", false), "log.1.base.aof");
  EXPECT_EQ(manifest.add_increment("log"), "log.1.incr.aof");
  EXPECT_EQ(manifest.add_increment("log"), "log.2.incr.aof");
  EXPECT_EQ(manifest.replace_base("log", true), "log.2.base.rdb");
  manifest.retire_increments(1);
  EXPECT_EQ(format_aof_manifest(manifest),
            "file log.2.base.rdb seq 2 type b\n"
            "file log.1.base.aof seq 1 type h\n"
            "file log.1.incr.aof seq 1 type h\n"
            "file log.2.incr.aof seq 2 type i\n");
  manifest.retire_increments(0);
  EXPECT_TRUE(manifest.increments.empty());
  EXPECT_EQ(manifest.history.size(), 3u);
  EXPECT_FALSE(manifest.empty());
}

// A rewrite while the log was off has made all increments history; a crash came before they were removed.
TEST(AofManifestTest, TakesNoNameThatIsStillToBeRemoved) {
  auto manifest = parse_aof_manifest(
      "file a.aof.1.base.rdb seq 1 type b\nfile a.aof.2.base.rdb seq 2 type h\n"
      "file a.aof.1.incr.aof seq 1 type h\nfile a.aof.2.incr.aof seq 2 type h\n");
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->add_increment("a.aof"), "a.aof.3.incr.aof");
  EXPECT_EQ(manifest->replace_base("a.aof", true), "a.aof.3.base.rdb");
}

TEST(AofManifestTest, Names) {
  EXPECT_EQ(aof_manifest_name("appendonly.aof"), "appendonly.aof.manifest");
  EXPECT_EQ(aof_temporary_manifest_name("appendonly.aof"), "temp-appendonly.aof.manifest");
  EXPECT_EQ(aof_temporary_increment_name("appendonly.aof"), "temp-appendonly.aof.incr");
}

}  // namespace
}  // namespace redoubt

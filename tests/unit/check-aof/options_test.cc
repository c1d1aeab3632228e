#include "check-aof/options.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

struct Answer {
  ParsedCheckAof parsed;
  std::string out, err;
};

Answer parse(std::vector<const char*> words) {
  words.insert(words.begin(), "redoubt-check-aof");
  Answer answer;
  Output out(answer.out);
  Output err(answer.err);
  answer.parsed = parse_check_aof(static_cast<int>(words.size()), words.data(), out, err);
  return answer;
}

TEST(CheckAofOptions, AFileAloneIsVerified) {
  const Answer answer = parse({"a.aof"});
  ASSERT_FALSE(answer.parsed.exit_status);
  const CheckAofOptions& options = answer.parsed.options;
  EXPECT_EQ(options.path, "a.aof");
  EXPECT_FALSE(options.fix || options.yes || options.backup || options.json || options.stats || options.print);
  EXPECT_FALSE(options.truncate_to_timestamp || options.max_loss || options.salvage);
}

TEST(CheckAofOptions, TakesWhatRedisCheckAofTakes) {
  EXPECT_TRUE(parse({"--fix", "a.aof"}).parsed.options.fix);
  EXPECT_EQ(parse({"--truncate-to-timestamp", "1767225600", "a.aof"}).parsed.options.truncate_to_timestamp, 1767225600);
}

TEST(CheckAofOptions, YesMakesABackupUnlessToldNotTo) {
  EXPECT_FALSE(parse({"--fix", "a"}).parsed.options.backup);
  EXPECT_TRUE(parse({"--fix", "--backup", "a"}).parsed.options.backup);
  EXPECT_TRUE(parse({"--fix", "--yes", "a"}).parsed.options.backup);
  EXPECT_FALSE(parse({"--fix", "-y", "--no-backup", "a"}).parsed.options.backup);
}

TEST(CheckAofOptions, ALossHasUnits) {
  EXPECT_EQ(parse({"--fix", "--max-loss", "64kb", "a"}).parsed.options.max_loss, 65536u);
  EXPECT_EQ(parse({"--fix", "--max-loss=0", "a"}).parsed.options.max_loss, 0u);
}

TEST(CheckAofOptions, PrintingHasItsOwn) {
  const Answer answer =
      parse({"--print", "--from", "7", "--to", "9", "--match", "k*", "--command", "set", "--command", "del", "a"});
  const CheckAofOptions& options = answer.parsed.options;
  EXPECT_TRUE(options.print);
  EXPECT_EQ(options.from, "7");
  EXPECT_EQ(options.to, "9");
  EXPECT_EQ(options.match, "k*");
  EXPECT_EQ(options.commands, (std::vector<std::string>{"set", "del"}));
}

TEST(CheckAofOptions, WhatMakesNoSenseIsRefusedWithAReason) {
  struct Case {
    std::vector<const char*> words;
    std::string why;
  };
  const Case cases[] = {
      {{}, "which file?"},
      {{""}, "which file?"},
      {{"a", "b"}, "too many positional options"},
      {{"--fox", "a"}, "unrecognised option '--fox'"},
      {{"--fix", "--stats", "a"}, "--fix and --stats exclude each other"},
      {{"--fix", "--truncate-to-timestamp", "5", "a"}, "--fix and --truncate-to-timestamp exclude each other"},
      {{"--stats", "--print", "a"}, "--stats and --print exclude each other"},
      {{"--salvage", "b", "--print", "a"}, "--salvage and --print exclude each other"},
      {{"--yes", "a"}, "--yes needs --fix"},
      {{"--dry-run", "a"}, "--dry-run needs --fix"},
      {{"--backup", "a"}, "--backup needs --fix"},
      {{"--max-loss", "1", "a"}, "--max-loss needs --fix"},
      {{"--allow-middle", "a"}, "--allow-middle needs --fix"},
      {{"--allow-middle", "--truncate-to-timestamp", "5", "a"}, "--allow-middle needs --fix"},
      {{"--yes", "--salvage", "b", "a"}, "--yes needs --fix"},
      {{"--fix", "--backup", "--no-backup", "a"}, "--backup and --no-backup exclude each other"},
      {{"--from", "1", "a"}, "--from needs --print"},
      {{"--match", "1", "--stats", "a"}, "--match needs --print"},
      {{"--truncate-to-timestamp", "soon", "a"}, "takes a Unix time in seconds, not 'soon'"},
      {{"--truncate-to-timestamp", "0", "a"}, "takes a Unix time in seconds, not '0'"},
      {{"--truncate-to-timestamp", "12x", "a"}, "takes a Unix time in seconds, not '12x'"},
      {{"--fix", "--max-loss", "much", "a"}, "takes a number of bytes, not 'much'"},
      {{"--fix", "--max-loss", "", "a"}, "--max-loss"},
      {{"--salvage", "", "a"}, "--salvage"},
      {{"--fix", "--json", "a"}, "--json asks no questions"},
  };
  for (const Case& c : cases) {
    const Answer answer = parse(c.words);
    EXPECT_EQ(answer.parsed.exit_status, 3) << c.why;
    EXPECT_NE(answer.err.find(c.why), std::string::npos) << c.why << "\n" << answer.err;
    EXPECT_EQ(answer.out, "");
  }
}

TEST(CheckAofOptions, HelpTellsTheExitStatuses) {
  const Answer answer = parse({"--help"});
  EXPECT_EQ(answer.parsed.exit_status, 0);
  EXPECT_NE(answer.out.find("4 a file cannot be read or written"), std::string::npos);
  EXPECT_EQ(answer.err, "");
}

}  // namespace
}  // namespace redoubt

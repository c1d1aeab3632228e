#include "check-rdb/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace redoubt {
namespace {

struct Line {
  ParsedCheckRdb parsed;
  std::string out;
  std::string err;
};

Line parse(std::vector<const char*> words) {
  words.insert(words.begin(), "redoubt-check-rdb");
  Line line;
  Output out(line.out);
  Output err(line.err);
  line.parsed = parse_check_rdb_options(static_cast<int>(words.size()), words.data(), out, err);
  out.flush();
  err.flush();
  return line;
}

TEST(CheckRdbOptions, AFileAloneIsVerified) {
  const Line line = parse({"dump.rdb"});
  EXPECT_FALSE(line.parsed.status);
  EXPECT_EQ(line.parsed.options.mode, CheckRdbMode::verify);
  EXPECT_EQ(line.parsed.options.file, "dump.rdb");
  EXPECT_EQ(line.parsed.options.form, CheckRdbForm::text);
}

TEST(CheckRdbOptions, EachModeTakesWhatBelongsToIt) {
  const CheckRdbOptions stats =
      parse({"f", "--stats", "--csv", "--html", "p", "--top", "3", "--prefix-separator", "/"}).parsed.options;
  EXPECT_EQ(stats.mode, CheckRdbMode::stats);
  EXPECT_EQ(stats.form, CheckRdbForm::csv);
  EXPECT_EQ(stats.html_file, "p");
  EXPECT_EQ(stats.top, 3U);
  EXPECT_EQ(stats.prefix_separator, '/');
  const CheckRdbOptions keys = parse({"f", "--export", "csv", "--output", "o", "--match", "a*", "--type", "zset",
                                      "--db", "2", "--expired", "only"})
                                   .parsed.options;
  EXPECT_EQ(keys.mode, CheckRdbMode::export_keys);
  EXPECT_EQ(keys.export_format, ExportFormat::csv);
  EXPECT_EQ(keys.output_file, "o");
  EXPECT_EQ(keys.filter.match, "a*");
  EXPECT_EQ(keys.filter.kind, RdbKind::zset);
  EXPECT_EQ(keys.filter.db, 2U);
  EXPECT_EQ(keys.filter.expired, ExpiredKeys::only);
  const CheckRdbOptions salvage = parse({"--salvage", "o", "f", "--json", "--memory", "1mb"}).parsed.options;
  EXPECT_EQ(salvage.mode, CheckRdbMode::salvage);
  EXPECT_EQ(salvage.salvage_file, "o");
  EXPECT_EQ(salvage.form, CheckRdbForm::json);
  EXPECT_EQ(salvage.memory, uint64_t{1} << 20);
  const CheckRdbOptions diff = parse({"f", "--diff", "g", "--ttl-tolerance", "5"}).parsed.options;
  EXPECT_EQ(diff.mode, CheckRdbMode::diff);
  EXPECT_EQ(diff.other_file, "g");
  EXPECT_EQ(diff.ttl_tolerance_ms, 5U);
}

TEST(CheckRdbOptions, WhatMakesNoSenseIsRefused) {
  struct Case {
    std::vector<const char*> words;
    const char* why;
  };
  const Case cases[] = {
      {{}, "no file is named"},
      {{"a", "b"}, "one file at a time: 'b' is one too many"},
      {{"a", "--stats", "--diff", "b"}, "--stats and --diff exclude each other"},
      {{"a", "--salvage", "b", "--export", "resp"}, "--export and --salvage exclude each other"},
      {{"a", "--csv"}, "--csv makes sense only with --stats"},
      {{"a", "--stats", "--csv", "--json"}, "--csv and --json exclude each other"},
      {{"a", "--export", "json", "--json"}, "--json makes no sense with --export"},
      {{"a", "--export", "xml"}, "--export needs resp, json, csv or aof, not 'xml'"},
      {{"a", "--match", "x"}, "--match makes sense only with --export"},
      {{"a", "--diff", "b", "--top", "3"}, "--top makes sense only with --stats"},
      {{"a", "--ttl-tolerance", "3"}, "--ttl-tolerance makes sense only with --diff"},
      {{"a", "--memory", "3"}, "--memory makes sense only with --salvage or --diff"},
      {{"a", "--diff", "b", "--memory", "x"}, "--memory needs a size such as 64mb, not 'x'"},
      {{"a", "--stats", "--top", "-1"}, "--top needs a number, not '-1'"},
      {{"a", "--stats", "--prefix-separator", "::"}, "--prefix-separator needs a single byte"},
      {{"a", "--export", "resp", "--type", "String"}, "--type does not know 'String'"},
      {{"a", "--salvage", ""}, "--salvage"},
      {{"a", "--diff"}, "--diff"},
      {{"a", "--unknown"}, "--unknown"},
  };
  for (const Case& one : cases) {
    const Line line = parse(one.words);
    EXPECT_EQ(line.parsed.status, CheckStatus::usage) << one.why;
    EXPECT_THAT(line.err, testing::HasSubstr(one.why));
    EXPECT_EQ(line.out, "");
  }
}

TEST(CheckRdbOptions, HelpShowsExamplesAndStatuses) {
  const Line line = parse({"--help"});
  EXPECT_EQ(line.parsed.status, CheckStatus::sound);
  EXPECT_THAT(line.out, testing::HasSubstr("--salvage rescued.rdb"));
  EXPECT_THAT(line.out, testing::HasSubstr("Exit status:"));
}

}  // namespace
}  // namespace redoubt

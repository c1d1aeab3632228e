// The table of presets, and what is made of it.
#include "benchmark/presets/preset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "benchmark/presets/preset_tests.h"

namespace redoubt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

BenchmarkOptions options_for(const Preset& preset) {
  BenchmarkOptions options;
  options.client_counts = preset.clients;
  options.keys = KeyChoice(preset.key_space);
  return options;
}

std::vector<std::string> titles_of(const char* name) {
  const Preset* const preset = find_preset(name);
  std::vector<std::string> titles;
  for (const PresetTest& one : preset_tests(*preset, options_for(*preset))) {
    if (!one.test.only_fills) titles.push_back(one.test.title);
  }
  return titles;
}

TEST(Preset, EachHasANameOfItsOwnItsSourceAndRowsThatCanBeRun) {
  std::set<std::string_view> names;
  for (const Preset& preset : presets()) {
    EXPECT_TRUE(names.insert(preset.name).second) << preset.name;
    EXPECT_EQ(find_preset(preset.name), &preset);
    EXPECT_THAT(preset_names(), HasSubstr(std::string(preset.name)));
    EXPECT_THAT(preset_list(), HasSubstr(std::string(preset.source)));
    EXPECT_FALSE(preset.source.empty());
    EXPECT_TRUE((preset.requests > 0) != (preset.duration_seconds > 0)) << preset.name;
    EXPECT_EQ(preset_tests(preset, options_for(preset)).size(), preset.rows.size());
  }
  EXPECT_EQ(find_preset("edi"), nullptr);
  EXPECT_EQ(find_preset(""), nullptr);
}

TEST(Preset, ElixirSimpleServerIsSetByFiveNumbersOfClients) {
  const Preset* const preset = find_preset("elixir-simple-server");
  ASSERT_NE(preset, nullptr);
  const auto tests = preset_tests(*preset, options_for(*preset));
  ASSERT_EQ(tests.size(), 1u);
  EXPECT_EQ(tests[0].test.title, "SET");
  std::vector<size_t> clients;
  for (const Combination& at : tests[0].combinations) clients.push_back(at.clients);
  EXPECT_THAT(clients, ElementsAre(1, 2, 5, 6, 15));
  EXPECT_EQ(published_for(*tests[0].row, {1, 1}), std::nullopt) << "not known, so none is told";
}

TEST(Preset, EdisHasTheRowsOfItsTableInOrder) {
  EXPECT_THAT(titles_of("edis"), ElementsAre("PING_INLINE", "PING_MBULK", "MSET (10 keys)", "SET", "GET", "INCR",
                                             "LPUSH", "LPOP", "SADD", "SPOP", "LRANGE_100 (first 100 elements)"));
}

TEST(Preset, TheListingOfTheBookHasItsRowsInOrder) {
  EXPECT_THAT(titles_of("redis-in-action-4.10"),
              ElementsAre("PING_INLINE", "PING_MBULK", "MSET (10 keys)", "SET", "GET", "INCR", "LPUSH", "LPOP", "SADD",
                          "SPOP", "LPUSH (again, in order to bench LRANGE)", "LRANGE_100 (first 100 elements)",
                          "LRANGE_300 (first 300 elements)", "LRANGE_450 (first 450 elements)",
                          "LRANGE_600 (first 600 elements)"));
  for (const PresetRow& row : find_preset("redis-in-action-4.10")->rows) EXPECT_GT(row.published, 9000) << row.title;
}

TEST(Preset, TheTableOfTheBookHasEachLinkPlainAndPipelined) {
  const Preset* const preset = find_preset("redis-in-action-4.4");
  ASSERT_NE(preset, nullptr);
  EXPECT_TRUE(preset->has_links());
  std::vector<double> published;
  std::vector<size_t> pipelines;
  for (const PresetTest& one : preset_tests(*preset, options_for(*preset))) {
    EXPECT_EQ(one.test.workload.unit(), 5u);
    ASSERT_EQ(one.combinations.size(), 1u);
    pipelines.push_back(one.combinations[0].pipeline);
    published.push_back(published_for(*one.row, one.combinations[0]).value_or(0));
  }
  EXPECT_THAT(published, ElementsAre(3761, 6394, 3257, 5991, 739, 2841, 3.67, 18.2));
  EXPECT_THAT(pipelines, ElementsAre(1, 5, 1, 5, 1, 5, 1, 5));
}

TEST(Preset, WhatWasPublishedBelongsToTheClientsAndThePipelineItWasMeasuredWith) {
  const PresetRow& row = find_preset("redis-in-action-4.10")->rows.at(3);
  EXPECT_EQ(published_for(row, {1, 1}), 32467.53);
  EXPECT_EQ(published_for(row, {2, 1}), std::nullopt);
  EXPECT_EQ(published_for(row, {1, 16}), std::nullopt);
}

}  // namespace
}  // namespace redoubt

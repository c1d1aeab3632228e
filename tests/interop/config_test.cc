#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "server/config/config_store.h"
#include "tests/support/link.h"
#include "tests/support/program.h"

namespace redoubt {
namespace {

std::string text_of(ConfigStore& store, std::string_view name) {
  const auto found = store.get(std::span(&name, 1));
  return found.size() == 1 ? found[0].second : fmt::format("({} found)", found.size());
}

// Replaces the first `from` in `text`.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// Directives that came after the oracle's 7.0.
const std::set<std::string_view> newer = {"locale-collate", "hide-user-data-from-log", "set-max-listpack-entries",
                                          "set-max-listpack-value"};

TEST(ConfigAgainstRedis, DefaultsAndNames) {
  const Program oracle = Program::start_oracle();
  Link link(oracle.port());
  ConfigStore store;
  // What the oracle was started with.
  const std::set<std::string_view> started_with = {"port", "bind", "dir", "save"};
  const DirectiveTable table;
  for (const Directive* row : table.all()) {
    for (const std::string_view name : {row->name, row->alias}) {
      if (name.empty()) continue;
      const Value exact = link.run({"CONFIG", "GET", std::string(name)});
      ASSERT_EQ(exact.items.size(), newer.contains(name) ? 0u : 2u) << name;
      if (newer.contains(name)) continue;
      if (!started_with.contains(name)) {
        EXPECT_EQ(text_of(store, name), exact.items[1].text) << name;
      }
      const Value matched = link.run({"CONFIG", "GET", std::string(name) + "*"});
      EXPECT_EQ(matched.field(name) == nullptr, row->has(hidden)) << name;
    }
  }
}

// The one difference of 7.2 in the texts that both have.
std::string as_older(std::string answer) { return with(std::move(answer), "warning, nothing", "warning"); }

const std::vector<std::string> values = {"",
                                         " ",
                                         "yes",
                                         "NO",
                                         "0",
                                         "1",
                                         "-1",
                                         "2",
                                         "3",
                                         "10",
                                         "11",
                                         "64",
                                         "100",
                                         "101",
                                         "512",
                                         "2147483647",
                                         "+5",
                                         "2147483648",
                                         "4294967296",
                                         "-2147483649",
                                         "010",
                                         "0x10",
                                         "1.5",
                                         "abc",
                                         "1k",
                                         "1mb",
                                         "2GB",
                                         "512b",
                                         "1zz",
                                         "1048575",
                                         "50%",
                                         "100%",
                                         "101%",
                                         "%",
                                         "-5%",
                                         "allkeys-lru",
                                         "verbose",
                                         "relative",
                                         "notice warning",
                                         "absolute",
                                         "save now",
                                         "save nosave",
                                         "default",
                                         "1 2 3",
                                         "1 2 3 4",
                                         "1  2 3",
                                         "normal 0 0 0",
                                         "replica 1mb 1kb 10",
                                         "slave 0 0 0 normal 1mb x 5",
                                         "{title} {port}",
                                         "{nope}",
                                         "{{",
                                         "{title",
                                         "/nonexistent",
                                         "99.5 100.001"};

// Each value for each directive that can be changed without an effect on the connection of the test.
TEST(ConfigAgainstRedis, EveryValueForEveryDirective) {
  const Program oracle = Program::start_oracle({"--enable-protected-configs", "yes"});
  Link link(oracle.port());
  // Some values of maxmemory-clients would end the connection otherwise.
  ASSERT_EQ(link.run({"CLIENT", "NO-EVICT", "ON"}).text, "OK");
  ConfigStore store;
  const std::set<std::string_view> left_out = {"port", "bind", "requirepass", "maxclients", "save", "appendonly"};
  const DirectiveTable table;
  for (const Directive* row : table.all()) {
    if (left_out.contains(row->name) || newer.contains(row->name)) continue;
    const std::string name(row->name);
    for (const std::string& value : values) {
      if (name == "dir" && value != "/nonexistent" && !value.empty()) continue;
      const ConfigStore::Pair pair(name, value);
      const Status done = store.set(std::span(&pair, 1), true);
      const std::string ours = done ? "OK" : as_older(done.error().text);
      ASSERT_EQ(ours, link.run({"CONFIG", "SET", name, value}).text) << name << " '" << value << "'";
      if (name == "dir") continue;
      if (row->has(start_only)) break;
      EXPECT_EQ(text_of(store, name), link.run({"CONFIG", "GET", name}).items.at(1).text)
          << name << " '" << value << "'";
    }
  }
}

TEST(ConfigAgainstRedis, SeveralPairs) {
  const Program oracle = Program::start_oracle();
  Link link(oracle.port());
  ConfigStore store;
  using Pairs = std::vector<ConfigStore::Pair>;
  const std::vector<Pairs> cases = {
      {{"hz", "20"}, {"timeout", "5"}},   {{"hz", "30"}, {"timeout", "x"}},
      {{"HZ", "30"}, {"hz", "40"}},       {{"hz", "30"}, {"foo", "1"}},
      {{"foo", "1"}, {"databases", "1"}}, {{"databases", "1"}, {"foo", "1"}},
      {{"hz", "x"}, {"databases", "1"}},  {{"dir", "/tmp"}, {"databases", "1"}},
      {{"include", "x"}, {"hz", "1"}},    {{"Maxmemory", "1mb"}, {"maxmemory-Policy", "nope"}}};
  for (const Pairs& pairs : cases) {
    std::vector<std::string> words = {"CONFIG", "SET"};
    for (const auto& [name, value] : pairs) words.insert(words.end(), {std::string(name), std::string(value)});
    const Status done = store.set(pairs, false);
    EXPECT_EQ(done ? "OK" : done.error().text, link.run(words).text) << pairs[0].first << " " << pairs[1].first;
    for (const std::string name : {"hz", "timeout", "maxmemory"}) {
      EXPECT_EQ(text_of(store, name), link.run({"CONFIG", "GET", name}).items.at(1).text);
    }
  }
}

TEST(ConfigAgainstRedis, PatternsFindTheSameNames) {
  const Program oracle = Program::start_oracle();
  Link link(oracle.port());
  ConfigStore store;
  const std::vector<std::vector<std::string_view>> cases = {
      {"maxmemory*"}, {"*lazy*", "lazyfree-lazy-expire"}, {"MAX[a-m]*"}, {"PORT"},     {"port", "PORT", "po*"},
      {"por\\t"},     {"watchdog-period", "watchdog*"},   {"nope"},      {"*-on-sig*"}};
  const DirectiveTable table;
  for (const auto& patterns : cases) {
    std::vector<std::string> words = {"CONFIG", "GET"};
    words.insert(words.end(), patterns.begin(), patterns.end());
    const Value answer = link.run(words);
    std::set<std::string> theirs;
    for (size_t i = 0; i < answer.items.size(); i += 2) {
      // Directives of parts that are not there are none of ours.
      if (table.find(answer.items[i].text) != nullptr) theirs.insert(answer.items[i].text);
    }
    std::set<std::string> ours;
    for (const auto& [name, value] : store.get(patterns)) ours.insert(name);
    EXPECT_EQ(ours, theirs) << patterns[0];
  }
}

}  // namespace
}  // namespace redoubt

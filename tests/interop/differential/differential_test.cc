// Random commands of all families on few keys, sent to our server and to Debian's Redis: the same replies, and the same
// keys. A difference is made small and told as lines for redis-cli. docs/development.md says how to run it longer.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>

#include "common/base/clock.h"
#include "common/base/config_file.h"
#include "common/command/command_spec.h"
#include "tests/interop/differential/known_differences.h"
#include "tests/interop/differential/twin_servers.h"
#include "tests/support/shrink.h"

namespace redoubt {
namespace {

constexpr size_t commands_of_test = 200000;
constexpr size_t steps_per_seed = 2500;
constexpr size_t steps_per_comparison = 500;
constexpr int64_t shrink_ms = 120000;

// A number from the environment, or `otherwise`.
int64_t setting(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
}

std::optional<Difference> run_and_compare(TwinServers& twins, const RunSettings& settings,
                                          const std::vector<Step>& steps) {
  twins.reset(settings);
  for (size_t at = 0; at < steps.size(); at += steps_per_comparison) {
    const size_t end = std::min(at + steps_per_comparison, steps.size());
    auto difference = twins.run(std::span(steps).subspan(at, end - at));
    if (difference) difference->step += at;
    if (!difference) difference = twins.compare_keys(end);
    if (difference) return difference;
  }
  return std::nullopt;
}

std::string cli_word(const std::string& word) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
    return c > ' ' && c < 127 && c != '"' && c != '\'' && c != '\\';
  });
  return plain ? word : quote_word(word);
}

std::string cli_lines(const RunSettings& settings, const std::vector<Step>& steps) {
  std::string text = "  FLUSHALL\n";
  if (settings.resp_version == 3) text += "  HELLO 3\n";
  for (const auto* directives : {&settings.directives, &settings.our_directives}) {
    for (const auto& [name, value] : *directives) text += fmt::format("  CONFIG SET {} {}\n", name, value);
  }
  for (const Step& step : steps) {
    text += ' ';
    for (const std::string& word : step.words) text += ' ' + cli_word(word);
    text += '\n';
  }
  return text;
}

std::string shown(const std::string& reply) {
  constexpr size_t most = 2000;
  return quote_word(std::string_view(reply).substr(0, most)) + (reply.size() > most ? "..." : "");
}

// The failing steps made few, and what to do to see it.
std::string report(TwinServers& twins, const RunSettings& settings, std::vector<Step> steps, Difference difference) {
  steps.resize(std::min(steps.size(), difference.step + 1));
  const int64_t until = wall_ms() + shrink_ms;
  const auto fails = [&](const std::vector<Step>& some) {
    auto found = run_and_compare(twins, settings, some);
    if (found) difference = std::move(*found);
    return found.has_value();
  };
  std::string remark;
  if (fails(steps)) {
    steps = shrink(std::move(steps), fails, [&] { return wall_ms() > until; });
    fails(steps);
  } else {
    remark = "(it did not happen again when the same was run once more; the last commands:)\n";
    steps.erase(steps.begin(), steps.end() - static_cast<std::ptrdiff_t>(std::min<size_t>(steps.size(), 20)));
  }
  return fmt::format("{}commands:\n{}differing: {}\nours:   {}\ntheirs: {}\n", remark, cli_lines(settings, steps),
                     difference.what, shown(difference.ours), shown(difference.theirs));
}

class DifferentialTest : public testing::Test {
 protected:
  explicit DifferentialTest(bool itself = false) : twins_(itself) {}

  // One seed's run; whether both agreed.
  bool run_seed(uint64_t seed) {
    Pick pick(seed);
    const RunSettings settings = draw_settings(pick);
    std::vector<Step> steps;
    while (steps.size() < steps_per_seed) steps.push_back(drawer_.draw(pick, settings));
    const auto difference = run_and_compare(twins_, settings, steps);
    if (!difference) return true;
    ADD_FAILURE() << "REDOUBT_SEED=" << seed << '\n' << report(twins_, settings, std::move(steps), *difference);
    return false;
  }

  TwinServers twins_;
  CommandDrawer drawer_{[this](std::string_view name) { return twins_.ours_has(name); }};
};

// What the tester takes for a difference, and two of the same kind show, is its own mistake.
class OracleAgainstItself : public DifferentialTest {
 protected:
  OracleAgainstItself() : DifferentialTest(true) {}
};

// Calls of a command, and how many of them failed, from a line of INFO commandstats.
std::pair<int64_t, int64_t> calls_of(const std::string& statistics, std::string_view name) {
  const auto number_after = [&](std::string_view word, size_t from) {
    const size_t at = statistics.find(word, from);
    return at == std::string::npos ? 0 : std::strtoll(statistics.c_str() + at + word.size(), nullptr, 10);
  };
  const size_t line = statistics.find(fmt::format("cmdstat_{}:", name));
  if (line == std::string::npos) return {0, 0};
  return {number_after("calls=", line), number_after("failed_calls=", line)};
}

TEST_F(OracleAgainstItself, ShowsNoDifferenceAndMostCommandsAreRight) {
  const auto first = static_cast<uint64_t>(setting("REDOUBT_FIRST_SEED", 1));
  for (uint64_t seed = first; seed < first + 20; ++seed) ASSERT_TRUE(run_seed(seed));
  const std::string statistics = twins_.their_statistics();
  for (const CommandRow& row : command_rows()) {
    // Other commands stand in for these, or all of DEBUG is counted as one.
    if (row.check == Check::pop_some || row.check == Check::random_key || row.name.starts_with("debug")) continue;
    const auto [calls, failed] = calls_of(statistics, row.name);
    EXPECT_GE(calls, 10) << row.name;
    EXPECT_LE(failed, calls * 9 / 10) << row.name;
  }
}

// REDOUBT_SEED: only this one. REDOUBT_FIRST_SEED: begin there. REDOUBT_SECONDS: go on that long, with signs of life.
TEST_F(DifferentialTest, BothAnswerTheSame) {
  if (const int64_t seed = setting("REDOUBT_SEED", -1); seed >= 0) {
    run_seed(static_cast<uint64_t>(seed));
    return;
  }
  const int64_t seconds = setting("REDOUBT_SECONDS", 0);
  const int64_t began = wall_ms();
  int64_t said = began;
  auto seed = static_cast<uint64_t>(setting("REDOUBT_FIRST_SEED", 1));
  for (size_t commands = 0; seconds > 0 ? wall_ms() < began + seconds * 1000 : commands < commands_of_test;
       commands += steps_per_seed, ++seed) {
    if (!run_seed(seed)) return;
    if (seconds == 0 || wall_ms() < said + 10000) continue;
    said = wall_ms();
    std::cout << fmt::format("{} s: {} commands, seed {}\n", (said - began) / 1000, commands + steps_per_seed, seed)
              << std::flush;
  }
}

TEST_F(DifferentialTest, FindsADifferenceAndMakesItSmall) {
  const RunSettings settings;
  static constexpr CommandRow rows[] = {{"incr", ""}, {"set", ""}, {"memory|usage", ""}};
  std::vector<Step> steps;
  for (int i = 0; i < 300; ++i) steps.push_back({&rows[0], {"INCR", "w" + std::to_string(i % 5)}});
  EXPECT_FALSE(run_and_compare(twins_, settings, steps));
  // What a value takes is not the same, what none takes is.
  steps[120] = {&rows[1], {"SET", "other", "5"}};
  steps[200] = {&rows[2], {"MEMORY", "USAGE", "other"}};
  auto difference = run_and_compare(twins_, settings, steps);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->step, 200u);
  const std::string text = report(twins_, settings, steps, *difference);
  const std::string wanted = "commands:\n  FLUSHALL\n  SET other 5\n  MEMORY USAGE other\ndiffering: MEMORY\nours:   ";
  EXPECT_TRUE(text.starts_with(wanted)) << text;
}

TEST_F(DifferentialTest, EveryRowCanBeDrawn) {
  std::set<std::string_view> excluded;
  for (const ExcludedCommand& command : excluded_commands()) excluded.insert(command.name);
  for (const CommandRow& row : command_rows()) {
    EXPECT_FALSE(excluded.contains(row.name)) << row.name;
    // Redis does not list the subcommands of DEBUG.
    EXPECT_TRUE(twins_.theirs_has(row.name.starts_with("debug|") ? "debug" : row.name)) << row.name;
    Pick pick(1);
    for (const std::string& kind : CommandPattern(row.arguments).kinds()) {
      EXPECT_NO_THROW(draw_word(pick, {}, "generic", kind)) << row.name;
    }
  }
}

TEST(DifferentialTable, CoversAllCommandsOfTheFamilies) {
  std::set<std::string_view> named;
  for (const CommandRow& row : command_rows()) named.insert(row.name);
  for (const ExcludedCommand& command : excluded_commands()) named.insert(command.name);
  const auto expect_named = [&](const CommandSpec& spec) {
    EXPECT_TRUE(named.contains(full_name(spec))) << full_name(spec) << ": neither a row nor an exclusion";
  };
  for (const auto family : all_command_specs()) {
    for (const CommandSpec& spec : family) {
      if (std::ranges::find(covered_groups, spec.group) == std::end(covered_groups)) continue;
      expect_named(spec);
      for (const CommandSpec& subcommand : spec.subcommands) expect_named(subcommand);
    }
  }
}

TEST(Shrink, LeavesWhatFailsTogether) {
  std::vector<int> items(1000);
  for (int i = 0; i < 1000; ++i) items[static_cast<size_t>(i)] = i;
  int tries = 0;
  const auto fails = [&](const std::vector<int>& some) {
    ++tries;
    return std::ranges::count(some, 17) + std::ranges::count(some, 500) + std::ranges::count(some, 999) == 3;
  };
  EXPECT_EQ(shrink(items, fails, [] { return false; }), (std::vector<int>{17, 500, 999}));
  EXPECT_LT(tries, 200);
}

}  // namespace
}  // namespace redoubt

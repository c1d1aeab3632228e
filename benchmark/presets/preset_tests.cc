#include "benchmark/presets/preset_tests.h"

#include <utility>

namespace redoubt {
namespace {

// All of the tables that we have figures of were measured with one client.
constexpr size_t published_clients = 1;

StandardTest test_of(const PresetRow& row, const BenchmarkOptions& options) {
  StandardTest test = row.test.empty()
                          ? StandardTest{{}, *Workload::parse_sequence(row.commands, options.keys, options.values)}
                          // What a test of lists reads stands before it.
                          : std::move(standard_tests(row.test, {options.keys, options.values})->back());
  if (!row.title.empty()) test.title = row.title;
  test.only_fills = row.only_fills;
  return test;
}

}  // namespace

std::vector<PresetTest> preset_tests(const Preset& preset, const BenchmarkOptions& options) {
  std::vector<PresetTest> tests;
  for (const PresetRow& row : preset.rows) {
    PresetTest one{&row, test_of(row, options), combinations_of(options)};
    if (row.only_fills) one.combinations.resize(1);
    for (Combination& at : one.combinations) {
      if (row.pipeline > 0) at.pipeline = row.pipeline;
    }
    tests.push_back(std::move(one));
  }
  return tests;
}

std::optional<double> published_for(const PresetRow& row, const Combination& at) {
  const size_t pipeline = row.pipeline > 0 ? row.pipeline : 1;
  if (row.published == 0 || at.clients != published_clients || at.pipeline != pipeline) return std::nullopt;
  return row.published;
}

}  // namespace redoubt

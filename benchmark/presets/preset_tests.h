// The tests of a preset, as the options have them. Thread-safe: no state.
#pragma once

#include <optional>
#include <vector>

#include "benchmark/presets/preset.h"
#include "benchmark/test_list.h"

namespace redoubt {

struct PresetTest {
  const PresetRow* row;
  StandardTest test;
  // With how many clients and what pipeline.
  std::vector<Combination> combinations;
};

// In the order in which they are run.
std::vector<PresetTest> preset_tests(const Preset& preset, const BenchmarkOptions& options);
// What was published for this; none: not known, or it was another combination.
std::optional<double> published_for(const PresetRow& row, const Combination& at);

}  // namespace redoubt

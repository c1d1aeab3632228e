// What a run measures: the tests that the options name. Thread-safe: no state.
#pragma once

#include <vector>

#include "benchmark/options.h"
#include "benchmark/workload/standard_tests.h"

namespace redoubt {

// In the order in which they are run. The options were checked when they were read.
std::vector<StandardTest> tests_of(const BenchmarkOptions& options);

// The combinations in which each test is run: one, or those of a sweep, by pipeline and then clients, in ascending order.
struct Combination {
  size_t clients = 0;
  size_t pipeline = 0;
};
std::vector<Combination> combinations_of(const BenchmarkOptions& options);

}  // namespace redoubt

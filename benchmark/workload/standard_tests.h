// The tests that redis-benchmark has, by the names that scripts give them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "benchmark/workload/workload.h"
#include "common/base/result.h"

namespace redoubt {

struct TestSettings {
  KeyChoice keys = KeyChoice();  // of keys, elements and scores; without a key space there is one
  ValueChoice values = ValueChoice();
  bool tagged = false;  // for a cluster: keys have a hash tag
};

struct StandardTest {
  std::string title;
  Workload workload;
  bool only_fills = false;  // what another test reads; says little by itself
};

// Those of a comma-separated list of names ("set,lrange_100"; case does not matter), all if it is empty, in the order in
// which they are run. What lists need stands before them. The error names the word that is no test.
Result<std::vector<StandardTest>> standard_tests(std::string_view names, const TestSettings& settings);
// The names that may be given.
std::string standard_test_names();

}  // namespace redoubt

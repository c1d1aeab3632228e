#include "benchmark/test_list.h"

#include <string>

namespace redoubt {

std::vector<StandardTest> tests_of(const BenchmarkOptions& options) {
  const TestSettings settings{options.keys, options.values, options.cluster};
  if (!options.mix.empty()) {
    return {{options.mix, *Workload::parse_mix(options.mix, options.keys, options.values, options.cluster)}};
  }
  if (!options.sequence.empty()) {
    return {{options.sequence, *Workload::parse_sequence(options.sequence, options.keys, options.values)}};
  }
  if (options.command.empty()) return *standard_tests(options.tests, settings);
  std::string title;
  for (const std::string& word : options.command) title += (title.empty() ? "" : " ") + word;
  const Request request(options.command, options.key_space > 0 ? Request::Places::keys : Request::Places::none,
                        options.cluster);
  return {{title, Workload(request, options.keys, options.values)}};
}

std::vector<Combination> combinations_of(const BenchmarkOptions& options) {
  const auto or_one = [](const std::vector<size_t>& list, size_t one) {
    return list.empty() ? std::vector{one} : list;
  };
  std::vector<Combination> all;
  for (const size_t pipeline : or_one(options.pipelines, options.pipeline)) {
    for (const size_t clients : or_one(options.client_counts, options.clients)) all.push_back({clients, pipeline});
  }
  return all;
}

}  // namespace redoubt

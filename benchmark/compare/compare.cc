#include "benchmark/compare/compare.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "benchmark/compare/comparison.h"
#include "benchmark/compare/comparison_report.h"
#include "benchmark/measurer.h"
#include "benchmark/test_list.h"
#include "common/base/file.h"
#include "common/tool/terminal.h"

namespace redoubt {
namespace {

class Compare {
 public:
  Compare(const BenchmarkOptions& options, Measurer& a, Measurer& b) : options_(options), a_(a), b_(b) {}

  // The rounds of one test; fewer if it was ended.
  Comparison measure(const StandardTest& test, const Combination& at);
  // It cannot, or is not to, go on.
  bool ended() const { return failed_ || !whole_; }
  bool failed() const { return failed_; }
  bool whole() const { return whole_; }
  bool fill(const StandardTest& test);

 private:
  std::optional<Measurement> measure(Measurer& with, const StandardTest& test, const Combination& at);

  const BenchmarkOptions& options_;
  Measurer& a_;
  Measurer& b_;
  bool failed_ = false;
  bool whole_ = true;
};

// None: there is none that could be compared.
std::optional<Measurement> Compare::measure(Measurer& with, const StandardTest& test, const Combination& at) {
  auto measured = with.measure(test, at.clients, at.pipeline);
  if (!measured) {
    failed_ = true;
    return std::nullopt;
  }
  if (!measured->figures.whole) {
    whole_ = false;
    return std::nullopt;
  }
  return std::move(measured->figures);
}

bool Compare::fill(const StandardTest& test) {
  const Combination at{options_.clients, options_.pipeline};
  return measure(a_, test, at) && measure(b_, test, at);
}

Comparison Compare::measure(const StandardTest& test, const Combination& at) {
  Comparison comparison{.test = test.title, .clients = at.clients, .pipeline = at.pipeline, .rounds = {}};
  for (uint64_t round = 0; round < options_.rounds && !ended(); ++round) {
    auto a = measure(a_, test, at);
    auto b = a ? measure(b_, test, at) : std::nullopt;
    if (b) comparison.rounds.push_back({std::move(*a), std::move(*b)});
  }
  return comparison;
}

}  // namespace

int run_comparison(const BenchmarkOptions& options, const Target& a, const Target& b, Interrupt& interrupt, Output& out,
                   Output& err) {
  const auto fail = [&err](const Error& error) {
    err.print("{}\n", error.text);
    return benchmark_failed;
  };
  Result<BlockingLink> link_a = a.connect();
  if (!link_a) return fail(link_a.error());
  Result<BlockingLink> link_b = b.connect();
  if (!link_b) return fail(link_b.error());
  Measurer with_a(options, a, std::move(*link_a), interrupt, out, err);
  Measurer with_b(options, b, std::move(*link_b), interrupt, out, err);
  for (Measurer* const measurer : {&with_a, &with_b}) {
    if (const Status loaded = measurer->preload(); !loaded) return fail(loaded.error());
  }
  Compare compare(options, with_a, with_b);
  const ComparedServers servers{a.name, b.name};
  ComparisonReport report(options.form, servers, Painter::for_descriptor(STDOUT_FILENO), out);
  report.begin();
  std::vector<Comparison> comparisons;
  for (const StandardTest& test : tests_of(options)) {
    if (test.only_fills) {
      if (!compare.fill(test)) break;
      continue;
    }
    for (const Combination& at : combinations_of(options)) {
      if (compare.ended() || out.closed()) break;
      comparisons.push_back(compare.measure(test, at));
      report.comparison(comparisons.back());
      err.flush();
    }
  }
  if (!options.json_file.empty()) {
    const std::string text = comparison_json(servers, comparisons, compare.whole() && !compare.failed());
    if (const Status written = replace_file(real_file_system(), options.json_file, text); !written) {
      return fail(Error{fmt::format("cannot write {}: {}", options.json_file, written.error().text)});
    }
  }
  return compare.failed() || with_a.errors() || with_b.errors() ? benchmark_failed : 0;
}

}  // namespace redoubt

// redoubt-benchmark: how many requests a server answers in a second, and how long each takes.
#include <unistd.h>

#include "benchmark/options.h"
#include "benchmark/run.h"
#include "common/tool/output.h"

int main(int argc, char** argv) {
  using namespace redoubt;
  ignore_broken_pipes();
  Output out(STDOUT_FILENO);
  Output err(STDERR_FILENO);
  const ParsedBenchmark parsed = parse_benchmark(argc, argv, out, err);
  if (parsed.exit_status) return *parsed.exit_status;
  return run_benchmark(parsed.options, out, err);
}

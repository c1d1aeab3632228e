// The command line of redoubt-benchmark: the options of redis-benchmark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "benchmark/failover/failover_plan.h"
#include "benchmark/handoff/handoff_kind.h"
#include "benchmark/presets/preset.h"
#include "benchmark/report/report.h"
#include "benchmark/workload/key_choice.h"
#include "benchmark/workload/value_choice.h"
#include "common/net/server_uri.h"
#include "common/tool/options.h"
#include "common/tool/output.h"

namespace redoubt {

struct ReplayOptions {
  std::string file;  // a log of MONITOR, "-": standard input; empty: no replay
  double speed = 1;  // 0: as fast as replies come
};

// Values that clients hand to clients.
struct HandoffOptions {
  size_t receivers = 0;  // 0: not wanted
  HandoffForm form = HandoffForm::list;
};

struct BenchmarkOptions {
  ServerUri server;
  uint64_t requests = 100'000;
  size_t clients = 50;
  size_t data_size = 3;
  std::string payload;  // the sizes of values as they were given
  bool resp3 = false;
  size_t threads = 0;  // 0: one, and not spoken of
  bool tracking = false;
  bool cluster = false;  // the server is a node of one
  bool keep_alive = true;
  uint64_t key_space = 0;  // 0: one key
  size_t pipeline = 1;
  ReportForm form = ReportForm::full;
  int precision = 3;
  bool loop = false;
  bool idle = false;
  std::string tests;
  uint64_t seed = 0;
  KeyChoice keys = KeyChoice();
  ValueChoice values = ValueChoice();
  std::string mix;
  std::string sequence;
  uint64_t preload = 0;    // keys that are set before the first test
  uint64_t reconnect = 0;  // after so many requests; 0: never
  bool stop_on_error = false;
  double duration_seconds = 0;  // 0: until all requests are sent
  double warmup_seconds = 0;
  int64_t link_latency_ns = 0;       // added to each round trip
  uint64_t rate = 0;                 // requests per second; 0: as fast as replies come
  std::vector<std::string> command;  // of the user's own
  bool verify = false;               // a load of its own, whose replies are all looked at
  std::string json_file;             // empty: none
  std::string html_file;
  std::string hdr_file;
  ReplayOptions replay;
  HandoffOptions handoff;
  // A sweep, where either is not empty: each test with each of them, in ascending order.
  std::vector<size_t> client_counts;
  std::vector<size_t> pipelines;
  std::optional<ServerUri> compare_with;
  uint64_t rounds = 10;   // of a comparison: each server is measured so often
  FailoverPlan failover;  // if wanted, it is all that is done

  const Preset* preset = nullptr;  // instead of tests; what was given besides comes before what it says

  bool sweeps() const { return !client_counts.empty() || !pipelines.empty(); }
};

inline constexpr uint64_t most_threads = 500;

// Of redoubt-benchmark: 0, or it was not done (a bad line, no connection, error replies). As redis-benchmark has it.
inline constexpr int benchmark_failed = 1;

// What stands on the command line; or the exit status, when there is nothing more to do. Reads the last argument of a command
// from standard input, if asked to.
struct ParsedBenchmark {
  BenchmarkOptions options;
  std::optional<int> exit_status;
};
ParsedBenchmark parse_benchmark(int argc, const char* const* argv, Output& out, Output& err);

}  // namespace redoubt

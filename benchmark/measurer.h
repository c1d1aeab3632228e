// Measures tests against a server, one after another: the load, what the server spent meanwhile, the line that a person on a
// terminal sees. What went wrong is told on `err` and remembered. On one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/cluster/cluster.h"
#include "benchmark/hdr/hdr_log.h"
#include "benchmark/interrupt.h"
#include "benchmark/link/link_relay.h"
#include "benchmark/load/load.h"
#include "benchmark/options.h"
#include "benchmark/report/measurement.h"
#include "benchmark/target.h"
#include "benchmark/workload/standard_tests.h"
#include "common/tool/output.h"

namespace redoubt {

struct Measured {
  LoadResult result;
  Measurement figures;
};

class Measurer {
 public:
  // All outlive it. `link`, to the same target, is what the server is asked by.
  Measurer(const BenchmarkOptions& options, const Target& target, BlockingLink link, Interrupt& interrupt, Output& out,
           Output& err);

  // From now on each second of what is measured is written there, too. It outlives this.
  void log_seconds(HdrLog& log) { log_ = &log; }
  // From now on the load goes to the masters of this cluster, which outlives it; `links` to them are what they are asked by.
  void spread_over(Cluster& cluster, std::vector<BlockingLink> links);
  // From now on the load goes to this address of the server, by a link whose round trips take so much longer (0: the plain one).
  // Before that it is the target's, and the link as the options have it.
  void go_by(const ServerAddress& address, int64_t link_latency_ns);
  // Sets the keys that were asked for (--preload).
  Status preload();
  // None: the run cannot go on; why was told.
  std::optional<Measured> measure(const StandardTest& test, size_t clients, size_t pipeline);
  // The same of a load that somebody else makes, which does with these two what Load::run does. `plan` is what the line on the
  // terminal and the figures say of it, `logged` its name where seconds are written; empty: they are not.
  using Watch = std::function<bool(const LoadProgress&)>;
  using LoadRun = std::function<Result<LoadResult>(const Watch&, const SecondSink&)>;
  std::optional<Measured> measure(std::string_view title, const LoadPlan& plan, const std::string& logged,
                                  const LoadRun& load);
  // What the options say of a load.
  const LoadPlan& plan() const { return plan_; }
  // Ctrl-C came.
  bool interrupted() { return interrupt_.seen(); }
  // The server answered with errors to some measurement.
  bool errors() const { return errors_; }

 private:
  std::vector<ServerCpu> server_cpu();
  Status preload_with(const LoadPlan& plan, const Workload& workload);
  std::string failure_text(const std::string& why) const;
  Status set_up_link();

  const BenchmarkOptions& options_;
  const Target& target_;
  Interrupt& interrupt_;
  Output& out_;
  Output& err_;
  LoadPlan plan_;
  ServerAddress address_;
  int64_t link_latency_ns_;
  std::unique_ptr<LinkRelay> relay_;  // its CPU time is not the client's
  Cluster* cluster_ = nullptr;
  std::vector<BlockingLink> links_;  // to what is measured; none: something went away
  HdrLog* log_ = nullptr;
  bool errors_ = false;
};

}  // namespace redoubt

// The load of a run with --verify: connections in a closed loop, spread over threads, each of which looks at every reply.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "benchmark/load/load.h"
#include "benchmark/verify/verify_findings.h"
#include "benchmark/verify/verify_keys.h"
#include "benchmark/verify/verify_phase.h"
#include "benchmark/verify/verify_values.h"

namespace redoubt {

struct VerifyShared;
class VerifyWorker;

class VerifyLoad {
 public:
  // All outlive it. Of the plan, warm-up, rate and reconnecting are of no account; the first finding stops it if the first error
  // is to.
  VerifyLoad(const LoadPlan& plan, const VerifyValues& values, VerifyKeys& keys, VerifyFindings& findings);
  ~VerifyLoad();
  VerifyLoad(const VerifyLoad&) = delete;
  VerifyLoad& operator=(const VerifyLoad&) = delete;

  // Connects, and sends all requests; as Load::run.
  Result<LoadResult> run(const std::function<bool(const LoadProgress&)>& watch, const SecondSink& each_second = {});
  // When that went well and was not stopped: reads all that was written once more. `go_on` is called a few times a second.
  Status read_again(const std::function<bool()>& go_on);

 private:
  void begin(VerifyPhase phase);
  // Calls `look` now and then until all threads are done with the phase, or the time has come; false: it has.
  bool wait(int64_t until_ns, const std::function<bool()>& look);
  Status failure() const;

  std::unique_ptr<VerifyShared> shared_;
  std::vector<std::unique_ptr<VerifyWorker>> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace redoubt

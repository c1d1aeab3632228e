// The load that the benchmark makes: connections that each send a batch of requests, wait for all replies, and send the next;
// spread over threads, each with an event loop of its own. Each reply has its own latency, from before its batch was sent
// to when its last byte had come. With a rate (open loop) requests have a time at which they are due whatever the server does;
// a latency then counts from there, and the time from sending to the reply is the service time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchmark/load/histogram.h"
#include "benchmark/load/load_nodes.h"
#include "benchmark/load/seconds_series.h"
#include "benchmark/workload/workload.h"
#include "common/base/result.h"
#include "common/net/connect.h"

namespace redoubt {

struct LoadPlan {
  ServerAddress address;
  LoadNodes* nodes = nullptr;  // of a cluster, instead of the address; outlive the load. The workload has tags.
  std::string
      greeting;  // requests that each connection begins with, and how many they are; an error reply ends the run
  uint64_t greeting_replies = 0;
  size_t clients = 50;
  size_t pipeline = 1;
  size_t threads = 1;
  uint64_t requests = 100'000;   // that are measured; 0, for those who show how far it is: nobody knows
  int64_t warmup_ns = 0;         // what is sent in this time is not measured
  int64_t duration_ns = 0;       // after the warm-up; 0: until all requests are sent
  uint64_t rate = 0;             // requests per second of all threads together; 0: as fast as replies come
  uint64_t reconnect_after = 0;  // requests of a connection; 0: never
  bool stop_on_error = false;
  uint64_t seed = 0;  // 0: another one each time
  // CPU time that threads of this program have spent on other things than the load; none: there are none.
  std::function<double()> other_cpu_seconds = {};
};

// What came of one command of a mix.
struct CommandResult {
  std::string command;  // as it was given
  uint64_t errors = 0;
  Histogram latency = {};
};

struct LoadResult {
  Histogram latency;
  std::optional<Histogram> service;  // with a rate
  double seconds = 0;                // from the first connection, or the end of the warm-up, to the last reply
  double cpu_seconds = 0;            // that this program spent meanwhile
  Histogram lag;                     // how late this program was: at what was ready, and with what was due
  std::vector<SecondStats> seconds_series;
  std::map<std::string, uint64_t> errors;  // error replies by their text
  std::vector<CommandResult> commands;     // of a mix of several, in its order
  bool stopped = false;                    // before all requests were sent
  uint64_t unanswered = 0;                 // sent, or due by the rate, and without a reply when the run ended
};

// How far it is, for those who watch.
struct LoadProgress {
  uint64_t replies = 0;
  double seconds = 0;
  std::optional<SecondStats> last;   // the last second that is over
  std::optional<double> share = {};  // of the whole, where requests and time do not tell it
};

struct LoadShared;
class LoadWorker;

class Load {
 public:
  // `workload` outlives it.
  Load(LoadPlan plan, const Workload& workload);
  ~Load();

  // Returns when all replies have come, or soon after `watch`, which is called a few times a second on this thread, returned
  // false: then no more requests are sent, and replies that do not come within a second are given up. An error says why the load
  // could not go on: no connection, a server that went away, bytes that are no replies. `each_second`, if there is one, is called
  // on this thread, too, with each second that has passed, in order; also with those before an error.
  Result<LoadResult> run(const std::function<bool(const LoadProgress&)>& watch, const SecondSink& each_second = {});

 private:
  std::unique_ptr<LoadShared> shared_;
  std::vector<std::unique_ptr<LoadWorker>> workers_;
};

}  // namespace redoubt

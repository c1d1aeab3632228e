#include "benchmark/verify/verify_load.h"

#include <algorithm>

#include "benchmark/load/cpu_time.h"
#include "benchmark/verify/verify_worker.h"
#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr int64_t look_interval_ns = 250'000'000;
constexpr double ns_per_second = 1e9;

}  // namespace

VerifyLoad::VerifyLoad(const LoadPlan& plan, const VerifyValues& values, VerifyKeys& keys, VerifyFindings& findings)
    : shared_(new VerifyShared{plan, values, keys, findings}) {
  const size_t threads = std::max<size_t>(1, std::min(plan.threads, plan.clients));
  Random seeds = plan.seed == 0 ? Random() : Random(plan.seed);
  for (size_t number = 0; number < threads; ++number) {
    workers_.push_back(std::make_unique<VerifyWorker>(*shared_, threads, number, seeds));
  }
  shared_->phases.begin(VerifyPhase::connecting, threads);
  for (const auto& worker : workers_) threads_.emplace_back([&worker] { worker->run(); });
}

VerifyLoad::~VerifyLoad() {
  begin(VerifyPhase::over);
  for (std::thread& thread : threads_) thread.join();
}

void VerifyLoad::begin(VerifyPhase phase) {
  shared_->phases.begin(phase, workers_.size());
  for (const auto& worker : workers_) worker->wake();
}

bool VerifyLoad::wait(int64_t until_ns, const std::function<bool()>& look) {
  while (true) {
    const int64_t now_ns = monotonic_ns();
    if (shared_->phases.wait(std::clamp<int64_t>(until_ns - now_ns, 0, look_interval_ns))) return true;
    if (!look()) shared_->stopping = true;
    if (monotonic_ns() >= until_ns) return false;
  }
}

Result<LoadResult> VerifyLoad::run(const std::function<bool(const LoadProgress&)>& watch,
                                   const SecondSink& each_second) {
  wait(INT64_MAX, [&watch] { return watch({}); });
  if (const Status connected = failure(); !connected) return connected.error();
  const LoadPlan& plan = shared_->plan;
  const int64_t began_ns = monotonic_ns();
  const double cpu_before = process_cpu_seconds();
  shared_->series.begin(began_ns);
  SecondTeller teller(shared_->series, each_second);
  std::optional<SecondStats> last;
  const auto seconds = [began_ns] { return static_cast<double>(monotonic_ns() - began_ns) / ns_per_second; };
  const auto look = [&] {
    teller.tell(seconds());
    const auto news = shared_->series.told(last ? last->second + 1 : 0);
    if (!news.empty()) last = news.back();
    LoadProgress now{.seconds = seconds(), .last = last};
    for (const auto& worker : workers_) now.replies += worker->replies();
    return watch(now);
  };
  begin(VerifyPhase::loading);
  if (!wait(plan.duration_ns > 0 ? began_ns + plan.duration_ns : INT64_MAX, look)) {
    shared_->budget.clear();
    wait(INT64_MAX, look);
  }
  LoadResult result;
  result.seconds = seconds();
  result.cpu_seconds = process_cpu_seconds() - cpu_before;
  teller.tell(result.seconds);
  if (const Status went = failure(); !went) return went.error();
  result.stopped = shared_->stopping;
  result.seconds_series = shared_->series.told();
  for (const auto& worker : workers_) {
    result.latency.add(worker->latency());
    result.lag.add(worker->lag());
    result.unanswered += worker->unanswered();
    for (const auto& [text, count] : worker->errors()) result.errors[text] += count;
  }
  return result;
}

Status VerifyLoad::read_again(const std::function<bool()>& go_on) {
  begin(VerifyPhase::reading);
  wait(INT64_MAX, go_on);
  return failure();
}

Status VerifyLoad::failure() const {
  for (const auto& worker : workers_) {
    if (!worker->failure().empty()) return Error{worker->failure()};
  }
  return {};
}

}  // namespace redoubt

#include "benchmark/load/load.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "benchmark/load/cpu_time.h"
#include "benchmark/load/load_worker.h"
#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr int64_t watch_interval_ns = 250'000'000;
constexpr int64_t nodes_interval_ns = 20'000'000;

// That of the load, without what other threads of the program did.
double cpu_seconds(const LoadPlan& plan) {
  return process_cpu_seconds() - (plan.other_cpu_seconds ? plan.other_cpu_seconds() : 0);
}

// Joins the threads at the end, and tells when the last of them is done.
class Crew {
 public:
  ~Crew() {
    for (std::thread& thread : threads_) thread.join();
  }
  void add(LoadWorker& worker) {
    ++working_;
    threads_.emplace_back([this, &worker] {
      worker.run();
      const std::scoped_lock lock(mutex_);
      if (--working_ == 0) done_.notify_all();
    });
  }
  // False: they still work.
  bool wait(int64_t patience_ns) {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, std::chrono::nanoseconds(patience_ns), [this] { return working_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  size_t working_ = 0;
  std::vector<std::thread> threads_;
};

// What all threads counted; or why one of them could not go on.
Status add_up(const std::vector<std::unique_ptr<LoadWorker>>& workers, const Workload& workload, LoadResult& result) {
  if (workload.requests().size() > 1) {
    for (const Workload::Weighted& one : workload.requests()) result.commands.push_back({one.text});
  }
  for (const auto& worker : workers) {
    if (!worker->failure().empty()) return Error{worker->failure()};
    result.latency.add(worker->latency());
    if (worker->service()) {
      if (!result.service) result.service.emplace();
      result.service->add(*worker->service());
    }
    result.lag.add(worker->lag());
    result.unanswered += worker->unanswered();
    for (size_t number = 0; number < worker->commands().size(); ++number) {
      result.commands[number].errors += worker->commands()[number].errors;
      if (const auto& latency = worker->commands()[number].latency) result.commands[number].latency.add(*latency);
    }
    for (const auto& [text, count] : worker->errors()) result.errors[text] += count;
  }
  return {};
}

}  // namespace

Load::Load(LoadPlan plan, const Workload& workload) : shared_(new LoadShared{std::move(plan), workload}) {
  const LoadPlan& of = shared_->plan;
  const size_t threads = std::max<size_t>(1, std::min(of.threads, of.clients));
  Random random = of.seed == 0 ? Random() : Random(of.seed);
  for (size_t index = 0, first = 0; index < threads; ++index) {
    const size_t clients = of.clients / threads + (index < of.clients % threads ? 1 : 0);
    workers_.push_back(std::make_unique<LoadWorker>(*shared_, first, clients, random.next(), index));
    first += clients;
  }
}

Load::~Load() = default;

Result<LoadResult> Load::run(const std::function<bool(const LoadProgress&)>& watch, const SecondSink& each_second) {
  const LoadPlan& plan = shared_->plan;
  const int64_t began_ns = monotonic_ns();
  int64_t measured_from_ns = began_ns + plan.warmup_ns;
  int64_t watch_ns = measured_from_ns + watch_interval_ns;
  shared_->series.begin(began_ns);
  SecondTeller teller(shared_->series, each_second);
  std::optional<SecondStats> last;
  double cpu_before = cpu_seconds(plan);
  const auto measured_for = [&measured_from_ns] { return std::max<int64_t>(0, monotonic_ns() - measured_from_ns); };
  {
    Crew crew;
    for (const auto& worker : workers_) crew.add(*worker);
    while (true) {
      int64_t next_ns = watch_ns;
      if (!shared_->measuring)
        next_ns = measured_from_ns;
      else if (plan.duration_ns > 0 && !shared_->over)
        next_ns = std::min(next_ns, measured_from_ns + plan.duration_ns);
      if (plan.nodes != nullptr) next_ns = std::min(next_ns, monotonic_ns() + nodes_interval_ns);
      if (crew.wait(next_ns - monotonic_ns())) break;
      if (plan.nodes != nullptr) plan.nodes->look();
      const int64_t now_ns = monotonic_ns();
      if (!shared_->measuring && now_ns >= measured_from_ns) {
        cpu_before = cpu_seconds(plan);
        measured_from_ns = monotonic_ns();
        shared_->series.begin(measured_from_ns);
        shared_->measuring = true;
      }
      if (plan.duration_ns > 0 && !shared_->over && now_ns >= measured_from_ns + plan.duration_ns) {
        shared_->end();
        for (const auto& worker : workers_) worker->wake();
      }
      if (now_ns < watch_ns) continue;
      teller.tell(static_cast<double>(measured_for()) / 1e9);
      watch_ns = now_ns + watch_interval_ns;
      uint64_t replies = 0;
      for (const auto& worker : workers_) replies += worker->replies();
      const auto news = shared_->series.told(last ? last->second + 1 : 0);
      if (!news.empty()) last = news.back();
      if (!watch({replies, static_cast<double>(measured_for()) / 1e9, last})) shared_->stopping = true;
    }
  }
  LoadResult result;
  result.seconds = static_cast<double>(measured_for()) / 1e9;
  result.cpu_seconds = cpu_seconds(plan) - cpu_before;
  result.stopped = shared_->stopping;
  teller.tell(result.seconds);
  result.seconds_series = shared_->series.told();
  if (const Status added = add_up(workers_, shared_->workload, result); !added) return added.error();
  return result;
}

}  // namespace redoubt

#include "benchmark/load.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "benchmark/load_worker.h"
#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr std::chrono::milliseconds watch_interval{250};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
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
  bool wait(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, patience, [this] { return working_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  size_t working_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

Load::Load(LoadPlan plan, const Request& request) : shared_(new LoadShared{std::move(plan), request}) {
  const LoadPlan& of = shared_->plan;
  const size_t threads = std::max<size_t>(1, std::min(of.threads, of.clients));
  Random random = of.seed == 0 ? Random() : Random(of.seed);
  for (size_t index = 0; index < threads; ++index) {
    const size_t clients = of.clients / threads + (index < of.clients % threads ? 1 : 0);
    workers_.push_back(std::make_unique<LoadWorker>(*shared_, clients, random.next()));
  }
}

Load::~Load() = default;

void Load::stop() { shared_->stopping = true; }

Result<LoadResult> Load::run(const std::function<void(const LoadProgress&)>& watch) {
  const int64_t began_ns = monotonic_ns();
  const double cpu_before = cpu_seconds();
  const auto elapsed = [began_ns] { return static_cast<double>(monotonic_ns() - began_ns) / 1e9; };
  {
    Crew crew;
    for (const auto& worker : workers_) crew.add(*worker);
    while (!crew.wait(watch_interval)) {
      uint64_t replies = 0;
      for (const auto& worker : workers_) replies += worker->replies();
      if (watch) watch({replies, elapsed()});
    }
  }
  LoadResult result;
  result.seconds = elapsed();
  result.cpu_seconds = cpu_seconds() - cpu_before;
  result.stopped = shared_->stopping;
  for (const auto& worker : workers_) {
    if (!worker->failure().empty()) return Error{worker->failure()};
    result.latency.add(worker->latency());
    for (const auto& [text, count] : worker->errors()) result.errors[text] += count;
  }
  return result;
}

}  // namespace redoubt

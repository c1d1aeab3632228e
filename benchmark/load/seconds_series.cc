#include "benchmark/load/seconds_series.h"

#include <algorithm>
#include <utility>

namespace redoubt {
namespace {

constexpr int64_t second_ns = 1'000'000'000;

}  // namespace

size_t SecondsSeries::join() {
  const std::scoped_lock lock(mutex_);
  next_.push_back(0);
  return next_.size() - 1;
}

std::vector<SecondStats> SecondsSeries::told(size_t from) const {
  const std::scoped_lock lock(mutex_);
  if (from >= told_.size()) return {};
  return {told_.begin() + static_cast<ptrdiff_t>(from), told_.end()};
}

std::vector<std::optional<Histogram>> SecondsSeries::take_latencies() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(kept_, {});
}

void SecondsSeries::add(size_t recorder, uint64_t second, const Histogram& latencies, uint64_t next) {
  const std::scoped_lock lock(mutex_);
  if (latencies.count() > 0) open_[second].add(latencies);
  next_[recorder] = next;
  tell(*std::min_element(next_.begin(), next_.end()));
}

void SecondsSeries::leave(size_t recorder, uint64_t second, const Histogram& latencies) {
  add(recorder, second, latencies, UINT64_MAX);
}

void SecondsSeries::tell(uint64_t before) {
  // When all have left, up to the last that has something.
  if (before == UINT64_MAX) before = open_.empty() ? 0 : open_.rbegin()->first + 1;
  while (told_.size() < before) {
    SecondStats stats{.second = told_.size()};
    if (keeps_) kept_.emplace_back();
    if (const auto found = open_.find(stats.second); found != open_.end()) {
      const Histogram& latencies = found->second;
      stats.replies = latencies.count();
      stats.p50_ns = latencies.percentile(50);
      stats.p99_ns = latencies.percentile(99);
      stats.max_ns = latencies.max();
      if (keeps_) kept_.back() = std::move(found->second);
      open_.erase(found);
    }
    told_.push_back(stats);
  }
}

void LatencyRecorder::turn(int64_t now_ns) {
  const int64_t began_ns = series_.began_ns();
  const auto now = static_cast<uint64_t>(std::max<int64_t>(0, now_ns - began_ns) / second_ns);
  if (end_ns_ != 0 || now > 0) series_.add(number_, at_, second_, now);
  total_.add(second_);
  second_.clear();
  at_ = now;
  end_ns_ = began_ns + static_cast<int64_t>(now + 1) * second_ns;
}

void LatencyRecorder::finish() {
  series_.leave(number_, at_, second_);
  total_.add(second_);
  second_.clear();
}

SecondTeller::SecondTeller(SecondsSeries& series, SecondSink sink) : series_(series), sink_(std::move(sink)) {
  if (sink_) series_.keep_latencies();
}

void SecondTeller::tell(double measured_seconds) {
  if (!sink_) return;
  for (std::optional<Histogram>& latencies : series_.take_latencies()) {
    const uint64_t second = told_++;
    if (!latencies) latencies.emplace();
    sink_({series_.began_ns() + static_cast<int64_t>(second) * second_ns,
           std::clamp(measured_seconds - static_cast<double>(second), 0.0, 1.0), *latencies});
  }
}

}  // namespace redoubt

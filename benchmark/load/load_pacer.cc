#include "benchmark/load/load_pacer.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace redoubt {
namespace {

constexpr int64_t ns_per_second = 1'000'000'000;

}  // namespace

LoadPacer::LoadPacer(EventLoop& loop, double rate)
    : loop_(loop),
      interval_ns_(static_cast<double>(ns_per_second) / rate),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (timer_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  loop_.watch(timer_, *this, true, false);
}

LoadPacer::~LoadPacer() {
  loop_.unwatch(timer_, *this);
  close(timer_);
}

uint64_t LoadPacer::due(int64_t now_ns) {
  if (began_ns_ == 0) began_ns_ = now_ns;
  if (now_ns < start_of(next_)) return 0;
  const auto last = static_cast<uint64_t>(static_cast<double>(now_ns - began_ns_) / interval_ns_);
  return last < next_ ? 1 : last - next_ + 1;  // below: by rounding
}

uint64_t LoadPacer::take(uint64_t count) {
  const uint64_t first = next_;
  next_ += count;
  return first;
}

int64_t LoadPacer::start_of(uint64_t slot) const {
  return began_ns_ + static_cast<int64_t>(static_cast<double>(slot) * interval_ns_);
}

void LoadPacer::wake_at_next() {
  const int64_t at_ns = start_of(next_);
  itimerspec when{};
  when.it_value.tv_sec = at_ns / ns_per_second;
  when.it_value.tv_nsec = at_ns % ns_per_second;
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
}

void LoadPacer::on_ready(bool /*readable*/, bool /*writable*/, bool /*hung_up*/) {
  uint64_t times = 0;
  [[maybe_unused]] const ssize_t got = read(timer_, &times, sizeof times);  // nothing is missed if it fails
}

}  // namespace redoubt

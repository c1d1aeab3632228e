#include "benchmark/load/loop_timer.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace redoubt {
namespace {

timespec timespec_of(int64_t ns) {
  constexpr int64_t ns_per_second = 1'000'000'000;
  return {.tv_sec = ns / ns_per_second, .tv_nsec = ns % ns_per_second};
}

}  // namespace

LoopTimer::LoopTimer(EventLoop& loop, ReadyHandler& handler)
    : loop_(loop), handler_(handler), descriptor_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  loop_.watch(descriptor_, handler_, true, false);
}

LoopTimer::~LoopTimer() {
  loop_.unwatch(descriptor_, handler_);
  close(descriptor_);
}

void LoopTimer::set(int64_t at_ns, int64_t every_ns) {
  const itimerspec when{.it_interval = timespec_of(every_ns), .it_value = timespec_of(at_ns)};
  timerfd_settime(descriptor_, TFD_TIMER_ABSTIME, &when, nullptr);
}

uint64_t LoopTimer::take_expired() {
  uint64_t times = 0;
  return read(descriptor_, &times, sizeof times) == sizeof times ? times : 0;
}

}  // namespace redoubt

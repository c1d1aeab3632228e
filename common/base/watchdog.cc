#include "common/base/watchdog.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <stdexcept>

#include "common/base/crash_writer.h"

namespace redoubt {
namespace {

constexpr int ticks_per_period = 4;

// A handler has no other way to its data than a global.
std::atomic<Watchdog*> active{nullptr};

void on_alarm(int, siginfo_t* info, void* context) {
  Watchdog* const watchdog = active.load();
  if (watchdog == nullptr) return;
  const bool from_timer = info->si_code == SI_TIMER;
  if (from_timer && !watchdog->tick()) return;
  const int saved_errno = errno;
  {
    CrashWriter out(watchdog->log());
    out.decimal(getpid()).text(":signal-handler (").decimal(time(nullptr)).text(") \n");
    out.text(from_timer ? "--- WATCHDOG TIMER EXPIRED ---\n" : "Received SIGALRM\n");
    write_stack_trace(out, context);
    out.text("--------\n");
  }
  errno = saved_errno;
}

}  // namespace

Watchdog::Watchdog(Log& log) : log_(log) {
  prepare_stack_traces();
  Watchdog* none = nullptr;
  if (!active.compare_exchange_strong(none, this)) throw std::logic_error("two watchdogs");
  struct sigaction action {};
  action.sa_sigaction = on_alarm;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigaction(SIGALRM, &action, nullptr);
}

Watchdog::~Watchdog() {
  stop();
  // A signal that is under way must not kill the process.
  std::signal(SIGALRM, SIG_IGN);
  active.store(nullptr);
}

void Watchdog::start(std::chrono::milliseconds period) {
  stop();
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGALRM;
  event._sigev_un._tid = gettid();
  if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) throw std::runtime_error("no timer for the watchdog");
  seen_ = pets_.load(std::memory_order_relaxed);
  quiet_ticks_ = 0;
  running_ = true;
  const int64_t tick_ns = std::max<int64_t>(period.count() * 1000000 / ticks_per_period, 1000000);
  itimerspec times{};
  times.it_interval.tv_sec = tick_ns / 1000000000;
  times.it_interval.tv_nsec = tick_ns % 1000000000;
  times.it_value = times.it_interval;
  timer_settime(timer_, 0, &times, nullptr);
}

void Watchdog::stop() {
  if (running_) timer_delete(timer_);
  running_ = false;
}

bool Watchdog::tick() {
  const uint64_t pets = pets_.load(std::memory_order_relaxed);
  if (pets != seen_) {
    seen_ = pets;
    quiet_ticks_ = 0;
    return false;
  }
  // Exactly equal: not again until it was petted.
  return ++quiet_ticks_ == ticks_per_period;
}

}  // namespace redoubt

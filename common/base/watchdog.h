// The software watchdog: when the watched thread does not call pet() for longer than a period, a stack trace of what it is
// doing goes to the log, `--- WATCHDOG TIMER EXPIRED ---`, once per stall. A SIGALRM from outside gives a trace at any time.
// Works by a timer that sends SIGALRM to the watched thread (system calls there are restarted, or return EINTR). One
// Watchdog at a time per process; start, stop and pet are for the watched thread.
#pragma once

#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "common/base/log.h"

namespace redoubt {

class Watchdog {
 public:
  // Installs the handler of SIGALRM; does not start. `log` must outlive this object. Throws std::logic_error if there is
  // a Watchdog already.
  explicit Watchdog(Log& log);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Watches the calling thread from now on; again for another period. A stall is noticed after 1 to 1.25 periods.
  void start(std::chrono::milliseconds period);
  void stop();
  bool running() const { return running_; }
  void pet() { pets_.store(pets_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }

  // For the signal handler: one tick of the timer; true if the stall is to be reported.
  bool tick();
  Log& log() { return log_; }

 private:
  Log& log_;
  timer_t timer_{};
  bool running_ = false;
  std::atomic<uint64_t> pets_{0};
  uint64_t seen_ = 0;
  int quiet_ticks_ = 0;
};

}  // namespace redoubt

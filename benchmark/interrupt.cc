#include "benchmark/interrupt.h"

#include <csignal>
#include <ctime>

namespace redoubt {
namespace {

sigset_t the_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = the_signal();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void Interrupt::came() {
  seen_ = true;
  const sigset_t set = the_signal();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool Interrupt::seen() {
  const sigset_t set = the_signal();
  const timespec now{};
  if (!seen_ && sigtimedwait(&set, nullptr, &now) == SIGINT) came();
  return seen_;
}

void Interrupt::wait() {
  const sigset_t set = the_signal();
  int signal = 0;
  while (!seen_) {
    if (sigwait(&set, &signal) == 0) came();
  }
}

}  // namespace redoubt

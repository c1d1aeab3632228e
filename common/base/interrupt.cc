#include <unistd.h>

#include <atomic>
#include <csignal>

#include "common/base/process.h"

namespace redoubt {
namespace {

// A signal handler has no other place to look.
std::atomic<void (*)(int)> first_handler{nullptr};
std::atomic<bool> interrupted{false};

void on_interrupt(int signal) {
  if (interrupted.exchange(true)) {
    constexpr char farewell[] = "You insist... exiting now.\n";
    (void)!write(STDOUT_FILENO, farewell, sizeof farewell - 1);
    _exit(1);
  }
  if (auto* handler = first_handler.load(); handler != nullptr) handler(signal);
}

}  // namespace

void exit_on_second_interrupt() {
  interrupted = false;
  struct sigaction now {};
  sigaction(SIGINT, nullptr, &now);
  if (now.sa_handler == on_interrupt) return;
  first_handler = now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN ? nullptr : now.sa_handler;
  now.sa_handler = on_interrupt;
  sigaction(SIGINT, &now, nullptr);
}

}  // namespace redoubt

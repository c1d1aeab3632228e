#include "common/base/crash_report.h"

#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace redoubt {
namespace {

constexpr int crash_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr int timeout_signal = SIGVTALRM;  // SIGALRM belongs to the watchdog
constexpr size_t stack_size = 512 * 1024;
constexpr size_t guard_size = 64 * 1024;  // at least a page on every system

// A handler has no other way to its data than a global.
std::atomic<CrashHandlers::Impl*> active{nullptr};

// By the default action of the signal; the first process of a container is immune to it and exits instead.
[[noreturn]] void die(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  raise(signal);
  _exit(128 + signal);
}

[[noreturn]] void wait_for_the_end() {
  for (;;) pause();
}

void install(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  sigemptyset(&action.sa_mask);
  // SA_NODEFER: a second crash must reach the handler again, not kill at once.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigaction(signal, &action, nullptr);
}

}  // namespace

struct CrashHandlers::Impl {
  Impl(Log& log_to_use, CrashOptions options_to_use)
      : log(log_to_use), options(std::move(options_to_use)), exit_on_panic(options.exit_on_panic) {}

  // All from here on is called in handlers.

  // Whether the calling thread is the one to write the report. A thread that is at it already has crashed again, and does
  // not return; nor do other threads.
  void begin(int signal) {
    pid_t owner = 0;
    const pid_t self = gettid();
    if (reporter.compare_exchange_strong(owner, self)) {
      reported_signal.store(signal);
      itimerspec once{};
      once.it_value.tv_sec = static_cast<time_t>(options.patience.count() / 1000);
      once.it_value.tv_nsec = static_cast<long>(options.patience.count() % 1000 * 1000000);
      if (has_timer) timer_settime(timer, 0, &once, nullptr);
      CrashWriter(log).text("\n\n=== REDIS BUG REPORT START: Cut & paste starting from here ===\n");
      return;
    }
    if (owner == self) cut_short("The report stops here: writing it crashed, too.");
    wait_for_the_end();
  }

  [[noreturn]] void cut_short(std::string_view reason) {
    if (!ended.exchange(true)) {
      CrashWriter out(log);
      out.text("\n").text(reason).text("\n");
      end(out);
    }
    finish();
  }

  void end(CrashWriter& out) {
    out.text("\n=== REDIS BUG REPORT END. Make sure to include from START to END. ===\n");
    out.flush();
  }

  [[noreturn]] void finish() {
    if (panicked.load() && exit_on_panic.load()) _exit(1);
    die(reported_signal.load());
  }

  [[noreturn]] void complete(CrashWriter& out, const void* context) {
    write_stack_trace(out, context);
    write_registers(out, context);
    if (options.sections) options.sections(out);
    write_readable_stack(out, context);
    if (ended.exchange(true)) wait_for_the_end();  // the time is up, and another thread is ending it
    end(out);
    finish();
  }

  Log& log;
  CrashOptions options;
  std::atomic<bool> exit_on_panic;
  AlternateSignalStack stack;
  timer_t timer{};
  bool has_timer = false;
  std::atomic<pid_t> reporter{0};
  std::atomic<int> reported_signal{SIGABRT};
  std::atomic<bool> panicked{false};
  std::atomic<bool> ended{false};
};

namespace {

void on_crash(int signal, siginfo_t* info, void* context) {
  CrashHandlers::Impl* const impl = active.load();
  if (impl == nullptr) die(signal);
  impl->begin(signal);
  CrashWriter out(impl->log);
  out.text(impl->options.program).text(" crashed by signal: ").decimal(signal);
  out.text(", si_code: ").decimal(info->si_code).text("\n");
  if (info->si_code > 0 && (signal == SIGSEGV || signal == SIGBUS)) {
    out.text("Accessing address: 0x").hex(reinterpret_cast<uint64_t>(info->si_addr)).text("\n");
  }
  if (info->si_code <= 0) {
    out.text("Killed by PID: ").decimal(info->si_pid).text(", UID: ").decimal(info->si_uid).text("\n");
  }
  out.text("Crashed running the instruction at: 0x").hex(instruction_address(context)).text("\n");
  impl->complete(out, context);
}

void on_timeout(int signal, siginfo_t* info, void*) {
  CrashHandlers::Impl* const impl = active.load();
  if (impl == nullptr || info->si_code != SI_TIMER) die(signal);
  impl->cut_short("The report stops here: it took too long.");
}

[[noreturn]] void fail(std::string_view title, std::string_view what, std::string_view file, int line,
                       std::string_view before, std::string_view after) {
  CrashHandlers::Impl* const impl = active.load();
  if (impl == nullptr) {
    const std::string text =
        std::string(title) + ": " + std::string(file) + ":" + std::to_string(line) + " " + std::string(what) + "\n";
    if (write(STDERR_FILENO, text.data(), text.size()) < 0) _exit(1);
    abort();
  }
  impl->begin(SIGABRT);
  impl->panicked.store(true);
  CrashWriter out(impl->log);
  out.text("=== ").text(title).text(" ===\n==> ").text(file).text(":").decimal(line).text(" ");
  out.text(before).text(what).text(after).text("\n");
  impl->complete(out, nullptr);
}

}  // namespace

AlternateSignalStack::AlternateSignalStack()
    : memory_(mmap(nullptr, guard_size + stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
  if (memory_ == MAP_FAILED) throw std::bad_alloc();
  mprotect(memory_, guard_size, PROT_NONE);
  stack_t stack{};
  stack.ss_sp = static_cast<char*>(memory_) + guard_size;
  stack.ss_size = stack_size;
  sigaltstack(&stack, nullptr);
}

AlternateSignalStack::~AlternateSignalStack() {
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
  munmap(memory_, guard_size + stack_size);
}

CrashHandlers::CrashHandlers(Log& log, CrashOptions options) : impl_(std::make_unique<Impl>(log, std::move(options))) {
  prepare_stack_traces();
  Impl* none = nullptr;
  if (!active.compare_exchange_strong(none, impl_.get())) throw std::logic_error("two sets of crash handlers");
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = timeout_signal;
  impl_->has_timer = timer_create(CLOCK_MONOTONIC, &event, &impl_->timer) == 0;
  install(timeout_signal, on_timeout);
  for (const int signal : crash_signals) install(signal, on_crash);
}

CrashHandlers::~CrashHandlers() {
  for (const int signal : crash_signals) std::signal(signal, SIG_DFL);
  if (impl_->has_timer) timer_delete(impl_->timer);
  std::signal(timeout_signal, SIG_DFL);
  active.store(nullptr);
}

void CrashHandlers::set_exit_on_panic(bool value) { impl_->exit_on_panic.store(value); }

void fail_assertion(std::string_view expression, std::string_view file, int line) {
  fail("ASSERTION FAILED", expression, file, line, "'", "' is not true");
}

void fail_panic(std::string_view message, std::string_view file, int line) {
  fail("PANIC", message, file, line, "Guru Meditation: ", "");
}

}  // namespace redoubt

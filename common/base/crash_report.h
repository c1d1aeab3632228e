// The report that a program leaves in its log when it crashes. CrashHandlers catches SIGSEGV, SIGBUS, SIGFPE, SIGILL and
// SIGABRT, writes what happened, the stack and the registers, then the sections that the program supplies, and ends the
// process by the same signal. A crash while the report is written, or a report that takes longer than `patience`, cuts it
// short but still ends it; other threads that crash meanwhile wait. One CrashHandlers at a time per process.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/crash_writer.h"
#include "common/base/log.h"

namespace redoubt {

struct CrashOptions {
  std::string program = "Redoubt";  // name and version, as in "Redoubt 7.2.4 crashed by signal: 11"
  // Called in the handler to add sections (INFO, clients, the current command). It may allocate and read the program's
  // data: if that crashes or hangs, the rest of the report is lost, no more.
  std::function<void(CrashWriter&)> sections;
  std::chrono::milliseconds patience{5000};
  bool exit_on_panic = false;  // after a failed assertion or panic: exit(1) instead of SIGABRT
};

class CrashHandlers {
 public:
  // Installs the handlers. `log` must outlive this object. Throws std::logic_error if there is one already.
  CrashHandlers(Log& log, CrashOptions options);
  // Puts the default actions back.
  ~CrashHandlers();
  CrashHandlers(const CrashHandlers&) = delete;
  CrashHandlers& operator=(const CrashHandlers&) = delete;

  void set_exit_on_panic(bool value);

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

// A stack of its own for the signal handlers of the calling thread, so that a stack overflow can be reported. One per
// thread that should have it, at its start (CrashHandlers brings that of the thread that makes it); ends with the thread.
class AlternateSignalStack {
 public:
  AlternateSignalStack();
  ~AlternateSignalStack();
  AlternateSignalStack(const AlternateSignalStack&) = delete;
  AlternateSignalStack& operator=(const AlternateSignalStack&) = delete;

 private:
  void* memory_;
};

// Ends the process with a report that says why; without CrashHandlers, with a line on stderr. Thread-safe.
[[noreturn]] void fail_assertion(std::string_view expression, std::string_view file, int line);
[[noreturn]] void fail_panic(std::string_view message, std::string_view file, int line);

}  // namespace redoubt

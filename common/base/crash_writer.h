// How code that runs inside a signal handler writes: a small buffer in front of Log::write_signal_safe. Async-signal-safe
// throughout: no allocation, no locks. Not thread-safe; what is buffered is written by flush() and by the destructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/log.h"

namespace redoubt {

class CrashWriter {
 public:
  explicit CrashWriter(Log& log) : log_(log) {}
  ~CrashWriter() { flush(); }
  CrashWriter(const CrashWriter&) = delete;
  CrashWriter& operator=(const CrashWriter&) = delete;

  CrashWriter& text(std::string_view text);
  CrashWriter& decimal(int64_t value);
  CrashWriter& hex(uint64_t value, int least_digits = 1);  // without 0x
  // An empty line and `------ TITLE ------`.
  CrashWriter& section(std::string_view title);
  void flush();

 private:
  Log& log_;
  size_t used_ = 0;
  char buffer_[2048];
};

// Writes a `------ STACK TRACE ------` of the calling thread, one line `MODULE(SYMBOL+0xOFFSET)[0xADDRESS]` per frame.
// `context` is the ucontext_t that a handler gets, or nullptr outside of one. Symbols are as the linker knows them; those of
// a program itself are there only if it was linked with -rdynamic, else the offset is for addr2line.
void write_stack_trace(CrashWriter& out, const void* context);
// The names of the same frames as people write them. NOT signal-safe (it allocates): only where a second crash is caught.
void write_readable_stack(CrashWriter& out, const void* context);
// The `------ REGISTERS ------` of a context, where the processor is known.
void write_registers(CrashWriter& out, const void* context);
// The address of the interrupted instruction; 0 if unknown.
uint64_t instruction_address(const void* context);
// backtrace() loads a library when first called; that must not happen in a handler.
void prepare_stack_traces();

}  // namespace redoubt

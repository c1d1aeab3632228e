#include "common/base/crash_writer.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <ucontext.h>

#include <cstdlib>
#include <cstring>

#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr int max_frames = 100;

struct Frames {
  void* address[max_frames];
  int first = 0;  // where the interrupted code begins, behind the frames of the handler
  int count = 0;
};

void collect(Frames& frames, const void* context) {
  frames.count = backtrace(frames.address, max_frames);
  const uint64_t interrupted = instruction_address(context);
  for (int i = 0; i < frames.count; ++i) {
    if (interrupted != 0 && reinterpret_cast<uint64_t>(frames.address[i]) == interrupted) frames.first = i;
  }
}

void write_frame(CrashWriter& out, const void* address) {
  Dl_info info{};
  const auto number = reinterpret_cast<uint64_t>(address);
  if (dladdr(address, &info) != 0 && info.dli_fname != nullptr) {
    const void* base = info.dli_sname != nullptr ? info.dli_saddr : info.dli_fbase;
    out.text(info.dli_fname).text("(");
    if (info.dli_sname != nullptr) out.text(info.dli_sname);
    out.text("+0x").hex(number - reinterpret_cast<uint64_t>(base)).text(")");
  }
  out.text("[0x").hex(number).text("]\n");
}

}  // namespace

CrashWriter& CrashWriter::text(std::string_view text) {
  if (text.size() > sizeof buffer_ - used_) flush();
  if (text.size() > sizeof buffer_) {
    log_.write_signal_safe(text);
    return *this;
  }
  if (!text.empty()) std::memcpy(buffer_ + used_, text.data(), text.size());
  used_ += text.size();
  return *this;
}

CrashWriter& CrashWriter::decimal(int64_t value) {
  char digits[max_integer_text];
  return text({digits, format_i64(digits, value)});
}

CrashWriter& CrashWriter::hex(uint64_t value, int least_digits) {
  char digits[16];
  int at = 16;
  while (at > 0 && (value != 0 || 16 - at < least_digits)) {
    digits[--at] = "0123456789abcdef"[value & 15];
    value >>= 4;
  }
  return text({digits + at, static_cast<size_t>(16 - at)});
}

CrashWriter& CrashWriter::section(std::string_view title) { return text("\n------ ").text(title).text(" ------\n"); }

void CrashWriter::flush() {
  if (used_ > 0) log_.write_signal_safe({buffer_, used_});
  used_ = 0;
}

uint64_t instruction_address(const void* context) {
  if (context == nullptr) return 0;
  const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<uint64_t>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return machine.pc;
#else
  return 0;
#endif
}

void write_stack_trace(CrashWriter& out, const void* context) {
  Frames frames;
  collect(frames, context);
  out.section("STACK TRACE");
  if (const uint64_t interrupted = instruction_address(context); interrupted != 0) {
    out.text("EIP:\n");
    write_frame(out, reinterpret_cast<const void*>(interrupted));
    out.text("\n");
  }
  out.text("Backtrace:\n");
  for (int i = frames.first; i < frames.count; ++i) write_frame(out, frames.address[i]);
  out.flush();
}

void write_readable_stack(CrashWriter& out, const void* context) {
  Frames frames;
  collect(frames, context);
  out.section("STACK TRACE, READABLE NAMES");
  for (int i = frames.first; i < frames.count; ++i) {
    Dl_info info{};
    const char* name = dladdr(frames.address[i], &info) != 0 ? info.dli_sname : nullptr;
    int status = 0;
    char* const readable = name != nullptr ? abi::__cxa_demangle(name, nullptr, nullptr, &status) : nullptr;
    out.text("#").decimal(i - frames.first).text(" ");
    out.text(readable != nullptr ? readable : name != nullptr ? name : "?").text("\n");
    free(readable);
  }
  out.flush();
}

void write_registers(CrashWriter& out, const void* context) {
  if (context == nullptr) return;
  [[maybe_unused]] const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
  out.section("REGISTERS");
#if defined(__x86_64__)
  struct Register {
    const char* name;
    int index;
  };
  static constexpr Register registers[] = {
      {"RAX:", REG_RAX}, {"RBX:", REG_RBX}, {"RCX:", REG_RCX}, {"RDX:", REG_RDX},      {"RDI:", REG_RDI},
      {"RSI:", REG_RSI}, {"RBP:", REG_RBP}, {"RSP:", REG_RSP}, {"R8 :", REG_R8},       {"R9 :", REG_R9},
      {"R10:", REG_R10}, {"R11:", REG_R11}, {"R12:", REG_R12}, {"R13:", REG_R13},      {"R14:", REG_R14},
      {"R15:", REG_R15}, {"RIP:", REG_RIP}, {"EFL:", REG_EFL}, {"CSGSFS:", REG_CSGSFS}};
  int column = 0;
  for (const Register& row : registers) {
    out.text(row.name).hex(static_cast<uint64_t>(machine.gregs[row.index]), 16);
    out.text(++column % 4 == 0 ? "\n" : " ");
  }
  out.text("\n");
#elif defined(__aarch64__)
  for (int i = 0; i < 31; ++i) {
    out.text("X").decimal(i).text(":").hex(machine.regs[i], 16).text(i % 4 == 3 ? "\n" : " ");
  }
  out.text("SP:").hex(machine.sp, 16).text(" PC:").hex(machine.pc, 16).text("\n");
#else
  out.text("Not known for this processor\n");
#endif
  out.flush();
}

void prepare_stack_traces() {
  void* frame = nullptr;
  backtrace(&frame, 1);
}

}  // namespace redoubt

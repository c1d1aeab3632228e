// The log, in the line format of Redis: `PID:ROLE dd Mon yyyy hh:mm:ss.mmm LEVEL message`, where ROLE is M
// (primary), S (replica), C (child or tool), X (sentinel) and LEVEL is . - * # for debug, verbose, notice,
// warning. Lines go to stdout or to a file, and to syslog when asked; each is flushed at once. Thread-safe.
// One Log per program, handed to the parts that speak; crash handlers may call write_signal_safe. The file is
// opened anew for every line, so that it can be moved away or removed at any time. The role is C until
// set_role. Lines that cannot be written are dropped.
#pragma once

#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace redoubt {

enum class LogLevel : uint8_t { debug, verbose, notice, warning, nothing };

struct LogOptions {
  LogLevel level = LogLevel::notice;
  std::string file;  // empty: stdout
  bool syslog = false;
  std::string syslog_ident = "redis";
  std::string syslog_facility = "local0";
};

class Log {
 public:
  explicit Log(LogOptions options = {});
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Whether the configured file can be appended to (it is created if need be).
  Status check() const;
  void set_level(LogLevel level);
  LogLevel level() const;
  void set_role(char role);
  void write(LogLevel level, std::string_view message);
  // A line without the usual head, for crash reports. Async-signal-safe: one write(2) per call, no
  // allocation.
  void write_signal_safe(std::string_view raw);

  template <typename... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::debug, format, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void verbose(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::verbose, format, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void notice(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::notice, format, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::warning, format, fmt::make_format_args(args...));
  }

 private:
  void log(LogLevel at, fmt::string_view format, fmt::format_args args);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace redoubt

#include "common/base/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/time.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace redoubt {
namespace {

constexpr char month_names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int open_for_append(const char* path) { return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666); }

// Async-signal-safe. One write(2) unless the descriptor takes less than all.
void write_whole(int descriptor, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = write(descriptor, data, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      return;
    }
    data += written;
    size -= static_cast<size_t>(written);
  }
}

int syslog_facility(std::string_view name) {
  if (name == "user") return LOG_USER;
  if (name.size() == 6 && name.substr(0, 5) == "local" && name[5] >= '0' && name[5] <= '7') {
    return (16 + (name[5] - '0')) << 3;  // LOG_LOCAL0 to LOG_LOCAL7
  }
  return LOG_LOCAL0;
}

int syslog_priority(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return LOG_DEBUG;
    case LogLevel::verbose: return LOG_INFO;
    case LogLevel::notice: return LOG_NOTICE;
    default: return LOG_WARNING;
  }
}

char level_mark(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return '.';
    case LogLevel::verbose: return '-';
    case LogLevel::notice: return '*';
    default: return '#';
  }
}

}  // namespace

struct Log::Impl {
  LogOptions options;
  std::atomic<LogLevel> level;
  std::atomic<char> role{'C'};

  // Async-signal-safe.
  void append(const char* data, size_t size) const {
    const bool to_stdout = options.file.empty();
    const int descriptor = to_stdout ? STDOUT_FILENO : open_for_append(options.file.c_str());
    if (descriptor < 0) return;
    write_whole(descriptor, data, size);
    if (!to_stdout) close(descriptor);
  }
};

Log::Log(LogOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->level = impl_->options.level;
  if (impl_->options.syslog) {
    openlog(impl_->options.syslog_ident.c_str(), LOG_PID | LOG_NDELAY | LOG_NOWAIT,
            syslog_facility(impl_->options.syslog_facility));
  }
}

Log::~Log() {
  if (impl_->options.syslog) closelog();
}

Status Log::check() const {
  if (impl_->options.file.empty()) return {};
  const int descriptor = open_for_append(impl_->options.file.c_str());
  if (descriptor < 0) return Error{fmt::format("Can't open the log file: {}", std::strerror(errno))};
  close(descriptor);
  return {};
}

void Log::set_level(LogLevel level) { impl_->level.store(level, std::memory_order_relaxed); }
LogLevel Log::level() const { return impl_->level.load(std::memory_order_relaxed); }
void Log::set_role(char role) { impl_->role.store(role, std::memory_order_relaxed); }

void Log::write(LogLevel level, std::string_view message) {
  if (level < this->level() || level == LogLevel::nothing) return;
  timeval now{};
  gettimeofday(&now, nullptr);
  tm local{};
  localtime_r(&now.tv_sec, &local);
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), "{}:{} {:02} {} {} {:02}:{:02}:{:02}.{:03} {} {}\n", getpid(),
                 impl_->role.load(std::memory_order_relaxed), local.tm_mday, month_names[local.tm_mon],
                 local.tm_year + 1900, local.tm_hour, local.tm_min, local.tm_sec, now.tv_usec / 1000, level_mark(level),
                 message);
  impl_->append(line.data(), line.size());
  if (impl_->options.syslog) {
    syslog(syslog_priority(level), "%.*s", static_cast<int>(message.size()), message.data());
  }
}

void Log::log(LogLevel at, fmt::string_view format, fmt::format_args args) {
  if (at >= level()) write(at, fmt::vformat(format, args));
}

void Log::write_signal_safe(std::string_view raw) { impl_->append(raw.data(), raw.size()); }

}  // namespace redoubt

#include "common/base/process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "common/base/number.h"

namespace redoubt {
namespace {

Error system_error() { return Error{std::strerror(errno)}; }

Status write_file(const std::string& path, int flags, std::string_view text) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
  if (descriptor < 0) return system_error();
  const ssize_t written = write(descriptor, text.data(), text.size());
  const int error = written < 0 ? errno : EIO;
  close(descriptor);
  if (written == static_cast<ssize_t>(text.size())) return {};
  return Error{std::strerror(error)};
}

bool set_limit(uint64_t soft, uint64_t hard) {
  const rlimit limit{soft, hard};
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

}  // namespace

Status daemonize() {
  const pid_t child = fork();
  if (child < 0) return system_error();
  if (child > 0) _exit(0);
  setsid();
  const int null = open("/dev/null", O_RDWR);
  if (null < 0) return system_error();
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, stream);
  if (null > STDERR_FILENO) close(null);
  return {};
}

Status write_pid_file(const std::string& path) {
  return write_file(path, O_CREAT | O_TRUNC, fmt::format("{}\n", getpid()));
}

Status remove_pid_file(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return system_error();
  return {};
}

mode_t current_umask() {
  // There is no way to ask without setting.
  const mode_t mask = umask(0777);
  umask(mask);
  return mask;
}

OpenFilesLimit raise_open_files_limit(uint64_t wanted) {
  OpenFilesLimit result;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    result.error = std::strerror(errno);
    return result;
  }
  result.before = result.now = limit.rlim_cur;
  if (limit.rlim_cur >= wanted) return result;
  if (set_limit(wanted, std::max<uint64_t>(wanted, limit.rlim_max))) {
    result.now = wanted;
    return result;
  }
  result.error = std::strerror(errno);
  const uint64_t possible = std::min<uint64_t>(wanted, limit.rlim_max);
  if (possible > limit.rlim_cur && set_limit(possible, limit.rlim_max)) result.now = possible;
  if (result.now >= wanted) result.error.clear();
  return result;
}

Result<std::string> expand_template(std::string_view text,
                                    const std::function<std::optional<std::string>(std::string_view)>& lookup) {
  std::string result;
  while (!text.empty()) {
    const size_t brace = text.find('{');
    result += text.substr(0, brace);
    if (brace == std::string_view::npos) break;
    text.remove_prefix(brace + 1);
    if (!text.empty() && text.front() == '{') {
      result += '{';
      text.remove_prefix(1);
      continue;
    }
    const size_t end = text.find('}');
    if (end == std::string_view::npos) return Error{"a { is not closed"};
    const std::optional<std::string> value = lookup(text.substr(0, end));
    if (!value) return Error{fmt::format("there is no variable {{{}}}", text.substr(0, end))};
    result += *value;
    text.remove_prefix(end + 1);
  }
  const size_t first = result.find_first_not_of(' ');
  if (first == std::string::npos) return std::string();
  return result.substr(first, result.find_last_not_of(' ') - first + 1);
}

OomScore::OomScore(std::string file) : file_(std::move(file)) {
  const int descriptor = open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  char buffer[32];
  const ssize_t size = read(descriptor, buffer, sizeof buffer);
  close(descriptor);
  if (size <= 0) return;
  std::string_view text(buffer, static_cast<size_t>(size));
  if (text.back() == '\n') text.remove_suffix(1);
  if (const auto value = parse_i64(text)) base_ = static_cast<int>(*value);
}

Status OomScore::apply(OomMode mode, int value) {
  if (mode == OomMode::no && !changed_) return {};
  if (mode != OomMode::absolute && !base_) return Error{fmt::format("{} cannot be read", file_)};
  int64_t score = mode == OomMode::absolute ? 0 : *base_;
  if (mode != OomMode::no) score += value;
  score = std::clamp<int64_t>(score, -1000, 1000);
  const Status written = write_file(file_, O_TRUNC, fmt::format("{}\n", score));
  if (written) changed_ = mode != OomMode::no;
  return written;
}

Status disable_huge_pages() {
  if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0) return system_error();
  return {};
}

}  // namespace redoubt

#include "benchmark/replay/replay_feed.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>
#include <vector>

#include "benchmark/load/cpu_time.h"
#include "benchmark/replay/replay_rule.h"
#include "common/base/number.h"
#include "common/resp/request_writer.h"

namespace redoubt {
namespace {

// What a request takes besides its bytes, about.
constexpr size_t request_overhead = sizeof(ReplayRequest) + 64;
constexpr size_t most_names = 100;

int db_after(const MonitorLine& line, std::string_view name) {
  const auto db = name == "select" && line.args.size() == 2 ? parse_i64(line.args[1]) : std::nullopt;
  return db && *db >= 0 && *db <= INT_MAX ? static_cast<int>(*db) : line.db;
}

}  // namespace

Result<std::unique_ptr<ReplaySource>> ReplaySource::open(const std::string& path) {
  // A named pipe that nobody writes to yet is waited for in read().
  const int descriptor =
      path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return Error{strerror(errno)};
  const int stop_descriptor = eventfd(0, EFD_CLOEXEC);
  if (stop_descriptor < 0) {
    const Error error{strerror(errno)};
    close(descriptor);
    return error;
  }
  return std::unique_ptr<ReplaySource>(new ReplaySource(descriptor, stop_descriptor));
}

ReplaySource::~ReplaySource() {
  close(descriptor_);
  close(stop_);
}

Result<size_t> ReplaySource::read(std::span<char> bytes) {
  while (true) {
    pollfd watched[] = {{descriptor_, POLLIN, 0}, {stop_, POLLIN, 0}};
    if (poll(watched, 2, -1) < 0 && errno != EINTR) return Error{strerror(errno)};
    if (watched[1].revents != 0) return size_t{0};
    if (watched[0].revents == 0) continue;
    const ssize_t got = ::read(descriptor_, bytes.data(), bytes.size());
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR && errno != EAGAIN) return Error{strerror(errno)};
  }
}

void ReplaySource::stop() {
  const uint64_t one = 1;
  (void)!write(stop_, &one, sizeof one);
}

uint64_t ReplaySource::size() const {
  struct stat known {};
  return fstat(descriptor_, &known) == 0 && S_ISREG(known.st_mode) ? static_cast<uint64_t>(known.st_size) : 0;
}

ReplayFeed::ReplayFeed(ReplaySource& source, std::function<void()> wake, size_t window_bytes)
    : source_(source), wake_(std::move(wake)), window_bytes_(window_bytes), thread_([this] { work(); }) {}

ReplayFeed::~ReplayFeed() { stop(); }

void ReplayFeed::stop() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  source_.stop();
  taken_.notify_all();
  thread_.join();
}

bool ReplayFeed::take(std::deque<ReplayRequest>& to) {
  const std::scoped_lock lock(mutex_);
  if (ready_.empty()) return !ended_;
  std::move(ready_.begin(), ready_.end(), std::back_inserter(to));
  ready_.clear();
  ready_bytes_ = 0;
  taken_.notify_all();
  return true;
}

ReplayLogFacts ReplayFeed::facts() const {
  const std::scoped_lock lock(mutex_);
  return facts_;
}

void ReplayFeed::work() {
  MonitorReader reader(source_);
  std::string error;
  while (true) {
    const Result<std::optional<MonitorLine>> line = reader.next();
    if (!line) error = line.error().text;
    if (!line || !*line) break;
    add(**line, reader.facts());
    const std::scoped_lock lock(mutex_);
    if (stopping_) break;
  }
  {
    const std::scoped_lock lock(mutex_);
    facts_.log = reader.facts();
    facts_.error = std::move(error);
    facts_.cpu_seconds = thread_cpu_seconds();
    ended_ = true;
  }
  wake_();
}

void ReplayFeed::add(const MonitorLine& line, const MonitorLogFacts& log) {
  const ReplayRule rule = replay_rule_of(line);
  std::string name = replay_name_of(line);
  ReplayRequest request;
  if (rule == ReplayRule::send || rule == ReplayRule::wait) {
    request = {.time_us = line.time_us,
               .client = line.client,
               .name = name,
               .bytes = {},
               .db = line.db,
               .db_after = db_after(line, name),
               .waits = rule == ReplayRule::wait};
    append_request(request.bytes, std::vector<std::string_view>(line.args.begin(), line.args.end()));
  }
  std::unique_lock lock(mutex_);
  facts_.log = log;
  if (rule == ReplayRule::script) {
    ++facts_.by_scripts;
    return;
  }
  if (rule == ReplayRule::leave_out) {
    const bool known = facts_.left_out.size() < most_names || facts_.left_out.contains(name);
    ++facts_.left_out[known ? std::move(name) : "other commands"];
    return;
  }
  taken_.wait(lock, [this] { return stopping_ || ready_bytes_ < window_bytes_; });
  if (facts_.requests++ == 0) facts_.first_us = line.time_us;
  facts_.last_us = std::max(facts_.last_us, line.time_us);
  const bool was_empty = ready_.empty();
  ready_bytes_ += request.bytes.size() + request_overhead;
  ready_.push_back(std::move(request));
  lock.unlock();
  if (was_empty) wake_();
}

}  // namespace redoubt

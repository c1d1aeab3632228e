#include "benchmark/replay/replay_load.h"

#include <algorithm>
#include <utility>

#include "benchmark/load/cpu_time.h"
#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr int64_t look_interval_ms = 100;
constexpr int64_t watch_interval_ms = 250;
constexpr size_t looked_ahead = 1024;  // requests; fewer are left: what was read meanwhile is taken
constexpr uint64_t most_queued = 16384;
constexpr uint64_t most_queued_bytes = uint64_t{8} << 20;
constexpr size_t most_names = 100;
constexpr const char* other_names = "other commands";
constexpr double ns_per_us = 1e3;
constexpr double longest_offset_ns = 1e18;  // some thirty years

}  // namespace

ReplayLoad::ReplayLoad(ReplayPlan plan, ReplaySource& source)
    : plan_(std::move(plan)), input_(LoadLink::input_size), feed_(source, [this] { loop_.wake(); }) {}

ReplayLoad::~ReplayLoad() = default;

Result<ReplayResult> ReplayLoad::run(const std::function<bool(const LoadProgress&)>& watch,
                                     const SecondSink& each_second) {
  SecondTeller teller(series_, each_second);
  loop_.every(look_interval_ms, [this] { return look(); });
  loop_.every(watch_interval_ms, [this, &watch, &teller] { return show(watch, teller); });
  loop_.run(*this);
  latency_.finish();
  teller.tell(measured_seconds());
  if (!failure_.empty()) return Error{failure_};
  ReplayResult result;
  gather(result);
  return result;
}

void ReplayLoad::gather(ReplayResult& result) {
  feed_.stop();
  result.log = feed_.facts();
  result.load.latency = latency_.total();
  if (plan_.speed > 0) result.load.service = service_;
  result.load.seconds = static_cast<double>(std::max<int64_t>(0, last_reply_ns_ - began_ns_)) / 1e9;
  // Of the two threads the busier one is what limits.
  result.load.cpu_seconds = std::max(thread_cpu_seconds() - cpu_before_, result.log.cpu_seconds);
  result.load.seconds_series = series_.told();
  result.load.errors.insert(errors_.counts().begin(), errors_.counts().end());
  result.load.stopped = stopped_;
  result.load.unanswered = unanswered_ + totals_.sent;
  // The most frequent first.
  result.load.commands = commands_;
  std::stable_sort(
      result.load.commands.begin(), result.load.commands.end(),
      [](const CommandResult& one, const CommandResult& other) { return one.latency.count() > other.latency.count(); });
  result.lateness = lateness_;
  result.load.lag = lateness_;
  result.connections = opened_;
  result.given_up = given_up_;
}

void ReplayLoad::on_tick_end() {
  if (!failure_.empty()) return;
  dispatch();
  open_some();
  if (is_done() && totals_.waiting == 0) loop_.stop();
}

bool ReplayLoad::is_done() const {
  const bool no_more = ending_ || (log_over_ && ahead_.empty());
  return no_more && totals_.queued == 0 && totals_.sent == totals_.waiting;
}

int64_t ReplayLoad::due_of(const ReplayRequest& request) const {
  const double offset_ns = static_cast<double>(request.time_us - first_us_) * ns_per_us / plan_.speed;
  const double possible_ns = std::clamp(offset_ns, 0.0, longest_offset_ns);
  return std::max(last_due_ns_, began_ns_ + static_cast<int64_t>(possible_ns));
}

// Requests are due from when the connections of the first of them are made.
bool ReplayLoad::started(int64_t now_ns) {
  if (began_ns_ != 0) return true;
  if (ahead_.empty() || opening_ > 0 || !to_open_.empty()) return false;
  began_ns_ = last_reply_ns_ = now_ns;
  first_us_ = ahead_.front().time_us;
  cpu_before_ = thread_cpu_seconds();
  series_.begin(now_ns);
  return true;
}

void ReplayLoad::dispatch() {
  if (ending_) return;
  while (failure_.empty()) {
    look_ahead();
    const int64_t now_ns = monotonic_ns();
    if (!started(now_ns) || ahead_.empty()) return;
    if (plan_.speed > 0 && due_of(ahead_.front()) > now_ns) return timer_.set(due_of(ahead_.front()));
    ReplayConnection* const connection = totals_.queued < most_queued && totals_.queued_bytes < most_queued_bytes
                                             ? connection_of(ahead_.front().client)
                                             : nullptr;
    if (connection == nullptr) {
      held_back_ = true;
      return;
    }
    if (std::exchange(held_back_, false)) held_until_ns_ = now_ns;
    hand_over(*connection, now_ns);
  }
}

void ReplayLoad::hand_over(ReplayConnection& connection, int64_t now_ns) {
  ReplayRequest request = std::move(ahead_.front());
  int64_t due_ns = now_ns;
  if (plan_.speed > 0) {
    due_ns = last_due_ns_ = due_of(request);
    // Otherwise it is late because of the server.
    if (due_ns >= held_until_ns_) lateness_.record(static_cast<uint64_t>(now_ns - due_ns));
  }
  ahead_.pop_front();
  const size_t command = command_number(request.name);
  connection.hand_over(std::move(request), due_ns, command);
}

size_t ReplayLoad::command_number(const std::string& name) {
  const auto known = command_numbers_.find(name);
  if (known != command_numbers_.end()) return known->second;
  if (command_numbers_.size() >= most_names && name != other_names) return command_number(other_names);
  commands_.push_back({.command = name});
  return command_numbers_[name] = commands_.size() - 1;
}

// Takes what was read; connections for it are made before it is due.
void ReplayLoad::look_ahead() {
  if (log_over_ || ahead_.size() >= looked_ahead) return;
  size_t known = ahead_.size();
  log_over_ = !feed_.take(ahead_);
  for (; known < ahead_.size(); ++known) {
    if (by_client_.size() < plan_.most_connections) connection_of(ahead_[known].client);
  }
}

// Null: there are as many as there may be, and all are busy.
ReplayConnection* ReplayLoad::connection_of(const std::string& client) {
  const auto known = by_client_.find(client);
  if (known != by_client_.end()) {
    connections_.splice(connections_.end(), connections_, known->second);
    return &*known->second;
  }
  if (by_client_.size() >= plan_.most_connections && !make_room()) return nullptr;
  ReplayConnection& made =
      connections_.emplace_back(client, plan_, totals_, loop_, input_, static_cast<ReplayCrowd&>(*this));
  by_client_.emplace(client, std::prev(connections_.end()));
  to_open_.push_back(&made);
  return &made;
}

bool ReplayLoad::make_room() {
  const auto victim = std::find_if(connections_.begin(), connections_.end(),
                                   [](const ReplayConnection& connection) { return connection.is_idle(); });
  if (victim == connections_.end()) return false;
  by_client_.erase(victim->client());
  connections_.erase(victim);
  return true;
}

void ReplayLoad::open_some() {
  while (!to_open_.empty() && opening_ < links_opened_at_once && failure_.empty()) {
    ReplayConnection& next = *to_open_.front();
    to_open_.pop_front();
    ++opening_;
    ++opened_;
    next.open();
  }
}

void ReplayLoad::connection_ready() {
  --opening_;
  loop_.wake();
}

void ReplayLoad::answered(const ReplaySent& request, int64_t now_ns) {
  const auto service_ns = static_cast<uint64_t>(now_ns - request.sent_ns);
  const auto latency_ns = plan_.speed > 0 ? static_cast<uint64_t>(now_ns - request.due_ns) : service_ns;
  if (plan_.speed > 0) service_.record(service_ns);
  latency_.record(now_ns, latency_ns);
  commands_[request.command].latency.record(latency_ns);
  last_reply_ns_ = now_ns;
  ++replies_;
}

void ReplayLoad::error_reply(std::string_view text, const ReplaySent* request) {
  if (request != nullptr) ++commands_[request->command].errors;
  errors_.count(text);
  if (plan_.stop_on_error && !stopped_) {
    stopped_ = true;
    loop_.post([this] { end(); });
  }
}

void ReplayLoad::fail(std::string_view why) {
  if (failure_.empty()) failure_ = why;
  loop_.stop();
}

void ReplayLoad::end() {
  if (std::exchange(ending_, true)) return;
  for (ReplayConnection& connection : connections_) unanswered_ += connection.drop_queued();
  if (plan_.speed <= 0 || began_ns_ == 0) return;
  const int64_t now_ns = monotonic_ns();
  while (!ahead_.empty() && due_of(ahead_.front()) <= now_ns) {
    last_due_ns_ = due_of(ahead_.front());
    ahead_.pop_front();
    ++unanswered_;
  }
}

int64_t ReplayLoad::look() {
  const int64_t now_ns = monotonic_ns();
  if (began_ns_ != 0) latency_.look(now_ns);
  if (plan_.duration_ns > 0 && began_ns_ != 0 && now_ns - began_ns_ >= plan_.duration_ns) end();
  give_up_on_waiting(now_ns);
  if (is_done() || ending_) {
    if (patient_from_ns_ == 0) patient_from_ns_ = now_ns;
    if (now_ns - patient_from_ns_ > patience_after_stop_ns) loop_.stop();
  } else {
    patient_from_ns_ = 0;
  }
  return look_interval_ms;
}

// The client of the log had its reply, and went on; here nothing came that would bring it.
void ReplayLoad::give_up_on_waiting(int64_t now_ns) {
  if (totals_.waiting == 0 || ending_) return;
  for (ReplayConnection& connection : connections_) {
    const int64_t since_ns = connection.held_up_since();
    if (since_ns == 0 || now_ns - since_ns <= patience_after_stop_ns) continue;
    ++given_up_;
    ++opening_;
    unanswered_ += connection.restart() - 1;
  }
}

double ReplayLoad::measured_seconds() const {
  return began_ns_ == 0 ? 0 : static_cast<double>(monotonic_ns() - began_ns_) / 1e9;
}

int64_t ReplayLoad::show(const std::function<bool(const LoadProgress&)>& watch, SecondTeller& teller) {
  teller.tell(measured_seconds());
  const auto news = series_.told(last_second_ ? last_second_->second + 1 : 0);
  if (!news.empty()) last_second_ = news.back();
  if (!watch({replies_, measured_seconds(), last_second_})) {
    stopped_ = true;
    end();
  }
  return watch_interval_ms;
}

}  // namespace redoubt

#include "benchmark/failover/failover_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr int64_t ns_per_second = 1'000'000'000;
constexpr int64_t pause_ns = 20'000'000;  // between two attempts
constexpr size_t shown_bytes_of_error = 200;
constexpr size_t most_bytes_of_code = 30;
// A server whose replies make no sense must not fill the memory.
constexpr size_t most_losses_noted = 1000;

// "READONLY" of "READONLY You can't write against a read only replica."
std::string kind_of(const Reply& error) {
  const std::string_view word = std::string_view(error.text).substr(0, error.text.find(' '));
  const bool code = !word.empty() && word.size() <= most_bytes_of_code &&
                    std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return code && word != "ERR" ? std::string(word) : error.text;
}

}  // namespace

void StopSignal::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

void StopSignal::wait_until(int64_t monotonic_ns_due) {
  std::unique_lock lock(mutex_);
  const std::chrono::nanoseconds left(monotonic_ns_due - monotonic_ns());
  changed_.wait_for(lock, left, [this] { return stopped(); });
}

FailoverWriter::FailoverWriter(const FailoverPlan& plan, StopSignal& stop, const std::string& prefix)
    : plan_(plan), stop_(stop), finder_(plan), recorder_(monotonic_ns()) {
  for (size_t i = 0; i < keys_of_each; ++i) keys_.push_back({fmt::format("{}key:{}", prefix, i)});
  for (size_t i = 0; i < counters_of_each; ++i) counters_.push_back({fmt::format("{}counter:{}", prefix, i)});
}

std::string FailoverWriter::primary() const {
  const std::lock_guard lock(mutex_);
  return primary_name_;
}

std::string FailoverWriter::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

std::vector<std::string> FailoverWriter::keys() const {
  std::vector<std::string> names;
  for (const Key& key : keys_) names.push_back(key.name);
  for (const Counter& counter : counters_) names.push_back(counter.name);
  return names;
}

void FailoverWriter::run() {
  const int64_t interval_ns =
      plan_.rate == 0 ? 0 : ns_per_second * static_cast<int64_t>(plan_.writers) / static_cast<int64_t>(plan_.rate);
  int64_t due_ns = monotonic_ns();
  while (!stop_.stopped()) {
    const bool failing = recorder_.failing();
    if ((primary_ || connect()) && write()) {
      if (interval_ns > 0) {
        // What was not sent in an outage is not made up for.
        due_ns = std::max(due_ns + interval_ns, monotonic_ns());
        stop_.wait_until(due_ns);
      }
    } else if (failing) {
      // The first attempt after a failure is made at once.
      stop_.wait_until(monotonic_ns() + pause_ns);
    }
  }
  recorder_.end(monotonic_ns());
  primary_.reset();
}

bool FailoverWriter::connect() {
  Result<PrimaryFinder::Primary> primary = finder_.connect();
  if (!primary) {
    fail(primary.error().text);
    return false;
  }
  primary_.emplace(std::move(*primary));
  if (const Status looked = look_at_keys(*primary_); !looked) {
    fail(looked.error().text);
    return false;
  }
  finder_.hang_up();
  recorder_.connected(primary_->name);
  const std::lock_guard lock(mutex_);
  primary_name_ = primary_->name;
  return true;
}

void FailoverWriter::fail(std::string_view text) {
  primary_.reset();
  std::string shown = shown_name(text, shown_bytes_of_error);
  recorder_.failed(shown);
  const std::lock_guard lock(mutex_);
  last_error_ = std::move(shown);
}

bool FailoverWriter::write() {
  const size_t turn = turn_++ % (keys_.size() + counters_.size());
  return turn < keys_.size() ? set(keys_[turn]) : increment(counters_[turn - keys_.size()]);
}

bool FailoverWriter::set(Key& key) {
  const std::string number = std::to_string(key.history.next());
  const Result<Reply> reply = primary_->link.call({"SET", key.name, number});
  if (!reply || reply->kind != ReplyKind::simple || reply->text != "OK") {
    fail(fmt::format("{}: {}", primary_->name, explain(reply)));
    return false;
  }
  key.history.acknowledged();
  ++totals_.writes;
  note_acknowledged();
  return true;
}

bool FailoverWriter::increment(Counter& counter) {
  const Result<Reply> reply = primary_->link.call({"INCR", counter.name});
  if (!reply || reply->kind != ReplyKind::integer) {
    fail(fmt::format("{}: {}", primary_->name, explain(reply)));
    return false;
  }
  found(counter, counter.history.replied(reply->integer), reply->integer, primary_->name);
  ++totals_.increments;
  note_acknowledged();
  return true;
}

std::string FailoverWriter::explain(const Result<Reply>& reply) {
  if (!reply) return reply.error().text;
  return reply->is_error() ? kind_of(*reply) : "a reply of the wrong kind";
}

void FailoverWriter::note_acknowledged() {
  const int64_t now_ns = monotonic_ns();
  recorder_.acknowledged(now_ns);
  last_ns_.store(now_ns, std::memory_order_relaxed);
  acknowledged_.fetch_add(1, std::memory_order_relaxed);
}

Status FailoverWriter::look_at_keys(PrimaryFinder::Primary& primary) {
  const std::vector<std::string> names = keys();
  std::vector<std::string_view> words = {"MGET"};
  words.insert(words.end(), names.begin(), names.end());
  const Result<Reply> reply = primary.link.call(words);
  if (!reply || reply->kind != ReplyKind::array || reply->items.size() != names.size()) {
    return Error{fmt::format("{}: {}", primary.name, explain(reply))};
  }
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string& text = reply->items[i].text;
    if (i < keys_.size()) {
      const uint64_t number = parse_u64(text).value_or(0);
      found(keys_[i], keys_[i].history.found(number), number, primary.name);
    } else {
      Counter& counter = counters_[i - keys_.size()];
      const int64_t value = parse_i64(text).value_or(0);
      found(counter, counter.history.found(value), value, primary.name);
    }
  }
  return {};
}

void FailoverWriter::found(Key& key, const Findings& findings, uint64_t number, const std::string& primary) {
  totals_.unacknowledged_writes += findings.unacknowledged;
  if (findings.lost == 0) return;
  totals_.lost_writes += findings.lost;
  if (!std::exchange(key.damaged, true)) ++totals_.keys_with_losses;
  note_loss({key.name, false, findings.expected, static_cast<int64_t>(number), findings.lost, primary, monotonic_ns()});
}

void FailoverWriter::found(Counter& counter, const Findings& findings, int64_t value, const std::string& primary) {
  totals_.unacknowledged_increments += findings.unacknowledged;
  if (findings.lost == 0) return;
  totals_.lost_increments += findings.lost;
  if (!std::exchange(counter.damaged, true)) ++totals_.counters_that_went_back;
  note_loss({counter.name, true, findings.expected, value, findings.lost, primary, monotonic_ns()});
}

void FailoverWriter::note_loss(Loss loss) {
  if (losses_.size() < most_losses_noted) losses_.push_back(std::move(loss));
}

}  // namespace redoubt

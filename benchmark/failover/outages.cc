#include "benchmark/failover/outages.h"

#include <algorithm>

namespace redoubt {
namespace {

constexpr std::string_view further_kinds = "other errors";

void count(ErrorCounts& errors, std::string_view kind, uint64_t times) {
  const auto found = errors.find(kind);
  if (found != errors.end()) {
    found->second += times;
  } else if (errors.size() < SilenceRecorder::most_kinds) {
    errors.emplace(kind, times);
  } else {
    errors[std::string(further_kinds)] += times;
  }
}

void add(ErrorCounts& to, const ErrorCounts& errors) {
  for (const auto& [kind, times] : errors) count(to, kind, times);
}

// What two writers' silences have in common. Who wrote last before it, and who first after it, is told.
std::vector<Silence> common_part(const std::vector<Silence>& a, const std::vector<Silence>& b) {
  std::vector<Silence> both;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Silence& later = a[i].from_ns >= b[j].from_ns ? a[i] : b[j];
    const Silence& sooner = a[i].to_ns <= b[j].to_ns ? a[i] : b[j];
    if (later.from_ns < sooner.to_ns) both.push_back({later.from_ns, sooner.to_ns, later.before, sooner.after});
    if (&sooner == &a[i]) {
      ++i;
    } else {
      ++j;
    }
  }
  return both;
}

bool is_outage(const Silence& silence) {
  if (silence.before.empty()) return false;
  return silence.to_ns - silence.from_ns >= SilenceRecorder::least_ns ||
         (!silence.after.empty() && silence.after != silence.before);
}

}  // namespace

void SilenceRecorder::note(int64_t now_ns, std::string_view after) {
  silences_.push_back({last_ns_, now_ns, last_primary_, std::string(after), std::move(errors_)});
  errors_.clear();
}

void SilenceRecorder::acknowledged(int64_t now_ns) {
  if (changed_ || !errors_.empty() || now_ns - last_ns_ >= least_ns) {
    note(now_ns, primary_);
    last_primary_ = primary_;
    changed_ = false;
  }
  last_ns_ = now_ns;
}

void SilenceRecorder::connected(std::string_view primary) {
  primary_ = primary;
  changed_ = primary_ != last_primary_;
}

void SilenceRecorder::failed(std::string_view kind) { count(errors_, kind, 1); }

void SilenceRecorder::end(int64_t now_ns) {
  if (!errors_.empty() || now_ns - last_ns_ >= least_ns) note(now_ns, {});
  last_ns_ = now_ns;
}

OutageReport find_outages(const std::vector<std::vector<Silence>>& writers) {
  OutageReport report;
  if (writers.empty()) return report;
  std::vector<Silence> all = writers.front();
  for (size_t i = 1; i < writers.size(); ++i) all = common_part(all, writers[i]);
  for (const Silence& one : all) {
    if (is_outage(one)) report.outages.push_back({one.from_ns, one.to_ns, one.before, one.after});
  }
  for (const auto& silences : writers) {
    for (const Silence& silence : silences) {
      if (!silence.before.empty()) {
        report.longest_silence_ns = std::max(report.longest_silence_ns, silence.to_ns - silence.from_ns);
      }
      const auto within = std::find_if(report.outages.begin(), report.outages.end(), [&silence](const Outage& outage) {
        return silence.from_ns <= outage.from_ns && outage.to_ns <= silence.to_ns;
      });
      add(within == report.outages.end() ? report.other_errors : within->errors, silence.errors);
    }
  }
  return report;
}

}  // namespace redoubt

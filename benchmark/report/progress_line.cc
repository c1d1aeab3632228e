#include "benchmark/report/progress_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr double ns_per_second = 1e9;
constexpr double ns_per_ms = 1e6;
constexpr double ms_per_second = 1e3;
constexpr size_t shown_bytes_of_title = 40;

// 0: not known.
double share_done(const LoadPlan& plan, const LoadProgress& now) {
  double share = now.share.value_or(0);
  if (plan.duration_ns > 0) {
    share = now.seconds * ns_per_second / static_cast<double>(plan.duration_ns);
  } else if (plan.requests > 0) {
    share = static_cast<double>(now.replies) / static_cast<double>(plan.requests);
  }
  return std::clamp(share, 0.0, 1.0);
}

}  // namespace

std::string progress_line(std::string_view test, const LoadPlan& plan, const LoadProgress& before,
                          const LoadProgress& now, int precision) {
  std::string line = shown_name(test, shown_bytes_of_title) + ": ";
  const double passed = now.seconds - before.seconds;
  if (now.seconds <= 0 || passed <= 0) return line + (plan.warmup_ns > 0 ? "warming up" : "begins");
  const double done = share_done(plan, now);
  if (plan.requests > 0 || done > 0) line += fmt::format("{:.0f} % done, ", done * 100);
  line += fmt::format("rps={:.1f} (overall: {:.1f})", static_cast<double>(now.replies - before.replies) / passed,
                      static_cast<double>(now.replies) / now.seconds);
  if (now.last && now.last->replies > 0) {
    line += fmt::format(", p50={:.{}f} p99={:.{}f} msec", static_cast<double>(now.last->p50_ns) / ns_per_ms, precision,
                        static_cast<double>(now.last->p99_ns) / ns_per_ms, precision);
  }
  if (done > 0 && done < 1) {
    const double left_ms = now.seconds * (1 - done) / done * ms_per_second;
    line += fmt::format(", {} left", human_duration(static_cast<uint64_t>(left_ms)));
  }
  return line;
}

}  // namespace redoubt

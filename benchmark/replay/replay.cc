#include "benchmark/replay/replay.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "benchmark/replay/replay_load.h"
#include "common/base/process.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr double us_per_second = 1e6;
constexpr double ns_per_ms = 1e6;
constexpr double ns_per_second = 1e9;
constexpr uint64_t other_files = 64;
constexpr size_t shown_of_a_name = 60;
constexpr std::string_view title = "REPLAY";

// As many as the limit of open files allows.
size_t most_connections() {
  rlimit allowed{};
  getrlimit(RLIMIT_NOFILE, &allowed);
  const size_t most = ReplayPlan().most_connections;
  const OpenFilesLimit limit = raise_open_files_limit(std::min<uint64_t>(most + other_files, allowed.rlim_max));
  return std::clamp<size_t>(limit.now > other_files ? limit.now - other_files : 1, 1, most);
}

ReplayPlan plan_of(const ModeRun& run) {
  return {.address = run.target.address,
          .greeting = run.target.greeting_bytes,
          .greeting_replies = run.target.greeting.size(),
          .db = run.options.server.db,
          .speed = run.options.replay.speed,
          .pipeline = run.options.pipeline,
          .duration_ns = static_cast<int64_t>(run.options.duration_seconds * ns_per_second),
          .stop_on_error = run.options.stop_on_error,
          .most_connections = most_connections()};
}

// By how far the log was read, and how many of its requests were answered.
std::optional<double> share_done(const ReplayLogFacts& log, uint64_t size, uint64_t replies) {
  if (size == 0 || log.requests == 0) return std::nullopt;
  const double read = static_cast<double>(log.log.bytes) / static_cast<double>(size);
  return std::min(1.0, static_cast<double>(replies) / static_cast<double>(log.requests) * read);
}

double logged_seconds(const ReplayLogFacts& log) {
  return static_cast<double>(std::max<int64_t>(0, log.last_us - log.first_us)) / us_per_second;
}

std::string counts_text(const std::map<std::string, uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  return text;
}

std::string speed_text(double speed) {
  if (speed <= 0) return "as fast as replies came";
  return speed == 1 ? std::string("at their times") : fmt::format("{} times as fast", speed);
}

std::string log_name(const ModeRun& run) {
  const std::string& file = run.options.replay.file;
  return file == "-" ? "standard input" : shown_name(file, shown_of_a_name);
}

void print_details(const ModeRun& run, const ReplayResult& result) {
  Output& out = run.out;
  const int precision = run.options.precision;
  const auto ms = [precision](uint64_t ns) {
    return fmt::format("{:.{}f}", static_cast<double>(ns) / ns_per_ms, precision);
  };
  const double speed = run.options.replay.speed;
  out.print("Replay of {}:\n", log_name(run));
  out.print("  {} requests, logged in {:.2f} seconds, over {} connections, {}\n", result.log.requests,
            logged_seconds(result.log), result.connections, speed_text(speed));
  if (!result.log.left_out.empty()) out.print("  left out: {}\n", counts_text(result.log.left_out));
  if (result.log.by_scripts > 0) {
    out.print("  left out: {} by scripts, which do them again\n", result.log.by_scripts);
  }
  if (speed > 0) {
    out.print("  how late the client was itself (msec): p50={} p99={} max={}\n", ms(result.lateness.percentile(50)),
              ms(result.lateness.percentile(99)), ms(result.lateness.max()));
  }
  out.write("\n");
}

// False: it is not what was hoped for.
bool tell_of_log(const ModeRun& run, const ReplayResult& result) {
  const MonitorLogFacts& log = result.log.log;
  if (!result.log.error.empty()) run.err.print("cannot read {}: {}\n", log_name(run), result.log.error);
  if (log.strange_lines > 0) {
    run.err.print("{}: {} lines are no lines of a MONITOR log, the first of them is line {}: {}\n", log_name(run),
                  log.strange_lines, log.first_strange, shown_name(log.first_strange_text, shown_of_a_name));
  }
  if (result.given_up > 0) {
    run.err.print("{} requests that wait for other clients had no reply, and were given up with their connections\n",
                  result.given_up);
  }
  return result.log.error.empty();
}

}  // namespace

ModeOutcome run_replay(const ModeRun& run) {
  const auto source = ReplaySource::open(run.options.replay.file);
  if (!source) {
    run.err.print("cannot read {}: {}\n", log_name(run), source.error().text);
    return {.figures = {}, .failed = true};
  }
  const uint64_t size = (*source)->size();
  std::optional<ReplayResult> result;
  LoadPlan shown;
  shown.pipeline = run.options.pipeline;
  shown.requests = 0;
  std::optional<Measured> measured = run.measurer.measure(
      title, shown, std::string(title), [&](const Measurer::Watch& watch, const SecondSink& each_second) {
        ReplayLoad load(plan_of(run), **source);
        Result<ReplayResult> replayed = load.run(
            [&](LoadProgress now) {
              now.share = share_done(load.log(), size, now.replies);
              return watch(now);
            },
            each_second);
        if (!replayed) return Result<LoadResult>(replayed.error());
        result = std::move(*replayed);
        return Result<LoadResult>(result->load);
      });
  if (!measured) return {.figures = {}, .failed = true};
  const bool read = tell_of_log(run, *result);
  const bool none = result->log.requests == 0 && result->log.left_out.empty() && result->log.by_scripts == 0;
  if (none && read && !result->load.stopped) {
    run.err.print("{} has no lines of a MONITOR log\n", log_name(run));
    return {.figures = {}, .failed = true};
  }
  Measurement& figures = measured->figures;
  figures.clients = result->connections;
  figures.one_thread = true;
  RunFacts facts = run.facts;
  facts.clients = result->connections;
  facts.payload.clear();
  const double speed = run.options.replay.speed;
  const double logged = logged_seconds(result->log);
  if (speed > 0) {
    const double all = static_cast<double>(result->log.requests);
    facts.rate = std::max<uint64_t>(1, static_cast<uint64_t>(logged > 0 ? all / logged * speed : all));
  }
  Report report(run.options.form, facts, run.out);
  report.begin();
  report.test(measured->result, figures);
  if (run.options.form == ReportForm::full) print_details(run, *result);
  return {.figures = figures, .failed = !read};
}

}  // namespace redoubt

#include "benchmark/report/report.h"

#include <cmath>
#include <vector>

#include "common/tool/csv_text.h"
#include "common/tool/names.h"
#include "common/tool/terminal.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

constexpr size_t shown_bytes_of_command = 80;
constexpr uint64_t fine_step_ns = 100'000;
constexpr uint64_t coarse_step_ns = 1'000'000;
constexpr uint64_t fine_until_ns = 2'000'000;

std::string calls_text(const Measurement& measurement) {
  if (measurement.requests_per_call == 1) return {};
  return fmt::format(", {:.2f} calls of {} per second", measurement.calls_per_second(), measurement.requests_per_call);
}

}  // namespace

void Report::begin() {
  if (form_ != ReportForm::csv) return;
  out_.print(
      "\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\"p95_latency_ms\",\"p99_latency_ms\","
      "\"max_latency_ms\"{}\n",
      facts_.rate > 0 ? csv_names("service") : std::string());
}

void Report::test(const LoadResult& result, const Measurement& measurement) {
  const std::string& title = measurement.test;
  const TimeFigures& latency = measurement.latency;
  const std::optional<TimeFigures>& service = measurement.service;
  switch (form_) {
    case ReportForm::full: full(result, measurement); break;
    case ReportForm::quiet:
      out_.print("{}: {:.2f} requests per second, p50={} msec", title, measurement.rate(), ms(latency.p50_ns));
      if (service) out_.print(", service p50={} msec", ms(service->p50_ns));
      out_.print("{}\n", calls_text(measurement));
      for (const CommandFigures& one : measurement.commands) {
        out_.print("  {}: {} of all, {:.2f} requests per second, p50={} msec, p99={} msec, errors={}\n",
                   shown_name(one.command, shown_bytes_of_command), share_of(one.replies, measurement.replies),
                   measurement.rate(one), ms(one.latency.p50_ns), ms(one.latency.p99_ns), one.errors);
      }
      break;
    case ReportForm::csv: {
      out_.print("{},\"{:.2f}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\"{}\n", csv_quoted(title), measurement.rate(),
                 ms(latency.mean_ns), ms(latency.min_ns), ms(latency.p50_ns), ms(latency.p95_ns), ms(latency.p99_ns),
                 ms(latency.max_ns), service ? csv_values(*service, facts_.precision) : std::string());
      break;
    }
  }
  if (measurement.verified && form_ != ReportForm::csv) {
    out_.print("{}\n", verified_sentence(*measurement.verified));
  }
  out_.flush();
}

void Report::full(const LoadResult& result, const Measurement& measurement) {
  const Histogram& latency = result.latency;
  out_.print("====== {} ======\n", measurement.test);
  out_.print("  {} requests completed in {:.2f} seconds\n", latency.count(), result.seconds);
  out_.print("  {} parallel clients\n", facts_.clients);
  if (!facts_.payload.empty()) out_.print("  {} bytes payload\n", facts_.payload);
  out_.print("  keep alive: {}\n", facts_.keep_alive ? 1 : 0);
  if (facts_.server) {
    out_.print("  host configuration \"save\": {}\n", facts_.server->save);
    out_.print("  host configuration \"appendonly\": {}\n", facts_.server->appendonly);
  }
  cluster();
  out_.print("  multi-thread: {}\n", facts_.threads > 0 ? "yes" : "no");
  if (facts_.threads > 0) out_.print("  threads: {}\n", facts_.threads);
  percentiles(latency);
  distribution(latency);
  out_.print("\nSummary:\n  throughput summary: {:.2f} requests per second{}\n", measurement.rate(),
             calls_text(measurement));
  summary("latency", measurement.latency);
  if (measurement.service) {
    summary("service time", *measurement.service);
    out_.print(
        "  {} requests per second were due: latency counts from the intended start of each, service time from when it "
        "was "
        "sent\n",
        facts_.rate);
  }
  out_.print("  CPU: {}\n\n", verdict_sentence(measurement));
  commands(measurement);
}

void Report::commands(const Measurement& measurement) {
  if (measurement.commands.empty()) return;
  std::vector<TextTable::Column> columns = {{"share"}, {"requests/s"}, {"errors"}, {"avg ms"}};
  for (const TimeFigure& figure : time_figures) columns.push_back({fmt::format("{} ms", figure.name)});
  columns.push_back({"command", false});
  TextTable table(columns);
  for (const CommandFigures& one : measurement.commands) {
    std::vector<std::string> cells = {share_of(one.replies, measurement.replies),
                                      grouped(static_cast<uint64_t>(std::llround(measurement.rate(one)))),
                                      grouped(one.errors), ms(one.latency.mean_ns)};
    for (const TimeFigure& figure : time_figures) cells.push_back(ms(one.latency.*figure.value));
    cells.push_back(shown_name(one.command, shown_bytes_of_command));
    table.row(std::move(cells));
  }
  table.print(Painter(false), out_);
  out_.write("\n");
}

void Report::cluster() {
  if (facts_.masters.empty()) return;
  out_.print("  cluster mode: yes ({} masters)\n", facts_.masters.size());
  for (size_t number = 0; number < facts_.masters.size(); ++number) {
    const auto& config = facts_.masters[number];
    if (!config) continue;
    out_.print("  node [{}] configuration:\n    save: {}\n    appendonly: {}\n", number,
               config->save.empty() ? "NONE" : config->save, config->appendonly);
  }
}

void Report::summary(std::string_view title, const TimeFigures& times) {
  out_.print("  {} summary (msec):\n", title);
  out_.print("    {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "avg", "min", "p50", "p95", "p99", "max");
  out_.print("    {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", ms(times.mean_ns), ms(times.min_ns), ms(times.p50_ns),
             ms(times.p95_ns), ms(times.p99_ns), ms(times.max_ns));
}

// Half of what is left in each step, until all are below.
void Report::percentiles(const Histogram& latency) {
  out_.write("\nLatency by percentile distribution:\n");
  const auto line = [this, &latency](double percent, uint64_t value) {
    out_.print("{:.3f}% <= {} milliseconds (cumulative count {})\n", percent, ms(value), latency.count_to(value));
  };
  if (latency.count() == 0) return;
  line(0, latency.min());
  double left = 100;
  for (uint64_t value = latency.min(); latency.count_to(value) < latency.count();) {
    left /= 2;
    value = latency.percentile(100 - left);
    line(100 - left, value);
  }
  line(100, latency.max());
}

void Report::distribution(const Histogram& latency) {
  out_.write("\nCumulative distribution of latencies:\n");
  const auto total = static_cast<double>(latency.count());
  uint64_t below = 0;
  uint64_t until = 0;  // the end of the step that is being counted
  const auto line = [this, &below, &until, total] {
    if (below == 0) return;
    out_.print("{:.3f}% <= {} milliseconds (cumulative count {})\n", static_cast<double>(below) * 100 / total,
               ms(until), below);
  };
  latency.for_each_bucket([&](const Histogram::Bucket& bucket) {
    if (bucket.lowest > until) {
      line();
      const uint64_t step = bucket.lowest < fine_until_ns ? fine_step_ns : coarse_step_ns;
      until = (bucket.lowest + step - 1) / step * step;
    }
    below += bucket.count;
  });
  line();
}

}  // namespace redoubt

#include "benchmark/report/sweep_report.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "benchmark/report/knee.h"
#include "common/tool/names.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

constexpr double ns_per_ms = 1e6;
constexpr size_t shown_bytes_of_title = 200;

std::string percent(double share) { return fmt::format("{:.0f} %", share * 100); }

}  // namespace

std::string SweepReport::ms(double nanoseconds) const {
  return fmt::format("{:.{}f}", nanoseconds / ns_per_ms, precision_);
}

void SweepReport::begin() {
  if (form_ != ReportForm::csv) return;
  out_.write(
      "\"test\",\"clients\",\"pipeline\",\"threads\",\"requests\",\"errors\",\"seconds\",\"rps\",\"avg_latency_ms\"");
  for (const LatencyFigure& figure : latency_figures) out_.print(",\"{}_latency_ms\"", figure.field);
  out_.write(",\"client_busy\",\"server_busy\",\"limit\"\n");
}

void SweepReport::combination(const Measurement& one) {
  if (form_ == ReportForm::quiet) {
    out_.print("{} clients={} pipeline={}: {:.2f} requests per second, p50={} msec, p99={} msec\n", one.test,
               one.clients, one.pipeline, one.rate(), ms(static_cast<double>(one.p50_ns)),
               ms(static_cast<double>(one.p99_ns)));
  } else if (form_ == ReportForm::csv) {
    std::string quoted;
    for (const char byte : one.test) quoted.append(byte == '"' ? 2 : 1, byte);
    out_.print("\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{:.6f}\",\"{:.2f}\",\"{}\"", quoted, one.clients,
               one.pipeline, one.threads, one.replies, one.errors, one.seconds, one.rate(), ms(one.mean_ns));
    for (const LatencyFigure& figure : latency_figures) {
      out_.print(",\"{}\"", ms(static_cast<double>(one.*figure.value)));
    }
    const std::optional<double> server = one.server_busy();
    out_.print(",\"{:.3f}\",\"{}\",\"{}\"\n", one.client_busy(),
               server ? fmt::format("{:.3f}", *server) : std::string(), name_of(one.limit()));
  }
  out_.flush();
}

void SweepReport::test(std::span<const Measurement> measurements) {
  if (form_ != ReportForm::full || measurements.empty()) return;
  out_.print("====== {} ======\n", shown_name(measurements.front().test, shown_bytes_of_title));
  table(measurements);
  const auto was_the_limit = [](const Measurement& one) {
    return one.limit() == Limit::client || one.limit() == Limit::both;
  };
  for (const Knee& knee : find_knees(measurements)) out_.print("{}\n", knee_sentence(knee, precision_));
  // Of those where the client could do no more, the one that says most.
  const Measurement* told = nullptr;
  for (const Measurement& one : measurements) {
    if (was_the_limit(one) && (told == nullptr || one.client_busy() > told->client_busy())) told = &one;
  }
  if (told != nullptr) {
    out_.print("{}\n", painter_.paint(Style::warning, fmt::format("With {} clients and pipeline {}: {}.", told->clients,
                                                                  told->pipeline, verdict_sentence(*told))));
  }
  out_.write("\n");
  out_.flush();
}

void SweepReport::table(std::span<const Measurement> measurements) {
  std::vector<TextTable::Column> columns = {{"clients"}, {"pipeline"}, {"requests/s"}, {"avg ms"}};
  for (const LatencyFigure& figure : latency_figures) columns.push_back({fmt::format("{} ms", figure.name)});
  columns.push_back({"client CPU"});
  columns.push_back({"server CPU"});
  columns.push_back({"limit", false});
  TextTable table(columns);
  for (const Measurement& one : measurements) {
    std::vector<std::string> cells = {fmt::format("{}", one.clients), fmt::format("{}", one.pipeline),
                                      grouped(static_cast<uint64_t>(std::llround(one.rate()))), ms(one.mean_ns)};
    for (const LatencyFigure& figure : latency_figures) cells.push_back(ms(static_cast<double>(one.*figure.value)));
    const std::optional<double> server = one.server_busy();
    cells.push_back(percent(one.client_busy()));
    cells.push_back(server ? percent(*server) : "-");
    cells.emplace_back(name_of(one.limit()));
    table.row(std::move(cells));
  }
  table.print(painter_, out_);
}

}  // namespace redoubt

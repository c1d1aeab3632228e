#include "benchmark/report/sweep_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "benchmark/report/knee.h"
#include "common/tool/csv_text.h"
#include "common/tool/names.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

constexpr size_t shown_bytes_of_title = 200;

// Beside all of latency: a row is to fit on a wide terminal.
constexpr std::array service_columns = {TimeFigure{"p50", "", &TimeFigures::p50_ns},
                                        TimeFigure{"p99", "", &TimeFigures::p99_ns},
                                        TimeFigure{"max", "", &TimeFigures::max_ns}};

std::string percent(double share) { return fmt::format("{:.0f} %", share * 100); }

}  // namespace

void SweepReport::begin() {
  if (form_ != ReportForm::csv) return;
  out_.print(
      "\"test\",\"clients\",\"pipeline\",\"threads\",\"requests\",\"errors\",\"seconds\",\"rps\"{},\"client_busy\","
      "\"server_busy\",\"limit\"{}\n",
      csv_names("latency"), facts_.rate > 0 ? csv_names("service") : std::string());
}

void SweepReport::combination(const Measurement& one) {
  if (form_ == ReportForm::quiet) {
    out_.print("{} clients={} pipeline={}: {:.2f} requests per second, p50={} msec, p99={} msec", one.test, one.clients,
               one.pipeline, one.rate(), ms(one.latency.p50_ns), ms(one.latency.p99_ns));
    if (one.service) {
      out_.print(", service p50={} msec, p99={} msec", ms(one.service->p50_ns), ms(one.service->p99_ns));
    }
    out_.write("\n");
  } else if (form_ == ReportForm::csv) {
    const std::optional<double> server = one.server_busy();
    out_.print("{},\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{:.6f}\",\"{:.2f}\"{}", csv_quoted(one.test), one.clients,
               one.pipeline, one.threads, one.replies, one.errors, one.seconds, one.rate(),
               csv_values(one.latency, facts_.precision));
    out_.print(",\"{:.3f}\",\"{}\",\"{}\"{}\n", one.client_busy(),
               server ? fmt::format("{:.3f}", *server) : std::string(), name_of(one.limit()),
               one.service ? csv_values(*one.service, facts_.precision) : std::string());
  }
  out_.flush();
}

void SweepReport::test(std::span<const Measurement> measurements) {
  if (form_ != ReportForm::full || measurements.empty()) return;
  out_.print("====== {} ======\n", shown_name(measurements.front().test, shown_bytes_of_title));
  table(measurements);
  const auto was_the_limit = [](const Measurement& one) {
    return one.limit() == Limit::client || one.limit() == Limit::both || one.waits_in_client();
  };
  if (facts_.rate > 0) {
    out_.print("{} requests per second were due; latency counts from the intended start of each.\n", facts_.rate);
  }
  for (const Knee& knee : find_knees(measurements)) out_.print("{}\n", knee_sentence(knee, facts_.precision));
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
  for (const TimeFigure& figure : time_figures) columns.push_back({fmt::format("{} ms", figure.name)});
  const bool has_service = measurements.front().service.has_value();
  if (has_service) {
    for (const TimeFigure& figure : service_columns) columns.push_back({fmt::format("service {} ms", figure.name)});
  }
  columns.push_back({"client CPU"});
  columns.push_back({"server CPU"});
  columns.push_back({"limit", false});
  TextTable table(columns);
  for (const Measurement& one : measurements) {
    std::vector<std::string> cells = {fmt::format("{}", one.clients), fmt::format("{}", one.pipeline),
                                      grouped(static_cast<uint64_t>(std::llround(one.rate()))),
                                      ms(one.latency.mean_ns)};
    for (const TimeFigure& figure : time_figures) cells.push_back(ms(one.latency.*figure.value));
    if (has_service) {
      for (const TimeFigure& figure : service_columns) cells.push_back(ms((*one.service).*figure.value));
    }
    const std::optional<double> server = one.server_busy();
    cells.push_back(percent(one.client_busy()));
    cells.push_back(server ? percent(*server) : "-");
    cells.emplace_back(name_of(one.limit()));
    table.row(std::move(cells));
  }
  table.print(painter_, out_);
}

}  // namespace redoubt

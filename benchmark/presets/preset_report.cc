#include "benchmark/presets/preset_report.h"

#include <cmath>
#include <optional>
#include <string>

#include "benchmark/report/time_figures.h"
#include "common/tool/csv_text.h"
#include "common/tool/names.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

constexpr double grouped_from = 1000;

std::string rate_text(double rate) {
  return rate < grouped_from ? fmt::format("{:.2f}", rate) : grouped(static_cast<uint64_t>(std::llround(rate)));
}

}  // namespace

void PresetReport::begin() {
  if (form_ != ReportForm::csv) return;
  out_.print(
      "\"test\",\"clients\",\"pipeline\",\"requests_per_call\",\"calls_per_second\",\"published_calls_per_second\"{}\n",
      csv_names("latency"));
}

void PresetReport::row(const Measurement& one) {
  rows_.push_back(one);
  const auto& published = one.published_calls_per_second;
  if (form_ == ReportForm::quiet) {
    out_.print("{}", one.test);
    if (preset_.clients.size() > 1) out_.print(" clients={}", one.clients);
    out_.print(": {:.2f} {} per second, p50={} msec{}\n", one.calls_per_second(),
               one.requests_per_call > 1 ? "calls" : "requests", ms_text(one.latency.p50_ns, precision_),
               published ? fmt::format(", published: {:.2f}", *published) : std::string());
  } else if (form_ == ReportForm::csv) {
    out_.print("{},\"{}\",\"{}\",\"{}\",\"{:.2f}\",\"{}\"{}\n", csv_quoted(one.test), one.clients, one.pipeline,
               one.requests_per_call, one.calls_per_second(),
               published ? fmt::format("{:.2f}", *published) : std::string(), csv_values(one.latency, precision_));
  }
  out_.flush();
}

void PresetReport::end() {
  if (form_ != ReportForm::full || rows_.empty()) return;
  out_.print("====== {}: {} ======\n{}\n", preset_.name, preset_.what, preset_.source);
  TextTable table({{"test", false},
                   {"clients"},
                   {"pipeline"},
                   {"published/s"},
                   {"here/s"},
                   {"ratio"},
                   {"p50 ms"},
                   {"p99 ms"},
                   {"limit", false}});
  bool any_published = false;
  for (const Measurement& one : rows_) {
    const auto& published = one.published_calls_per_second;
    any_published = any_published || published;
    table.row({one.test, fmt::format("{}", one.clients), fmt::format("{}", one.pipeline),
               published ? rate_text(*published) : "-", rate_text(one.calls_per_second()),
               published ? fmt::format("{:.2f}", one.calls_per_second() / *published) : "-",
               ms_text(one.latency.p50_ns, precision_), ms_text(one.latency.p99_ns, precision_),
               std::string(name_of(one.limit()))});
  }
  table.print(painter_, out_);
  if (any_published) {
    out_.write(
        "What was published is of another machine and another year: to compare servers, measure them beside each "
        "other.\n");
  }
  out_.write("\n");
  out_.flush();
}

}  // namespace redoubt

#include "benchmark/compare/comparison_report.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "common/tool/csv_text.h"
#include "common/tool/json_text.h"
#include "common/tool/names.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

namespace json = boost::json;

constexpr size_t shown_bytes_of_title = 200;

// Four digits that say something.
std::string figure_text(double value) {
  return value >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

json::object json_of(const Measurement& of) {
  json::object one{{"requests", of.replies},           {"errors", of.errors},         {"seconds", of.seconds},
                   {"requests_per_second", of.rate()}, {"p50_ns", of.latency.p50_ns}, {"p99_ns", of.latency.p99_ns},
                   {"p99_9_ns", of.latency.p999_ns},   {"server_seconds", nullptr},   {"limit", name_of(of.limit())}};
  if (of.server_cpu) one["server_seconds"] = of.server_cpu->all;
  return one;
}

json::object json_of(const ComparedFigure& figure) {
  json::object one{{"figure", figure.field}};
  if (const auto& of = figure.ratio) {
    one["a"] = of->a;
    one["b"] = of->b;
    one["ratio"] = of->ratio;
    one["low"] = of->low;
    one["high"] = of->high;
    one["real"] = of->real();
  }
  return one;
}

uint64_t errors_of(const Comparison& comparison, Measurement Round::*side) {
  uint64_t errors = 0;
  for (const Round& round : comparison.rounds) errors += (round.*side).errors;
  return errors;
}

}  // namespace

void ComparisonReport::begin() {
  if (form_ != ReportForm::csv) return;
  out_.write(
      "\"test\",\"clients\",\"pipeline\",\"rounds\",\"figure\",\"a\",\"b\",\"ratio\",\"low\",\"high\",\"real\"\n");
}

void ComparisonReport::comparison(const Comparison& comparison) {
  switch (form_) {
    case ReportForm::full: full(comparison); break;
    case ReportForm::csv: csv(comparison); break;
    case ReportForm::quiet: {
      const ComparedFigure rate = figures_of(comparison).front();
      out_.print("{} clients={} pipeline={}: ", comparison.test, comparison.clients, comparison.pipeline);
      if (rate.ratio) {
        out_.print("{:.2f} against {:.2f} requests per second, ratio {:.3f} ({:.3f} to {:.3f}), {}\n", rate.ratio->a,
                   rate.ratio->b, rate.ratio->ratio, rate.ratio->low, rate.ratio->high, comparison_sentence(rate));
      } else {
        out_.write("not known\n");
      }
      break;
    }
  }
  out_.flush();
}

void ComparisonReport::csv(const Comparison& comparison) {
  for (const ComparedFigure& figure : figures_of(comparison)) {
    if (!figure.ratio) continue;
    const PairedRatio& of = *figure.ratio;
    out_.print("{},\"{}\",\"{}\",\"{}\",\"{}\",\"{:.6g}\",\"{:.6g}\",\"{:.6f}\",\"{:.6f}\",\"{:.6f}\",\"{}\"\n",
               csv_quoted(comparison.test), comparison.clients, comparison.pipeline, comparison.rounds.size(),
               figure.field, of.a, of.b, of.ratio, of.low, of.high, of.real() ? 1 : 0);
  }
}

void ComparisonReport::full(const Comparison& comparison) {
  out_.print("====== {} ======\n", shown_name(comparison.test, shown_bytes_of_title));
  out_.print("  A: {}\n  B: {}\n", servers_.a, servers_.b);
  out_.print("  {} rounds, A B A B; {} clients, pipeline {}\n\n", comparison.rounds.size(), comparison.clients,
             comparison.pipeline);
  TextTable table({{"", false}, {"A"}, {"B"}, {"A / B"}, {"with 95 % confidence"}, {"", false}});
  for (const ComparedFigure& figure : figures_of(comparison)) {
    const auto& of = figure.ratio;
    table.row({std::string(figure.name), of ? figure_text(of->a) : "-", of ? figure_text(of->b) : "-",
               of ? fmt::format("{:.3f}", of->ratio) : "-",
               of ? fmt::format("{:.3f} to {:.3f}", of->low, of->high) : "-", comparison_sentence(figure)});
  }
  table.print(painter_, out_);
  const uint64_t errors_a = errors_of(comparison, &Round::a);
  const uint64_t errors_b = errors_of(comparison, &Round::b);
  if (errors_a + errors_b > 0) {
    out_.print("{}\n", painter_.paint(Style::bad, fmt::format("error replies: {} of A, {} of B", errors_a, errors_b)));
  }
  if (const size_t limited = limited_by_client(comparison); limited > 0) {
    out_.print("{}\n",
               painter_.paint(Style::warning,
                              fmt::format("The client was the limit of {} of {} measurements: the servers may differ "
                                          "by more than this; try --threads",
                                          limited, comparison.rounds.size() * 2)));
  }
  out_.write("\n");
}

std::string comparison_json(const ComparedServers& servers, std::span<const Comparison> comparisons, bool whole) {
  json::array all;
  for (const Comparison& comparison : comparisons) {
    json::array figures;
    for (const ComparedFigure& figure : figures_of(comparison)) figures.push_back(json_of(figure));
    json::array rounds;
    for (const Round& round : comparison.rounds) rounds.push_back({{"a", json_of(round.a)}, {"b", json_of(round.b)}});
    all.push_back({{"test", json_of_bytes(comparison.test)},
                   {"clients", comparison.clients},
                   {"pipeline", comparison.pipeline},
                   {"figures", std::move(figures)},
                   {"rounds", std::move(rounds)}});
  }
  const json::object document{{"version", 1},
                              {"a", json_of_bytes(servers.a)},
                              {"b", json_of_bytes(servers.b)},
                              {"whole", whole},
                              {"comparisons", std::move(all)}};
  return json::serialize(document) + "\n";
}

}  // namespace redoubt

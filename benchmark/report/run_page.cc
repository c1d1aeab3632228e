#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "benchmark/report/knee.h"
#include "benchmark/report/line_chart.h"
#include "benchmark/report/run_record.h"
#include "common/tool/html_page.h"
#include "common/tool/html_text.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr double ns_per_ms = 1e6;
constexpr int64_t ms_per_second = 1000;
constexpr int decimals = 3;
constexpr size_t fewest_seconds = 4;  // that are drawn, with the last one
constexpr size_t most_points = 300;   // of a time series
constexpr size_t shown_bytes_of_title = 200;

using Measurements = std::span<const Measurement>;

std::string rate_text(double rate) {
  if (rate >= 1e6) return fmt::format("{:.4g} M", rate / 1e6);
  return rate >= 1e4 ? fmt::format("{:.4g} k", rate / 1e3) : fmt::format("{:.4g}", rate);
}
std::string time_text(double ms) {
  if (ms < 1) return fmt::format("{:.4g} µs", ms * 1e3);
  return ms < 1e3 ? fmt::format("{:.4g} ms", ms) : fmt::format("{:.4g} s", ms / 1e3);
}
double ms_of(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / ns_per_ms; }

// What all of the same have in common stands first in their list.
template <typename Same>
std::vector<Measurements> groups_of(Measurements all, Same same) {
  std::vector<Measurements> groups;
  while (!all.empty()) {
    const auto end =
        std::find_if(all.begin(), all.end(), [&](const Measurement& one) { return !same(all.front(), one); });
    groups.push_back(all.first(static_cast<size_t>(end - all.begin())));
    all = all.subspan(groups.back().size());
  }
  return groups;
}

class Page {
 public:
  explicit Page(const RunRecord& record) : record_(record) {}

  std::string make() {
    head();
    const auto same_test = [](const Measurement& a, const Measurement& b) { return a.test == b.test; };
    for (const Measurements of_test : groups_of(record_.measurements, same_test)) test(of_test);
    const std::string title = fmt::format("Throughput of {}", html_name(record_.server, shown_bytes_of_title));
    return html_page(title, chart_style, html_);
  }

 private:
  template <typename... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(html_), format, std::forward<Arguments>(arguments)...);
  }

  void head() {
    if (!record_.whole) {
      html_ += "<p class=\"bad\">The run did not come to its end: these are the figures of what was measured.</p>\n";
    }
    add("<p class=\"note\">Measured from {} on", utc_time(record_.began_ms / ms_per_second));
    if (record_.requests > 0) add(", with {} requests each", grouped(record_.requests));
    if (!record_.cluster.empty()) add(", spread over {} masters of a cluster", grouped(record_.cluster.size()));
    if (record_.rate > 0) {
      add(", {} per second being due (latency counts from the intended start of each, service time from when it was "
          "sent)",
          grouped(record_.rate));
    }
    add(", values of {} bytes, ", grouped(record_.data_size));
    html_ += record_.key_space > 0 ? fmt::format("{} random keys, ", grouped(record_.key_space)) : "one key, ";
    html_ += record_.keep_alive ? "connections kept.</p>\n" : "a new connection for each batch.</p>\n";
  }

  void test(Measurements of_test) {
    add("<h2>{}</h2>\n", html_name(of_test.front().test, shown_bytes_of_title));
    for (const Knee& knee : find_knees(of_test)) add("<p>{}</p>\n", html_text(knee_sentence(knee, decimals)));
    for (const Measurement& one : of_test) {
      if (!one.verified) continue;
      add("<p{}>{}</p>\n", one.verified->all() > 0 ? " class=\"bad\"" : "",
          html_text(verified_sentence(*one.verified)));
    }
    const auto same_pipeline = [](const Measurement& a, const Measurement& b) { return a.pipeline == b.pipeline; };
    const auto by_pipeline = groups_of(of_test, same_pipeline);
    html_ += "<div class=\"charts\">\n";
    if (by_pipeline.front().size() > 1) {
      throughput(by_pipeline);
      for (const Measurements pipeline : by_pipeline) latencies(pipeline);
    } else if (by_pipeline.size() > 1) {
      throughput_by_pipeline(of_test);
    }
    for (const Measurement& one : of_test) seconds(one);
    html_ += "</div>\n";
    table(of_test);
    commands(of_test);
  }

  // A line for each pipeline. An interrupted one has fewer values.
  void throughput(const std::vector<Measurements>& by_pipeline) {
    LineChart chart{.title = "requests per second", .across = "clients", .text = rate_text};
    for (const Measurement& one : by_pipeline.front()) chart.marks.push_back(fmt::format("{}", one.clients));
    for (const Measurements pipeline : by_pipeline) {
      LineChart::Line line{fmt::format("pipeline {}", pipeline.front().pipeline), {}};
      for (const Measurement& one : pipeline) line.values.push_back(one.rate());
      chart.lines.push_back(std::move(line));
    }
    html_ += line_chart(chart);
  }

  void throughput_by_pipeline(Measurements of_test) {
    LineChart chart{.title = "requests per second", .across = "pipeline", .text = rate_text};
    chart.lines.push_back({fmt::format("{} clients", of_test.front().clients), {}});
    for (const Measurement& one : of_test) {
      chart.marks.push_back(fmt::format("{}", one.pipeline));
      chart.lines.front().values.push_back(one.rate());
    }
    html_ += line_chart(chart);
  }

  void latencies(Measurements pipeline) {
    times("latency", pipeline, [](const Measurement& one) { return one.latency; });
    if (!pipeline.front().service) return;
    times("service time", pipeline, [](const Measurement& one) { return one.service.value_or(TimeFigures{}); });
  }

  void times(std::string_view title, Measurements pipeline, TimeFigures (*of)(const Measurement&)) {
    LineChart chart{.title = fmt::format("{}, pipeline {}", title, pipeline.front().pipeline),
                    .across = "clients",
                    .logarithmic = true,
                    .text = time_text};
    for (const Measurement& one : pipeline) chart.marks.push_back(fmt::format("{}", one.clients));
    for (const TimeFigure& figure : time_figures) {
      LineChart::Line line{std::string(figure.name), {}};
      for (const Measurement& one : pipeline) line.values.push_back(ms_of(of(one).*figure.value));
      chart.lines.push_back(std::move(line));
    }
    html_ += line_chart(chart);
  }

  // Of runs that lasted some seconds. The last one is cut short as a rule, and would look like a fall.
  void seconds(const Measurement& one) {
    if (one.series.size() < fewest_seconds) return;
    const std::span<const SecondStats> whole(one.series.data(), one.series.size() - 1);
    const std::string with = fmt::format("{} clients, pipeline {}", one.clients, one.pipeline);
    LineChart rate{.title = "requests in each second, " + with, .across = "second", .text = rate_text};
    LineChart latency{
        .title = "latency in each second, " + with, .across = "second", .logarithmic = true, .text = time_text};
    rate.lines = {{"requests", {}}};
    latency.lines = {{"p50", {}}, {"p99", {}}, {"max", {}}};
    // Of a long run some seconds are drawn as one: their mean, and the worst of their latencies.
    const size_t step = (whole.size() + most_points - 1) / most_points;
    for (size_t from = 0; from < whole.size(); from += step) {
      const auto part = whole.subspan(from, std::min(step, whole.size() - from));
      SecondStats worst;
      for (const SecondStats& second : part) {
        worst.replies += second.replies;
        worst.p50_ns = std::max(worst.p50_ns, second.p50_ns);
        worst.p99_ns = std::max(worst.p99_ns, second.p99_ns);
        worst.max_ns = std::max(worst.max_ns, second.max_ns);
      }
      rate.marks.push_back(fmt::format("{}", from));
      rate.lines[0].values.push_back(static_cast<double>(worst.replies) / static_cast<double>(part.size()));
      latency.lines[0].values.push_back(ms_of(worst.p50_ns));
      latency.lines[1].values.push_back(ms_of(worst.p99_ns));
      latency.lines[2].values.push_back(ms_of(worst.max_ns));
    }
    latency.marks = rate.marks;
    html_ += line_chart(rate);
    html_ += line_chart(latency);
  }

  void table(Measurements of_test) {
    const bool has_service = of_test.front().service.has_value();
    html_ += "<div class=\"wide\"><table>\n<tr><th>clients</th><th>pipeline</th><th>requests/s</th><th>errors</th>";
    names("");
    if (has_service) names("service ");
    html_ += "<th>client lag p99 ms</th><th>client lag max ms</th><th class=\"text\">CPU</th></tr>\n";
    for (const Measurement& one : of_test) {
      add("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td>", one.clients, one.pipeline,
          grouped(static_cast<uint64_t>(std::llround(one.rate()))), grouped(one.errors));
      values(one.latency);
      if (has_service) values(one.service.value_or(TimeFigures{}));
      const auto lag = [&one](uint64_t TimeFigures::*figure) {
        return one.client_lag ? ms_text((*one.client_lag).*figure, decimals) : std::string("-");
      };
      add("<td>{}</td><td>{}</td>", lag(&TimeFigures::p99_ns), lag(&TimeFigures::max_ns));
      add("<td class=\"text\">{}</td></tr>\n", html_text(verdict_sentence(one)));
    }
    html_ += "</table></div>\n";
  }

  // What each command of a mix did.
  void commands(Measurements of_test) {
    if (of_test.front().commands.empty()) return;
    html_ +=
        "<div class=\"wide\"><table>\n<tr><th class=\"text\">command</th><th>clients</th><th>pipeline</th>"
        "<th>share</th><th>requests/s</th><th>errors</th>";
    names("");
    html_ += "</tr>\n";
    for (const Measurement& measurement : of_test) {
      for (const CommandFigures& one : measurement.commands) {
        add("<tr><td class=\"text\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>",
            html_name(one.command, shown_bytes_of_title), measurement.clients, measurement.pipeline,
            share_of(one.replies, measurement.replies),
            grouped(static_cast<uint64_t>(std::llround(measurement.rate(one)))), grouped(one.errors));
        values(one.latency);
        html_ += "</tr>\n";
      }
    }
    html_ += "</table></div>\n";
  }

  // Of the columns of times.
  void names(std::string_view of) {
    add("<th>{}avg ms</th>", of);
    for (const TimeFigure& figure : time_figures) add("<th>{}{} ms</th>", of, figure.name);
  }
  void values(const TimeFigures& times) {
    add("<td>{}</td>", ms_text(times.mean_ns, decimals));
    for (const TimeFigure& figure : time_figures) add("<td>{}</td>", ms_text(times.*figure.value, decimals));
  }

  const RunRecord& record_;
  std::string html_;
};

}  // namespace

std::string run_page(const RunRecord& record) { return Page(record).make(); }

}  // namespace redoubt

#include "benchmark/measurer.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "benchmark/report/progress_line.h"
#include "common/tool/terminal.h"

namespace redoubt {
namespace {

constexpr size_t preload_pipeline = 64;
constexpr double ns_per_second = 1e9;
constexpr std::string_view erase_line = "\r\x1b[K";

}  // namespace

Measurer::Measurer(const BenchmarkOptions& options, const Target& target, BlockingLink link, Interrupt& interrupt,
                   Output& out, Output& err)
    : options_(options), target_(target), interrupt_(interrupt), out_(out), err_(err), link_(std::move(link)) {
  plan_.address = target.address;
  plan_.greeting = target.greeting_bytes;
  plan_.greeting_replies = target.greeting.size();
  plan_.clients = options.clients;
  plan_.pipeline = options.pipeline;
  plan_.threads = options.threads;
  plan_.requests = options.duration_seconds > 0 ? UINT64_MAX : options.requests;
  plan_.duration_ns = static_cast<int64_t>(options.duration_seconds * ns_per_second);
  plan_.warmup_ns = static_cast<int64_t>(options.warmup_seconds * ns_per_second);
  plan_.rate = options.rate;
  plan_.reconnect_after = options.reconnect;
  plan_.stop_on_error = options.stop_on_error;
  plan_.seed = options.seed;
}

Status Measurer::preload() {
  if (options_.preload == 0) return {};
  LoadPlan plan = plan_;
  plan.requests = options_.preload;
  plan.pipeline = std::max(plan.pipeline, preload_pipeline);
  plan.warmup_ns = plan.duration_ns = 0;
  plan.rate = plan.reconnect_after = 0;
  const std::vector<std::string> words = {"SET", "key:{key}", "{data}"};
  const Workload workload(Request(words, Request::Places::all), *KeyChoice::parse("sequential", options_.preload),
                          options_.values);
  const Result<LoadResult> result =
      Load(plan, workload).run([this](const LoadProgress&) { return !interrupt_.seen(); });
  if (!result) return Error{fmt::format("Error: {}: {}", target_.name, result.error().text)};
  for (const auto& [text, count] : result->errors) {
    return Error{fmt::format("Error from server while keys were preloaded: {} ({} times)", text, count)};
  }
  return {};
}

// After an error the link is of no use.
std::optional<ServerCpu> Measurer::server_cpu() {
  if (!link_) return std::nullopt;
  const auto cpu = ask_server_cpu(*link_);
  if (!cpu) link_.reset();
  return cpu;
}

std::optional<Measured> Measurer::measure(const StandardTest& test, size_t clients, size_t pipeline) {
  plan_.clients = clients;
  plan_.pipeline = pipeline;
  if (!options_.keep_alive) plan_.reconnect_after = pipeline;
  const std::optional<ServerCpu> cpu_before = server_cpu();
  LoadProgress before;
  const bool shown = is_terminal(STDOUT_FILENO) && options_.form != ReportForm::csv;
  SecondSink each_second;
  if (log_ != nullptr && !test.only_fills) {
    log_->begin(options_.sweeps() ? fmt::format("{};clients={};pipeline={}", test.title, clients, pipeline)
                                  : test.title);
    each_second = [this](const LoadSecond& second) { log_->write(second); };
  }
  const auto watch = [&](const LoadProgress& now) {
    if (shown) {
      out_.print("{}{}", erase_line, progress_line(test.title, plan_, before, now, options_.precision));
      out_.flush();
      before = now;
    }
    return !interrupt_.seen();
  };
  Result<LoadResult> result = Load(plan_, test.workload).run(watch, each_second);
  if (shown) out_.write(erase_line);
  if (!result) {
    err_.print("Error: {}: {}\n", target_.name, result.error().text);
    return std::nullopt;
  }
  Measured measured{std::move(*result), {}};
  measured.figures = measurement_of(test.title, clients, pipeline, plan_.threads, measured.result);
  const std::optional<ServerCpu> cpu_after = server_cpu();
  if (cpu_before && cpu_after) measured.figures.server_cpu = *cpu_after - *cpu_before;
  for (const auto& [text, count] : measured.result.errors) {
    errors_ = true;
    err_.print("Error from server: {} ({} times)\n", text, count);
  }
  if (measured.result.unanswered > 0) {
    err_.print("{} requests had no reply when the test ended\n", measured.result.unanswered);
  }
  return measured;
}

}  // namespace redoubt

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
    : options_(options),
      target_(target),
      interrupt_(interrupt),
      out_(out),
      err_(err),
      address_(target.address),
      link_latency_ns_(options.link_latency_ns) {
  links_.push_back(std::move(link));
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

void Measurer::spread_over(Cluster& cluster, std::vector<BlockingLink> links) {
  cluster_ = &cluster;
  links_ = std::move(links);
  plan_.nodes = &cluster.load_nodes();
}

// The nodes of a cluster are named by the load.
std::string Measurer::failure_text(const std::string& why) const {
  return cluster_ != nullptr ? "Error: " + why : fmt::format("Error: {}: {}", target_.name, why);
}

void Measurer::go_by(const ServerAddress& address, int64_t link_latency_ns) {
  plan_.other_cpu_seconds = nullptr;
  relay_.reset();
  address_ = plan_.address = address;
  link_latency_ns_ = link_latency_ns;
}

Status Measurer::set_up_link() {
  if (relay_ || link_latency_ns_ == 0) return {};
  auto relay = LinkRelay::start(address_, link_latency_ns_);
  if (!relay) return relay.error();
  relay_ = std::move(*relay);
  plan_.address = relay_->address();
  plan_.other_cpu_seconds = [this] { return relay_->cpu_seconds(); };
  return {};
}

Status Measurer::preload() {
  if (options_.preload == 0) return {};
  LoadPlan plan = plan_;
  plan.address = target_.address;
  plan.requests = options_.preload;
  plan.pipeline = std::max(plan.pipeline, preload_pipeline);
  plan.warmup_ns = plan.duration_ns = 0;
  plan.rate = plan.reconnect_after = 0;
  const std::vector<std::string> words = {"SET", cluster_ != nullptr ? "key:{tag}:{key}" : "key:{key}", "{data}"};
  const Workload workload(Request(words, Request::Places::all, cluster_ != nullptr),
                          *KeyChoice::parse("sequential", options_.preload), options_.values);
  if (cluster_ == nullptr) return preload_with(plan, workload);
  // Each node has its part of the keys, all of which are set once.
  for (const LoadNode& node : *cluster_->load_nodes().table()) {
    LoadNodes only(std::make_shared<const NodeTable>(NodeTable{node}));
    plan.nodes = &only;
    plan.requests = node.slots.numbers_below(options_.preload);
    if (plan.requests == 0) continue;
    if (const Status loaded = preload_with(plan, workload); !loaded) return loaded;
  }
  return {};
}

Status Measurer::preload_with(const LoadPlan& plan, const Workload& workload) {
  const Result<LoadResult> result =
      Load(plan, workload).run([this](const LoadProgress&) { return !interrupt_.seen(); });
  if (!result) return Error{failure_text(result.error().text)};
  for (const auto& [text, count] : result->errors) {
    return Error{fmt::format("Error from server while keys were preloaded: {} ({} times)", text, count)};
  }
  return {};
}

// Of each server; none when one does not tell. After an error a link is of no use.
std::vector<ServerCpu> Measurer::server_cpu() {
  std::vector<ServerCpu> all;
  for (BlockingLink& link : links_) {
    const auto cpu = ask_server_cpu(link);
    if (!cpu) {
      links_.clear();
      return {};
    }
    all.push_back(*cpu);
  }
  return all;
}

std::optional<Measured> Measurer::measure(const StandardTest& test, size_t clients, size_t pipeline) {
  if (const Status ready = set_up_link(); !ready) {
    err_.print("Error: {}\n", ready.error().text);
    return std::nullopt;
  }
  plan_.clients = clients;
  plan_.pipeline = pipeline;
  if (!options_.keep_alive) plan_.reconnect_after = pipeline;
  std::string logged = options_.sweeps() ? fmt::format("{};clients={};pipeline={}", test.title, clients, pipeline)
                                         : std::string(test.title);
  if (test.only_fills) logged.clear();
  auto measured = measure(test.title, plan_, logged, [&](const Watch& watch, const SecondSink& each_second) {
    return Load(plan_, test.workload).run(watch, each_second);
  });
  if (measured) measured->figures.requests_per_call = test.workload.unit();
  return measured;
}

std::optional<Measured> Measurer::measure(std::string_view title, const LoadPlan& plan, const std::string& logged,
                                          const LoadRun& load) {
  if (cluster_ != nullptr) cluster_->begin_test();
  const uint64_t slots_before = cluster_ != nullptr ? cluster_->load_nodes().version() : 0;
  const std::vector<ServerCpu> cpu_before = server_cpu();
  LoadProgress before;
  const bool shown = is_terminal(STDOUT_FILENO) && options_.form != ReportForm::csv;
  SecondSink each_second;
  if (log_ != nullptr && !logged.empty()) {
    log_->begin(logged);
    each_second = [this](const LoadSecond& second) { log_->write(second); };
  }
  const auto watch = [&](const LoadProgress& now) {
    if (shown) {
      out_.print("{}{}", erase_line, progress_line(title, plan, before, now, options_.precision));
      out_.flush();
      before = now;
    }
    return !interrupt_.seen();
  };
  Result<LoadResult> result = load(watch, each_second);
  if (shown) out_.write(erase_line);
  if (!result) {
    err_.print("{}\n", failure_text(result.error().text));
    return std::nullopt;
  }
  Measured measured{std::move(*result), {}};
  measured.figures = measurement_of(title, plan.clients, plan.pipeline, plan.threads, measured.result);
  measured.figures.server_cpu = spent_between(cpu_before, server_cpu());
  for (const auto& [text, count] : measured.result.errors) {
    // Slots that really moved are no fault.
    const bool moved = cluster_ != nullptr && cluster_->load_nodes().version() != slots_before;
    if (!moved || redirection_of(text).empty()) errors_ = true;
    err_.print("Error from server: {} ({} times)\n", text, count);
  }
  if (measured.result.unanswered > 0) {
    err_.print("{} requests had no reply when the test ended\n", measured.result.unanswered);
  }
  return measured;
}

}  // namespace redoubt

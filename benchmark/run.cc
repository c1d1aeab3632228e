#include "benchmark/run.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <utility>

#include "benchmark/load.h"
#include "benchmark/report.h"
#include "benchmark/report/progress_line.h"
#include "benchmark/report/run_record.h"
#include "benchmark/report/sweep_report.h"
#include "benchmark/standard_tests.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/process.h"
#include "common/tool/terminal.h"

namespace redoubt {
namespace {

constexpr int connect_timeout_ms = 5000;
constexpr uint64_t other_files = 32;
constexpr uint64_t files_per_thread = 8;
constexpr size_t preload_pipeline = 64;
constexpr double ns_per_second = 1e9;
constexpr std::string_view erase_line = "\r\x1b[K";

// The load that SIGINT stops. A handler can reach nothing else.
std::atomic<Load*> running = nullptr;
std::atomic<bool> interrupted = false;

void on_interrupt(int) {
  interrupted = true;
  if (Load* const load = running) load->stop();
}

class Run {
 public:
  Run(const BenchmarkOptions& options, Output& out, Output& err) : options_(options), out_(out), err_(err) {}

  int run();

 private:
  Status make_room_for_clients() const;
  Status prepare();
  Status preload();
  std::vector<StandardTest> tests() const;
  std::optional<RunFacts::ServerConfig> server_config(BlockingLink& link);
  struct Measured {
    LoadResult result;
    Measurement figures;
  };
  std::optional<Measured> measure(const StandardTest& test, size_t clients, size_t pipeline);
  bool test(const StandardTest& test, Report& report);
  bool sweep(const StandardTest& test, SweepReport& report);
  int idle();
  int run_tests();
  bool write_files();
  std::optional<ServerCpu> server_cpu();
  int status() const { return errors_ ? benchmark_failed : 0; }
  int stopped() {
    record_.whole = false;
    return interrupted ? 0 : benchmark_failed;
  }
  void add_greeting(std::initializer_list<std::string_view> args);
  int fail(std::string_view why);

  const BenchmarkOptions& options_;
  Output& out_;
  Output& err_;
  LoadPlan plan_;
  std::vector<std::vector<std::string>> greeting_;
  RunFacts facts_;
  RunRecord record_;
  std::optional<BlockingLink> link_;  // to ask the server; none: it went away
  bool errors_ = false;
};

int Run::fail(std::string_view why) {
  err_.print("{}\n", why);
  return benchmark_failed;
}

void Run::add_greeting(std::initializer_list<std::string_view> args) {
  append_request(plan_.greeting, std::span(args.begin(), args.size()));
  ++plan_.greeting_replies;
  greeting_.emplace_back(args.begin(), args.end());
}

std::optional<RunFacts::ServerConfig> Run::server_config(BlockingLink& link) {
  RunFacts::ServerConfig config;
  const std::pair<std::string_view, std::string*> wanted[] = {{"save", &config.save},
                                                              {"appendonly", &config.appendonly}};
  for (const auto& [name, value] : wanted) {
    const Result<Reply> reply = link.call({"CONFIG", "GET", name});
    const Reply* const found = reply ? reply->field(name) : nullptr;
    if (found == nullptr) return std::nullopt;
    *value = found->text;
  }
  return config;
}

Status Run::make_room_for_clients() const {
  uint64_t clients = options_.clients;
  for (const auto count : options_.client_counts) clients = std::max<uint64_t>(clients, count);
  const uint64_t wanted = clients + other_files + files_per_thread * std::max<uint64_t>(1, options_.threads);
  // The hard limit is somebody's decision, also where we may change it.
  rlimit allowed{};
  getrlimit(RLIMIT_NOFILE, &allowed);
  const OpenFilesLimit limit = raise_open_files_limit(std::min<uint64_t>(wanted, allowed.rlim_max));
  if (limit.now >= wanted) return {};
  return Error{fmt::format("{} clients need {} open files, and the system allows {}: raise the limit (ulimit -n)",
                           clients, wanted, limit.now)};
}

Status Run::prepare() {
  if (const Status room = make_room_for_clients(); !room) return room;
  const Result<ServerAddress> address = resolve(options_.endpoint);
  const auto cannot = [this](const Error& error) {
    return Error{fmt::format("Could not connect to Redis at {}: {}", options_.endpoint.text(), error.text)};
  };
  if (!address) return cannot(address.error());
  plan_.address = *address;
  plan_.clients = options_.clients;
  plan_.pipeline = options_.pipeline;
  plan_.threads = options_.threads;
  plan_.requests = options_.requests;
  if (options_.duration_seconds > 0) plan_.requests = UINT64_MAX;
  plan_.duration_ns = static_cast<int64_t>(options_.duration_seconds * ns_per_second);
  plan_.warmup_ns = static_cast<int64_t>(options_.warmup_seconds * ns_per_second);
  plan_.rate = options_.rate;
  plan_.reconnect_after = options_.reconnect;
  plan_.stop_on_error = options_.stop_on_error;
  plan_.seed = options_.seed;
  if (!options_.password.empty()) {
    if (options_.user.empty()) {
      add_greeting({"AUTH", options_.password});
    } else {
      add_greeting({"AUTH", options_.user, options_.password});
    }
  }
  if (options_.resp3) add_greeting({"HELLO", "3"});
  if (options_.db != 0) add_greeting({"SELECT", std::to_string(options_.db)});
  if (options_.tracking) add_greeting({"CLIENT", "TRACKING", "on"});

  Result<BlockingLink> link = BlockingLink::connect(plan_.address, connect_timeout_ms);
  if (!link) return cannot(link.error());
  for (const std::vector<std::string>& words : greeting_) {
    const std::vector<std::string_view> args(words.begin(), words.end());
    const Result<Reply> reply = link->call(args);
    if (!reply) return cannot(reply.error());
    if (reply->is_error()) return Error{"Error from server: " + reply->text};
  }
  record_ = {.server = options_.endpoint.text(),
             .began_ms = wall_ms(),
             .requests = options_.duration_seconds > 0 ? 0 : options_.requests,
             .data_size = options_.values.largest(),
             .key_space = options_.key_space,
             .keep_alive = options_.keep_alive};
  facts_ = {options_.clients, options_.payload,   options_.keep_alive,
            options_.threads, options_.precision, server_config(*link)};
  if (!facts_.server) err_.write("WARNING: Could not fetch server CONFIG\n");
  err_.flush();
  link_.emplace(std::move(*link));
  return {};
}

Status Run::preload() {
  if (options_.preload == 0) return {};
  LoadPlan plan = plan_;
  plan.requests = options_.preload;
  plan.pipeline = std::max(plan.pipeline, preload_pipeline);
  plan.warmup_ns = plan.duration_ns = 0;
  plan.rate = plan.reconnect_after = 0;
  const std::vector<std::string> words = {"SET", "key:{key}", "{data}"};
  const Workload workload(Request(words, Request::Places::all), *KeyChoice::parse("sequential", options_.preload),
                          options_.values);
  Load load(plan, workload);
  running = &load;
  if (interrupted) load.stop();
  const Result<LoadResult> result = load.run();
  running = nullptr;
  if (!result) return Error{fmt::format("Error: {}: {}", options_.endpoint.text(), result.error().text)};
  for (const auto& [text, count] : result->errors) {
    return Error{fmt::format("Error from server while keys were preloaded: {} ({} times)", text, count)};
  }
  return {};
}

// After an error the link is of no use.
std::optional<ServerCpu> Run::server_cpu() {
  if (!link_) return std::nullopt;
  const auto cpu = ask_server_cpu(*link_);
  if (!cpu) link_.reset();
  return cpu;
}

std::vector<StandardTest> Run::tests() const {
  const TestSettings settings{options_.keys, options_.values};
  if (!options_.mix.empty())
    return {{options_.mix, *Workload::parse_mix(options_.mix, options_.keys, options_.values)}};
  if (options_.command.empty()) return *standard_tests(options_.tests, settings);
  std::string title;
  for (const std::string& word : options_.command) title += (title.empty() ? "" : " ") + word;
  const Request request(options_.command, options_.key_space > 0 ? Request::Places::keys : Request::Places::none);
  return {{title, Workload(request, options_.keys, options_.values)}};
}

// None: the run cannot go on; why was said.
std::optional<Run::Measured> Run::measure(const StandardTest& test, size_t clients, size_t pipeline) {
  plan_.clients = clients;
  plan_.pipeline = pipeline;
  if (!options_.keep_alive) plan_.reconnect_after = pipeline;
  const std::optional<ServerCpu> cpu_before = server_cpu();
  Load load(plan_, test.workload);
  running = &load;
  if (interrupted) load.stop();
  LoadProgress before;
  const bool shown = is_terminal(STDOUT_FILENO) && options_.form != ReportForm::csv;
  Result<LoadResult> result = load.run([&](const LoadProgress& now) {
    if (!shown) return;
    out_.print("{}{}", erase_line, progress_line(test.title, plan_, before, now, options_.precision));
    out_.flush();
    before = now;
  });
  running = nullptr;
  if (shown) out_.write(erase_line);
  if (!result) {
    err_.print("Error: {}: {}\n", options_.endpoint.text(), result.error().text);
    return std::nullopt;
  }
  Measured measured{std::move(*result), {}};
  measured.figures = measurement_of(test.title, clients, pipeline, plan_.threads, measured.result);
  const std::optional<ServerCpu> cpu_after = server_cpu();
  if (cpu_before && cpu_after) measured.figures.server_cpu = *cpu_after - *cpu_before;
  if (!test.only_fills && !options_.loop) record_.measurements.push_back(measured.figures);
  for (const auto& [text, count] : measured.result.errors) {
    errors_ = true;
    err_.print("Error from server: {} ({} times)\n", text, count);
  }
  if (measured.result.unanswered > 0) {
    err_.print("{} requests had no reply when the test ended\n", measured.result.unanswered);
  }
  return measured;
}

// False: the run cannot go on.
bool Run::test(const StandardTest& test, Report& report) {
  const auto measured = measure(test, options_.clients, options_.pipeline);
  if (!measured) return false;
  report.test(measured->result, measured->figures);
  err_.flush();
  return measured->figures.whole && !out_.closed();
}

// The same for all combinations. What only fills is done once.
bool Run::sweep(const StandardTest& test, SweepReport& report) {
  const auto or_one = [](const std::vector<size_t>& list, size_t one) {
    return list.empty() ? std::vector{one} : list;
  };
  if (test.only_fills) {
    const auto filled = measure(test, options_.clients, options_.pipeline);
    return filled && filled->figures.whole;
  }
  std::vector<Measurement> measurements;
  bool go_on = true;
  for (const size_t pipeline : or_one(options_.pipelines, options_.pipeline)) {
    for (const size_t clients : or_one(options_.client_counts, options_.clients)) {
      const auto measured = go_on ? measure(test, clients, pipeline) : std::nullopt;
      go_on = measured && measured->figures.whole && !out_.closed();
      if (!measured) continue;
      measurements.push_back(measured->figures);
      report.combination(measurements.back());
    }
  }
  report.test(measurements);
  err_.flush();
  return go_on;
}

int Run::idle() {
  link_.reset();
  out_.print("Creating {} idle connections and waiting forever (Ctrl+C when done)\n", options_.clients);
  out_.flush();
  std::vector<BlockingLink> links;
  while (links.size() < options_.clients) {
    Result<BlockingLink> link = BlockingLink::connect(plan_.address, connect_timeout_ms);
    if (!link) return fail(fmt::format("Error: {}: {}", options_.endpoint.text(), link.error().text));
    links.push_back(std::move(*link));
  }
  while (!interrupted) pause();
  return 0;
}

// What was measured is told also when the rest could not be.
bool Run::write_files() {
  bool written = true;
  const auto write = [this, &written](const std::string& path, std::string (*form)(const RunRecord&)) {
    if (path.empty()) return;
    if (const Status status = replace_file(real_file_system(), path, form(record_)); !status) {
      err_.print("cannot write {}: {}\n", path, status.error().text);
      written = false;
    }
  };
  write(options_.json_file, run_json);
  write(options_.html_file, run_page);
  return written;
}

int Run::run_tests() {
  if (options_.sweeps()) {
    SweepReport report(options_.form, options_.precision, Painter::for_descriptor(STDOUT_FILENO), out_);
    report.begin();
    for (const StandardTest& one : tests()) {
      if (!sweep(one, report)) return stopped();
    }
    return status();
  }
  Report report(options_.form, facts_, out_);
  report.begin();
  do {
    for (const StandardTest& one : tests()) {
      if (!test(one, report)) return stopped();
    }
  } while (options_.loop);
  return status();
}

int Run::run() {
  if (const Status ready = prepare(); !ready) return fail(ready.error().text);
  if (options_.idle) return idle();
  for (const std::string& path : {options_.json_file, options_.html_file}) {
    // Rather now than after the measuring.
    if (!path.empty() && !real_file_system().exists(directory_of(path))) {
      return fail(fmt::format("cannot write {}: there is no directory {}", path, directory_of(path)));
    }
  }
  if (const Status loaded = preload(); !loaded) return fail(loaded.error().text);
  const int status = run_tests();
  return write_files() ? status : benchmark_failed;
}

}  // namespace

int run_benchmark(const BenchmarkOptions& options, Output& out, Output& err) {
  std::signal(SIGINT, on_interrupt);
  return Run(options, out, err).run();
}

}  // namespace redoubt

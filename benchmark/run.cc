#include "benchmark/run.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <utility>

#include "benchmark/cluster/cluster.h"
#include "benchmark/compare/compare.h"
#include "benchmark/failover/failover_run.h"
#include "benchmark/handoff/handoff.h"
#include "benchmark/interrupt.h"
#include "benchmark/link/link_relay.h"
#include "benchmark/measurer.h"
#include "benchmark/presets/preset_links.h"
#include "benchmark/presets/preset_report.h"
#include "benchmark/presets/preset_tests.h"
#include "benchmark/replay/replay.h"
#include "benchmark/report/report.h"
#include "benchmark/report/run_record.h"
#include "benchmark/report/sweep_report.h"
#include "benchmark/target.h"
#include "benchmark/test_list.h"
#include "benchmark/verify/verify.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/process.h"
#include "common/tool/terminal.h"

namespace redoubt {
namespace {

constexpr uint64_t other_files = 32;
constexpr uint64_t files_per_thread = 8;
constexpr double ns_per_ms = 1e6;

Status make_room_for_clients(const BenchmarkOptions& options, size_t others) {
  uint64_t clients = options.clients + options.handoff.receivers;
  for (const auto count : options.client_counts) clients = std::max<uint64_t>(clients, count);
  const bool delays = options.link_latency_ns > 0 || options.preset != nullptr;
  const uint64_t descriptors_each = 1 + (delays ? LinkRelay::descriptors_per_client : 0);
  const uint64_t wanted =
      clients * descriptors_each + others + other_files + files_per_thread * std::max<uint64_t>(1, options.threads);
  // The hard limit is somebody's decision, also where we may change it.
  rlimit allowed{};
  getrlimit(RLIMIT_NOFILE, &allowed);
  const OpenFilesLimit limit = raise_open_files_limit(std::min<uint64_t>(wanted, allowed.rlim_max));
  if (limit.now >= wanted) return {};
  return Error{fmt::format("{} clients need {} open files, and the system allows {}: raise the limit (ulimit -n)",
                           clients, wanted, limit.now)};
}

std::optional<RunFacts::ServerConfig> server_config(BlockingLink& link) {
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

// What each server says of itself. Of a cluster: each master, with the links that they are asked by later.
void add_configuration(RunFacts& facts, BlockingLink& link, Output& err) {
  facts.server = server_config(link);
  if (!facts.server) err.write("WARNING: Could not fetch server CONFIG\n");
}

void add_configuration(RunFacts& facts, const Cluster& cluster, std::span<BlockingLink> links, Output& err) {
  for (size_t number = 0; number < links.size(); ++number) {
    facts.masters.push_back(server_config(links[number]));
    if (facts.masters.back()) continue;
    err.print("WARNING: Could not fetch node CONFIG {}\n", cluster.nodes()[number].target.name);
  }
}

// The tests, one by one or swept, and where their figures go.
class Run {
 public:
  Run(const BenchmarkOptions& options, const Target& target, Measurer& measurer, Output& out, Output& err);

  void record_masters(std::span<const Cluster::Node> nodes);
  int run(const RunFacts& facts);

 private:
  std::optional<Measured> measure(const StandardTest& test, size_t clients, size_t pipeline);
  bool test(const StandardTest& test, Report& report);
  bool sweep(const StandardTest& test, SweepReport& report);
  bool each_test(const RunFacts& facts);
  bool each_row_of_preset();
  bool row_of_preset(const PresetTest& one, PresetReport& report);
  bool sweep_each_test(const RunFacts& facts);
  bool one_mode(ModeOutcome (*mode)(const ModeRun&), const RunFacts& facts);
  bool write_files();

  const BenchmarkOptions& options_;
  const Target& target_;
  Measurer& measurer_;
  Output& out_;
  Output& err_;
  RunRecord record_;
  bool failed_ = false;
};

Run::Run(const BenchmarkOptions& options, const Target& target, Measurer& measurer, Output& out, Output& err)
    : options_(options), target_(target), measurer_(measurer), out_(out), err_(err) {
  record_ = {.server = target.name,
             .began_ms = wall_ms(),
             .requests = options_.duration_seconds > 0 || !options_.replay.file.empty() ? 0 : options_.requests,
             .rate = options_.rate,
             .data_size = options_.values.largest(),
             .key_space = options_.key_space,
             .keep_alive = options_.keep_alive};
  if (options_.preset != nullptr) record_.preset = options_.preset->name;
}

std::optional<Measured> Run::measure(const StandardTest& test, size_t clients, size_t pipeline) {
  std::optional<Measured> measured = measurer_.measure(test, clients, pipeline);
  if (!measured) failed_ = true;
  if (measured && !test.only_fills && !options_.loop) record_.measurements.push_back(measured->figures);
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
  if (test.only_fills) {
    const auto filled = measure(test, options_.clients, options_.pipeline);
    return filled && filled->figures.whole;
  }
  std::vector<Measurement> measurements;
  bool go_on = true;
  for (const auto& [clients, pipeline] : combinations_of(options_)) {
    const auto measured = measure(test, clients, pipeline);
    go_on = measured && measured->figures.whole && !out_.closed();
    if (!measured) break;
    measurements.push_back(measured->figures);
    report.combination(measurements.back());
    if (!go_on) break;
  }
  report.test(measurements);
  err_.flush();
  return go_on;
}

bool Run::sweep_each_test(const RunFacts& facts) {
  SweepReport report(options_.form, facts, Painter::for_descriptor(STDOUT_FILENO), out_);
  report.begin();
  for (const StandardTest& one : tests_of(options_)) {
    if (!sweep(one, report)) return false;
  }
  return true;
}

bool Run::each_test(const RunFacts& facts) {
  Report report(options_.form, facts, out_);
  report.begin();
  do {
    for (const StandardTest& one : tests_of(options_)) {
      if (!test(one, report)) return false;
    }
  } while (options_.loop);
  return true;
}

bool Run::row_of_preset(const PresetTest& one, PresetReport& report) {
  for (const Combination& at : one.combinations) {
    auto measured = measure(one.test, at.clients, at.pipeline);
    if (!measured) return false;
    if (!one.test.only_fills) {
      measured->figures.published_calls_per_second = published_for(*one.row, at);
      record_.measurements.back() = measured->figures;
      report.row(measured->figures);
    }
    err_.flush();
    if (!measured->figures.whole || out_.closed()) return false;
  }
  return true;
}

// A way to the server that there is not leaves out its rows.
bool Run::each_row_of_preset() {
  PresetReport report(*options_.preset, options_.form, options_.precision, Painter::for_descriptor(STDOUT_FILENO),
                      out_);
  report.begin();
  bool go_on = true;
  for (const PresetTest& one : preset_tests(*options_.preset, options_)) {
    if (one.row->link != PresetLink::given) {
      const Result<ServerAddress> address = address_for(one.row->link, target_);
      if (!address) {
        err_.print("{} is left out: {}\n", one.test.title, address.error().text);
        continue;
      }
      measurer_.go_by(*address, std::llround(one.row->latency_ms * ns_per_ms));
    }
    go_on = row_of_preset(one, report);
    if (!go_on) break;
  }
  report.end();
  return go_on;
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

void Run::record_masters(std::span<const Cluster::Node> nodes) {
  for (const Cluster::Node& node : nodes) record_.cluster.push_back({node.id, node.target.name, node.slots});
}

bool Run::one_mode(ModeOutcome (*mode)(const ModeRun&), const RunFacts& facts) {
  const ModeOutcome outcome = mode({options_, target_, measurer_, facts, out_, err_});
  failed_ = outcome.failed;
  if (outcome.figures) record_.measurements.push_back(*outcome.figures);
  return outcome.figures && outcome.figures->whole && !failed_;
}

int Run::run(const RunFacts& facts) {
  record_.whole = options_.verify                  ? one_mode(run_verify, facts)
                  : !options_.replay.file.empty()  ? one_mode(run_replay, facts)
                  : options_.handoff.receivers > 0 ? one_mode(run_handoff, facts)
                  : options_.preset != nullptr     ? each_row_of_preset()
                  : options_.sweeps()              ? sweep_each_test(facts)
                                                   : each_test(facts);
  const bool written = write_files();
  return written && !failed_ && !measurer_.errors() ? 0 : benchmark_failed;
}

Status idle(const BenchmarkOptions& options, std::span<const Target> targets, Output& out) {
  Interrupt interrupt;
  out.print("Creating {} idle connections and waiting forever (Ctrl+C when done)\n", options.clients);
  out.flush();
  std::vector<BlockingLink> links;
  while (links.size() < options.clients) {
    Result<BlockingLink> link = targets[links.size() % targets.size()].connect();
    if (!link) return link.error();
    links.push_back(std::move(*link));
  }
  interrupt.wait();
  return {};
}

// Rather now than after the measuring.
Status check_files(const BenchmarkOptions& options) {
  for (const std::string& path : {options.json_file, options.html_file, options.hdr_file}) {
    if (!path.empty() && !real_file_system().exists(directory_of(path))) {
      return Error{fmt::format("cannot write {}: there is no directory {}", path, directory_of(path))};
    }
  }
  return {};
}

// Of a command of the user's own it is the request, as redis-benchmark has it.
std::string payload_of(const BenchmarkOptions& options) {
  if (options.command.empty()) return options.payload;
  std::string request;
  append_request(request, std::vector<std::string_view>(options.command.begin(), options.command.end()));
  return std::to_string(request.size());
}

int failed(Output& err, const Error& error) {
  err.print("{}\n", error.text);
  return benchmark_failed;
}

// `cluster`: of the target, or null.
int measure_tests(const BenchmarkOptions& options, const Target& target, Cluster* cluster, Output& out, Output& err) {
  Result<BlockingLink> link = target.connect();
  if (!link) return failed(err, link.error());
  Interrupt interrupt;
  RunFacts facts{.clients = options.clients,
                 .payload = payload_of(options),
                 .keep_alive = options.keep_alive,
                 .threads = options.threads,
                 .precision = options.precision,
                 .rate = options.rate};
  if (cluster == nullptr) add_configuration(facts, *link, err);
  Measurer measurer(options, target, std::move(*link), interrupt, out, err);
  if (cluster != nullptr) {
    auto links = cluster->connect();
    if (!links) return failed(err, links.error());
    add_configuration(facts, *cluster, *links, err);
    measurer.spread_over(*cluster, std::move(*links));
  }
  err.flush();
  if (const Status loaded = measurer.preload(); !loaded) return failed(err, loaded.error());
  Run run(options, target, measurer, out, err);
  if (cluster != nullptr) run.record_masters(cluster->nodes());
  if (options.hdr_file.empty()) return run.run(facts);
  Result<HdrLog> log = HdrLog::create(real_file_system(), options.hdr_file);
  const auto cannot_write = [&options](const Error& error) {
    return Error{fmt::format("cannot write {}: {}", options.hdr_file, error.text)};
  };
  if (!log) return failed(err, cannot_write(log.error()));
  measurer.log_seconds(*log);
  const int status = run.run(facts);
  return log->status() ? status : failed(err, cannot_write(log->status().error()));
}

}  // namespace

int run_benchmark(const BenchmarkOptions& given, Output& out, Output& err) {
  BenchmarkOptions options = given;
  const size_t sentinels = options.failover.wanted() ? options.clients : 0;  // a link of each writer
  if (const Status room = make_room_for_clients(options, sentinels); !room) return failed(err, room.error());
  if (const Status files = check_files(options); !files) return failed(err, files.error());
  if (options.failover.wanted()) return run_failover(options.failover, options.form, options.json_file, out, err);
  const Result<Target> target = find_target(options.server, {options.resp3, options.tracking});
  if (!target) return failed(err, target.error());
  std::unique_ptr<Cluster> cluster;
  if (options.cluster) {
    auto found = Cluster::find(*target, options.server.endpoint, out, err);
    if (!found) return failed(err, found.error());
    cluster = std::move(*found);
    // As redis-benchmark has it: one for each.
    if (options.threads == 0) options.threads = std::min<size_t>(most_threads, cluster->nodes().size());
    const Status room = make_room_for_clients(options, cluster->nodes().size());
    if (!room) return failed(err, room.error());
  }
  if (options.idle) {
    const Status waited = idle(options, cluster ? cluster->targets() : std::vector{*target}, out);
    return waited ? 0 : failed(err, waited.error());
  }
  if (options.compare_with) {
    const Result<Target> other = find_target(*options.compare_with, {options.resp3, options.tracking});
    if (!other) return failed(err, other.error());
    Interrupt interrupt;
    return run_comparison(options, *target, *other, interrupt, out, err);
  }
  return measure_tests(options, *target, cluster.get(), out, err);
}

}  // namespace redoubt

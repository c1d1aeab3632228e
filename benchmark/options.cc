#include "benchmark/options.h"

#include <unistd.h>

#include <algorithm>
#include <string>

#include "benchmark/options/mode_options.h"
#include "benchmark/options/option_list.h"
#include "benchmark/options/option_reader.h"
#include "benchmark/presets/preset.h"
#include "benchmark/verify/verify_values.h"
#include "benchmark/workload/standard_tests.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr uint64_t most_clients = 1'000'000;
constexpr uint64_t most_data = uint64_t{1} << 30;
constexpr uint64_t most_pipeline = 1'000'000;
constexpr uint64_t most_rate = 100'000'000;
constexpr double most_latency_ms = 10'000;
constexpr uint64_t most_key_space = 1'000'000'000'000;  // 12 digits

std::string read_standard_input() {
  std::string all;
  char bytes[16384];
  for (ssize_t got = 0; (got = read(STDIN_FILENO, bytes, sizeof bytes)) > 0;)
    all.append(bytes, static_cast<size_t>(got));
  if (!all.empty() && all.back() == '\n') all.pop_back();
  return all;
}

void read_load(OptionReader& given, BenchmarkOptions& options) {
  options.requests = given.number("-n", 1, UINT64_MAX / 2, options.requests);
  options.clients = given.number("-c", 1, most_clients, options.clients);
  options.data_size = given.number("-d", 1, most_data, options.data_size);
  options.threads = given.number("--threads", 1, most_threads, 0);
  options.keep_alive = given.number("-k", 0, 1, 1) == 1;
  options.key_space = given.number("-r", 1, most_key_space, 0);
  options.pipeline = given.number("-P", 1, most_pipeline, 1);
  options.seed = given.number("--seed", 1, UINT64_MAX, 0);
  options.loop = given.has("-l");
  options.idle = given.has("-I");
  options.tests = given.text("-t");
  options.duration_seconds = given.seconds("--duration");
  options.warmup_seconds = given.seconds("--warmup");
  options.rate = given.number("--rate", 1, most_rate, 0);
  options.link_latency_ns = given.milliseconds("--link-latency", most_latency_ms);
  options.preload = given.number("--preload", 1, most_key_space, 0);
  options.reconnect = given.number("--reconnect", 1, UINT64_MAX / 2, 0);
  options.stop_on_error = given.has("--stop-on-error");
  if (!options.keep_alive && options.reconnect > 0)
    given.refuse("-k 0 and --reconnect both say when to connect anew: give one of them");
  if (given.has("--duration") && given.has("-n"))
    given.refuse("--duration and -n both say when to end: give one of them");
  for (const char* const name : {"--duration", "--warmup", "--rate", "--mix", "--sequence", "--preload", "--reconnect",
                                 "--stop-on-error", "--link-latency"}) {
    if (options.idle && given.has(name)) given.refuse(fmt::format("-I waits, and has no use for {}", name));
  }
  if (options.idle && !options.command.empty()) given.refuse("-I waits, and sends no command");
  if (given.has("-x") && options.command.empty()) given.refuse("-x needs a command whose last argument it reads");
}

void read_sweep(OptionReader& given, BenchmarkOptions& options) {
  options.client_counts = given.numbers("--clients", most_clients);
  options.pipelines = given.numbers("--pipelines", most_pipeline);
  if (!options.sweeps()) return;
  if (given.has("--clients") && given.has("-c")) given.refuse("-c is one of the --clients: give only one of the two");
  if (given.has("--pipelines") && given.has("-P")) {
    given.refuse("-P is one of the --pipelines: give only one of the two");
  }
  for (const char* const name : {"-l", "-I"}) {
    if (given.has(name)) given.refuse(fmt::format("{} is of no use with --clients or --pipelines", name));
  }
}

void read_files(OptionReader& given, BenchmarkOptions& options) {
  options.json_file = given.text("--json");
  options.html_file = given.text("--html");
  options.hdr_file = given.text("--hdr-out");
  const std::pair<const char*, const std::string&> files[] = {
      {"--json", options.json_file}, {"--html", options.html_file}, {"--hdr-out", options.hdr_file}};
  for (size_t one = 0; one < std::size(files); ++one) {
    const auto& [name, file] = files[one];
    if (given.has(name) && file.empty()) given.refuse(fmt::format("{} needs the name of a file", name));
    for (size_t other = one + 1; other < std::size(files) && !file.empty(); ++other) {
      if (files[other].second != file) continue;
      given.refuse(fmt::format("{} and {} name the same file", name, files[other].first));
    }
  }
  if (given.has("--hdr-out") && given.has("-I")) given.refuse("-I measures nothing, and has no use for --hdr-out");
  for (const char* const file : {"--json", "--html"}) {
    if (!given.has(file)) continue;
    for (const char* const name : {"-l", "-I"}) {
      if (given.has(name)) given.refuse(fmt::format("{} has no end, after which {} would be written", name, file));
    }
  }
}

void read_values(OptionReader& given, BenchmarkOptions& options) {
  options.values = ValueChoice(options.data_size);
  options.payload = given.text("--sizes", std::to_string(options.data_size));
  if (given.has("--sizes")) {
    if (given.has("-d")) given.refuse("--sizes and -d both say how large values are: give one of them");
    take(given, "--sizes", ValueChoice::parse_sizes(given.text("--sizes"), most_data), options.values);
  }
  if (options.verify && given.problem().empty() && options.values.smallest() < VerifyValues::least_size) {
    given.refuse(fmt::format("--verify needs values of {} bytes at least: -d or --sizes", VerifyValues::least_size));
  }
  if (given.has("--compressible")) {
    const auto share = parse_double(given.text("--compressible"));
    if (!share || *share < 0 || *share > 1) given.refuse("--compressible must be a number from 0 to 1");
    Random random = options.seed == 0 ? Random() : Random(options.seed);
    if (given.problem().empty()) options.values.set_compressible(*share, random);
  }
  if (given.has("--unique")) {
    if (options.values.smallest() < ValueChoice::stamp_size)
      given.refuse("--unique needs values of 16 bytes: -d or --sizes");
    options.values.set_unique();
  }
  for (const char* const name : {"--sizes", "--compressible", "--unique"}) {
    if (!given.has(name) || options.command.empty()) continue;
    given.refuse(fmt::format("{} has nothing to fill in a command; use --mix, with {{data}} in it", name));
  }
}

void read_workload(OptionReader& given, BenchmarkOptions& options) {
  options.keys = KeyChoice(options.key_space);
  if (given.has("--keys")) {
    if (options.key_space == 0) given.refuse("--keys needs a key space: -r");
    take(given, "--keys", KeyChoice::parse(given.text("--keys"), std::max<uint64_t>(1, options.key_space)),
         options.keys);
  }
  read_values(given, options);
  options.mix = given.text("--mix");
  options.sequence = given.text("--sequence");
  const int given_ways = (options.command.empty() ? 0 : 1) + (given.has("-t") ? 1 : 0) + (given.has("--mix") ? 1 : 0) +
                         (given.has("--sequence") ? 1 : 0);
  if (given_ways > 1) given.refuse("--mix, --sequence, -t and a command all say what to send: give one of them");
  const auto check = [&given](const char* name, const Result<Workload>& workload) {
    if (!workload) given.refuse(fmt::format("{}: {}", name, workload.error().text));
  };
  if (given.has("--mix"))
    check("--mix", Workload::parse_mix(options.mix, options.keys, options.values, options.cluster));
  if (given.has("--sequence")) {
    check("--sequence", Workload::parse_sequence(options.sequence, options.keys, options.values));
  }
}

void read_server(OptionReader& given, BenchmarkOptions& options) {
  ServerUri& server = options.server;
  if (given.has("-u")) {
    for (const char* const name : {"-h", "-p", "-s", "-a", "--user", "--dbnum"}) {
      if (given.has(name)) given.refuse(fmt::format("-u and {} both say which server: give one of them", name));
    }
    take(given, "-u", parse_server_uri(given.text("-u")), server);
  } else {
    server.endpoint.host = given.text("-h", server.endpoint.host);
    server.endpoint.port = static_cast<int>(given.number("-p", 1, 65535, 6379));
    server.endpoint.path = given.text("-s");
    server.password = given.text("-a");
    server.user = given.text("--user");
    server.db = static_cast<int>(given.number("--dbnum", 0, INT32_MAX, 0));
  }
  options.resp3 = given.has("-3");
  options.tracking = given.has("--enable-tracking");
  options.cluster = given.has("--cluster");
  for (const char* const name : {"--sequence", "--link-latency"}) {
    if (options.cluster && given.has(name)) given.refuse(fmt::format("{} is of no use with --cluster", name));
  }
  if (options.cluster && server.db != 0) given.refuse("a cluster has no database but 0: it has no use for --dbnum");
  if (!server.user.empty() && server.password.empty()) given.refuse("--user needs a password: -a");
}

}  // namespace

ParsedBenchmark parse_benchmark(int argc, const char* const* argv, Output& out, Output& err) {
  const boost::program_options::options_description description = describe_benchmark();
  const int command = find_command(description, argc, argv);
  ParsedOptions parsed =
      parse_options(benchmark_manual, description, {}, {}, command, argv, benchmark_failed, out, err);
  ParsedBenchmark result;
  result.exit_status = parsed.exit_status;
  if (parsed.exit_status) return result;
  if (parsed.values.contains("preset") && parsed.values["preset"].as<std::string>() == "list") {
    out.write(preset_list());
    result.exit_status = 0;
    return result;
  }
  BenchmarkOptions& options = result.options;
  options.command.assign(argv + command, argv + argc);
  OptionReader given(parsed.values);
  read_server(given, options);
  read_load(given, options);
  read_sweep(given, options);
  read_replay(given, options);
  read_handoff(given, options);
  read_files(given, options);
  read_comparison(given, options);
  read_verify(given, options);
  read_preset(given, options);
  read_workload(given, options);
  read_failover(given, options);
  options.precision = static_cast<int>(given.number("--precision", 0, 6, 3));
  options.form = given.has("--csv") ? ReportForm::csv : given.has("-q") ? ReportForm::quiet : ReportForm::full;
  if (given.problem().empty() && options.command.empty()) {
    const auto tests = standard_tests(options.tests, {});
    if (!tests) given.refuse(tests.error().text);
  }
  if (!given.problem().empty()) {
    result.exit_status = refuse_options(benchmark_manual, given.problem(), benchmark_failed, err);
  } else if (given.has("-x")) {
    options.command.push_back(read_standard_input());
  }
  return result;
}

}  // namespace redoubt

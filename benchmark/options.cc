#include "benchmark/options.h"

#include <unistd.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <cmath>
#include <string>

#include "benchmark/handoff/handoff_stamp.h"
#include "benchmark/presets/preset.h"
#include "benchmark/verify/verify_values.h"
#include "benchmark/workload/standard_tests.h"
#include "common/base/number.h"

namespace redoubt {

namespace po = boost::program_options;

namespace {

constexpr uint64_t most_clients = 1'000'000;
constexpr uint64_t most_data = uint64_t{1} << 30;
constexpr uint64_t most_pipeline = 1'000'000;
constexpr uint64_t most_rate = 100'000'000;
constexpr double most_seconds = 1e7;
constexpr uint64_t most_writers = 1000;        // with --failover: each is a thread
constexpr uint64_t least_rate_of_writer = 20;  // requests per second
constexpr double most_timeout = 3600;
constexpr uint64_t verify_key_space = 10'000;
constexpr size_t verify_data_size = 64;
constexpr uint64_t most_numberings = 20'000'000;
constexpr double least_speed = 0.001;
constexpr double most_speed = 1e6;
constexpr double most_latency_ms = 10'000;
constexpr double ns_per_ms = 1e6;
constexpr uint64_t most_key_space = 1'000'000'000'000;  // 12 digits

constexpr ToolManual manual{
    .name = "redoubt-benchmark",
    .usage = "redoubt-benchmark [OPTIONS] [COMMAND ARGS...]\n",
    .purpose = "Measures how many requests a server answers in a second, and how long each of them takes.\n",
    .details =
        "In a COMMAND of your own each __rand_int__ becomes a random number of 12 digits below that of -r. So does "
        "{key} in\n"
        "--mix and --sequence, where {int} becomes such a number without zeros in front, and {data} a value. With "
        "--cluster, "
        "{tag} in\n"
        "both becomes a hash tag, so that the key is one of the node that is asked.\n\n"
        "examples:\n"
        "  redoubt-benchmark -q                        all tests, a line each\n"
        "  redoubt-benchmark -t set,get -c 20 -P 16    two of them, 20 clients, 16 requests at a time\n"
        "  redoubt-benchmark -t set -n 1000000 -r 1000000 --csv\n"
        "  redoubt-benchmark -r 10000 lpush mylist __rand_int__\n"
        "  redoubt-benchmark -r 100000 --keys zipf:0.99 --sizes 10-1000 --mix \"9 GET {key}; 1 SET {key} {data}\"\n"
        "  redoubt-benchmark -t get --clients 1,2,5,15,50 --pipelines 1,16 --html report.html\n"
        "  redoubt-benchmark -p 6379 --compare redis://127.0.0.1:6380 -t set,get\n"
        "  redoubt-benchmark --preset redis-in-action-4.10 -n 20000\n"
        "  redoubt-benchmark --failover mymaster@10.0.0.1:26379,10.0.0.2:26379\n"
        "  redoubt-benchmark --verify --threads 2 -P 16    is each reply right?\n"
        "  redoubt-benchmark --replay monitor.log --replay-speed 2\n"
        "  redoubt-benchmark --pubsub 100 -c 5 --rate 1000 -d 200\n\n"
        "exit status: 0, or 1 when it could not be done, the server answered with errors, or with --verify replies "
        "were wrong\n",
    .short_help = false,
};

// What redis-benchmark does not have.
void describe_load(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()                                                                                //
      ("duration", text()->value_name("SECONDS"), "send requests for so long, instead of -n of them")  //
      ("mix", text()->value_name("TEXT"),
       "several requests, each with its weight, such as \"80 GET key:{key}; 20 SET key:{key} {data}\"")  //
      ("sequence", text()->value_name("TEXT"),
       "several requests, which each client sends in this order again and again, such as \"HSET login: {key} u; EXPIRE "
       "login: 60\"")  //
      ("preset", text()->value_name("NAME"),
       "measure what a published table shows: elixir-simple-server, edis, redis-in-action-4.10, redis-in-action-4.4; "
       "list "
       "tells their sources")  //
      ("keys", text()->value_name("HOW"),
       "choose keys below -r: uniform (the default), sequential, zipf:THETA, normal")  //
      ("sizes", text()->value_name("SIZES"),
       "of values, instead of -d: 100, or 10-1000, or with weights 3:50,100-200:50")  //
      ("compressible", text()->value_name("SHARE"),
       "so much of each value, from 0 to 1, compresses (1); the rest is random")                              //
      ("unique", "each value is another one; they have 16 bytes at least")                                    //
      ("preload", text()->value_name("N"), "set key:000000000000 and so on, N keys, before the first test")   //
      ("reconnect", text()->value_name("N"), "each connection is made anew after N requests")                 //
      ("stop-on-error", "the first error reply ends the run")                                                 //
      ("warmup", text()->value_name("SECONDS"), "send requests for so long before, and do not measure them")  //
      ("link-latency", text()->value_name("MS"),
       "the network's round trip takes so many milliseconds more, half of them each way")  //
      ("rate", text()->value_name("N"),
       "N requests per second in all are due, whether the server keeps up or not; latencies count from when each was "
       "due");
}

void describe_comparison(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()  //
      ("compare", text()->value_name("URI"),
       "measure this server, too, in turn with the other, and tell whether they differ")  //
      ("rounds", text()->value_name("N"), "of a comparison: each server is measured so often (10)");
}

void describe_failover(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()  //
      ("failover", text()->value_name("NAME@HOST:PORT,..."),
       "write to the primary that these sentinels name, with -c writers (10), while it changes; tell outages and "
       "losses")                                                                                      //
      ("failover-now", "ask a sentinel to begin a failover")                                          //
      ("timeout", text()->value_name("SECONDS"), "with --failover: wait so long for each reply (1)")  //
      ("sentinel-password", text()->value_name("PASSWORD"), "authenticate to the sentinels")          //
      ("sentinel-user", text()->value_name("NAME"), "as this user; needs --sentinel-password");
}

void describe_verify(po::options_description& options) {
  options.add_options()(
      "verify",
      "send requests of many kinds to keys of their own, and look whether each reply is right; values "
      "have 64 bytes, keys are below -r 10000");
}

void describe_replay(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()  //
      ("replay", text()->value_name("FILE"),
       "send what a log of MONITOR has, at its times; each client of it is a connection; - is standard input")  //
      ("replay-speed", text()->value_name("X"),
       "2: twice as fast; max: as fast as replies come, -P requests of a connection at a time (1)");
}

void describe_handoff(po::options_description& options) {
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()  //
      ("blocking", text()->value_name("N"),
       "N clients wait in BLPOP for what -c clients push to -r lists (1): how long a value takes from one to the "
       "other")  //
      ("pubsub", text()->value_name("N"),
       "N clients subscribe to what -c clients publish on -r channels (1): how long a message takes")  //
      ("pattern", "with --pubsub: each subscriber has a pattern that all channels match")              //
      ("sharded", "with --pubsub: SSUBSCRIBE and SPUBLISH");
}

po::options_description describe() {
  po::options_description options("options");
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()                                                                //
      (",h", text()->value_name("HOST"), "the server's name or address (127.0.0.1)")   //
      (",p", text()->value_name("PORT"), "its port (6379)")                            //
      (",s", text()->value_name("PATH"), "its unix socket, instead of host and port")  //
      (",a", text()->value_name("PASSWORD"), "authenticate")                           //
      ("user", text()->value_name("NAME"), "as this user; needs -a")                   //
      (",u", text()->value_name("URI"),
       "all of these: redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], or unix://…/PATH")                             //
      (",c", text()->value_name("N"), "clients at the same time (50)")                                           //
      (",n", text()->value_name("N"), "requests in all (100000)")                                                //
      (",d", text()->value_name("BYTES"), "size of the values of SET and its like (3)")                          //
      ("dbnum", text()->value_name("N"), "select this database (0)")                                             //
      (",3", "speak RESP3")                                                                                      //
      ("threads", text()->value_name("N"), "make the load with so many threads")                                 //
      ("cluster", "spread the load over all masters of the server's cluster; see {tag}")                         //
      ("enable-tracking", "send CLIENT TRACKING on first")                                                       //
      (",k", text()->value_name("0|1"), "1: keep connections (the default); 0: connect anew for each batch")     //
      (",r", text()->value_name("N"), "random keys, elements and scores below N, instead of always the same")    //
      (",P", text()->value_name("N"), "send so many requests at a time (1)")                                     //
      (",q", "a line per test")                                                                                  //
      (",e", "tell error replies, which is always done: for scripts that ask for it")                            //
      ("clients", text()->value_name("LIST"), "a sweep: each test with 1,2,5,… clients, one table of them all")  //
      ("pipelines", text()->value_name("LIST"), "a sweep: each test with 1,16,… requests at a time")             //
      ("json", text()->value_name("FILE"), "write all figures to this file, too, as a JSON document")            //
      ("html", text()->value_name("PAGE"), "write them to this file, too, as a page with charts")                //
      ("hdr-out", text()->value_name("FILE"),
       "write the latencies of each second to this file, as an HdrHistogram log")     //
      ("precision", text()->value_name("N"), "decimals of milliseconds, 0 to 6 (3)")  //
      ("csv", "comma-separated values")                                               //
      (",l", "run the tests again and again")                                         //
      (",t", text()->value_name("TESTS"), "only these tests, separated by commas")    //
      (",I", "open connections and wait")                                             //
      (",x", "the last argument of COMMAND comes from standard input")                //
      ("seed", text()->value_name("N"), "begin the random numbers here, the same in each run");
  describe_load(options);
  describe_comparison(options);
  describe_failover(options);
  describe_verify(options);
  describe_replay(options);
  describe_handoff(options);
  return options;
}

// Reads options that were given, and keeps the first thing that is wrong with them.
class Reader {
 public:
  explicit Reader(const po::variables_map& values) : values_(values) {}

  // Names as they are written on the command line.
  bool has(const std::string& name) const { return values_.contains(key(name)); }
  std::string text(const std::string& name, const std::string& otherwise = {}) const {
    return has(name) ? values_[key(name)].as<std::string>() : otherwise;
  }
  uint64_t number(const std::string& name, uint64_t least, uint64_t most, uint64_t otherwise) {
    if (!has(name)) return otherwise;
    const std::string given = text(name);
    const auto value = parse_u64(given);
    if (value && *value >= least && *value <= most) return *value;
    refuse(fmt::format("{} must be a number from {} to {}, not '{}'", name, least, most, given));
    return otherwise;
  }
  double seconds(const std::string& name) {
    if (!has(name)) return 0;
    const std::string given = text(name);
    const auto value = parse_double(given);
    if (value && *value > 0 && *value <= most_seconds) return *value;
    refuse(fmt::format("{} must be a number of seconds above 0, not '{}'", name, given));
    return 0;
  }
  int64_t milliseconds(const std::string& name, double most) {
    if (!has(name)) return 0;
    const std::string given = text(name);
    const auto value = parse_double(given);
    if (value && *value > 0 && *value <= most) return std::llround(*value * ns_per_ms);
    refuse(fmt::format("{} must be a number of milliseconds above 0 and up to {:.0f}, not '{}'", name, most, given));
    return 0;
  }
  // Numbers with commas between them, each once; in ascending order.
  std::vector<size_t> numbers(const std::string& name, uint64_t most) {
    std::vector<size_t> all;
    if (!has(name)) return all;
    const std::string given = text(name);
    std::string_view rest = given;
    for (bool more = true; more;) {
      const size_t end = rest.find(',');
      const auto value = parse_u64(rest.substr(0, end));
      if (!value || *value < 1 || *value > most) {
        refuse(fmt::format("{} must be numbers from 1 to {} with commas between them, not '{}'", name, most, given));
        return {};
      }
      all.push_back(*value);
      more = end != std::string_view::npos;
      if (more) rest.remove_prefix(end + 1);
    }
    std::sort(all.begin(), all.end());
    if (std::adjacent_find(all.begin(), all.end()) != all.end()) {
      refuse(fmt::format("{} has a number twice: '{}'", name, given));
    }
    return all;
  }
  // Only these go together with `name`.
  void allow_only(std::string_view name, std::initializer_list<std::string_view> others) {
    for (const auto& [key, value] : values_) {
      const std::string given = key.starts_with('-') ? key : "--" + key;
      if (given != name && std::find(others.begin(), others.end(), given) == others.end()) {
        refuse(fmt::format("{} has no use for {}", name, given));
      }
    }
  }
  void refuse(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
  }
  const std::string& problem() const { return problem_; }

 private:
  // Options that have no long name are kept with their dash.
  static std::string key(const std::string& name) { return name.starts_with("--") ? name.substr(2) : name; }

  const po::variables_map& values_;
  std::string problem_;
};

template <typename T>
void take(Reader& given, const char* name, Result<T> result, T& to) {
  if (result) {
    to = std::move(*result);
  } else {
    given.refuse(fmt::format("{}: {}", name, result.error().text));
  }
}

std::string read_standard_input() {
  std::string all;
  char bytes[16384];
  for (ssize_t got = 0; (got = read(STDIN_FILENO, bytes, sizeof bytes)) > 0;)
    all.append(bytes, static_cast<size_t>(got));
  if (!all.empty() && all.back() == '\n') all.pop_back();
  return all;
}

void read_load(Reader& given, BenchmarkOptions& options) {
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

void read_sweep(Reader& given, BenchmarkOptions& options) {
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

void read_replay(Reader& given, BenchmarkOptions& options) {
  if (!given.has("--replay")) {
    if (given.has("--replay-speed")) given.refuse("--replay-speed needs a log: --replay");
    return;
  }
  options.replay.file = given.text("--replay");
  if (options.replay.file.empty()) given.refuse("--replay needs the name of a file");
  if (given.text("--replay-speed") == "max") {
    options.replay.speed = 0;
  } else if (given.has("--replay-speed")) {
    const auto speed = parse_double(given.text("--replay-speed"));
    if (!speed || *speed < least_speed || *speed > most_speed) {
      given.refuse(fmt::format("--replay-speed must be a number from {} to {}, or max, not '{}'", least_speed,
                               most_speed, given.text("--replay-speed")));
    } else {
      options.replay.speed = *speed;
    }
  }
  given.allow_only("--replay", {"--replay-speed",
                                "-h",
                                "-p",
                                "-s",
                                "-a",
                                "--user",
                                "-u",
                                "-3",
                                "-P",
                                "-q",
                                "--csv",
                                "--precision",
                                "--json",
                                "--html",
                                "--hdr-out",
                                "--duration",
                                "--stop-on-error",
                                "--preload",
                                "-d",
                                "--sizes",
                                "--compressible",
                                "--unique",
                                "--seed"});
  if (!options.command.empty()) given.refuse("--replay and a command both say what to send: give one of them");
}

void read_handoff(Reader& given, BenchmarkOptions& options) {
  for (const char* const name : {"--pattern", "--sharded"}) {
    if (given.has(name) && !given.has("--pubsub")) given.refuse(fmt::format("{} needs subscribers: --pubsub", name));
  }
  if (given.has("--pattern") && given.has("--sharded")) {
    given.refuse("--pattern and --sharded both say how to subscribe: give one of them");
  }
  const char* const name = given.has("--pubsub") ? "--pubsub" : "--blocking";
  if (!given.has(name)) return;
  HandoffOptions& handoff = options.handoff;
  handoff.receivers = given.number(name, 1, most_clients, 1);
  handoff.form = !given.has("--pubsub")   ? HandoffForm::list
                 : given.has("--pattern") ? HandoffForm::pattern
                 : given.has("--sharded") ? HandoffForm::sharded
                                          : HandoffForm::channel;
  given.allow_only(
      name, {"--pattern", "--sharded",   "-h",     "-p",     "-s",        "-a",         "--user", "-u",
             "--dbnum",   "-3",          "-c",     "-n",     "-P",        "-d",         "-r",     "-q",
             "--csv",     "--precision", "--json", "--html", "--hdr-out", "--duration", "--rate", "--stop-on-error"});
  if (!options.command.empty()) given.refuse(fmt::format("{} sends requests of its own, and no command", name));
  const uint64_t places = std::max<uint64_t>(1, options.key_space);
  if (given.has("-d") && options.data_size < HandoffStamp::size) {
    given.refuse(fmt::format("{} sends values that carry a stamp: -d must be {} or more", name, HandoffStamp::size));
  }
  if (handoff.form == HandoffForm::list && places > handoff.receivers) {
    given.refuse(fmt::format("each of the {} lists needs somebody who waits for it: --blocking {}", places, places));
  }
  if (places * options.clients * (handoff.form == HandoffForm::list ? 1 : handoff.receivers) > most_numberings) {
    given.refuse(fmt::format("{}: so many clients with so many channels are too much to keep account of", name));
  }
}

void read_files(Reader& given, BenchmarkOptions& options) {
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

void read_comparison(Reader& given, BenchmarkOptions& options) {
  options.rounds = given.number("--rounds", 2, 1'000'000, options.rounds);
  if (given.has("--compare")) {
    take(given, "--compare", parse_server_uri(given.text("--compare")), options.compare_with.emplace());
  } else if (given.has("--rounds")) {
    given.refuse("--rounds are those of a comparison: --compare");
  }
  for (const char* const name : {"-l", "-I", "--html", "--hdr-out", "--cluster"}) {
    if (given.has("--compare") && given.has(name)) given.refuse(fmt::format("{} is of no use with --compare", name));
  }
}

// Before keys and values are read: it has defaults of its own.
void read_verify(Reader& given, BenchmarkOptions& options) {
  options.verify = given.has("--verify");
  if (!options.verify) return;
  if (!given.has("-r")) options.key_space = verify_key_space;
  if (!given.has("-d")) options.data_size = verify_data_size;
  if (options.key_space > VerifyValues::most_numbers) {
    given.refuse(
        fmt::format("--verify keeps in memory what each key holds: -r must be {} at most", VerifyValues::most_numbers));
  }
  // clang-format off
  given.allow_only("--verify", {"-h", "-p", "-s", "-a", "-u", "--user", "--dbnum", "-3", "--enable-tracking",
                                "-c", "-n", "-P", "--threads", "--duration", "--seed", "--stop-on-error",
                                "-r", "--keys", "-d", "--sizes",
                                "-q", "--csv", "--precision", "--json", "--html", "--hdr-out"});
  // clang-format on
  if (!options.command.empty()) given.refuse("--verify sends requests of its own, and no command");
}

void read_values(Reader& given, BenchmarkOptions& options) {
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

void read_workload(Reader& given, BenchmarkOptions& options) {
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

// What it says stands where nothing else was given.
void read_preset(Reader& given, BenchmarkOptions& options) {
  if (!given.has("--preset")) return;
  options.preset = find_preset(given.text("--preset"));
  if (options.preset == nullptr) {
    return given.refuse(fmt::format("there is no preset '{}'; there are: {}", given.text("--preset"), preset_names()));
  }
  const Preset& preset = *options.preset;
  for (const char* const name : {"-t", "--mix", "--sequence", "-l", "-I", "--compare", "--cluster", "--failover"}) {
    if (given.has(name)) given.refuse(fmt::format("{} is of no use with --preset", name));
  }
  if (!options.command.empty()) given.refuse("--preset says what to send, and takes no command");
  for (const char* const name : {"-P", "--pipelines", "--link-latency"}) {
    if (preset.has_links() && given.has(name)) {
      given.refuse(fmt::format("{} is said by the preset {}: leave one of them out", name, preset.name));
    }
  }
  if (!given.has("-n") && !given.has("--duration")) {
    if (preset.requests > 0) options.requests = preset.requests;
    options.duration_seconds = preset.duration_seconds;
  }
  if (!given.has("-r")) options.key_space = preset.key_space;
  if (!given.has("-c") && !given.has("--clients")) options.client_counts = preset.clients;
}

void read_server(Reader& given, BenchmarkOptions& options) {
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

void read_failover(Reader& given, BenchmarkOptions& options) {
  FailoverPlan& plan = options.failover;
  for (const char* const name : {"--failover-now", "--timeout", "--sentinel-password", "--sentinel-user"}) {
    if (given.has(name) && !given.has("--failover")) given.refuse(fmt::format("{} needs --failover", name));
  }
  if (!given.has("--failover")) return;
  given.allow_only("--failover", {"--failover-now", "--timeout", "--sentinel-password", "--sentinel-user", "--duration",
                                  "--rate", "--user", "--dbnum", "--json", "-a", "-c", "-q", "-3"});
  if (!options.command.empty()) given.refuse("--failover sends requests of its own, and no command");
  if (const Status parsed = parse_failover(given.text("--failover"), plan); !parsed) {
    given.refuse("--failover: " + parsed.error().text);
  }
  plan.login = options.server;
  plan.resp3 = options.resp3;
  plan.sentinel_login.user = given.text("--sentinel-user");
  plan.sentinel_login.password = given.text("--sentinel-password");
  if (!plan.sentinel_login.user.empty() && plan.sentinel_login.password.empty()) {
    given.refuse("--sentinel-user needs --sentinel-password");
  }
  options.clients = plan.writers = given.number("-c", 1, most_writers, plan.writers);
  const double timeout = given.has("--timeout") ? given.seconds("--timeout") : 1;
  plan.timeout_ms = std::max<int64_t>(1, static_cast<int64_t>(std::min(timeout, most_timeout) * 1000));
  plan.rate = options.rate;
  // Else what is only slow would look like an outage.
  if (plan.rate > 0 && plan.rate < least_rate_of_writer * plan.writers) {
    given.refuse(fmt::format("--rate must be {} or more for {} writers, or outages could not be told",
                             least_rate_of_writer * plan.writers, plan.writers));
  }
  plan.seconds = options.duration_seconds;
  plan.begin = given.has("--failover-now");
}

}  // namespace

ParsedBenchmark parse_benchmark(int argc, const char* const* argv, Output& out, Output& err) {
  const po::options_description description = describe();
  const int command = find_command(description, argc, argv);
  ParsedOptions parsed = parse_options(manual, description, {}, {}, command, argv, benchmark_failed, out, err);
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
  Reader given(parsed.values);
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
    result.exit_status = refuse_options(manual, given.problem(), benchmark_failed, err);
  } else if (given.has("-x")) {
    options.command.push_back(read_standard_input());
  }
  return result;
}

}  // namespace redoubt

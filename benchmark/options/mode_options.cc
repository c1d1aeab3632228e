#include "benchmark/options/mode_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "benchmark/handoff/handoff_stamp.h"
#include "benchmark/presets/preset.h"
#include "benchmark/verify/verify_values.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr uint64_t most_clients = 1'000'000;
constexpr uint64_t most_writers = 1000;        // with --failover: each is a thread
constexpr uint64_t least_rate_of_writer = 20;  // requests per second
constexpr double most_timeout = 3600;
constexpr uint64_t verify_key_space = 10'000;
constexpr size_t verify_data_size = 64;
constexpr uint64_t most_numberings = 20'000'000;
constexpr double least_speed = 0.001;
constexpr double most_speed = 1e6;

}  // namespace

void read_replay(OptionReader& given, BenchmarkOptions& options) {
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
  given.allow_only("--replay",
                   "--replay-speed -h -p -s -a --user -u -3 -P -q --csv --precision --json --html --hdr-out --duration "
                   "--stop-on-error --preload -d --sizes --compressible --unique --seed");
  if (!options.command.empty()) given.refuse("--replay and a command both say what to send: give one of them");
}

void read_handoff(OptionReader& given, BenchmarkOptions& options) {
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
  given.allow_only(name,
                   "--pattern --sharded -h -p -s -a --user -u --dbnum -3 -c -n -P -d -r -q --csv --precision --json "
                   "--html --hdr-out --duration --rate --stop-on-error");
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

void read_comparison(OptionReader& given, BenchmarkOptions& options) {
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

void read_verify(OptionReader& given, BenchmarkOptions& options) {
  options.verify = given.has("--verify");
  if (!options.verify) return;
  if (!given.has("-r")) options.key_space = verify_key_space;
  if (!given.has("-d")) options.data_size = verify_data_size;
  if (options.key_space > VerifyValues::most_numbers) {
    given.refuse(
        fmt::format("--verify keeps in memory what each key holds: -r must be {} at most", VerifyValues::most_numbers));
  }
  given.allow_only("--verify",
                   "-h -p -s -a -u --user --dbnum -3 --enable-tracking -c -n -P --threads --duration --seed "
                   "--stop-on-error -r --keys -d --sizes -q --csv --precision --json --html --hdr-out");
  if (!options.command.empty()) given.refuse("--verify sends requests of its own, and no command");
}

void read_preset(OptionReader& given, BenchmarkOptions& options) {
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

void read_failover(OptionReader& given, BenchmarkOptions& options) {
  FailoverPlan& plan = options.failover;
  for (const char* const name : {"--failover-now", "--timeout", "--sentinel-password", "--sentinel-user"}) {
    if (given.has(name) && !given.has("--failover")) given.refuse(fmt::format("{} needs --failover", name));
  }
  if (!given.has("--failover")) return;
  given.allow_only("--failover",
                   "--failover-now --timeout --sentinel-password --sentinel-user --duration --rate --user --dbnum "
                   "--json -a -c -q -3");
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

}  // namespace redoubt

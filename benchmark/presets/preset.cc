#include "benchmark/presets/preset.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace redoubt {
namespace {

constexpr uint64_t default_requests = 100'000;
constexpr double book_seconds = 5;
constexpr uint64_t book_timestamps = 1'000'000'000;

// update_token() as the book's own benchmark calls it: always with the same token, user and item, at another time.
constexpr std::string_view update_token =
    "HSET login: token user; ZADD recent: {int} token; ZADD viewed:token {int} item; "
    "ZREMRANGEBYRANK viewed:token 0 -26; ZINCRBY viewed: -1 item";
constexpr size_t update_token_requests = 5;

PresetRow test(std::string_view name, double published = 0) { return {.test = name, .published = published}; }

Preset elixir_simple_server() {
  return {.name = "elixir-simple-server",
          .what = "SET of 3 bytes by number of clients",
          .source =
              "The published table of elixir-simple-server, a small server of the Redis protocol in Elixir. Its "
              "figures are not given here: they could not be looked up.",
          .clients = {1, 2, 5, 6, 15},
          .requests = default_requests,
          .duration_seconds = 0,
          .key_space = 0,
          .rows = {test("set")}};
}

Preset edis() {
  return {.name = "edis",
          .what = "eleven commands, 50 clients",
          .source =
              "The benchmark of edis (https://github.com/inaka/edis), a server of the Redis protocol in Erlang. Its "
              "figures are not given here: they could not be looked up.",
          .clients = {50},
          .requests = default_requests,
          .duration_seconds = 0,
          .key_space = 0,
          .rows = {test("ping_inline"),
                   test("ping_mbulk"),
                   test("mset"),
                   test("set"),
                   test("get"),
                   test("incr"),
                   test("lpush"),
                   test("lpop"),
                   test("sadd"),
                   test("spop"),
                   {.test = "lpush", .title = "LPUSH (needed to benchmark LRANGE)", .only_fills = true},
                   test("lrange_100")}};
}

Preset redis_in_action_4_10() {
  return {
      .name = "redis-in-action-4.10",
      .what = "redis-benchmark -c 1 -q: fifteen commands, one client",
      .source = "Josiah L. Carlson, Redis in Action (Manning 2013), listing 4.10, on an Intel Core 2 Duo of 2.4 GHz.",
      .clients = {1},
      .requests = default_requests,
      .duration_seconds = 0,
      .key_space = 0,
      .rows = {test("ping_inline", 34246.57),
               test("ping_mbulk", 34843.21),
               test("mset", 24213.08),
               test("set", 32467.53),
               test("get", 33112.59),
               test("incr", 32679.74),
               test("lpush", 33333.33),
               test("lpop", 33670.03),
               test("sadd", 33222.59),
               test("spop", 34482.76),
               {.test = "lpush", .title = "LPUSH (again, in order to bench LRANGE)", .published = 33222.59},
               test("lrange_100", 22988.51),
               test("lrange_300", 13888.89),
               {.test = {},
                .commands = "LRANGE mylist 0 449",
                .title = "LRANGE_450 (first 450 elements)",
                .published = 11061.95},
               test("lrange_600", 9041.59)}};
}

Preset redis_in_action_4_4() {
  Preset preset{
      .name = "redis-in-action-4.4",
      .what = "update_token(): five commands, each after the reply of the one before it, against one pipeline",
      .source = "Josiah L. Carlson, Redis in Action (Manning 2013), table 4.4: one client, calls per second.",
      .clients = {1},
      .requests = 0,
      .duration_seconds = book_seconds,
      .key_space = book_timestamps,
      .rows = {}};
  const auto both = [&preset](std::string_view plain_title, double plain, std::string_view pipelined_title,
                              double pipelined, PresetLink link, double latency_ms) {
    PresetRow row{.test = {}, .commands = update_token, .title = plain_title, .published = plain, .pipeline = 1};
    row.link = link;
    row.latency_ms = latency_ms;
    preset.rows.push_back(row);
    row.title = pipelined_title;
    row.published = pipelined;
    row.pipeline = update_token_requests;
    preset.rows.push_back(row);
  };
  both("update_token, unix socket", 3761, "update_token_pipeline, unix socket", 6394, PresetLink::unix_socket, 0);
  both("update_token, localhost", 3257, "update_token_pipeline, localhost", 5991, PresetLink::loopback, 0);
  both("update_token, link of 0.271 ms", 739, "update_token_pipeline, link of 0.271 ms", 2841, PresetLink::delayed,
       0.271);
  both("update_token, link of 48 ms", 3.67, "update_token_pipeline, link of 48 ms", 18.2, PresetLink::delayed, 48);
  return preset;
}

}  // namespace

bool Preset::has_links() const {
  return std::any_of(rows.begin(), rows.end(), [](const PresetRow& row) { return row.link != PresetLink::given; });
}

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = {elixir_simple_server(), edis(), redis_in_action_4_10(),
                                          redis_in_action_4_4()};
  return all;
}

const Preset* find_preset(std::string_view name) {
  for (const Preset& one : presets()) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

std::string preset_names() {
  std::string names;
  for (const Preset& one : presets()) names.append(names.empty() ? "" : " ").append(one.name);
  return names;
}

std::string preset_list() {
  std::string text;
  for (const Preset& one : presets()) {
    fmt::format_to(std::back_inserter(text), "{}\n  {}\n  {}\n", one.name, one.what, one.source);
  }
  return text;
}

}  // namespace redoubt

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <limits>

#include "common/base/number.h"
#include "server/config/directive.h"

namespace redoubt {
namespace {

constexpr size_t max_bind_addresses = 16;
constexpr uint64_t mb = uint64_t{1} << 20;

Status set_bind(Config& config, Words words) {
  if (words.size() > max_bind_addresses) return Error{"Too many bind addresses specified."};
  if (words.size() == 1 && words[0].empty()) words = {};
  config.bind.assign(words.begin(), words.end());
  return {};
}

std::string get_bind(const Config& config) { return fmt::format("{}", fmt::join(config.bind, " ")); }

// ---- client-output-buffer-limit: groups of class, hard limit, soft limit, seconds

std::optional<OutputLimitClass> limit_class(std::string_view word) {
  if (equal_ignoring_case(word, "normal")) return OutputLimitClass::normal;
  if (equal_ignoring_case(word, "replica") || equal_ignoring_case(word, "slave")) return OutputLimitClass::replica;
  if (equal_ignoring_case(word, "pubsub")) return OutputLimitClass::pubsub;
  return std::nullopt;
}

Status set_output_limits(Config& config, Words words) {
  if (words.size() % 4 != 0) return Error{"Wrong number of arguments in buffer limit configuration."};
  auto limits = config.client_output_buffer_limit;
  for (; !words.empty(); words = words.subspan(4)) {
    const auto which = limit_class(words[0]);
    if (!which) return Error{"Invalid client class specified in buffer limit configuration."};
    const auto hard = parse_memory_size(words[1]);
    const auto soft = parse_memory_size(words[2]);
    const auto seconds = parse_i64(words[3]);
    if (!hard || !soft || !seconds || *seconds < 0 || *seconds > std::numeric_limits<int>::max()) {
      return Error{"Error in hard, soft or soft_seconds setting in buffer limit configuration."};
    }
    limits[static_cast<size_t>(*which)] = {*hard, *soft, static_cast<int>(*seconds)};
  }
  config.client_output_buffer_limit = limits;
  return {};
}

std::string get_output_limits(const Config& config) {
  static constexpr std::array<std::string_view, output_limit_classes> names = {"normal", "slave", "pubsub"};
  std::string text;
  for (size_t i = 0; i < output_limit_classes; ++i) {
    const OutputLimit& limit = config.client_output_buffer_limit[i];
    fmt::format_to(std::back_inserter(text), "{}{} {} {} {}", i == 0 ? "" : " ", names[i], limit.hard, limit.soft,
                   limit.soft_seconds);
  }
  return text;
}

std::vector<ConfigFileLine> output_limit_lines(const Config& config) {
  static constexpr std::array<std::string_view, output_limit_classes> names = {"normal", "replica", "pubsub"};
  const Config defaults;
  std::vector<ConfigFileLine> lines;
  for (size_t i = 0; i < output_limit_classes; ++i) {
    const OutputLimit& limit = config.client_output_buffer_limit[i];
    lines.push_back({fmt::format("client-output-buffer-limit {} {} {} {}", names[i], memory_words(limit.hard),
                                 memory_words(limit.soft), limit.soft_seconds),
                     limit != defaults.client_output_buffer_limit[i]});
  }
  return lines;
}

constexpr std::array rows = {
    Directive{"bind", "", many_words, Special{set_bind, get_bind, nullptr, true}},
    Directive{"port", "", modifiable, number<&Config::port>(0, 65535)},
    Directive{"tcp-backlog", "", start_only, number<&Config::tcp_backlog>(0, int_max)},
    Directive{"unixsocket", "", start_only, Text{&Config::unixsocket, true}},
    Directive{"unixsocketperm", "", start_only, number<&Config::unixsocketperm>(0, 0777, NumberForm::octal)},
    Directive{"timeout", "", modifiable, number<&Config::timeout>(0, int_max)},
    Directive{"tcp-keepalive", "", modifiable, number<&Config::tcp_keepalive>(0, int_max)},
    Directive{"protected-mode", "", modifiable, YesNo{&Config::protected_mode}},
    Directive{"socket-mark-id", "", start_only, number<&Config::socket_mark_id>(0, unsigned_max)},
    Directive{"maxclients", "", modifiable, number<&Config::maxclients>(1, unsigned_max)},
    Directive{"client-query-buffer-limit", "", modifiable,
              number<&Config::client_query_buffer_limit>(mb, i64_max, NumberForm::memory)},
    Directive{"proto-max-bulk-len", "", modifiable,
              number<&Config::proto_max_bulk_len>(mb, i64_max, NumberForm::memory)},
    Directive{"client-output-buffer-limit", "", many_words,
              Special{set_output_limits, get_output_limits, output_limit_lines}},
};

}  // namespace

std::span<const Directive> network_directives() { return rows; }

}  // namespace redoubt

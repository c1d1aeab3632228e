#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "common/base/number.h"
#include "server/config/directive.h"

namespace redoubt {
namespace {

constexpr std::array levels = {named("debug", LogLevel::debug), named("verbose", LogLevel::verbose),
                               named("notice", LogLevel::notice), named("warning", LogLevel::warning),
                               named("nothing", LogLevel::nothing)};

// syslog-facility is kept by its name, as the log wants it: the value is the index here.
constexpr std::array facilities = {ChoiceName{"user", 0},   ChoiceName{"local0", 1}, ChoiceName{"local1", 2},
                                   ChoiceName{"local2", 3}, ChoiceName{"local3", 4}, ChoiceName{"local4", 5},
                                   ChoiceName{"local5", 6}, ChoiceName{"local6", 7}, ChoiceName{"local7", 8}};

int get_facility(const Config& config) {
  const auto found = std::ranges::find(facilities, config.syslog_facility, &ChoiceName::name);
  return found == facilities.end() ? -1 : found->value;
}

void set_facility(Config& config, int value) { config.syslog_facility = facilities[static_cast<size_t>(value)].name; }

Status set_percentiles(Config& config, Words words) {
  std::vector<double> percentiles;
  for (const std::string& word : words) {
    const auto value = parse_double(word);
    if (!value) return Error{"Invalid latency-tracking-info-percentiles parameters"};
    if (*value < 0.0 || *value > 100.0) {
      return Error{"latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"};
    }
    percentiles.push_back(*value);
  }
  config.latency_tracking_info_percentiles = std::move(percentiles);
  return {};
}

std::string get_percentiles(const Config& config) {
  return fmt::format("{}", fmt::join(config.latency_tracking_info_percentiles, " "));
}

// Redis writes this one even when it has its default.
std::vector<ConfigFileLine> percentile_lines(const Config& config) {
  const std::string text = get_percentiles(config);
  return {{"latency-tracking-info-percentiles " + (text.empty() ? "\"\"" : text), true}};
}

constexpr std::array rows = {
    Directive{"loglevel", "", modifiable, choice<&Config::loglevel>(levels)},
    Directive{"logfile", "", start_only, Text{&Config::logfile, false}},
    Directive{"syslog-enabled", "", start_only, YesNo{&Config::syslog_enabled}},
    Directive{"syslog-ident", "", start_only, Text{&Config::syslog_ident, false}},
    Directive{"syslog-facility", "", start_only, Choice{facilities, get_facility, set_facility}},
    Directive{"crash-log-enabled", "", modifiable, YesNo{&Config::crash_log_enabled}},
    Directive{"crash-memcheck-enabled", "", modifiable, YesNo{&Config::crash_memcheck_enabled}},
    Directive{"hide-user-data-from-log", "", modifiable, YesNo{&Config::hide_user_data_from_log}},
    Directive{"latency-tracking", "", modifiable, YesNo{&Config::latency_tracking}},
    Directive{"latency-tracking-info-percentiles", "", many_words,
              Special{set_percentiles, get_percentiles, percentile_lines}},
};

}  // namespace

std::span<const Directive> logging_directives() { return rows; }

}  // namespace redoubt

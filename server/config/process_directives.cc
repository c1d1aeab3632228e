#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "common/base/config_file.h"
#include "common/base/number.h"
#include "common/base/process.h"
#include "server/config/directive.h"

namespace redoubt {
namespace {

constexpr std::array supervisors = {named("upstart", Supervision::upstart), named("systemd", Supervision::systemd),
                                    named("auto", Supervision::automatic), named("no", Supervision::no)};

constexpr std::array oom_modes = {named("no", OomMode::no), named("yes", OomMode::relative),
                                  named("relative", OomMode::relative), named("absolute", OomMode::absolute)};

Status check_title(std::string_view text) {
  static constexpr std::array<std::string_view, 7> known = {"title",    "listen-addr", "server-mode", "port",
                                                            "tls-port", "unixsocket",  "config-file"};
  const auto expanded = expand_template(text, [](std::string_view name) -> std::optional<std::string> {
    if (std::ranges::find(known, name) == known.end()) return std::nullopt;
    return "x";
  });
  if (expanded && !expanded->empty()) return {};
  return Error{"template format is invalid or contains unknown variables"};
}

// ---- dir: relative paths of other directives depend on it, so that it takes effect at once

Status set_dir(Config& config, Words words) {
  if (chdir(words[0].c_str()) != 0) return Error{std::strerror(errno)};
  std::array<char, PATH_MAX> now{};
  config.dir = getcwd(now.data(), now.size()) != nullptr ? now.data() : words[0];
  return {};
}

std::string get_dir(const Config& config) { return config.dir; }

std::vector<ConfigFileLine> dir_lines(const Config& config) { return {{"dir " + quote_word(config.dir), true}}; }

// ---- oom-score-adj-values

Status set_oom_values(Config& config, Words words) {
  if (words.size() != config.oom_score_adj_values.size()) return Error{"wrong number of arguments"};
  auto values = config.oom_score_adj_values;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto value = parse_i64(words[i]);
    if (!value || *value < -2000 || *value > 2000) {
      return Error{"Invalid oom-score-adj-values, elements must be between -2000 and 2000."};
    }
    values[i] = static_cast<int>(*value);
  }
  config.oom_score_adj_values = values;
  return {};
}

std::string get_oom_values(const Config& config) {
  return fmt::format("{}", fmt::join(config.oom_score_adj_values, " "));
}

// ---- shutdown-on-*: any of the options of SHUTDOWN

struct ShutdownWord {
  std::string_view name;
  bool ShutdownOptions::*field;
};
constexpr std::array shutdown_words = {
    ShutdownWord{"save", &ShutdownOptions::save}, ShutdownWord{"nosave", &ShutdownOptions::nosave},
    ShutdownWord{"now", &ShutdownOptions::now}, ShutdownWord{"force", &ShutdownOptions::force}};

template <ShutdownOptions Config::*Field>
Status set_shutdown(Config& config, Words words) {
  ShutdownOptions options;
  bool known = !words.empty();
  for (const std::string& word : words) {
    if (equal_ignoring_case(word, "default")) continue;
    const auto found =
        std::ranges::find_if(shutdown_words, [&](const ShutdownWord& w) { return equal_ignoring_case(word, w.name); });
    if (found == shutdown_words.end()) {
      known = false;
    } else {
      options.*found->field = true;
    }
  }
  if (!known) return Error{"argument(s) must be one of the following: default, save, nosave, now, force"};
  if (options.save && options.nosave) return Error{"shutdown options SAVE and NOSAVE can't be used simultaneously"};
  config.*Field = options;
  return {};
}

template <ShutdownOptions Config::*Field>
std::string get_shutdown(const Config& config) {
  std::string text;
  for (const ShutdownWord& word : shutdown_words) {
    if (config.*Field.*word.field) text.append(text.empty() ? "" : " ").append(word.name);
  }
  return text.empty() ? "default" : text;
}

template <ShutdownOptions Config::*Field>
constexpr Special shutdown_options() {
  return {set_shutdown<Field>, get_shutdown<Field>};
}

// ---- settled values

constexpr int min_hz = 1;
constexpr int max_hz = 500;

void settle_hz(Config& config) { config.hz = std::clamp(config.hz, min_hz, max_hz); }

// A period shorter than two ticks would bark at a healthy server.
void settle_watchdog(Config& config) {
  if (config.watchdog_period > 0) config.watchdog_period = std::max(config.watchdog_period, 2 * (1000 / config.hz));
}

constexpr std::array rows = {
    Directive{"daemonize", "", start_only, YesNo{&Config::daemonize}},
    Directive{"supervised", "", start_only, choice<&Config::supervised>(supervisors)},
    Directive{"pidfile", "", start_only, Text{&Config::pidfile, true}},
    Directive{"dir", "", guarded, Special{set_dir, get_dir, dir_lines}},
    Directive{"always-show-logo", "", start_only, YesNo{&Config::always_show_logo}},
    Directive{"set-proc-title", "", start_only, YesNo{&Config::set_proc_title}},
    Directive{"proc-title-template", "", modifiable, Text{&Config::proc_title_template, false, check_title}},
    Directive{"locale-collate", "", modifiable, Text{&Config::locale_collate, false}},
    Directive{"oom-score-adj", "", modifiable, choice<&Config::oom_score_adj>(oom_modes)},
    Directive{"oom-score-adj-values", "", many_words, Special{set_oom_values, get_oom_values}},
    Directive{"disable-thp", "", start_only, YesNo{&Config::disable_thp}},
    Directive{"shutdown-on-sigterm", "", many_words, shutdown_options<&Config::shutdown_on_sigterm>()},
    Directive{"shutdown-on-sigint", "", many_words, shutdown_options<&Config::shutdown_on_sigint>()},
    Directive{"shutdown-timeout", "", modifiable, number<&Config::shutdown_timeout>(0, int_max)},
    Directive{"use-exit-on-panic", "", hidden, YesNo{&Config::use_exit_on_panic}},
    Directive{"ignore-warnings", "", modifiable, Text{&Config::ignore_warnings, false}},
    Directive{"hz", "", modifiable, number<&Config::hz>(0, int_max), settle_hz},
    Directive{"dynamic-hz", "", modifiable, YesNo{&Config::dynamic_hz}},
    Directive{"watchdog-period", "", hidden, number<&Config::watchdog_period>(0, int_max), settle_watchdog},
    Directive{"jemalloc-bg-thread", "", modifiable, YesNo{&Config::jemalloc_bg_thread}},
};

}  // namespace

std::span<const Directive> process_directives() { return rows; }

}  // namespace redoubt

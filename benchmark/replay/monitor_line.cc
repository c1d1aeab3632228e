#include "benchmark/replay/monitor_line.h"

#include <climits>

#include "common/base/config_file.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr size_t fraction_digits = 6;
constexpr int64_t us_per_second = 1'000'000;
constexpr int64_t most_seconds = 100'000'000'000;  // some thousand years

bool take(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) return false;
  rest.remove_prefix(text.size());
  return true;
}

// What stands before `end`, which is taken too.
std::optional<std::string_view> take_until(std::string_view& rest, std::string_view end) {
  const size_t at = rest.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = rest.substr(0, at);
  rest.remove_prefix(at + end.size());
  return before;
}

std::optional<int64_t> parse_time(std::string_view text) {
  const size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() - point - 1 != fraction_digits) return std::nullopt;
  const auto seconds = parse_i64(text.substr(0, point));
  if (!seconds || *seconds < 0 || *seconds > most_seconds) return std::nullopt;
  int64_t fraction = 0;
  for (const char digit : text.substr(point + 1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    fraction = fraction * 10 + (digit - '0');
  }
  return *seconds * us_per_second + fraction;
}

}  // namespace

std::optional<MonitorLine> parse_monitor_line(std::string_view line) {
  // The server escapes such bytes, and split_words would stop there.
  if (line.find('\0') != std::string_view::npos) return std::nullopt;
  if (line.ends_with('\r')) line.remove_suffix(1);
  take(line, "+");
  const auto time_text = take_until(line, " [");
  const auto time = time_text ? parse_time(*time_text) : std::nullopt;
  if (!time) return std::nullopt;
  const auto db_text = take_until(line, " ");
  const auto db = db_text ? parse_i64(*db_text) : std::nullopt;
  if (!db || *db < 0 || *db > INT_MAX) return std::nullopt;
  const auto client = take_until(line, "] ");
  if (!client || client->empty() || !line.starts_with('"')) return std::nullopt;
  auto words = split_words(line);
  if (!words || words->empty() || words->front().empty()) return std::nullopt;
  return MonitorLine{*time, static_cast<int>(*db), std::string(*client), std::move(*words)};
}

}  // namespace redoubt

#include "benchmark/report/server_cpu.h"

#include <algorithm>

#include "common/base/clock.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

std::optional<double> field_of(std::string_view info, std::string_view name) {
  while (!info.empty()) {
    const size_t end = std::min(info.find('\n'), info.size());
    std::string_view line = info.substr(0, end);
    info.remove_prefix(std::min(end + 1, info.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      return parse_double(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<double> sum_of(std::string_view info, std::string_view first, std::string_view second) {
  const auto a = field_of(info, first);
  const auto b = field_of(info, second);
  return a && b ? std::optional(*a + *b) : std::nullopt;
}

}  // namespace

std::optional<ServerCpu> server_cpu_of(std::string_view info) {
  const auto all = sum_of(info, "used_cpu_user", "used_cpu_sys");
  if (!all) return std::nullopt;
  const auto main = sum_of(info, "used_cpu_user_main_thread", "used_cpu_sys_main_thread");
  return ServerCpu{*all, main.value_or(*all), static_cast<double>(monotonic_ns()) / 1e9};
}

std::optional<ServerCpu> spent_between(std::span<const ServerCpu> before, std::span<const ServerCpu> after) {
  if (before.empty() || before.size() != after.size()) return std::nullopt;
  ServerCpu spent = after[0] - before[0];
  for (size_t index = 1; index < before.size(); ++index) {
    const ServerCpu one = after[index] - before[index];
    spent.all += one.all;
    spent.main = std::max(spent.main, one.main);
    spent.at = std::max(spent.at, one.at);
  }
  return spent;
}

std::optional<ServerCpu> ask_server_cpu(BlockingLink& link) {
  const Result<Reply> reply = link.call({"INFO", "cpu"});
  if (!reply || reply->is_error()) return std::nullopt;
  return server_cpu_of(reply->text);
}

}  // namespace redoubt

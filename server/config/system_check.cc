#include "server/config/system_check.h"

#include <fmt/format.h>

#include <fstream>

#include "common/base/number.h"

namespace redoubt {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string clock_warning(const std::string& root) {
  const std::string source = first_line(root + "/sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (source.empty() || source == "tsc" || source == "kvm-clock" || source == "arch_sys_counter" ||
      source.starts_with("hyperv")) {
    return {};
  }
  return fmt::format(
      "The clock source of this machine is '{}', and reading it may be slow. The command "
      "'cat /sys/devices/system/clocksource/clocksource0/available_clocksource' lists the others; write the name of a "
      "faster one, such as tsc, to current_clocksource beside it.",
      source);
}

std::string huge_pages_warning(const std::string& root) {
  if (first_line(root + "/sys/kernel/mm/transparent_hugepage/enabled").find("[always]") == std::string::npos) return {};
  return "Transparent huge pages are always on, which costs memory and makes latency uneven. "
         "Run 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled' as root, and have it run at boot.";
}

std::string overcommit_warning(const std::string& root) {
  if (first_line(root + "/proc/sys/vm/overcommit_memory") != "2") return {};
  return "Memory overcommit is switched off (vm.overcommit_memory = 2): allocations can fail while memory is free. "
         "Set it to 1 in /etc/sysctl.conf and with 'sysctl vm.overcommit_memory=1'.";
}

std::string backlog_warning(const std::string& root) {
  constexpr int64_t wanted = 511;
  const auto limit = parse_i64(first_line(root + "/proc/sys/net/core/somaxconn"));
  if (!limit || *limit >= wanted) return {};
  return fmt::format(
      "Connections that wait to be accepted are limited to {} (net.core.somaxconn), fewer than the default of "
      "tcp-backlog, {}: a storm of clients may be turned away.",
      *limit, wanted);
}

}  // namespace

std::vector<SystemFinding> check_system(const std::string& root) {
  return {{"slow-clocksource", clock_warning(root)},
          {"overcommit", overcommit_warning(root)},
          {"THP", huge_pages_warning(root)},
          {"somaxconn", backlog_warning(root)}};
}

std::string system_report(const std::vector<SystemFinding>& findings) {
  std::string text;
  for (const SystemFinding& finding : findings) {
    text += fmt::format("[{}]...{}\n", finding.name, finding.warning.empty() ? "OK" : "WARNING:");
    if (!finding.warning.empty()) text += finding.warning + "\n\n";
  }
  return text;
}

}  // namespace redoubt

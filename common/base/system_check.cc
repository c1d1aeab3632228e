#include "common/base/system_check.h"

#include <fmt/core.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "common/base/clock.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr std::string_view clock_source_file = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

std::optional<std::string> first_line(std::string_view root, std::string_view path) {
  std::ifstream stream(std::string(root) + std::string(path));
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  return line;
}

// The best of some runs: other work on the machine only ever adds to the time.
template <typename Call>
double time_call_ns(Call call) {
  constexpr int calls = 500;
  int64_t best = INT64_MAX;
  for (int run = 0; run < 5; ++run) {
    const int64_t start = monotonic_ns();
    for (int i = 0; i < calls; ++i) call();
    best = std::min(best, monotonic_ns() - start);
  }
  return static_cast<double>(best) / calls;
}

SystemCheck check_clock_speed(std::string_view root) {
  SystemCheck check{.name = "slow-clocksource", .message = {}, .at_start = false};
  timespec now{};
  const double clock_ns = time_call_ns([&now] { clock_gettime(CLOCK_MONOTONIC, &now); });
  const double system_call_ns = time_call_ns([&now] { syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now); });
  check.ok = !clock_is_slow(clock_ns, system_call_ns);
  if (check.ok) return check;
  check.message = fmt::format(
      "Reading the clock takes {:.0f} ns, as much as a system call, and a server reads it often. The clock source "
      "in use is '{}'; if the machine offers tsc, select it: 'echo tsc > {}' as root.",
      clock_ns, first_line(root, clock_source_file).value_or("unknown"), clock_source_file);
  return check;
}

SystemCheck check_xen_clock(std::string_view root) {
  SystemCheck check{.name = "xen-clocksource", .message = {}, .at_start = false};
  const std::optional<std::string> source = first_line(root, clock_source_file);
  check.skipped = !source;
  check.ok = source != "xen";
  if (!check.ok) {
    check.message = fmt::format(
        "The clock source is 'xen', which is slow to read. Try tsc if the host's clock is steady: "
        "'echo tsc > {}' as root.",
        clock_source_file);
  }
  return check;
}

SystemCheck check_overcommit(std::string_view root) {
  SystemCheck check{.name = "overcommit", .message = {}};
  const std::optional<std::string> mode = first_line(root, "/proc/sys/vm/overcommit_memory");
  check.skipped = !mode;
  check.ok = !mode || *mode == "1";
  if (!check.ok) {
    check.message = fmt::format(
        "Memory overcommit is not enabled (vm.overcommit_memory is {}): the system may refuse memory to the server, "
        "and to programs it starts, while there is plenty. Run 'sysctl vm.overcommit_memory=1', and put "
        "'vm.overcommit_memory = 1' into /etc/sysctl.conf so that it stays.",
        *mode);
  }
  return check;
}

SystemCheck check_huge_pages(std::string_view root) {
  SystemCheck check{.name = "THP", .message = {}};
  constexpr std::string_view path = "/sys/kernel/mm/transparent_hugepage/enabled";
  const std::optional<std::string> modes = first_line(root, path);
  check.skipped = !modes;
  check.ok = !modes || modes->find("[always]") == std::string::npos;
  if (!check.ok) {
    check.message = fmt::format(
        "Transparent huge pages are on for every program, which costs memory and causes pauses. Run "
        "'echo madvise > {}' as root, from a start-up script too so that it stays, or leave disable-thp on.",
        path);
  }
  return check;
}

SystemCheck check_somaxconn(std::string_view root) {
  SystemCheck check{.name = "somaxconn", .message = {}, .at_start = false};
  check.skipped = !first_line(root, "/proc/sys/net/core/somaxconn");
  check.message = check_tcp_backlog(511, root);
  check.ok = check.message.empty();
  return check;
}

}  // namespace

bool clock_is_slow(double clock_ns, double system_call_ns) { return clock_ns > 0.75 * system_call_ns; }

std::string check_tcp_backlog(int backlog, std::string_view root) {
  const std::optional<std::string> line = first_line(root, "/proc/sys/net/core/somaxconn");
  const std::optional<int64_t> limit = line ? parse_i64(*line) : std::nullopt;
  if (!limit || *limit >= backlog) return {};
  return fmt::format(
      "The TCP backlog setting of {} cannot be enforced because /proc/sys/net/core/somaxconn is set to the lower "
      "value of {}: many clients that connect at once can be turned away.",
      backlog, *limit);
}

std::vector<SystemCheck> check_system(std::string_view root) {
  return {check_clock_speed(root), check_xen_clock(root), check_overcommit(root), check_huge_pages(root),
          check_somaxconn(root)};
}

std::string format_system_checks(const std::vector<SystemCheck>& checks) {
  std::string text;
  for (const SystemCheck& check : checks) {
    text += fmt::format("[{}]...", check.name);
    text += check.skipped ? "skipped\n" : check.ok ? "OK\n" : fmt::format("WARNING:\n{}\n\n", check.message);
  }
  return text;
}

}  // namespace redoubt

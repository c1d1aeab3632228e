// What of the system's settings is bad for a server that holds its data in memory: checked for the warnings at start-up and
// for --check-system. Reads /proc and /sys and measures the clock for about a millisecond; changes nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

struct SystemCheck {
  std::string name;
  bool ok = true;
  bool skipped = false;  // the system does not say; ok is true then
  std::string message;   // what is wrong and what to do about it; empty when ok
  bool at_start = true;  // worth a warning at each start, not only with --check-system
};

// `root` stands before /proc and /sys: for tests.
std::vector<SystemCheck> check_system(std::string_view root = "");

// Whether the kernel cuts `backlog` of listen(2) down. Empty when it does not, or does not say.
std::string check_tcp_backlog(int backlog, std::string_view root = "");

// The report of --check-system: a line `[name]...OK`, `[name]...skipped` or `[name]...WARNING:` and the message, for each.
std::string format_system_checks(const std::vector<SystemCheck>& checks);

// Reading the clock should cost a small part of a system call; both in ns per call.
bool clock_is_slow(double clock_ns, double system_call_ns);

}  // namespace redoubt

// A line of a log of MONITOR, as the server and its clients write it:
//
//   +1339518083.107412 [0 127.0.0.1:60866] "keys" "*"
//
// when (Unix time), the database, the client, and the words of the request in quotes with escapes. The + may be missing.
// Thread-safe: no state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

struct MonitorLine {
  int64_t time_us = 0;
  int db = 0;
  std::string client;             // host:port; unix:PATH; "lua" for what a script did
  std::vector<std::string> args;  // one at least

  bool operator==(const MonitorLine&) const = default;
};

// None: it is no such line. Without the end of the line; a CR there is passed over.
std::optional<MonitorLine> parse_monitor_line(std::string_view line);

}  // namespace redoubt

// What a replay does with a request of a log. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string>

#include "benchmark/replay/monitor_line.h"

namespace redoubt {

enum class ReplayRule : uint8_t {
  send,
  wait,       // sent; its reply may come only when another client does something, or after a time
  leave_out,  // it concerns the connection or the server, not the data, or the log does not have all of it
  script,     // left out: the script that did it is in the log, too
};

ReplayRule replay_rule_of(const MonitorLine& line);

// The name of the command, in lower case; with that of the subcommand where the rule looks at it. Names that no command has are
// "(unknown)".
std::string replay_name_of(const MonitorLine& line);

}  // namespace redoubt

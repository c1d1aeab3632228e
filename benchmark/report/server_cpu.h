// The CPU time that a server has spent, as it tells it itself: its INFO. Thread-safe: no state.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "common/net/connect.h"

namespace redoubt {

struct ServerCpu {
  double all = 0;   // seconds, of all of its threads
  double main = 0;  // of the one that executes commands; the same as `all` where the server does not tell it

  double at = 0;  // when it was asked, on a clock of the client's

  // What it spent between the two times, and in `at` how long that was.
  ServerCpu operator-(const ServerCpu& earlier) const {
    return {all - earlier.all, main - earlier.main, at - earlier.at};
  }
};

// None: it does not tell (no right to, or it knows no such command).
std::optional<ServerCpu> ask_server_cpu(BlockingLink& link);
// Of several servers together, between the two times: `all` of all, `main` of the busiest. None: not all of them have told both.
std::optional<ServerCpu> spent_between(std::span<const ServerCpu> before, std::span<const ServerCpu> after);
// From the text of INFO.
std::optional<ServerCpu> server_cpu_of(std::string_view info);

}  // namespace redoubt

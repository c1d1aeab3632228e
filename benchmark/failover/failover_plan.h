// What a run with --failover is to do: plain data, read from the command line. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/net/server_uri.h"

namespace redoubt {

struct FailoverPlan {
  std::string primary;              // as the sentinels call it
  std::vector<Endpoint> sentinels;  // in the order in which they are asked
  ServerUri sentinel_login;         // user and password for them
  ServerUri login;                  // user, password and database for the primaries
  bool resp3 = false;
  size_t writers = 10;
  int64_t timeout_ms = 1000;  // of a connection and of each reply
  uint64_t rate = 0;          // writes per second of all writers together; 0: as fast as replies come
  double seconds = 0;         // 0: until a failover is over
  bool begin = false;         // ask a sentinel for a failover

  bool wanted() const { return !primary.empty(); }
};

// Reads NAME@HOST[:PORT][,HOST[:PORT]…] into the plan. IPv6 addresses stand in brackets. An error is a sentence.
Status parse_failover(std::string_view text, FailoverPlan& plan);

}  // namespace redoubt

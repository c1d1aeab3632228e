// The server that a run measures: looked up once, and what each connection to it begins with. Plain data; connect() may be called
// from several threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/connect.h"
#include "common/net/server_uri.h"

namespace redoubt {

struct Target {
  std::string name;  // host:port, or the path of its socket
  ServerAddress address;
  // What each connection begins with: who it is, the protocol, the database. As requests, and as the bytes of all of them.
  std::vector<std::vector<std::string>> greeting;
  std::string greeting_bytes;

  // A connection that was greeted. It waits for so long, in each step, and so do calls over it. Errors are sentences that name the
  // server.
  Result<BlockingLink> connect(int timeout_ms = 5000) const;
};

struct TargetSettings {
  bool resp3 = false;
  bool tracking = false;
};

// Asks the resolver; connects to nothing.
Result<Target> find_target(const ServerUri& server, const TargetSettings& settings);

}  // namespace redoubt

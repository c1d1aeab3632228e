// Where a server is and as whom to speak to it, in one line, as the options -u and --compare of the tools take it:
// redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], or unix://[[USER]:PASSWORD@]/PATH[?db=DB]. Octets may be %-encoded. Thread-safe:
// no state.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/net/connect.h"

namespace redoubt {

struct ServerUri {
  Endpoint endpoint;
  std::string user;      // empty: the default user
  std::string password;  // empty: none
  int db = 0;
};

// An error is a sentence that names the text.
Result<ServerUri> parse_server_uri(std::string_view text);

}  // namespace redoubt

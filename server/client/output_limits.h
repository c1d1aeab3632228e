// client-output-buffer-limit: whether a client has let more output pile up than its class may. Sets and clears the time at
// which the soft limit was first exceeded. Times are monotonic milliseconds.
#pragma once

#include "server/client/client.h"
#include "server/config/config.h"

namespace redoubt {

OutputLimitClass output_class(const Client& client);
bool over_output_limit(Client& client, const Config& config, int64_t now_ms);

}  // namespace redoubt

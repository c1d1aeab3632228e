// Takes a key away because its time is over as soon as it is set: EXPIRE, GETEX, RESTORE with a time that is past.
#pragma once

#include <string_view>

#include "server/dispatch/context.h"

namespace redoubt {

// The key exists. Frees its value as lazyfree-lazy-expire says, and is told as DEL or UNLINK in place of the command.
void remove_as_past(CommandContext& ctx, std::string_view key);

}  // namespace redoubt

// What the program does after its command line is read: opens the log, hands it to one of the modes (modes.h), and sees that
// all that was printed has arrived.
#pragma once

#include "check-aof/modes.h"

namespace redoubt {

CheckStatus run_check_aof(const CheckAofOptions& options, CheckAofContext& context);

}  // namespace redoubt

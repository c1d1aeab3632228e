// Measures hand-offs from clients to clients: --blocking, --pubsub.
#pragma once

#include "benchmark/mode.h"

namespace redoubt {

ModeOutcome run_handoff(const ModeRun& run);

}  // namespace redoubt

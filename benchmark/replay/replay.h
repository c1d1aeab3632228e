// Replays a log of MONITOR (--replay), and reports on it.
#pragma once

#include <string>

#include "benchmark/mode.h"

namespace redoubt {

ModeOutcome run_replay(const ModeRun& run);

}  // namespace redoubt

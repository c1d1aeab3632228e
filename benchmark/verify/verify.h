// Runs a load whose every reply is looked at (--verify), and reports on it.
#pragma once

#include "benchmark/mode.h"

namespace redoubt {

// What was found counts as a failure.
ModeOutcome run_verify(const ModeRun& run);

}  // namespace redoubt

// Where the load of a preset's row goes: the server may be reached in several ways, and tells of them itself. Thread-safe: no
// state.
#pragma once

#include "benchmark/presets/preset.h"
#include "benchmark/target.h"
#include "common/base/result.h"

namespace redoubt {

// An address at which the same server answers; asks it where it listens, and looks whether that is so. The error is a sentence
// that says why there is no such way, such as a server that has no unix socket or is on another machine.
Result<ServerAddress> address_for(PresetLink link, const Target& target);

}  // namespace redoubt

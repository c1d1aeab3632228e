// The line that a person on a terminal sees while a test runs. Thread-safe: no state.
#pragma once

#include <string>
#include <string_view>

#include "benchmark/load/load.h"

namespace redoubt {

// How far it is, throughput since `before` and from the start, latencies of the last whole second, the time that is left; what is
// not known yet is left out. `precision`: decimals of milliseconds. Without control characters.
std::string progress_line(std::string_view test, const LoadPlan& plan, const LoadProgress& before,
                          const LoadProgress& now, int precision);

}  // namespace redoubt

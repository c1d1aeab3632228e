// Options of what is more than a test: replays, hand-offs, comparisons, --verify, presets, --failover. Each function reads those of
// one and refuses what does not go with it; where it was not asked for, it does nothing. Called by parse_benchmark, in its order.
#pragma once

#include "benchmark/options.h"
#include "benchmark/options/option_reader.h"

namespace redoubt {

void read_replay(OptionReader& given, BenchmarkOptions& options);
void read_handoff(OptionReader& given, BenchmarkOptions& options);
void read_comparison(OptionReader& given, BenchmarkOptions& options);
// Before keys and values are read: it has defaults of its own.
void read_verify(OptionReader& given, BenchmarkOptions& options);
// Before the workload is read: what the preset says stands where nothing else was given.
void read_preset(OptionReader& given, BenchmarkOptions& options);
// At the end: it needs who the server is, and how fast and how long to write.
void read_failover(OptionReader& given, BenchmarkOptions& options);

}  // namespace redoubt

// Histograms as HdrHistogram's programs read them (hdr_format.h). Thread-safe: no state.
#pragma once

#include <string>

#include "benchmark/load/histogram.h"

namespace redoubt {

// The payload before it is compressed.
std::string hdr_payload(const Histogram& histogram);
// Compressed and in base64: what stands in a line of a log.
std::string hdr_text(const Histogram& histogram);

}  // namespace redoubt

// Reads HdrHistogram's interval logs, by the description of the format and with none of the code that writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

struct HdrHistogram {
  uint64_t highest_value = 0;
  uint64_t significant_digits = 0;
  std::vector<uint64_t> counts;  // by bucket, without what is empty behind the last

  uint64_t total() const;
};

struct HdrLine {
  std::string tag;
  double start = 0;
  double length = 0;
  double max_ms = 0;
  HdrHistogram histogram;
};

// Throws std::runtime_error when it is not such a text.
HdrHistogram read_hdr_histogram(std::string_view base64);
// The lines with histograms of a whole log.
std::vector<HdrLine> read_hdr_log(std::string_view log);

// The bucket of a value in a histogram of three digits, as HdrHistogram's own programs reckon it.
size_t hdr_index(uint64_t value);

}  // namespace redoubt

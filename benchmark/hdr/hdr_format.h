// The interval log of HdrHistogram, version 1.3: lines of text, each with a histogram. What programs that plot and add up such
// logs read.
//
//   #[Histogram log format version 1.3]
//   #[StartTime: 1441812279.474 (seconds since epoch), 2015-09-09 15:24:39 UTC]
//   "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
//   Tag=NAME,start,length,max,base64      start: seconds after StartTime; length: seconds; max: milliseconds
//
// A tag has no comma, no space and no end of a line. The histogram, numbers big-endian:
//
//   u32 compressed_cookie, u32 bytes that follow, zlib stream of:
//     u32 cookie, u32 bytes of the counts, u32 normalizing index (0), u32 significant digits, u64 lowest value, u64 highest value,
//     f64 ratio of integer to double values (1.0), counts
//
// The counts, from that of the lowest bucket to the last that is not 0, are zigzag integers of 1 to 9 bytes: 7 bits each, lowest
// first, the top bit set where another follows; the ninth has 8 bits. A negative one, -n, stands for n counts of 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redoubt::hdr {

// The low half of the lowest byte tells the version; 0x10: counts as above. Readers take them with and without.
inline constexpr uint32_t cookie = 0x1c849303 | 0x10;
inline constexpr uint32_t compressed_cookie = 0x1c849304 | 0x10;
inline constexpr size_t header_size = 40;
inline constexpr size_t compressed_header_size = 8;

inline constexpr std::string_view log_version = "#[Histogram log format version 1.3]\n";
inline constexpr std::string_view log_legend =
    "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";

}  // namespace redoubt::hdr

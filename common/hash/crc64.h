// The checksum of RDB files and DUMP payloads: CRC-64 with Jones' polynomial 0xad93d23594c935a9, reflected, starting at 0
// and not inverted at the end. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string_view>

namespace redoubt {

// The checksum of what gave `crc` followed by `data`; `crc` is 0 at the start.
uint64_t crc64(uint64_t crc, std::string_view data);
inline uint64_t crc64(std::string_view data) { return crc64(0, data); }

}  // namespace redoubt

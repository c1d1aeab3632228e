// Names and figures as people read them. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redoubt {

// Bytes of a file as text that is UTF-8, has no control characters and none that turn the direction of writing round: those, other
// bytes and backslashes as \xHH, \n, \r, \t and \\. Of long ones the first `most` bytes, then "…"; `whole` is the size of a
// name of which `bytes` are the beginning.
std::string shown_name(std::string_view bytes, size_t most, uint64_t whole = 0);

std::string grouped(uint64_t number);                 // 1,234,567
std::string human_duration(uint64_t ms);              // 250 ms, 12.5 s, 3.0 min, 7.2 h, 31.0 d
std::string utc_time(int64_t unix_seconds);           // 2026-11-21 19:20:00 UTC
std::string share_of(uint64_t part, uint64_t whole);  // 12.3 %

}  // namespace redoubt

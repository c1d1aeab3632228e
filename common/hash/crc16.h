// CRC-16 (XMODEM: polynomial 0x1021, starting at 0) and the slot of a key that follows from it. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string_view>

namespace redoubt {

inline constexpr unsigned slot_count = 16384;

uint16_t crc16(std::string_view data);

// Of a key with a tag, `a{tag}b`, only the text between the first { and the first } behind it counts, unless it is empty.
unsigned key_hash_slot(std::string_view key);

}  // namespace redoubt

// The bytes around a damage as people look at them: 16 to a line with their offset, in hex and as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redoubt {

// `bytes` begin at `offset` of the file. The line with the byte at `marked` has a pointer below it; the dump ends with a newline.
//   0000000000000010  24 33 0d 0a 53 45 54 0d  0a 24 31 0d 0a 61 0d 0a  |$3..SET..$1..a..|
//                              ^^
std::string hex_dump(std::string_view bytes, uint64_t offset, uint64_t marked);

}  // namespace redoubt

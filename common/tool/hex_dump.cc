#include "common/tool/hex_dump.h"

#include <fmt/format.h>

#include <algorithm>

namespace redoubt {
namespace {

constexpr size_t per_line = 16;
constexpr size_t hex_begins = 18;  // after the offset and two blanks

size_t column_of(size_t index) { return hex_begins + index * 3 + (index >= per_line / 2 ? 1 : 0); }

}  // namespace

std::string hex_dump(std::string_view bytes, uint64_t offset, uint64_t marked) {
  std::string dump;
  for (size_t at = 0; at < bytes.size();) {
    // Lines begin at multiples of 16 of the file, so that dumps of one file can be compared.
    const uint64_t line_offset = (offset + at) / per_line * per_line;
    const auto first = static_cast<size_t>(offset + at - line_offset);
    const size_t count = std::min(per_line - first, bytes.size() - at);
    std::string line = fmt::format("{:016x}", line_offset);
    line.resize(column_of(per_line), ' ');
    std::string text(per_line, ' ');
    for (size_t index = first; index < first + count; ++index) {
      const auto byte = static_cast<unsigned char>(bytes[at + index - first]);
      line.replace(column_of(index), 2, fmt::format("{:02x}", byte));
      text[index] = byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
    }
    dump += fmt::format("{} |{}|\n", line, text);
    if (marked >= offset + at && marked < offset + at + count) {
      dump += std::string(column_of(static_cast<size_t>(marked - line_offset)), ' ') + "^^\n";
    }
    at += count;
  }
  return dump;
}

}  // namespace redoubt

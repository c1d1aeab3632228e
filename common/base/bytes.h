// Comparing short runs of bytes without a call: keys and names are short, and memcmp's way in costs as much as its work.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace redoubt {

inline bool same_bytes(const char* a, const char* b, size_t size) {
  const auto differ = [](const char* x, const char* y, auto word) {
    auto other = word;
    memcpy(&word, x, sizeof word);
    memcpy(&other, y, sizeof other);
    return word != other;
  };
  if (size >= 8) {
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
      if (differ(a + i, b + i, uint64_t{})) return false;
    }
    // The last words overlap.
    return !differ(a + size - 8, b + size - 8, uint64_t{});
  }
  if (size >= 4) return !differ(a, b, uint32_t{}) && !differ(a + size - 4, b + size - 4, uint32_t{});
  for (size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

inline bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.size() <= 64 ? same_bytes(a.data(), b.data(), a.size()) : a == b);
}

}  // namespace redoubt

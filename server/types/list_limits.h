// How much one listpack node of a list may hold, from list-max-listpack-size: a number of bytes when negative (-1: 4 kB to
// -5: 64 kB), else a number of elements, and not more than 8 kB. An element that is larger has a node of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace redoubt {

struct ListNodeLimits {
  static constexpr int max_fill = 32767;
  // What an element is taken to add to a node beside its bytes.
  static constexpr size_t element_overhead = 8;
  // From this size on an element is not kept in a listpack at all.
  static constexpr size_t max_listpack_element = size_t{1} << 28;

  size_t bytes = SIZE_MAX;
  size_t count = SIZE_MAX;

  static ListNodeLimits of(int fill) {
    if (fill >= 0) return {SIZE_MAX, static_cast<size_t>(std::max(fill, 1))};
    return {size_t{4096} << (std::min(-int64_t{fill}, int64_t{5}) - 1), SIZE_MAX};
  }
  bool exceeded_by(size_t node_bytes, size_t node_count) const {
    static constexpr size_t max_counted_bytes = 8192;
    if (bytes != SIZE_MAX) return node_bytes > bytes;
    return node_bytes > max_counted_bytes || node_count > count;
  }
};

}  // namespace redoubt

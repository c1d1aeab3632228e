// Makes a failing sequence small: takes out half of it, quarters, eighths, ..., at last single items, as long as what is
// left still fails. `fails(sequence)` runs it from a fresh state. Ends early when `out_of_time()` says so; what it has by
// then fails, too.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace redoubt {

template <typename T, typename Fails, typename OutOfTime>
std::vector<T> shrink(std::vector<T> items, Fails&& fails, OutOfTime&& out_of_time) {
  size_t chunk = std::max<size_t>(items.size() / 2, 1);
  while (!items.empty()) {
    bool removed = false;
    // From the end: what comes late rests on what comes early.
    for (size_t end = items.size(); end > 0 && !out_of_time();) {
      const size_t begin = end > chunk ? end - chunk : 0;
      std::vector<T> rest(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(begin));
      rest.insert(rest.end(), items.begin() + static_cast<std::ptrdiff_t>(end), items.end());
      if (fails(rest)) {
        items = std::move(rest);
        removed = true;
      }
      end = begin;
    }
    if (out_of_time() || (chunk == 1 && !removed)) break;
    // Single items are tried until none can go: one that goes may let an earlier one go.
    if (chunk > 1) chunk /= 2;
  }
  return items;
}

}  // namespace redoubt

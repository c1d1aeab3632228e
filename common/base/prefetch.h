// Bringing memory into the cache before it is needed.
#pragma once

namespace redoubt {

// Changes nothing, and `at` may be any address. To be used instead of the compiler's builtin: gcc takes a function that
// only prefetches for one without an effect and leaves the calls of it out; the empty assembly says that there is one.
inline void prefetch(const void* at) {
  __builtin_prefetch(at);
  asm volatile("");
}

}  // namespace redoubt

// Random choices from a seed, for tests that draw what they do: the same seed draws the same again. REDOUBT_SEED in the
// environment replaces the seeds that a test would take by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/random.h"

namespace redoubt {

class Pick {
 public:
  explicit Pick(uint64_t seed) : random_(seed) {}
  uint64_t below(uint64_t bound) { return random_.below(bound); }
  // True once in `times`.
  bool one_in(uint64_t times) { return below(times) == 0; }
  std::string of(std::initializer_list<const char*> words) { return words.begin()[below(words.size())]; }
  // Up to `max_size` bytes of any value, few different ones.
  std::string bytes(size_t max_size);
  // Integers near the borders of their types, small ones, and texts that are nearly integers.
  std::string integer();
  // Floats in many notations, and texts that are nearly floats.
  std::string real();
  // The word, with the case of its letters changed now and then.
  std::string spelling(std::string_view word);
  // One of these, spelt in some way.
  std::string option(std::initializer_list<const char*> words) { return spelling(of(words)); }

 private:
  Random random_;
};

// 1 .. count, or the one that the environment asks for.
std::vector<uint64_t> seeds_of_tests(size_t count);

}  // namespace redoubt

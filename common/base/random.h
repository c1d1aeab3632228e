// Randomness. Random is a small fast generator for sampling and tests (not for secrets): one per thread or owner, seeded
// explicitly or from the system. secure_random fills from the kernel, for seeds, run ids and the keys of hash functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace redoubt {

class Random {
 public:
  Random();  // seeded from the kernel
  explicit Random(uint64_t seed);
  uint64_t next();
  // Uniform in [0, bound); bound > 0.
  uint64_t below(uint64_t bound);
  double unit();  // uniform in [0, 1)

 private:
  uint64_t state_[4];
};

void secure_random(void* out, size_t size);
// `digits` lower-case hexadecimal digits, as in run ids (40).
std::string random_hex(size_t digits);

}  // namespace redoubt

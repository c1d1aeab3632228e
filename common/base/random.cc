#include "common/base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <stdexcept>

namespace redoubt {
namespace {

constexpr uint64_t rotate_left(uint64_t value, int count) { return value << count | value >> (64 - count); }

}  // namespace

Random::Random() {
  do {
    secure_random(state_, sizeof state_);
  } while ((state_[0] | state_[1] | state_[2] | state_[3]) == 0);  // the one state that the generator cannot leave
}

Random::Random(uint64_t seed) {
  // splitmix64 spreads a poor seed over the whole state.
  for (uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    word = mixed ^ (mixed >> 31);
  }
}

// xoshiro256**
uint64_t Random::next() {
  const uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
  const uint64_t carried = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= carried;
  state_[3] = rotate_left(state_[3], 45);
  return result;
}

uint64_t Random::below(uint64_t bound) {
  // The high half of a 128-bit product, with the few low halves refused that would make small results
  // likelier.
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{next()} * bound;
  if (static_cast<uint64_t>(product) < bound) {
    const uint64_t refused = (0 - bound) % bound;
    while (static_cast<uint64_t>(product) < refused) product = Wide{next()} * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

void secure_random(void* out, size_t size) {
  auto* at = static_cast<char*>(out);
  while (size > 0) {
    const ssize_t got = getrandom(at, size, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::runtime_error("the kernel gives no random bytes");
    }
    at += got;
    size -= static_cast<size_t>(got);
  }
}

std::string random_hex(size_t digits) {
  std::string text(digits, '\0');
  secure_random(text.data(), digits);
  for (char& c : text) c = "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  return text;
}

}  // namespace redoubt

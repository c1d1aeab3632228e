#include "common/hash/crc64.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace redoubt {
namespace {

constexpr uint64_t polynomial = 0x95ac9329ac4bc9b5;  // 0xad93d23594c935a9 with its bits reversed
constexpr size_t slices = 8;
using Table = std::array<uint64_t, 256>;

// Polynomials have their coefficient of x^63 in the lowest bit; this is the remainder of p * x.
constexpr uint64_t times_x(uint64_t p) { return (p & 1) != 0 ? p >> 1 ^ polynomial : p >> 1; }

// tables[n][b]: what byte b adds to the checksum when n more bytes follow it.
constexpr std::array<Table, slices> make_tables() {
  std::array<Table, slices> tables{};
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = times_x(crc);
    tables[0][byte] = crc;
  }
  for (size_t slice = 1; slice < slices; ++slice) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint64_t before = tables[slice - 1][byte];
      tables[slice][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr std::array<Table, slices> tables = make_tables();

uint64_t by_tables(uint64_t crc, const char* at, size_t left) {
  if constexpr (std::endian::native == std::endian::little) {
    for (; left >= slices; at += slices, left -= slices) {
      uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      word ^= crc;
      crc = tables[7][word & 0xff] ^ tables[6][word >> 8 & 0xff] ^ tables[5][word >> 16 & 0xff] ^
            tables[4][word >> 24 & 0xff] ^ tables[3][word >> 32 & 0xff] ^ tables[2][word >> 40 & 0xff] ^
            tables[1][word >> 48 & 0xff] ^ tables[0][word >> 56];
    }
  }
  for (; left > 0; ++at, --left) crc = crc >> 8 ^ tables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xff];
  return crc;
}

#ifdef __x86_64__
#define REDOUBT_CLMUL __attribute__((target("pclmul,sse2")))

// The message so far is folded into 128 bits that leave the same remainder: they are multiplied by x^distance, which is
// two products of 64 bits, and added to the 128 bits that stand so far behind them.
constexpr size_t lanes = 8;  // folded side by side, since a product takes longer than the next can begin
constexpr size_t lane = sizeof(__m128i);
constexpr size_t block = lanes * lane;

constexpr uint64_t power_of_x(unsigned exponent) {
  uint64_t p = uint64_t{1} << 63;
  for (; exponent > 0; --exponent) p = times_x(p);
  return p;
}

// What the two halves are multiplied by. The product of two polynomials in this order of bits is too large by one x.
template <unsigned Bits>
REDOUBT_CLMUL __m128i fold_factors() {
  constexpr uint64_t first_half = power_of_x(Bits + 64 - 1);
  constexpr uint64_t second_half = power_of_x(Bits - 1);
  return _mm_set_epi64x(static_cast<int64_t>(second_half), static_cast<int64_t>(first_half));
}

REDOUBT_CLMUL inline __m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

REDOUBT_CLMUL inline __m128i fold(__m128i sum, __m128i factors, __m128i next) {
  const __m128i first = _mm_clmulepi64_si128(sum, factors, 0x00);
  const __m128i second = _mm_clmulepi64_si128(sum, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(first, second), next);
}

// At least a block.
REDOUBT_CLMUL __m128i fold_blocks(__m128i crc, const char*& at, size_t& left) {
  __m128i sums[lanes];
  for (size_t i = 0; i < lanes; ++i) sums[i] = load(at + i * lane);
  sums[0] = _mm_xor_si128(sums[0], crc);
  const __m128i factors = fold_factors<block * 8>();
  for (at += block, left -= block; left >= block; at += block, left -= block) {
    for (size_t i = 0; i < lanes; ++i) sums[i] = fold(sums[i], factors, load(at + i * lane));
  }
  const __m128i near = fold_factors<lane * 8>();
  for (size_t i = 1; i < lanes; ++i) sums[i] = fold(sums[i - 1], near, sums[i]);
  return sums[lanes - 1];
}

// At least a lane.
REDOUBT_CLMUL uint64_t by_folding(uint64_t before, const char* at, size_t left) {
  const __m128i crc = _mm_cvtsi64_si128(static_cast<int64_t>(before));
  __m128i sum;
  if (left >= block) {
    sum = fold_blocks(crc, at, left);
  } else {
    sum = _mm_xor_si128(load(at), crc);
    at += lane;
    left -= lane;
  }
  const __m128i factors = fold_factors<lane * 8>();
  for (; left >= lane; at += lane, left -= lane) sum = fold(sum, factors, load(at));

  char remainder[lane];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(remainder), sum);
  return by_tables(by_tables(0, remainder, lane), at, left);
}
#endif

}  // namespace

uint64_t crc64(uint64_t crc, std::string_view data) {
#ifdef __x86_64__
  if (data.size() >= 2 * lane && __builtin_cpu_supports("pclmul")) return by_folding(crc, data.data(), data.size());
#endif
  return by_tables(crc, data.data(), data.size());
}

}  // namespace redoubt

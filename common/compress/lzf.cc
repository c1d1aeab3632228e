#include "common/compress/lzf.h"

#include <lzf.h>

#include <algorithm>
#include <climits>
#include <cstring>

namespace redoubt {
namespace {

constexpr unsigned literal_end = 32;  // control bytes below it: a run of one byte more as it is
constexpr size_t long_reference = 9;  // 7 + 2: one more byte of length follows
constexpr ptrdiff_t most_literals = 32;

// Copies in wide steps where `room`, what is left of both input and output, allows to copy more than is asked for.
inline void copy_literals(const char* from, char* to, size_t length, ptrdiff_t room) {
  if (room < most_literals) [[unlikely]] {
    memcpy(to, from, length);
    return;
  }
  memcpy(to, from, 16);
  if (length > 16) memcpy(to + 16, from + 16, 16);
}

// Copies from `distance` bytes before, which may overlap: then the bytes repeat.
inline void copy_from_before(char* to, size_t distance, size_t length, const char* end) {
  static constexpr size_t wide = 16;
  static constexpr size_t narrow = 8;
  // A pattern shorter than a step, written out, repeats also after so many bytes: its first multiple that a step fits in.
  static constexpr unsigned char repeats_after[narrow] = {0, 8, 8, 9, 8, 10, 12, 14};
  const char* from = to - distance;
  char* const stop = to + length;
  if (end - stop < static_cast<ptrdiff_t>(wide)) [[unlikely]] {
    while (to < stop) *to++ = *from++;
    return;
  }
  if (distance >= wide) {
    for (; to < stop; to += wide, from += wide) memcpy(to, from, wide);
    return;
  }
  if (distance < narrow) {
    for (size_t index = 0; index < narrow; ++index) to[index] = from[index];
    to += narrow;
    from = to - repeats_after[distance];
  }
  for (; to < stop; to += narrow, from += narrow) memcpy(to, from, narrow);
}

}  // namespace

size_t lzf_compress(std::string_view bytes, char* out, size_t room) {
  static constexpr size_t least = 4;  // the library looks at the first bytes unasked
  if (bytes.size() < least || bytes.size() > UINT_MAX) return 0;
  const auto room_there = static_cast<unsigned>(std::min<size_t>(room, UINT_MAX));
  return ::lzf_compress(bytes.data(), static_cast<unsigned>(bytes.size()), out, room_there);
}

// Not the library's: that copies byte by byte, and unpacking is most of what loading a snapshot of collections costs.
bool lzf_decompress(std::string_view compressed, char* out, size_t size) {
  const char* in = compressed.data();
  const char* const in_end = in + compressed.size();
  char* const begin = out;
  char* const end = out + size;
  if (compressed.empty() || size == 0) return false;
  while (in != in_end) {
    const unsigned control = static_cast<unsigned char>(*in++);
    if (control < literal_end) {
      const size_t length = control + 1;
      if (static_cast<size_t>(in_end - in) < length || static_cast<size_t>(end - out) < length) return false;
      copy_literals(in, out, length, std::min(in_end - in, end - out));
      in += length;
      out += length;
    } else {
      size_t length = (control >> 5) + 2;
      if (length == long_reference && in != in_end) length += static_cast<unsigned char>(*in++);
      if (in == in_end || static_cast<size_t>(end - out) < length) return false;
      const size_t distance = ((control & 31) << 8 | static_cast<unsigned char>(*in++)) + 1;
      if (static_cast<size_t>(out - begin) < distance) return false;
      copy_from_before(out, distance, length, end);
      out += length;
    }
  }
  return out == end;
}

}  // namespace redoubt

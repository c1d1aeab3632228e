#include "common/compress/lzf.h"

#include <lzf.h>

#include <algorithm>
#include <climits>

namespace redoubt {

size_t lzf_compress(std::string_view bytes, char* out, size_t room) {
  static constexpr size_t least = 4;  // the library looks at the first bytes unasked
  if (bytes.size() < least || bytes.size() > UINT_MAX) return 0;
  const auto room_there = static_cast<unsigned>(std::min<size_t>(room, UINT_MAX));
  return ::lzf_compress(bytes.data(), static_cast<unsigned>(bytes.size()), out, room_there);
}

bool lzf_decompress(std::string_view compressed, char* out, size_t size) {
  // The library reads a byte before it looks whether there is one.
  if (compressed.empty() || compressed.size() > UINT_MAX || size == 0 || size > UINT_MAX) return false;
  return ::lzf_decompress(compressed.data(), static_cast<unsigned>(compressed.size()), out,
                          static_cast<unsigned>(size)) == size;
}

}  // namespace redoubt

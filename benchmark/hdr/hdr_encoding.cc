#include "benchmark/hdr/hdr_encoding.h"

#include <zlib.h>

#include <bit>
#include <new>
#include <span>

#include "benchmark/hdr/hdr_format.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

constexpr uint32_t significant_digits = 3;
constexpr uint64_t lowest_value = 1;
constexpr double ratio = 1.0;

template <typename T>
void append_number(std::string& to, T number) {
  for (size_t byte = sizeof number; byte-- > 0;) to.push_back(static_cast<char>(number >> (byte * 8) & 0xff));
}

// Zigzag: the sign is the lowest bit, so that what is near 0 is short.
void append_count(std::string& to, int64_t count) {
  constexpr int longest = 9;
  uint64_t left = static_cast<uint64_t>(count) << 1 ^ static_cast<uint64_t>(count >> 63);
  for (int byte = 1; byte < longest && left >= 0x80; ++byte, left >>= 7) {
    to.push_back(static_cast<char>(0x80 | (left & 0x7f)));
  }
  to.push_back(static_cast<char>(left));
}

std::string encoded_counts(std::span<const uint64_t> counts) {
  while (counts.size() > 1 && counts.back() == 0) counts = counts.first(counts.size() - 1);
  std::string bytes;
  for (size_t index = 0; index < counts.size();) {
    size_t end = index;
    while (end < counts.size() && counts[end] == 0) ++end;
    if (end - index > 1) {
      append_count(bytes, -static_cast<int64_t>(end - index));
      index = end;
    } else {
      append_count(bytes, static_cast<int64_t>(counts[index++]));
    }
  }
  return bytes;
}

}  // namespace

std::string hdr_payload(const Histogram& histogram) {
  const std::string counts = encoded_counts(histogram.counts());
  std::string payload;
  append_number(payload, hdr::cookie);
  append_number(payload, static_cast<uint32_t>(counts.size()));
  append_number(payload, uint32_t{0});
  append_number(payload, significant_digits);
  append_number(payload, lowest_value);
  append_number(payload, Histogram::highest_value);
  append_number(payload, std::bit_cast<uint64_t>(ratio));
  return payload + counts;
}

std::string hdr_text(const Histogram& histogram) {
  const std::string payload = hdr_payload(histogram);
  uLongf size = compressBound(static_cast<uLong>(payload.size()));
  std::string compressed(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(compressed.data()), &size, reinterpret_cast<const Bytef*>(payload.data()),
               static_cast<uLong>(payload.size())) != Z_OK) {
    throw std::bad_alloc();  // there was room enough
  }
  compressed.resize(size);
  std::string all;
  append_number(all, hdr::compressed_cookie);
  append_number(all, static_cast<uint32_t>(compressed.size()));
  return base64(all + compressed);
}

}  // namespace redoubt

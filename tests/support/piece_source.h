// Bytes in memory as a ByteSource: in pieces of at most so many, and broken from some offset on if told so. The bytes live longer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/base/byte_source.h"

namespace redoubt {

class PieceSource final : public ByteSource {
 public:
  explicit PieceSource(std::string_view bytes, size_t piece = SIZE_MAX, size_t fail_at = SIZE_MAX)
      : bytes_(bytes), piece_(piece), left_(fail_at) {}
  Result<size_t> read(std::span<char> bytes) override {
    if (left_ == 0) return Error{"Input/output error"};
    const size_t size = bytes_.substr(0, std::min(piece_, left_)).copy(bytes.data(), bytes.size());
    bytes_.remove_prefix(size);
    left_ -= size;
    return size;
  }

 private:
  std::string_view bytes_;
  size_t piece_;
  size_t left_;  // until it fails
};

}  // namespace redoubt

// Redis's zipmap: what small hashes were in files before version 4. Read only.
//
//   u8 number of pairs, 254 or more: unknown | pairs | 0xff
//   pair: length, name | length, u8 free, value, free bytes that mean nothing
//   length: a byte up to 253, or 0xfe and u32, little-endian
//
// Thread-safe: no state.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace redoubt {

// Steps through a blob, checking each step: it need not have been validated.
class ZipmapCursor {
 public:
  explicit ZipmapCursor(std::string_view blob);
  // The next pair, views into the blob. False at the end, and when the blob is damaged here.
  bool next(std::string_view& name, std::string_view& value);
  // Whether next() came to the end of a blob that is sound up to there.
  bool at_end() const { return at_ + 1 == blob_.size() && !damaged_; }

 private:
  bool take_length(size_t& length);
  bool take(size_t size, std::string_view& bytes);

  std::string_view blob_;
  size_t at_ = 1;
  bool damaged_ = false;
};

// How many pairs a blob has; nothing if it is unsound: every length, the end and the count. There must be some.
std::optional<size_t> count_zipmap(std::string_view blob);
// The same without `deep` looks only at the size and the last byte.
bool validate_zipmap(std::string_view blob, bool deep);

}  // namespace redoubt

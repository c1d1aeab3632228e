// Redis's ziplist, which listpacks replaced: what small lists, hashes and sorted sets were in files before version 10. Read only.
//
//   u32 total bytes | u32 offset of the last element | u16 number of elements, 65535: unknown | elements | 0xff
//   element: length of the element before it, a byte or 0xfe and u32 | encoding | data                all little-endian, but:
//
//   00xxxxxx            string up to 63 bytes                11000000, 11010000, 11100000, 11110000, 11111110
//   01xxxxxx xxxxxxxx   string up to 16383, high byte first      integers of 2, 4, 8, 3 and 1 bytes
//   10...... u32        string, big-endian length            1111xxxx    integer 0 to 12 (as 1 to 13)
//
// Thread-safe: no state.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/encoding/listpack.h"

namespace redoubt {

// Steps through a blob, checking each step: it need not have been validated.
class ZiplistCursor {
 public:
  explicit ZiplistCursor(std::string_view blob);
  // The next element; views of its text point into the blob. False at the end, and when the blob is damaged here.
  bool next(ListpackValue& value);
  // Whether next() came to the end of a blob that is sound up to there.
  bool at_end() const { return at_ + 1 == blob_.size() && !damaged_; }

 private:
  friend std::optional<size_t> count_ziplist(std::string_view blob);

  bool damaged() {
    damaged_ = true;
    return false;
  }

  std::string_view blob_;
  size_t at_;
  size_t element_ = 0;  // where the last one was
  bool damaged_ = false;
};

// How many elements a blob has; nothing if it is unsound: header, every length forwards and backwards, the end and the count.
std::optional<size_t> count_ziplist(std::string_view blob);
// The same without `deep` looks only at the header and the last byte.
bool validate_ziplist(std::string_view blob, bool deep);

}  // namespace redoubt

// Whether the blobs that stand in files are what they must be, beyond their frame: views of them trust their bytes, so that
// each is walked in full. Thread-safe: no state but the finder that is passed.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/rdb/duplicate_finder.h"

namespace redoubt {

// What the elements of a listpack mean.
enum class ListpackShape : uint8_t {
  list,
  members,
  pairs,     // name, value
  scored,    // member, score; scores ascend, and members among equal scores
  expiring,  // name, value, expiry; see RdbBlob::listpackex
};

// May be empty. With a finder (which is cleared first) also that no member appears twice and that scores ascend.
bool sound_listpack(std::string_view blob, ListpackShape shape, DuplicateFinder* duplicates);

// Fields expire before this time, in Unix ms.
inline constexpr uint64_t field_expiry_end = (uint64_t{1} << 48) - 1;

}  // namespace redoubt

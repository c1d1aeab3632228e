// A member of a big sorted set, in one allocation: score, size and bytes. The hash table finds it by its bytes, the tree
// holds it in order. The size takes one byte, or nine when the member has 255 bytes or more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/base/memory.h"
#include "common/hash/keyed_hash.h"

namespace redoubt {

struct ScoreMember {
  double score;

  static ScoreMember* make(std::string_view member, double score) {
    auto* made = static_cast<ScoreMember*>(allocate(good_size(bytes_for(member.size()))));
    made->score = score;
    auto* at = reinterpret_cast<uint8_t*>(made + 1);
    if (member.size() < long_mark) {
      *at++ = static_cast<uint8_t>(member.size());
    } else {
      const uint64_t size = member.size();
      *at++ = long_mark;
      memcpy(at, &size, sizeof size);
      at += sizeof size;
    }
    if (!member.empty()) memcpy(at, member.data(), member.size());
    return made;
  }
  static void free(ScoreMember* member) { deallocate(member, member->allocation()); }

  std::string_view view() const {
    const char* at = reinterpret_cast<const char*>(this + 1);
    const auto small = static_cast<uint8_t>(*at++);
    if (small != long_mark) [[likely]]
      return {at, small};
    uint64_t size = 0;
    memcpy(&size, at, sizeof size);
    return {at + sizeof size, static_cast<size_t>(size)};
  }
  size_t allocation() const { return good_size(bytes_for(view().size())); }

 private:
  static constexpr uint8_t long_mark = 255;
  static size_t bytes_for(size_t size) {
    return sizeof(ScoreMember) + 1 + (size < long_mark ? 0 : sizeof(uint64_t)) + size;
  }
};

struct ScoreMemberTraits {
  using Item = ScoreMember*;
  static std::string_view key(const ScoreMember* member) { return member->view(); }
  static uint64_t hash(const ScoreMember* member, const HashKey& key) { return keyed_hash(member->view(), key); }
};

}  // namespace redoubt

// What is behind a big set: a Dict of its members, each one allocation of a length and the bytes.
//
//   u8 size (below 255), or 255 and u32 size | bytes
//
// A table owns its members. Not thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/base/memory.h"
#include "server/dict/dict.h"

namespace redoubt {

// A member's allocation. Made and freed by the functions below only.
struct SetMember {
  static constexpr uint8_t long_size = 255;

  uint8_t head;

  static SetMember* make(std::string_view bytes) {
    auto* member = static_cast<SetMember*>(allocate(allocation(bytes.size())));
    char* at = reinterpret_cast<char*>(member) + 1;
    if (bytes.size() < long_size) [[likely]] {
      member->head = static_cast<uint8_t>(bytes.size());
    } else {
      member->head = long_size;
      const auto size = static_cast<uint32_t>(bytes.size());
      memcpy(at, &size, sizeof size);
      at += sizeof size;
    }
    if (!bytes.empty()) memcpy(at, bytes.data(), bytes.size());
    return member;
  }
  static void free(SetMember* member) { deallocate(member, allocation(member->view().size())); }
  static size_t allocation(size_t size) { return 1 + (size < long_size ? 0 : sizeof(uint32_t)) + size; }

  std::string_view view() const {
    const char* at = reinterpret_cast<const char*>(this) + 1;
    if (head != long_size) [[likely]]
      return {at, head};
    uint32_t size;
    memcpy(&size, at, sizeof size);
    return {at + sizeof size, size};
  }
};

struct SetMemberTraits {
  using Item = SetMember*;
  static std::string_view key(const SetMember* member) { return member->view(); }
  static uint64_t hash(const SetMember* member, const HashKey& key) { return keyed_hash(member->view(), key); }
};

class SetTable : public Dict<SetMemberTraits> {
 public:
  // With room for so many members, and a little more: a table that is full to the brim is slow.
  SetTable(const HashKey& key, size_t members) : Dict(key) { reserve(members + members / 4); }
  SetTable(SetTable&&) = delete;
  SetTable& operator=(SetTable&&) = delete;
  ~SetTable() { for_each(SetMember::free); }

  bool contains(std::string_view member, uint64_t hash) const { return get(member, hash) != nullptr; }
  // False: it is there.
  bool add(std::string_view member, uint64_t hash) {
    if (contains(member, hash)) return false;
    insert(hash, SetMember::make(member));
    return true;
  }
  // False: it is not there. Shrinks the table when it has become too big.
  bool remove(std::string_view member, uint64_t hash) {
    SetMember* taken = erase(member, hash);
    if (taken == nullptr) return false;
    SetMember::free(taken);
    shrink_if_sparse();
    return true;
  }
};

}  // namespace redoubt

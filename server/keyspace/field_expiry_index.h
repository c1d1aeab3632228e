// The hashes of one database that have fields which expire, each with the earliest time of its fields. The place in the
// index stands in the hash's object, not in its entry: it goes along when a handle converts the hash, but when the object
// changes its key or is freed, Database takes it out first. Only for entries of hashes.
#pragma once

#include "server/keyspace/expiry_index.h"
#include "server/types/hash.h"

namespace redoubt {

struct FieldPlace {
  static uint32_t get(const Entry& entry) {
    const uint32_t* place = Hash::index_place(entry.encoding(), entry.object_pointer());
    return place == nullptr ? Hash::no_index_place : *place;
  }
  static void set(Entry& entry, uint32_t place) {
    *Hash::index_place(entry.encoding(), entry.object_pointer()) = place;
  }
};
using FieldExpiryIndex = TimeIndex<FieldPlace>;

}  // namespace redoubt

// What an entry holds of a collection, and what all types of collections are given.
//
// A collection's class (List, Set, Hash, SortedSet) is a light handle around an ObjectValue: made for one command,
// it reads and changes what the value points to, and may replace pointer and encoding. Whoever opened it puts value() back
// into the entry (ReadAccess and WriteAccess in server/dispatch/value_access.h does). A handle owns nothing: destroy_object frees.
//
// Each class has
//   static constexpr Type type;
//   Handle(ObjectValue value, const TypeSettings& settings);
//   static ObjectValue make(const TypeSettings& settings);    // an empty one in the smallest encoding
//   ObjectValue value() const;
//   size_t size() const;
// and the four static functions that the table in type.cc is made of: destroy, memory, copy, free_effort.
#pragma once

#include "common/hash/keyed_hash.h"
#include "server/config/type_limits.h"
#include "server/types/type.h"

namespace redoubt {

struct ObjectValue {
  Encoding encoding{};
  void* data = nullptr;
};

// All that it refers to outlives all values.
struct TypeSettings {
  const TypeLimits& limits;
  const HashKey& hash_key;            // of the tables of big sets, hashes and sorted sets
  const int64_t* clock_ms = nullptr;  // Unix time of the command under way: which fields of hashes have expired
};

}  // namespace redoubt

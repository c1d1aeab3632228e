// Union, intersection and difference of sets. The results are new sets, in the encodings that Redis 7.2 gives them.
//
// A null among the sets is a key that does not exist: an empty set. Sets may be named twice, and are not changed. All have
// the same TypeSettings, so that members are hashed once, however many tables they are looked up in. Not thread-safe.
#pragma once

#include <cstddef>
#include <span>

#include "common/base/function_ref.h"
#include "server/types/set.h"

namespace redoubt {

// A set that is not, or not yet, in the keyspace: owns its value.
class NewSet : public Set {
 public:
  explicit NewSet(const TypeSettings& settings) : Set(make(settings), settings) {}
  NewSet(NewSet&& other) noexcept : Set(other.value(), other.settings()) { other.forget(); }
  NewSet& operator=(NewSet&&) = delete;
  ~NewSet() {
    if (value().data != nullptr) destroy(encoding(), value().data);
  }
  ObjectValue release() {
    const ObjectValue released = value();
    forget();
    return released;
  }
};

using Sets = std::span<const Set* const>;

NewSet union_of(Sets sets, const TypeSettings& settings);
NewSet difference_of(Sets sets, const TypeSettings& settings);
NewSet intersection_of(Sets sets, const TypeSettings& settings);
// Calls f(member) for what is in all sets, until it returns false. The view is good during the call only.
void each_in_all(Sets sets, FunctionRef<bool(std::string_view)> f);

}  // namespace redoubt

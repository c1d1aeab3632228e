// A set of strings: an intset while all members are integers, a listpack while it is small, else a hash table of its own.
// Encodings change where Redis 7.2 changes them, and never back to a smaller one.
//
// A handle around an ObjectValue, as described in object_value.h; it owns nothing. Members are given as text; one that is
// the decimal form of a 64-bit integer is the same as that integer. Views that callbacks get are good during the call
// only, and no callback may change the set. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "common/base/function_ref.h"
#include "common/base/random.h"
#include "common/encoding/intset.h"
#include "common/encoding/listpack.h"
#include "server/types/object_value.h"
#include "server/types/set_table.h"

namespace redoubt {

class Set {
 public:
  static constexpr Type type = Type::set;

  Set(ObjectValue value, const TypeSettings& settings) : value_(value), settings_(&settings) {}
  static ObjectValue make(const TypeSettings& settings);  // an empty intset
  ObjectValue value() const { return value_; }
  Encoding encoding() const { return value_.encoding; }
  const TypeSettings& settings() const { return *settings_; }

  size_t size() const;
  bool contains(std::string_view member) const;
  bool contains(const ListpackValue& member) const;

  // `count` members are about to be added, first of them `first`: picks the encoding of an empty set, and converts one that
  // would grow too big at once.
  void expect(std::string_view first, size_t count);
  bool add(std::string_view member);  // false: was there
  bool add(const ListpackValue& member);
  bool remove(std::string_view member);  // false: was not there
  bool remove(const ListpackValue& member);
  void exchange(Set& other) { std::swap(value_, other.value_); }
  // Results of operations only: the smallest encoding that is allowed for what the set holds.
  void settle();

  // Calls f(std::string_view) for every member; ascending in an intset, as added in a listpack, else without order.
  template <typename F>
  void for_each(F&& f) const {
    char digits[max_integer_text];
    for_each_value([&](const ListpackValue& member) { f(member.bytes(digits)); });
  }
  // The same as f(const ListpackValue&): integers where they are kept as such.
  template <typename F>
  void for_each_value(F&& f) const;
  // As Dict::scan; small encodings are seen whole at the first call. f(std::string_view).
  template <typename F>
  uint64_t scan(uint64_t cursor, F&& f) const;

  // Any member, all equally likely; the set must not be empty. The text of an integer is written to `digits`
  // (max_integer_text bytes); the view is good until the set changes.
  std::string_view random(Random& random, char* digits) const;
  // Calls f for `count` different members, count <= size(); every choice of them is equally likely, but not their order.
  void sample(Random& random, size_t count, FunctionRef<void(std::string_view)> f) const;
  // Takes one out at random, and calls f for it before it is gone. Not empty.
  void pop(Random& random, FunctionRef<void(std::string_view)> f);

  // What stands behind the handle: only for the encoding that it has.
  IntsetView intset() const { return IntsetView(value_.data); }
  ListpackView listpack() const { return ListpackView(value_.data); }
  SetTable& table() const { return *static_cast<SetTable*>(value_.data); }

  // For the table in type.cc.
  static void destroy(Encoding encoding, void* object);
  static size_t memory(Encoding encoding, const void* object, size_t samples);
  static void* copy(Encoding encoding, const void* object);
  static size_t free_effort(Encoding encoding, const void* object);

  // Becomes a table with room for `members`, or a listpack with `spare` bytes, whatever it was.
  void become_table(size_t members);
  void become_listpack(size_t spare);

 protected:
  void forget() { value_.data = nullptr; }

 private:
  bool add_text(std::string_view member);
  bool add_integer(int64_t integer);
  bool add_to_listpack(const ListpackValue& member, std::string_view text);
  void add_first_text(std::string_view member);
  bool remove_integer(int64_t integer);
  void sample_table(Random& random, size_t count, FunctionRef<void(std::string_view)> f) const;
  uint64_t hash(std::string_view member) const { return keyed_hash(member, settings_->hash_key); }

  ObjectValue value_;
  const TypeSettings* settings_;
};

template <typename F>
void Set::for_each_value(F&& f) const {
  if (encoding() == Encoding::intset) {
    const IntsetView integers = intset();
    for (size_t i = 0, count = integers.size(); i < count; ++i) f(ListpackValue{{}, integers.at(i)});
  } else if (encoding() == Encoding::listpack) {
    listpack().for_each(f);
  } else {
    table().for_each([&](const SetMember* member) { f(ListpackValue{member->view()}); });
  }
}

template <typename F>
uint64_t Set::scan(uint64_t cursor, F&& f) const {
  if (encoding() == Encoding::hashtable)
    return table().scan(cursor, [&](const SetMember* member) { f(member->view()); });
  for_each(f);
  return 0;
}

}  // namespace redoubt

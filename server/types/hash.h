// A hash: fields with values, each field with a time at which it expires, if it has one. Kept in one of three ways:
//
//   listpack    field, value, field, value, ...   while small: see hash-max-listpack-entries and hash-max-listpack-value
//   listpackex  field, value, expiry, ...         as small, once a field was given an expiry: Unix ms, 0 for none; ordered
//                                                 by expiry, those without at the end
//   hashtable   a HashTable (hash_table.h)        else, and for good
//
// A field whose time has come (by TypeSettings::clock_ms) is not seen any more, by whatever function, though it is there
// until it is removed; only size(), for_each_stored() and what says so count it. Views of fields and values are good until
// the next change to the hash. Executor thread only, but for destroy().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/function_ref.h"
#include "common/base/random.h"
#include "common/encoding/listpack.h"
#include "server/types/hash_table.h"
#include "server/types/object_value.h"

namespace redoubt {

// The object of the encoding listpackex.
struct HashListpackEx {
  uint8_t* blob;
  uint32_t index_place;  // see Hash::index_place
};

class Hash {
 public:
  using Position = ListpackView::Position;
  static constexpr Type type = Type::hash;
  static constexpr int64_t no_expiry = 0;
  static constexpr uint32_t no_index_place = UINT32_MAX;

  Hash(ObjectValue value, const TypeSettings& settings) : value_(value), settings_(&settings) {}
  static ObjectValue make(const TypeSettings& settings);
  // Of a blob that is a sound listpack of name-value pairs or, `with_expiry`, of triples as in a listpackex; copies it.
  static ObjectValue make_of(const void* blob, bool with_expiry);
  ObjectValue value() const { return value_; }

  // ---- reading ------------------------------------------------------------------------------------
  // All fields, with those that expired and were not removed yet.
  size_t size() const;
  // Without them. Takes time for each of them.
  size_t live_size() const { return size() - expired_size(); }
  // Nothing when there is no such field.
  std::optional<ListpackValue> get(std::string_view field) const;
  bool contains(std::string_view field) const { return get(field).has_value(); }
  // Calls f(ListpackValue field, ListpackValue value).
  template <typename F>
  void for_each(F&& f) const {
    const int64_t now_ms = now();
    for_each_stored([&](ListpackValue field, ListpackValue value, int64_t at_ms) {
      if (!is_past(at_ms, now_ms)) f(field, value);
    });
  }
  // Calls f(ListpackValue field, ListpackValue value, int64_t expiry_ms), expired ones included.
  template <typename F>
  void for_each_stored(F&& f) const;
  // Calls f(field, value) for the next stretch and returns the cursor of the one after; see Dict::scan. Small hashes are
  // one stretch.
  template <typename F>
  uint64_t scan(uint64_t cursor, F&& f) const;

  struct Pair {
    ListpackValue field, value;
  };
  // Random pairs, each anew, without end; nothing when the hash has no field that can be seen. Good until the hash changes.
  class Picker {
   public:
    Picker(const Hash& hash, Random& random);
    bool empty() const { return live_ == 0; }
    Pair next();

   private:
    Pair next_in_table();

    const Hash& hash_;
    Random& random_;
    size_t live_;
    std::vector<Position> positions_;           // of a listpack
    std::vector<const HashField*> candidates_;  // of a table in which most have expired
  };
  // Different random pairs: `count`, or all when there are fewer.
  std::vector<Pair> sample(Random& random, size_t count) const;

  // ---- changing -----------------------------------------------------------------------------------
  enum class Expiry : uint8_t { clear, keep };
  // So many fields are about to be set: makes a table at once if they would not fit another encoding.
  void expect(size_t fields);
  // True when the field is new; one that has expired counts as such.
  bool set(std::string_view field, std::string_view value, Expiry expiry = Expiry::clear);
  // False when there is no such field. One that has expired is removed all the same.
  bool erase(std::string_view field);

  // ---- expiry of fields ---------------------------------------------------------------------------
  // Nothing when there is no such field; no_expiry.
  std::optional<int64_t> expiry_of(std::string_view field) const;
  // Unix ms > 0, or no_expiry to take it away. Nothing happens when there is no such field.
  void set_expiry(std::string_view field, int64_t at_ms);
  // The earliest time of all, past ones too; no_expiry when no field has any.
  int64_t next_expiry() const;
  // Whether there are fields to be removed.
  bool has_expired() const { return value_.encoding != Encoding::listpack && is_past(next_expiry(), now()); }
  size_t expired_size() const;
  // Removes this field if it has expired; false: it has not, or there is none.
  bool remove_if_expired(std::string_view field);
  // Removes at most so many expired fields, the earliest first; returns how many. Each is given to `about_to_go` before.
  size_t remove_expired(size_t most, FunctionRef<void(std::string_view field)> about_to_go);
  size_t remove_expired(size_t most) {
    return remove_expired(most, [](std::string_view) {});
  }
  // Where a database's index of hashes with expiring fields remembers the hash's place; not touched by anything here, but
  // no_index_place in new and in copied hashes. Null in an encoding in which no field expires.
  static uint32_t* index_place(Encoding encoding, void* data);

  // ---- the table in type.cc -----------------------------------------------------------------------
  static void destroy(Encoding encoding, void* data);
  static size_t memory(Encoding encoding, const void* data, size_t samples);
  static void* copy(Encoding encoding, const void* data);
  static size_t free_effort(Encoding encoding, const void* data);

 private:
  // An expiry counts as long as its millisecond lasts, as that of keys does.
  static bool is_past(int64_t at_ms, int64_t now_ms) { return at_ms != no_expiry && at_ms < now_ms; }
  int64_t now() const { return settings_->clock_ms == nullptr ? 0 : *settings_->clock_ms; }
  bool is_table() const { return value_.encoding == Encoding::hashtable; }
  bool extended() const { return value_.encoding == Encoding::listpackex; }
  HashTable& table() const { return *static_cast<HashTable*>(value_.data); }
  HashListpackEx& ex() const { return *static_cast<HashListpackEx*>(value_.data); }
  ListpackView view() const { return ListpackView(extended() ? ex().blob : value_.data); }
  // Elements of a listpack for each field.
  size_t stride() const { return extended() ? 3 : 2; }
  // Takes the blob out to be edited; put_blob must follow.
  Listpack take_blob() const { return Listpack::adopt(extended() ? ex().blob : value_.data); }
  void put_blob(Listpack&& blob);
  Position find_in_listpack(std::string_view field) const;
  // The expiry of the field at this position.
  int64_t expiry_at(ListpackView list, Position field) const;
  static Position place_for(ListpackView list, int64_t at_ms);
  bool fits_listpack(std::string_view field, std::string_view value) const;
  bool set_in_listpack(std::string_view field, std::string_view value, Expiry expiry);
  std::vector<const HashField*> live_fields() const;
  std::vector<Pair> sample_listpack(Random& random, size_t count) const;
  void convert_to_listpackex();
  void convert_to_table(size_t expected = 0);

  ObjectValue value_;
  const TypeSettings* settings_;
};

template <typename F>
void Hash::for_each_stored(F&& f) const {
  if (is_table()) {
    table().for_each([&](const HashField& field, int64_t at_ms) {
      f(ListpackValue{field.name()}, ListpackValue{field.value()}, at_ms);
    });
    return;
  }
  const ListpackView list = view();
  for (Position at = list.first(); at != ListpackView::none;) {
    const Position value = list.next(at);
    Position next = list.next(value);
    int64_t at_ms = no_expiry;
    if (extended()) {
      at_ms = list.get(next).integer;
      next = list.next(next);
    }
    f(list.get(at), list.get(value), at_ms);
    at = next;
  }
}

template <typename F>
uint64_t Hash::scan(uint64_t cursor, F&& f) const {
  if (!is_table()) {
    for_each(f);
    return 0;
  }
  const int64_t now_ms = now();
  return table().scan(cursor, [&](const HashField& field, int64_t at_ms) {
    if (!is_past(at_ms, now_ms)) f(ListpackValue{field.name()}, ListpackValue{field.value()});
  });
}

}  // namespace redoubt

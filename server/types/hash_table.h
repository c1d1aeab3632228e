// Big hashes: a Dict of fields, each one allocation that holds the field's name and its value. Fields that expire stand in
// a heap besides, which knows when; a hash without such fields has none. HashTable owns its fields. What a field's expiry
// means is the business of Hash (hash.h). Not thread-safe, but may be destroyed on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "server/dict/dict.h"

namespace redoubt {

// A name and a value:
//
//   u8 flags | u8 name size | u8 value size                       when both are below 256, else
//   u8 flags | u64 name size | u64 value size
//   [u32 place in the heap, when it expires] name, value
//
// Nothing is aligned. The allocation is good_size(bytes()). HashTable makes and frees them.
class HashField {
 public:
  HashField(const HashField&) = delete;
  HashField& operator=(const HashField&) = delete;

  bool expires() const { return (flags() & expires_bit) != 0; }
  std::string_view name() const { return {body(), name_size()}; }
  std::string_view value() const {
    const size_t name_bytes = name_size();
    return {body() + name_bytes, value_size()};
  }
  size_t bytes() const { return bytes_of(name_size(), value_size(), expires()); }

 private:
  friend class HashTable;
  friend class FieldHeap;
  static constexpr uint8_t wide_bit = 1;
  static constexpr uint8_t expires_bit = 2;

  HashField() = default;
  static HashField* make(std::string_view name, std::string_view value, bool expires);
  static void free(HashField* field);
  static bool wide(size_t name_size, size_t value_size) { return name_size > 255 || value_size > 255; }
  static size_t head_bytes(bool wide, bool expires) { return (wide ? 17 : 3) + (expires ? 4 : 0); }
  static size_t bytes_of(size_t name_size, size_t value_size, bool expires) {
    return head_bytes(wide(name_size, value_size), expires) + name_size + value_size;
  }
  // Puts another value where it is, if that takes the same allocation.
  bool replace_value(std::string_view value);
  void write(std::string_view name, std::string_view value, bool expires);

  const char* at(size_t offset) const { return reinterpret_cast<const char*>(this) + offset; }
  char* at(size_t offset) { return reinterpret_cast<char*>(this) + offset; }
  uint8_t byte(size_t offset) const { return static_cast<uint8_t>(*at(offset)); }
  template <typename T>
  T load(size_t offset) const {
    T value;
    memcpy(&value, at(offset), sizeof value);
    return value;
  }
  uint8_t flags() const { return byte(0); }
  bool is_wide() const { return (flags() & wide_bit) != 0; }
  size_t name_size() const { return is_wide() ? load<uint64_t>(1) : byte(1); }
  size_t value_size() const { return is_wide() ? load<uint64_t>(9) : byte(2); }
  const char* body() const { return at(head_bytes(is_wide(), expires())); }
  uint32_t heap_place() const { return load<uint32_t>(head_bytes(is_wide(), false)); }
  void set_heap_place(uint32_t place) { memcpy(at(head_bytes(is_wide(), false)), &place, sizeof place); }
};

// Fields by the time at which they expire, the earliest first: a heap of four children to a node. Each field knows its
// place. Does not own them.
class FieldHeap {
 public:
  struct Pair {
    int64_t at_ms;
    HashField* field;
  };

  size_t size() const { return pairs_.size(); }
  const Pair& first() const { return pairs_.front(); }
  int64_t time_of(const HashField& field) const { return pairs_[field.heap_place()].at_ms; }
  void add(HashField& field, int64_t at_ms);
  void remove(const HashField& field);
  void change(const HashField& field, int64_t at_ms);
  // `to` has taken the place of `from`, which goes.
  void moved(const HashField& from, HashField& to);
  // How many times are earlier. Looks at those and their children only.
  size_t count_before(int64_t ms) const;
  size_t memory() const { return pairs_.capacity() * sizeof(Pair); }

 private:
  static constexpr size_t fan_out = 4;
  void put(size_t place, Pair pair);
  void sift_up(size_t place, Pair pair);
  void sift_down(size_t place, Pair pair);

  std::vector<Pair> pairs_;
};

class HashTable {
 public:
  static constexpr int64_t no_expiry = 0;

  explicit HashTable(const HashKey& key) : fields_(key) {}
  HashTable(const HashTable&) = delete;
  HashTable& operator=(const HashTable&) = delete;
  ~HashTable();
  std::unique_ptr<HashTable> copy() const;

  size_t size() const { return fields_.size(); }
  // Null when there is none. Good until the next change to this field.
  const HashField* find(std::string_view name) const { return fields_.get(name, fields_.hash(name)); }
  int64_t expiry_of(const HashField& field) const { return field.expires() ? heap_->time_of(field) : no_expiry; }
  // f(const HashField&, int64_t expiry)
  template <typename F>
  void for_each(F&& f) const {
    fields_.for_each([&](const HashField* field) { f(*field, expiry_of(*field)); });
  }
  template <typename F>
  uint64_t scan(uint64_t cursor, F&& f) const {
    return fields_.scan(cursor, [&](const HashField* field) { f(*field, expiry_of(*field)); });
  }
  const HashField* random(Random& random) const { return fields_.random(random); }

  void reserve(size_t fields) { fields_.reserve(fields); }
  // The field must not be there.
  void add(std::string_view name, std::string_view value, int64_t expiry = no_expiry);
  // False: there is such a field, which stays as it is.
  bool add_new(std::string_view name, std::string_view value, int64_t expiry = no_expiry);
  // True when the field is new; one that expired before `now_ms` counts as such. One that is not keeps its expiry or not.
  bool set(std::string_view name, std::string_view value, bool keep_expiry, int64_t now_ms);
  bool erase(std::string_view name);
  // The field must be there.
  void set_expiry(const HashField& field, int64_t at_ms);

  // Of those that expire; no_expiry when none does.
  int64_t next_expiry() const { return heap_ == nullptr || heap_->size() == 0 ? no_expiry : heap_->first().at_ms; }
  const HashField& next_to_expire() const { return *heap_->first().field; }
  size_t expired_before(int64_t ms) const { return heap_ == nullptr ? 0 : heap_->count_before(ms); }

  // Of all, judged by `samples` fields, or by each when 0.
  size_t memory(size_t samples) const;

  // The Dict, for statistics.
  const auto& fields() const { return fields_; }

  uint32_t index_place = UINT32_MAX;  // see Hash::index_place

 private:
  struct Traits {
    using Item = HashField*;
    static std::string_view key(const HashField* field) { return field->name(); }
    static uint64_t hash(const HashField* field, const HashKey& key) { return keyed_hash(field->name(), key); }
  };
  // Makes the field at this place anew. Its expiry is as it was, or in neither heap nor field any more.
  HashField* remake(Dict<Traits>::Place place, std::string_view value, bool expires);
  FieldHeap& heap();
  void insert(uint64_t hash, std::string_view name, std::string_view value, int64_t expiry);

  Dict<Traits> fields_;
  std::unique_ptr<FieldHeap> heap_;
};

}  // namespace redoubt

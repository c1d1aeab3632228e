// A key with its value: one allocation. Small strings and integers stand inside, everything else is pointed to. Entries
// are made, grown and freed by Database only; an Entry* stays good until the next change to its key or a deletion.
//
//   0   lru      24 bits (LRU clock in seconds, or LFU: minutes << 8 | counter)
//       type      4 bits, encoding 4 bits
//   4   expiry   u32: place in the database's ExpiryIndex, or `no_expiry`
//   8   flags    u8
//   9   key size u8 (when flag long_key: see below)
//   10  value size u16 (of an embedded string)
//   12  [u32 key size, when long_key]
//       [8 bytes, when not embedded: i64 of an integer, or pointer to the value]
//       key bytes
//       [value bytes, when embedded]
//
// The words after the header are not aligned. The allocation is good_size(used_size()).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/base/number.h"
#include "server/types/type.h"

namespace redoubt {

class Entry {
 public:
  static constexpr uint32_t no_expiry = UINT32_MAX;
  static constexpr size_t max_key = 512ULL * 1024 * 1024;
  // Strings up to this size stand inside the entry.
  static constexpr size_t max_embedded = 256;

  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  Type type() const { return static_cast<Type>((head_ >> 24) & 0xf); }
  Encoding encoding() const { return static_cast<Encoding>(head_ >> 28); }
  void set_encoding(Encoding e) { head_ = (head_ & 0x0fffffff) | static_cast<uint32_t>(e) << 28; }
  uint32_t lru() const { return head_ & 0xffffff; }
  void set_lru(uint32_t lru) { head_ = (head_ & 0xff000000) | (lru & 0xffffff); }

  bool is_volatile() const { return expiry_ != no_expiry; }
  uint32_t expiry_place() const { return expiry_; }
  // For ExpiryIndex only.
  void set_expiry_place(uint32_t place) { expiry_ = place; }

  // The snapshot's mark, one of `colours`; see server/persistence/snapshot.h.
  static constexpr int colours = 32;
  uint8_t colour() const { return static_cast<uint8_t>(flags_ >> colour_shift); }
  void set_colour(uint8_t colour) {
    flags_ =
        static_cast<uint8_t>((flags_ & ((1u << colour_shift) - 1)) | static_cast<unsigned>(colour) << colour_shift);
  }

  std::string_view key() const {
    if (flags_ & long_key_bit) [[unlikely]] {
      uint32_t size;
      memcpy(&size, tail(), sizeof size);
      return {tail() + 4 + word_size(), size};
    }
    return {tail() + word_size(), key_size_};
  }

  // ---- strings -----------------------------------------------------------------------------------
  bool is_embedded() const { return (flags_ & word_bit) == 0; }
  bool is_integer() const { return type() == Type::string && encoding() == Encoding::integer; }
  int64_t integer() const { return word<int64_t>(); }
  void set_integer(int64_t value) { set_word(value); }
  // The bytes of a string; an integer is written to `digits` (max_integer_text bytes). Good until the entry changes.
  std::string_view string(char* digits) const {
    if (is_embedded()) [[likely]]
      return {key().data() + key().size(), value_size_};
    if (is_integer()) return {digits, format_i64(digits, integer())};
    return big_string().view();
  }
  size_t string_size() const;
  // The string outside the entry; only when neither embedded nor an integer.
  BigString& big_string() const { return *word<BigString*>(); }

  // ---- collections -------------------------------------------------------------------------------
  template <typename T>
  T& object() const {
    return *word<T*>();
  }
  void* object_pointer() const { return word<void*>(); }
  void set_object_pointer(void* object) { set_word(object); }

  // Bytes of the entry itself, without what it points to.
  size_t used_size() const {
    const std::string_view k = key();
    return static_cast<size_t>(k.data() + k.size() - reinterpret_cast<const char*>(this)) +
           (is_embedded() ? value_size_ : 0);
  }

 private:
  friend class EntryMaker;
  static constexpr uint8_t long_key_bit = 1;
  static constexpr uint8_t word_bit = 2;  // an integer or a pointer, not embedded bytes
  static constexpr int colour_shift = 3;

  Entry() = default;
  char* tail() { return reinterpret_cast<char*>(this + 1); }
  const char* tail() const { return reinterpret_cast<const char*>(this + 1); }
  size_t word_size() const { return flags_ & word_bit ? 8 : 0; }
  size_t word_offset() const { return flags_ & long_key_bit ? 4 : 0; }
  template <typename T>
  T word() const {
    T value;
    static_assert(sizeof value == 8);
    memcpy(&value, tail() + word_offset(), sizeof value);
    return value;
  }
  template <typename T>
  void set_word(T value) {
    static_assert(sizeof value == 8);
    memcpy(tail() + word_offset(), &value, sizeof value);
  }

  uint32_t head_;
  uint32_t expiry_;
  uint8_t flags_;
  uint8_t key_size_;
  uint16_t value_size_;
};
static_assert(sizeof(Entry) == 12);

// Makes, changes in place and frees entries: the only code that knows their size. Used by Database.
class EntryMaker {
 public:
  // Picks the encoding: an integer when the text is one.
  static Entry* make_string(std::string_view key, std::string_view value);
  // Never an integer: embstr or raw, by size.
  static Entry* make_text(std::string_view key, std::string_view value);
  // Never an integer; `encoding` is embstr or raw.
  static Entry* make_plain_string(std::string_view key, std::string_view value, Encoding encoding);
  static Entry* make_integer(std::string_view key, int64_t value);
  static Entry* make_object(std::string_view key, Type type, Encoding encoding, void* object);
  // Replaces the string in place where it fits; false: nothing was changed, make a new entry. Keeps all but the value.
  static bool replace_string(Entry& entry, std::string_view value);
  // A new entry with this key and the encoding and value of `from`, pointer and all: either free `from` with `keep_value`,
  // or put a copy of the value into the new entry. Neither expiry nor colour are taken over.
  static Entry* make_with_value_of(const Entry& from, std::string_view key);
  // Makes an embedded string longer (with zeros) or shorter where it stands; false: it does not fit.
  static bool resize_embedded(Entry& entry, size_t size);
  // Frees the entry and, unless `keep_value`, what it points to.
  static void free(Entry* entry, bool keep_value = false);

 private:
  static Entry* make(std::string_view key, size_t value_bytes, bool word);
  static bool replace_big_string(Entry& entry, std::string_view value);
};

}  // namespace redoubt

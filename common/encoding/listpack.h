// Redis's listpack: a list of strings and integers in one blob, byte for byte as Redis keeps it, so that a snapshot is a
// copy. Small lists, hashes, sets and sorted sets are listpacks, and so are the nodes of big lists.
//
//   u32 total bytes | u16 number of elements, 65535: unknown, count them | elements | 0xff          all little-endian
//   element: encoding and data | its length again, in a form that is read backwards, 7 bits a byte
//
//   0xxxxxxx              integer 0 to 127                 1110xxxx xxxxxxxx        string up to 4095 bytes
//   10xxxxxx              string up to 63 bytes            11110000 u32             string up to 4 GiB
//   110xxxxx xxxxxxxx     integer of 13 bits, signed       11110001..11110100       integers of 16, 24, 32 and 64 bits
//
// Text that is exactly the decimal form of a 64-bit integer is kept as the integer. Source: antirez/listpack, listpack.md,
// and Redis 7's behaviour.
//
// ListpackView reads, Listpack owns and edits. Both trust their bytes: what comes from outside goes through
// validate_listpack first. A position is the offset of an element in the blob and is not good any more after an edit, but
// for what the edit returns. Views of element values point into the blob. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/base/number.h"

namespace redoubt {

// An element: text, or an integer when `text` has no data().
struct ListpackValue {
  std::string_view text;
  int64_t integer = 0;

  bool is_integer() const { return text.data() == nullptr; }
  // The bytes as clients see them; an integer is written to `digits` (max_integer_text bytes).
  std::string_view bytes(char* digits) const {
    return is_integer() ? std::string_view(digits, format_i64(digits, integer)) : text;
  }
};

struct ListpackElement;  // one to be written

namespace detail {
// What an element takes without its length at the end, and with it.
size_t listpack_coded_size(const uint8_t* element);
size_t listpack_whole_size(const uint8_t* element);
size_t listpack_long_coded_size(const uint8_t* element);
// The bytes in which the length of an element of `coded` bytes is kept at its end. That 16383, which would fit two
// bytes, takes three is Redis's way.
constexpr size_t listpack_back_size(size_t coded) {
  return coded <= 127 ? 1 : coded < 16383 ? 2 : coded < 2097151 ? 3 : coded < 268435455 ? 4 : 5;
}
}  // namespace detail

class ListpackView {
 public:
  using Position = size_t;
  static constexpr Position none = 0;  // no element stands at offset 0
  static constexpr size_t header_size = 6;
  static constexpr size_t empty_size = 7;

  explicit ListpackView(const void* blob) : blob_(static_cast<const uint8_t*>(blob)) {}
  const uint8_t* data() const { return blob_; }
  size_t bytes() const;  // of the blob, header and end included
  // Elements. Walks the blob when it does not know: there are 65535 or more, or there once were.
  size_t size() const;
  bool empty() const { return bytes() == empty_size; }

  // none at either end. Constant time.
  Position first() const;
  Position last() const;
  Position next(Position at) const;
  Position previous(Position at) const;
  // Element number `index` (0: the first), from the end when negative (-1: the last); none when there is no such element. Walks from the
  // nearer end.
  Position seek(int64_t index) const;
  ListpackValue get(Position at) const;
  // The first element from `from` on that equals `bytes`, looking at it and then at each (`skip` + 1)th: skip = 1 looks at
  // the names of name-value pairs. none when there is none.
  Position find(std::string_view bytes, Position from, size_t skip = 0) const;
  bool equals(Position at, std::string_view bytes) const;
  // Calls f(ListpackValue) in order.
  template <typename F>
  void for_each(F&& f) const {
    for (Position at = first(); at != none; at = next(at)) f(get(at));
  }

 protected:
  static constexpr uint8_t end_byte = 0xff;
  static constexpr uint16_t unknown_count = 65535;

  uint16_t count_field() const;

  const uint8_t* blob_;

 private:
  static ListpackValue long_value(const uint8_t* element);
  Position find_text(std::string_view text, Position from, size_t skip) const;
  Position find_integer(int64_t integer, std::string_view text, Position from, size_t skip) const;
};

// Text given to an edit must not lie in the same blob. An edit that would make a blob of 4 GiB or more throws
// std::length_error and changes nothing.
//
// An adopted blob is grown to just what it needs by the first edits, and with room to spare when more follow; release()
// gives spare room back. So a command that edits once pays for one copy at most, and only when the size class changes.
class Listpack : public ListpackView {
 public:
  // Blobs stay below this; callers convert to another encoding long before (see listpack_would_overflow).
  static constexpr size_t max_bytes = size_t{1} << 30;

  // An empty one, with room for `capacity` bytes.
  explicit Listpack(size_t capacity = 0);
  // Takes over a blob from release(), or a copy of one in memory from allocate(good_size(bytes)).
  static Listpack adopt(void* blob) { return Listpack(static_cast<uint8_t*>(blob), 0); }
  static Listpack copy_of(const void* blob, size_t bytes);
  ~Listpack();
  Listpack(Listpack&& other) noexcept;
  Listpack& operator=(Listpack&& other) noexcept;
  // The blob; the listpack is left unusable but for destruction and assignment. Its memory is good_size(bytes()).
  uint8_t* release();
  // Frees a released blob.
  static void free(void* blob);
  // The memory of a released blob.
  static size_t allocation(const void* blob);

  void append(std::string_view bytes);
  void append(int64_t integer);
  void prepend(std::string_view bytes);
  void prepend(int64_t integer);
  // Before the element at `at`, or at the end when `at` is none. Returns where the new element stands.
  Position insert(Position at, std::string_view bytes);
  Position insert(Position at, int64_t integer);
  // Returns where the element stands then (the same place).
  Position replace(Position at, std::string_view bytes);
  Position replace(Position at, int64_t integer);
  // Takes out `count` elements from `at` on, fewer when there are fewer; returns the one that follows, or none.
  Position erase(Position at, size_t count = 1);
  // Appends all elements of the other, which is another blob.
  void append_all(ListpackView other);
  // Makes room for so many more bytes.
  void reserve(size_t more);
  // Gives back spare room.
  void shrink();

 private:
  Listpack(uint8_t* blob, size_t capacity) : ListpackView(blob), capacity_(capacity) {}
  uint8_t* writable(Position at) { return const_cast<uint8_t*>(blob_ + at); }
  size_t capacity() const { return capacity_ != 0 ? capacity_ : allocation(blob_); }
  void set_bytes(size_t bytes);
  void count_more(size_t added);
  void count_less(size_t erased);
  size_t capacity_for(size_t bytes);
  void move_to(size_t capacity);
  uint8_t* splice(Position at, size_t removed, size_t added);
  void append_coded(const ListpackElement& element);
  Position insert_coded(Position at, const ListpackElement& element);
  Position replace_coded(Position at, const ListpackElement& element);

  size_t capacity_;       // 0: allocation(blob_)
  uint32_t growths_ = 0;  // how often it had to move to a bigger place
};

// The bytes that an element would add.
size_t listpack_element_size(std::string_view bytes);
size_t listpack_element_size(int64_t integer);
// True when adding so many bytes would make the blob too big to be one listpack.
inline bool listpack_would_overflow(size_t bytes, size_t added) { return added >= Listpack::max_bytes - bytes; }

// Whether `size` bytes are a whole, well-formed listpack: header, every length forwards and backwards, the end and the
// count. Without `deep` only the header and the last byte. Bytes that pass can be read by ListpackView.
bool validate_listpack(const void* bytes, size_t size, bool deep);

// ---- inline parts: the steps of every walk ----

inline size_t ListpackView::bytes() const {
  uint32_t bytes = 0;
  std::memcpy(&bytes, blob_, sizeof bytes);
  return bytes;
}

inline uint16_t ListpackView::count_field() const {
  uint16_t count = 0;
  std::memcpy(&count, blob_ + 4, sizeof count);
  return count;
}

inline size_t detail::listpack_coded_size(const uint8_t* element) {
  const uint8_t tag = *element;
  if (tag < 0x80) return 1;
  if (tag < 0xc0) return size_t{1} + (tag & 0x3f);
  return listpack_long_coded_size(element);
}

inline size_t detail::listpack_whole_size(const uint8_t* element) {
  const size_t coded = listpack_coded_size(element);
  return coded + listpack_back_size(coded);
}

inline ListpackView::Position ListpackView::first() const {
  return blob_[header_size] == end_byte ? none : header_size;
}

inline ListpackView::Position ListpackView::next(Position at) const {
  at += detail::listpack_whole_size(blob_ + at);
  return blob_[at] == end_byte ? none : at;
}

inline ListpackView::Position ListpackView::previous(Position at) const {
  if (at == header_size) return none;
  const uint8_t* back = blob_ + at - 1;
  size_t coded = *back & 0x7f;
  for (unsigned shift = 7; (*back & 0x80) != 0; shift += 7) coded |= static_cast<size_t>(*--back & 0x7f) << shift;
  return static_cast<Position>(back - blob_) - coded;
}

inline ListpackView::Position ListpackView::last() const { return previous(bytes() - 1); }

inline ListpackValue ListpackView::get(Position at) const {
  const uint8_t* element = blob_ + at;
  const uint8_t tag = *element;
  if (tag < 0x80) return {{}, tag};
  if (tag < 0xc0) return {{reinterpret_cast<const char*>(element + 1), size_t{tag} & 0x3f}, 0};
  return long_value(element);
}

}  // namespace redoubt

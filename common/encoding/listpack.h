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
#include <string_view>
#include <utility>

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

class ListpackView {
 public:
  using Position = size_t;
  static constexpr Position none = 0;  // no element stands at offset 0
  static constexpr size_t header_size = 6;
  static constexpr size_t empty_size = 7;

  explicit ListpackView(const void* blob) : blob_(static_cast<const uint8_t*>(blob)) {}
  const uint8_t* data() const { return blob_; }
  size_t bytes() const;  // of the blob, header and end included
  size_t size() const;   // elements; walks the blob when there are 65535 or more
  bool empty() const { return bytes() == empty_size; }

  // none at either end. Constant time.
  Position first() const;
  Position last() const;
  Position next(Position at) const;
  Position previous(Position at) const;
  // Element number `index`, from the end when negative (-1: the last); none when there is no such element. Walks from the
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
  const uint8_t* blob_;
};

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
  static size_t allocation(const void* blob);

  void append(std::string_view bytes);
  void append(int64_t integer);
  void prepend(std::string_view bytes);
  // Before the element at `at`, or at the end when `at` is none. Returns where the new element stands.
  Position insert(Position at, std::string_view bytes);
  Position insert(Position at, int64_t integer);
  // Returns where the element stands then (the same place).
  Position replace(Position at, std::string_view bytes);
  Position replace(Position at, int64_t integer);
  // Takes out `count` elements from `at` on, fewer when there are fewer; returns the one that follows, or none.
  Position erase(Position at, size_t count = 1);
  // Appends all elements of the other.
  void append_all(ListpackView other);
  // Gives back spare room.
  void shrink();

 private:
  Listpack(uint8_t* blob, size_t capacity);
  size_t capacity_;  // 0: good_size(bytes())
};

// The bytes that an element would add.
size_t listpack_element_size(std::string_view bytes);
// True when adding so many bytes would make the blob too big to be one listpack.
inline bool listpack_would_overflow(size_t bytes, size_t added) { return added >= Listpack::max_bytes - bytes; }

// Whether `size` bytes are a whole, well-formed listpack: header, every length forwards and backwards, the end and the
// count. Without `deep` only the header and the last byte. Bytes that pass can be read by ListpackView.
bool validate_listpack(const void* bytes, size_t size, bool deep);

}  // namespace redoubt

#include "common/encoding/listpack.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <stdexcept>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/memory.h"

namespace redoubt {
namespace {

using detail::listpack_back_size;
using detail::listpack_whole_size;

static_assert(std::endian::native == std::endian::little, "integers are copied as they are");

constexpr uint8_t tag_string_32 = 0xf0;
constexpr uint8_t tag_integer_16 = 0xf1;
constexpr uint8_t tag_integer_24 = 0xf2;
constexpr uint8_t tag_integer_32 = 0xf3;
constexpr uint8_t tag_integer_64 = 0xf4;
constexpr size_t max_string_6 = 63;
constexpr size_t max_string_12 = 4095;

template <typename T>
T load(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

bool fits(int64_t integer, int bits) {
  return integer >= -(int64_t{1} << (bits - 1)) && integer < int64_t{1} << (bits - 1);
}

// The tag is one of an integer.
int64_t decode_integer(const uint8_t* element) {
  const uint8_t tag = *element;
  if (tag < 0x80) return tag;
  switch (tag) {
    case tag_integer_16: return load<int16_t>(element + 1);
    case tag_integer_24:
      // Up to the top of the word and down again, for the sign.
      return static_cast<int32_t>((uint32_t{load<uint16_t>(element + 1)} << 8) | (uint32_t{element[3]} << 24)) >> 8;
    case tag_integer_32: return load<int32_t>(element + 1);
    case tag_integer_64: return load<int64_t>(element + 1);
    default: {
      const int value = ((tag & 0x1f) << 8) | element[1];
      return value < 4096 ? value : value - 8192;
    }
  }
}

bool is_string(uint8_t tag) { return (tag & 0xc0) == 0x80 || (tag >= 0xe0 && tag <= tag_string_32); }

// The tag is one of a string.
std::string_view decode_string(const uint8_t* element) {
  const auto* text = reinterpret_cast<const char*>(element);
  const uint8_t tag = *element;
  if (tag < 0xc0) return {text + 1, size_t{tag} & 0x3f};
  if (tag < tag_string_32) return {text + 2, (size_t{tag} & 0x0f) << 8 | element[1]};
  return {text + 5, load<uint32_t>(element + 1)};
}

// Seven bits a byte, the highest first. The high bit, set in all but the first, tells a reader to go on: it comes from
// behind. Returns how many bytes there are.
size_t write_back_length(uint8_t* to, size_t coded) {
  const size_t size = listpack_back_size(coded);
  size_t rest = coded;
  for (size_t i = size; i-- > 1; rest >>= 7) to[i] = static_cast<uint8_t>((rest & 0x7f) | 0x80);
  to[0] = static_cast<uint8_t>(rest & 0x7f);
  return size;
}

}  // namespace

// ---- reading ----

size_t detail::listpack_long_coded_size(const uint8_t* element) {
  const uint8_t tag = *element;
  if (tag < 0xe0) return 2;
  if (tag < tag_string_32) return 2 + ((size_t{tag} & 0x0f) << 8 | element[1]);
  switch (tag) {
    case tag_string_32: return size_t{5} + load<uint32_t>(element + 1);
    case tag_integer_16: return 3;
    case tag_integer_24: return 4;
    case tag_integer_32: return 5;
    default: return 9;
  }
}

ListpackValue ListpackView::long_value(const uint8_t* element) {
  if (is_string(*element)) return {decode_string(element), 0};
  return {{}, decode_integer(element)};
}

size_t ListpackView::size() const {
  const uint16_t known = count_field();
  if (known != unknown_count) return known;
  size_t count = 0;
  for (const uint8_t* at = blob_ + header_size; *at != end_byte; at += listpack_whole_size(at)) ++count;
  return count;
}

ListpackView::Position ListpackView::seek(int64_t index) const {
  const uint16_t known = count_field();
  if (known != unknown_count) {
    const int64_t count = known;
    if (index < -count || index >= count) return none;
    if (index >= 0 && index > count / 2) {
      index -= count;
    } else if (index < 0 && -index > count / 2) {
      index += count;
    }
  }
  if (index < 0) {
    Position at = last();
    while (at != none && ++index < 0) at = previous(at);
    return at;
  }
  Position at = first();
  while (at != none && index-- > 0) at = next(at);
  return at;
}

bool ListpackView::equals(Position at, std::string_view bytes) const {
  const ListpackValue value = get(at);
  if (!value.is_integer()) return same_bytes(value.text, bytes);
  const std::optional<int64_t> integer = parse_i64(bytes);
  return integer && *integer == value.integer;
}

ListpackView::Position ListpackView::find(std::string_view bytes, Position from, size_t skip) const {
  if (from == none) return none;
  const std::optional<int64_t> integer = parse_i64(bytes);
  return integer ? find_integer(*integer, bytes, from, skip) : find_text(bytes, from, skip);
}

ListpackView::Position ListpackView::find_text(std::string_view text, Position from, size_t skip) const {
  // A short text has one tag, which says its length too: most others are passed with one comparison.
  const int tag = text.size() <= max_string_6 ? static_cast<int>(0x80 | text.size()) : -1;
  for (const uint8_t* at = blob_ + from; *at != end_byte;) {
    if (*at == tag) {
      if (same_bytes(reinterpret_cast<const char*>(at + 1), text.data(), text.size()))
        return static_cast<Position>(at - blob_);
    } else if (*at >= 0xe0 && *at <= tag_string_32) [[unlikely]] {
      if (same_bytes(decode_string(at), text)) return static_cast<Position>(at - blob_);
    }
    at += listpack_whole_size(at);
    for (size_t i = 0; i < skip && *at != end_byte; ++i) at += listpack_whole_size(at);
  }
  return none;
}

ListpackView::Position ListpackView::find_integer(int64_t integer, std::string_view text, Position from,
                                                  size_t skip) const {
  for (const uint8_t* at = blob_ + from; *at != end_byte;) {
    // An integer kept as text is not what we or Redis write, but it is well-formed.
    const bool same = is_string(*at) ? same_bytes(decode_string(at), text) : decode_integer(at) == integer;
    if (same) return static_cast<Position>(at - blob_);
    at += listpack_whole_size(at);
    for (size_t i = 0; i < skip && *at != end_byte; ++i) at += listpack_whole_size(at);
  }
  return none;
}

// ---- elements to write ----

// What stands before the text, the text (none for an integer), and the length at the end.
struct ListpackElement {
  explicit ListpackElement(std::string_view bytes) {
    if (const std::optional<int64_t> integer = parse_i64(bytes)) {
      code(*integer);
    } else {
      code(bytes);
    }
  }
  explicit ListpackElement(int64_t integer) { code(integer); }

  size_t size() const { return coded + back_size; }

  void write(uint8_t* to) const {
    for (size_t i = 0; i < head_size; ++i) to[i] = head[i];
    if (coded != head_size) std::memcpy(to + head_size, text, coded - head_size);
    write_back_length(to + coded, coded);
  }

  uint8_t head[9];
  uint8_t head_size;
  uint8_t back_size;
  const char* text = nullptr;
  size_t coded;

 private:
  void finish(size_t of_head, size_t of_text) {
    head_size = static_cast<uint8_t>(of_head);
    coded = of_head + of_text;
    back_size = static_cast<uint8_t>(listpack_back_size(coded));
  }

  void code(std::string_view bytes) {
    text = bytes.data();
    if (bytes.size() <= max_string_6) {
      head[0] = static_cast<uint8_t>(0x80 | bytes.size());
      finish(1, bytes.size());
    } else if (bytes.size() <= max_string_12) {
      head[0] = static_cast<uint8_t>(0xe0 | bytes.size() >> 8);
      head[1] = static_cast<uint8_t>(bytes.size());
      finish(2, bytes.size());
    } else {
      if (bytes.size() > UINT32_MAX) throw std::length_error("an element too long for a listpack");
      const auto size = static_cast<uint32_t>(bytes.size());
      head[0] = tag_string_32;
      std::memcpy(head + 1, &size, sizeof size);
      finish(5, bytes.size());
    }
  }

  void code_wide(uint8_t tag, int64_t integer, size_t width) {
    head[0] = tag;
    std::memcpy(head + 1, &integer, 8);  // little-endian: the low bytes come first
    finish(1 + width, 0);
  }

  void code(int64_t integer) {
    if (integer >= 0 && integer <= 127) {
      head[0] = static_cast<uint8_t>(integer);
      finish(1, 0);
    } else if (fits(integer, 13)) {
      const auto low = static_cast<unsigned>(integer & 0x1fff);
      head[0] = static_cast<uint8_t>(0xc0 | low >> 8);
      head[1] = static_cast<uint8_t>(low);
      finish(2, 0);
    } else if (fits(integer, 16)) {
      code_wide(tag_integer_16, integer, 2);
    } else if (fits(integer, 24)) {
      code_wide(tag_integer_24, integer, 3);
    } else if (fits(integer, 32)) {
      code_wide(tag_integer_32, integer, 4);
    } else {
      code_wide(tag_integer_64, integer, 8);
    }
  }
};

size_t listpack_element_size(std::string_view bytes) { return ListpackElement(bytes).size(); }
size_t listpack_element_size(int64_t integer) { return ListpackElement(integer).size(); }

// ---- owning ----

Listpack::Listpack(size_t capacity) : ListpackView(nullptr), capacity_(good_size(std::max(capacity, empty_size))) {
  blob_ = static_cast<uint8_t*>(allocate(capacity_));
  static constexpr uint8_t empty[empty_size] = {empty_size, 0, 0, 0, 0, 0, end_byte};
  std::memcpy(writable(0), empty, sizeof empty);
}

Listpack Listpack::copy_of(const void* blob, size_t bytes) {
  void* copy = allocate(good_size(bytes));
  std::memcpy(copy, blob, bytes);
  return adopt(copy);
}

Listpack::~Listpack() {
  if (blob_ != nullptr) deallocate(writable(0), capacity());
}

Listpack::Listpack(Listpack&& other) noexcept
    : ListpackView(std::exchange(other.blob_, nullptr)), capacity_(other.capacity_), growths_(other.growths_) {}

Listpack& Listpack::operator=(Listpack&& other) noexcept {
  std::swap(blob_, other.blob_);
  std::swap(capacity_, other.capacity_);
  std::swap(growths_, other.growths_);
  return *this;
}

uint8_t* Listpack::release() {
  shrink();
  return const_cast<uint8_t*>(std::exchange(blob_, nullptr));
}

void Listpack::free(void* blob) { deallocate(blob, allocation(blob)); }

size_t Listpack::allocation(const void* blob) { return good_size(ListpackView(blob).bytes()); }

void Listpack::move_to(size_t capacity) {
  auto* place = static_cast<uint8_t*>(allocate(capacity));
  std::memcpy(place, blob_, bytes());
  deallocate(writable(0), this->capacity());
  blob_ = place;
  capacity_ = capacity;
}

void Listpack::shrink() {
  const size_t fitting = allocation(blob_);
  if (capacity_ != 0 && capacity_ != fitting) move_to(fitting);
}

void Listpack::reserve(size_t more) {
  const size_t wanted = bytes() + more;
  if (wanted > capacity()) move_to(good_size(wanted));
}

// ---- editing ----

void Listpack::set_bytes(size_t bytes) {
  const auto field = static_cast<uint32_t>(bytes);
  std::memcpy(writable(0), &field, sizeof field);
}

void Listpack::count_more(size_t added) {
  const size_t count = count_field();
  if (count == unknown_count) return;
  const auto field = static_cast<uint16_t>(std::min<size_t>(count + added, unknown_count));
  std::memcpy(writable(4), &field, sizeof field);
}

void Listpack::count_less(size_t erased) {
  const size_t count = count_field();
  if (count == unknown_count) return;
  const auto field = static_cast<uint16_t>(count - erased);
  std::memcpy(writable(4), &field, sizeof field);
}

// The capacity to move to when `bytes` do not fit. One or two edits are the usual case: they take what they need.
size_t Listpack::capacity_for(size_t bytes) {
  if (bytes > UINT32_MAX) throw std::length_error("a listpack would grow too big");
  return good_size(growths_++ < 2 ? bytes : std::max(bytes, capacity() + capacity() / 2));
}

// Puts `added` bytes, not set yet, in the place of `removed` bytes at `at`; tells where they are.
uint8_t* Listpack::splice(Position at, size_t removed, size_t added) {
  const size_t before = bytes();
  const size_t after = before - removed + added;
  const size_t tail = before - at - removed;
  const size_t room = capacity();
  if (after <= room) {
    capacity_ = room;  // from here on the size does not tell it
    if (added != removed) std::memmove(writable(at + added), blob_ + at + removed, tail);
  } else {
    const size_t more_room = capacity_for(after);
    auto* place = static_cast<uint8_t*>(allocate(more_room));
    std::memcpy(place, blob_, at);
    std::memcpy(place + at + added, blob_ + at + removed, tail);
    deallocate(writable(0), room);
    blob_ = place;
    capacity_ = more_room;
  }
  set_bytes(after);
  return writable(at);
}

void Listpack::append_coded(const ListpackElement& element) {
  const size_t before = bytes();
  const size_t after = before + element.size();
  const size_t room = capacity();
  if (after > room) {
    move_to(capacity_for(after));
  } else {
    capacity_ = room;
  }
  element.write(writable(before - 1));
  *writable(after - 1) = end_byte;
  set_bytes(after);
  count_more(1);
}

Listpack::Position Listpack::insert_coded(Position at, const ListpackElement& element) {
  if (at == none) {
    at = bytes() - 1;
    append_coded(element);
    return at;
  }
  element.write(splice(at, 0, element.size()));
  count_more(1);
  return at;
}

Listpack::Position Listpack::replace_coded(Position at, const ListpackElement& element) {
  element.write(splice(at, listpack_whole_size(blob_ + at), element.size()));
  return at;
}

void Listpack::append(std::string_view bytes) { append_coded(ListpackElement(bytes)); }
void Listpack::append(int64_t integer) { append_coded(ListpackElement(integer)); }
void Listpack::prepend(std::string_view bytes) { insert_coded(header_size, ListpackElement(bytes)); }
void Listpack::prepend(int64_t integer) { insert_coded(header_size, ListpackElement(integer)); }
Listpack::Position Listpack::insert(Position at, std::string_view bytes) {
  return insert_coded(at, ListpackElement(bytes));
}
Listpack::Position Listpack::insert(Position at, int64_t integer) { return insert_coded(at, ListpackElement(integer)); }
Listpack::Position Listpack::replace(Position at, std::string_view bytes) {
  return replace_coded(at, ListpackElement(bytes));
}
Listpack::Position Listpack::replace(Position at, int64_t integer) {
  return replace_coded(at, ListpackElement(integer));
}

Listpack::Position Listpack::erase(Position at, size_t count) {
  size_t erased = 0;
  const uint8_t* end = blob_ + at;
  for (; erased < count && *end != end_byte; ++erased) end += listpack_whole_size(end);
  splice(at, static_cast<size_t>(end - (blob_ + at)), 0);
  count_less(erased);
  return blob_[at] == end_byte ? none : at;
}

void Listpack::append_all(ListpackView other) {
  const size_t added = other.bytes() - empty_size;
  const size_t count = other.size();
  std::memcpy(splice(bytes() - 1, 0, added), other.data() + header_size, added);
  count_more(count);
}

// ---- what comes from outside ----

namespace {

// How many bytes the element at the begin of `room` bytes takes; 0: it is none, or it is damaged.
size_t checked_size(const uint8_t* element, size_t room) {
  const uint8_t tag = *element;
  // Most are small; behind those there is room.
  static constexpr size_t most_small = 1 + max_string_6 + 1;
  if (tag < 0xc0 && room >= most_small) [[likely]] {
    const size_t coded = tag < 0x80 ? 1 : size_t{1} + (tag & 0x3f);
    return element[coded] == coded ? coded + 1 : 0;
  }
  if (tag > tag_integer_64) return 0;
  // A head that is cut off is read with zeros behind it; the element is then longer than its room, whatever they mean.
  uint8_t head[5] = {};
  std::memcpy(head, element, std::min(room, sizeof head));
  const size_t coded = detail::listpack_coded_size(head);
  const size_t back_size = listpack_back_size(coded);
  if (coded + back_size > room) return 0;
  uint8_t back[5];
  write_back_length(back, coded);
  return std::memcmp(element + coded, back, back_size) == 0 ? coded + back_size : 0;
}

}  // namespace

bool validate_listpack(const void* bytes, size_t size, bool deep) {
  if (size < ListpackView::empty_size) return false;
  const auto* blob = static_cast<const uint8_t*>(bytes);
  const size_t last = size - 1;
  if (load<uint32_t>(blob) != size || blob[last] != 0xff) return false;
  if (!deep) return true;
  size_t count = 0;
  for (size_t at = ListpackView::header_size; at != last; ++count) {
    const size_t element = checked_size(blob + at, last - at);
    if (element == 0) return false;
    at += element;
  }
  const auto stated = load<uint16_t>(blob + 4);
  return stated == count || stated == 65535;
}

}  // namespace redoubt

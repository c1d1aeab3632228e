#include "common/encoding/intset.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

#include "common/base/memory.h"

namespace redoubt {
namespace {

static_assert(std::endian::native == std::endian::little, "integers are copied as they are");

size_t width_of(int64_t value) {
  if (value >= INT16_MIN && value <= INT16_MAX) return 2;
  return value >= INT32_MIN && value <= INT32_MAX ? 4 : 8;
}

// `value` fits T.
template <typename T>
size_t lower_bound_of(const uint8_t* first, size_t size, T value) {
  const auto load = [first](size_t index) {
    T at;
    std::memcpy(&at, first + index * sizeof(T), sizeof at);
    return at;
  };
  if (size == 0 || load(size - 1) < value) return size;  // sets are often filled in ascending order
  // Halves without a branch that depends on what is compared.
  size_t begin = 0;
  while (size > 1) {
    const size_t half = size / 2;
    begin += load(begin + half - 1) < value ? half : 0;
    size -= half;
  }
  return begin;
}

}  // namespace

size_t IntsetView::lower_bound(int64_t value) const {
  const uint8_t* first = blob_ + header_size;
  if (width_of(value) > width()) return value < 0 ? 0 : size();
  switch (width()) {
    case 2: return lower_bound_of(first, size(), static_cast<int16_t>(value));
    case 4: return lower_bound_of(first, size(), static_cast<int32_t>(value));
    default: return lower_bound_of(first, size(), value);
  }
}

bool IntsetView::contains(int64_t value) const {
  const size_t index = lower_bound(value);
  return index < size() && at(index) == value;
}

Intset::Intset() : IntsetView(allocate(good_size(header_size))) {
  set_field(0, 2);
  set_field(4, 0);
}

Intset Intset::copy_of(const void* blob, size_t bytes) {
  void* copy = allocate(good_size(bytes));
  std::memcpy(copy, blob, bytes);
  return adopt(copy);
}

Intset::~Intset() {
  if (blob_ != nullptr) free(writable(0));
}

Intset::Intset(Intset&& other) noexcept : IntsetView(std::exchange(other.blob_, nullptr)) {}

Intset& Intset::operator=(Intset&& other) noexcept {
  std::swap(blob_, other.blob_);
  return *this;
}

uint8_t* Intset::release() { return const_cast<uint8_t*>(std::exchange(blob_, nullptr)); }

void Intset::free(void* blob) { deallocate(blob, allocation(blob)); }

size_t Intset::allocation(const void* blob) { return good_size(IntsetView(blob).bytes()); }

void Intset::set_field(size_t at, size_t value) {
  const auto field = static_cast<uint32_t>(value);
  std::memcpy(writable(at), &field, sizeof field);
}

// The low bytes come first, so as many of them as are wanted are the value.
void Intset::put(size_t index, int64_t value) {
  uint8_t* to = writable(header_size + index * width());
  switch (width()) {
    case 2: std::memcpy(to, &value, 2); break;
    case 4: std::memcpy(to, &value, 4); break;
    default: std::memcpy(to, &value, 8);
  }
}

// From a place for `before` bytes to one for `after`, with as much of the content as fits.
void Intset::resize(size_t before, size_t after) {
  const size_t old_room = good_size(before);
  const size_t room = good_size(after);
  if (room == old_room) return;
  void* place = allocate(room);
  std::memcpy(place, blob_, std::min(before, after));
  deallocate(writable(0), old_room);
  blob_ = static_cast<uint8_t*>(place);
}

bool Intset::add(int64_t value) {
  if (width_of(value) > width()) {
    widen_and_add(value);
    return true;
  }
  const size_t count = size();
  const size_t index = lower_bound(value);
  if (index < count && at(index) == value) return false;
  if (count == UINT32_MAX) throw std::length_error("an intset would grow too big");
  const size_t before = bytes();
  resize(before, before + width());
  uint8_t* place = writable(header_size + index * width());
  std::memmove(place + width(), place, (count - index) * width());
  put(index, value);
  set_field(4, count + 1);
  return true;
}

// What needs a greater width than all others is less than all or greater than all.
void Intset::widen_and_add(int64_t value) {
  const size_t count = size();
  if (count == UINT32_MAX) throw std::length_error("an intset would grow too big");
  const size_t new_width = width_of(value);
  Intset wide(static_cast<uint8_t*>(allocate(good_size(header_size + (count + 1) * new_width))));
  wide.set_field(0, new_width);
  wide.set_field(4, count + 1);
  const size_t first = value < 0 ? 1 : 0;
  for (size_t i = 0; i < count; ++i) wide.put(first + i, at(i));
  wide.put(value < 0 ? 0 : count, value);
  *this = std::move(wide);
}

bool Intset::remove(int64_t value) {
  const size_t count = size();
  const size_t index = lower_bound(value);
  if (index == count || at(index) != value) return false;
  const size_t before = bytes();
  uint8_t* place = writable(header_size + index * width());
  std::memmove(place, place + width(), (count - index - 1) * width());
  resize(before, before - width());
  set_field(4, count - 1);
  return true;
}

bool validate_intset(const void* bytes, size_t size, bool deep) {
  if (size < IntsetView::header_size) return false;
  const IntsetView view(bytes);
  const size_t width = view.width();
  if (width != 2 && width != 4 && width != 8) return false;
  if (view.size() == 0 || view.bytes() != size) return false;
  if (!deep) return true;
  int64_t previous = view.at(0);
  for (size_t i = 1; i < view.size(); ++i) {
    const int64_t value = view.at(i);
    if (value <= previous) return false;
    previous = value;
  }
  return true;
}

}  // namespace redoubt

// Redis's intset: a sorted array of different integers in one blob, all as wide as the widest needs, byte for byte as Redis
// keeps it.
//
//   u32 width: 2, 4 or 8 bytes | u32 number of elements | the integers, ascending          all little-endian
//
// Source: Redis's behaviour. IntsetView reads, Intset owns and edits; both trust their bytes: what comes from outside goes
// through validate_intset first. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace redoubt {

class IntsetView {
 public:
  static constexpr size_t header_size = 8;

  explicit IntsetView(const void* blob) : blob_(static_cast<const uint8_t*>(blob)) {}
  const uint8_t* data() const { return blob_; }
  size_t size() const { return field(4); }
  size_t bytes() const { return header_size + size() * width(); }  // of the blob
  size_t width() const { return field(0); }
  int64_t at(size_t index) const;  // index < size()
  bool contains(int64_t value) const;
  int64_t min() const { return at(0); }
  int64_t max() const { return at(size() - 1); }

 protected:
  // The first index whose integer is not less than `value`; size() when there is none.
  size_t lower_bound(int64_t value) const;
  uint32_t field(size_t at) const {
    uint32_t value = 0;
    std::memcpy(&value, blob_ + at, sizeof value);
    return value;
  }

  const uint8_t* blob_;
};

class Intset : public IntsetView {
 public:
  Intset();  // empty
  // Takes over a blob from release(), or one in memory from allocate(good_size(bytes)).
  static Intset adopt(void* blob) { return Intset(static_cast<uint8_t*>(blob)); }
  static Intset copy_of(const void* blob, size_t bytes);
  ~Intset();
  Intset(Intset&& other) noexcept;
  Intset& operator=(Intset&& other) noexcept;
  // The blob; the intset is left unusable but for destruction and assignment. Its memory is good_size(bytes()).
  uint8_t* release();
  // Frees a released blob.
  static void free(void* blob);
  // The memory of a released blob.
  static size_t allocation(const void* blob);

  bool add(int64_t value);     // false: was there
  bool remove(int64_t value);  // false: was not there

 private:
  explicit Intset(uint8_t* blob) : IntsetView(blob) {}
  uint8_t* writable(size_t at) { return const_cast<uint8_t*>(blob_ + at); }
  void set_field(size_t at, size_t value);
  void put(size_t index, int64_t value);
  void resize(size_t before, size_t after);
  void widen_and_add(int64_t value);
};

// Whether `size` bytes are a whole intset that is not empty (Redis keeps no empty sets). With `deep` also that the
// integers ascend. Bytes that pass can be read by IntsetView.
bool validate_intset(const void* bytes, size_t size, bool deep);

inline int64_t IntsetView::at(size_t index) const {
  const uint8_t* from = blob_ + header_size + index * width();
  const auto load = [from](auto value) {
    std::memcpy(&value, from, sizeof value);
    return int64_t{value};
  };
  switch (width()) {
    case 2: return load(int16_t{});
    case 4: return load(int32_t{});
    default: return load(int64_t{});
  }
}

}  // namespace redoubt

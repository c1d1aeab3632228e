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

namespace redoubt {

class IntsetView {
 public:
  static constexpr size_t header_size = 8;

  explicit IntsetView(const void* blob) : blob_(static_cast<const uint8_t*>(blob)) {}
  const uint8_t* data() const { return blob_; }
  size_t size() const;
  size_t bytes() const;  // of the blob
  size_t width() const;
  int64_t at(size_t index) const;  // index < size()
  bool contains(int64_t value) const;
  int64_t min() const { return at(0); }
  int64_t max() const { return at(size() - 1); }

 protected:
  // The first index whose integer is not less than `value`; size() when there is none.
  size_t lower_bound(int64_t value) const;
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
  uint8_t* release();
  static void free(void* blob);
  static size_t allocation(const void* blob);

  bool add(int64_t value);     // false: was there
  bool remove(int64_t value);  // false: was not there

 private:
  explicit Intset(uint8_t* blob);
};

// Whether `size` bytes are a whole intset. With `deep` also that the integers ascend.
bool validate_intset(const void* bytes, size_t size, bool deep);

}  // namespace redoubt

// Bytes that have been read and belong to requests that are not whole yet, or that have to wait. Empty most of the time,
// and then without memory. Grows with what arrives, never by what a length line promises. Not thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace redoubt {

class InputBuffer {
 public:
  InputBuffer() = default;
  ~InputBuffer() { clear(); }
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_, size_}; }

  // Room for at least `room` more bytes at the end; commit() what was written there.
  char* reserve(size_t room);
  size_t room() const { return capacity_ - size_; }
  void commit(size_t size) { size_ += size; }
  void append(std::string_view bytes);
  // Drops `size` bytes from the front; all memory when nothing is left.
  void consume(size_t size);
  void clear();

 private:
  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace redoubt

#include "server/net/input_buffer.h"

#include <algorithm>
#include <cstring>

#include "common/base/memory.h"

namespace redoubt {

char* InputBuffer::reserve(size_t room) {
  if (capacity_ - size_ >= room) return data_ + size_;
  const size_t capacity = good_size(std::max(size_ + room, std::min(capacity_ * 2, capacity_ + (size_t{64} << 20))));
  auto* data = static_cast<char*>(allocate(capacity));
  if (size_ > 0) memcpy(data, data_, size_);
  if (data_ != nullptr) deallocate(data_, capacity_);
  data_ = data;
  capacity_ = capacity;
  return data_ + size_;
}

void InputBuffer::append(std::string_view bytes) {
  if (bytes.empty()) return;
  memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
  size_ += bytes.size();
}

void InputBuffer::consume(size_t size) {
  if (size == size_) return clear();
  if (size == 0) return;
  memmove(data_, data_ + size, size_ - size);
  size_ -= size;
}

void InputBuffer::clear() {
  if (data_ != nullptr) deallocate(data_, capacity_);
  data_ = nullptr;
  size_ = capacity_ = 0;
}

}  // namespace redoubt

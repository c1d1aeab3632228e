#include "common/resp/output_buffer.h"

#include <algorithm>

#include "common/base/memory.h"

namespace redoubt {
namespace {

constexpr size_t gap_room = 32;
constexpr size_t pooled_room = OutputBuffer::block_size - sizeof(OutputBuffer::Block);

}  // namespace

BlockPool::~BlockPool() {
  while (free_ != nullptr) {
    OutputBuffer::Block* next = free_->next;
    deallocate(free_, OutputBuffer::block_size);
    free_ = next;
  }
}

OutputBuffer::Block* BlockPool::take(size_t room) {
  OutputBuffer::Block* block = free_;
  if (room <= pooled_room && block != nullptr) {
    free_ = block->next;
    --count_;
  } else {
    const size_t size = room <= pooled_room ? OutputBuffer::block_size : good_size(room + sizeof(OutputBuffer::Block));
    block = static_cast<OutputBuffer::Block*>(allocate(size));
    block->capacity = static_cast<uint32_t>(size - sizeof(OutputBuffer::Block));
  }
  block->next = nullptr;
  block->begin = 0;
  block->end = 0;
  return block;
}

void BlockPool::give(OutputBuffer::Block* block) {
  if (block->capacity == pooled_room && count_ < max_free) {
    block->next = free_;
    free_ = block;
    ++count_;
  } else {
    deallocate(block, block->capacity + sizeof(OutputBuffer::Block));
  }
}

void OutputBuffer::seal_tail() {
  if (tail_ == nullptr) return;
  tail_->end = static_cast<uint32_t>(write_ - tail_->data());
  sealed_ += tail_->end - tail_->begin;
}

void OutputBuffer::add_block(size_t room) {
  seal_tail();
  Block* block = pool_->take(room);
  (tail_ == nullptr ? head_ : tail_->next) = block;
  tail_ = block;
  write_ = block->data();
  limit_ = block->data() + block->capacity;
  memory_ += block->capacity + sizeof(Block);
  ++blocks_;
}

void OutputBuffer::append_slow(std::string_view bytes) {
  while (!bytes.empty()) {
    if (write_ == limit_) add_block(std::min(bytes.size(), max_block));
    const size_t part = std::min(bytes.size(), static_cast<size_t>(limit_ - write_));
    memcpy(write_, bytes.data(), part);
    write_ += part;
    bytes.remove_prefix(part);
  }
}

size_t OutputBuffer::pieces(iovec* out, size_t max) const {
  size_t count = 0;
  for (Block* block = head_; block != nullptr && count < max; block = block->next) {
    const size_t end = block == tail_ ? static_cast<size_t>(write_ - block->data()) : block->end;
    if (end == block->begin) continue;
    out[count++] = {block->data() + block->begin, end - block->begin};
  }
  return count;
}

void OutputBuffer::free_front() {
  Block* block = head_;
  head_ = block->next;
  if (head_ == nullptr) tail_ = nullptr, write_ = limit_ = nullptr;
  memory_ -= block->capacity + sizeof(Block);
  --blocks_;
  pool_->give(block);
}

void OutputBuffer::consume(size_t size) {
  while (head_ != nullptr) {
    const bool last = head_ == tail_;
    const size_t end = last ? static_cast<size_t>(write_ - head_->data()) : head_->end;
    const size_t have = end - head_->begin;
    if (size < have) {
      head_->begin += static_cast<uint32_t>(size);
      if (!last) sealed_ -= size;
      return;
    }
    size -= have;
    if (!last) sealed_ -= have;
    free_front();
  }
}

void OutputBuffer::clear() {
  while (head_ != nullptr) free_front();
  sealed_ = 0;
}

void OutputBuffer::rollback(const Mark& mark) {
  if (mark.block == nullptr) return clear();
  while (tail_ != mark.block) {
    // Marks are rare and chains short where they are used: walk to the block before the tail.
    Block* before = head_;
    while (before->next != tail_) before = before->next;
    memory_ -= tail_->capacity + sizeof(Block);
    --blocks_;
    pool_->give(tail_);
    before->next = nullptr;
    tail_ = before;
    sealed_ -= before->end - before->begin;
    limit_ = before->data() + before->capacity;
  }
  write_ = tail_->data() + mark.offset;
}

OutputBuffer::Mark OutputBuffer::open_gap() {
  reserve(gap_room);
  const Mark gap = mark();
  add_block(1);
  return gap;
}

void OutputBuffer::fill_gap(const Mark& gap, std::string_view text) {
  Block* block = gap.block;
  memcpy(block->data() + block->end, text.data(), text.size());
  block->end += static_cast<uint32_t>(text.size());
  sealed_ += text.size();
  // What came after the gap often is short: join it to the block, so that it does not cost a piece of its own.
  if (block->next == tail_) {
    const auto size = static_cast<size_t>(write_ - tail_->data());
    if (size <= block->capacity - block->end) {
      memcpy(block->data() + block->end, tail_->data(), size);
      sealed_ -= block->end - block->begin;
      memory_ -= tail_->capacity + sizeof(Block);
      --blocks_;
      pool_->give(tail_);
      block->next = nullptr;
      tail_ = block;
      write_ = block->data() + block->end + size;
      limit_ = block->data() + block->capacity;
    }
  }
}

}  // namespace redoubt

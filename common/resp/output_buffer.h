// Bytes on their way out: a chain of blocks that grows at the end and is taken from the front, so that nothing is ever
// moved, however long a reply is. An empty buffer holds no memory: blocks come from a BlockPool and go back to it once
// sent. Not thread-safe; the pool outlives its buffers.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace redoubt {

class BlockPool;

class OutputBuffer {
 public:
  struct Block {
    Block* next;
    uint32_t begin;     // first byte not taken yet
    uint32_t end;       // one past the last byte; unused in the last block, which ends where writing goes on
    uint32_t capacity;  // of data
    char* data() { return reinterpret_cast<char*>(this + 1); }
  };
  static constexpr size_t block_size = 16 * 1024;  // with the header; the size of pooled blocks
  static constexpr size_t max_block = 1024 * 1024 * 1024;

  explicit OutputBuffer(BlockPool& pool) : pool_(&pool) {}
  ~OutputBuffer() { clear(); }
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  // At least `size` contiguous bytes to write to; commit() what was used. size is small (a header and some digits) or a
  // whole value; a new block of that size is taken when the last one has no room.
  char* reserve(size_t size) {
    if (static_cast<size_t>(limit_ - write_) < size) [[unlikely]]
      add_block(size);
    return write_;
  }
  void commit(size_t size) { write_ += size; }

  void append(std::string_view bytes) {
    if (static_cast<size_t>(limit_ - write_) <= bytes.size()) [[unlikely]]
      return append_slow(bytes);
    if (!bytes.empty()) memcpy(write_, bytes.data(), bytes.size());  // an empty view may point nowhere
    write_ += bytes.size();
  }

  bool empty() const { return size() == 0; }
  size_t size() const {
    return sealed_ + (tail_ == nullptr ? 0 : static_cast<size_t>(write_ - tail_->data()) - tail_->begin);
  }
  size_t memory() const { return memory_; }  // bytes of all blocks
  size_t blocks() const { return blocks_; }

  // The bytes from the front as up to `max` pieces for writev; returns the number of pieces.
  size_t pieces(iovec* out, size_t max) const;
  // Takes `size` bytes from the front, size <= size().
  void consume(size_t size);
  void clear();

  // A place to come back to: what was appended after it can be thrown away (CLIENT REPLY SKIP).
  struct Mark {
    Block* block = nullptr;
    size_t offset = 0;
  };
  Mark mark() const { return {tail_, tail_ == nullptr ? 0 : static_cast<size_t>(write_ - tail_->data())}; }
  void rollback(const Mark& mark);

  // Starts a gap that is filled later by one short text (the count of an array that is known only at its end): the
  // current block is closed here, with room for 32 bytes. Gaps nest. The text is at most 32 bytes.
  Mark open_gap();
  void fill_gap(const Mark& gap, std::string_view text);

 private:
  void add_block(size_t room);
  void append_slow(std::string_view bytes);
  void seal_tail();
  void free_front();

  char* write_ = nullptr;  // into the tail block
  char* limit_ = nullptr;
  Block* tail_ = nullptr;
  Block* head_ = nullptr;
  size_t sealed_ = 0;  // bytes in the blocks before the tail
  size_t memory_ = 0;
  size_t blocks_ = 0;
  BlockPool* pool_;
};

// Free blocks of OutputBuffer::block_size for reuse, up to a bound. Not thread-safe: one per thread that writes.
class BlockPool {
 public:
  ~BlockPool();
  BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  OutputBuffer::Block* take(size_t room);
  void give(OutputBuffer::Block* block);

 private:
  static constexpr size_t max_free = 64;
  OutputBuffer::Block* free_ = nullptr;
  size_t count_ = 0;
};

}  // namespace redoubt

// A hash table of small records, in place, that only grows to a limit: when it is full its owner drops some. For figures that are
// estimated from samples. Record: a trivial struct with `uint64_t hash`, not 0, by which alone it is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace redoubt {

template <typename Record>
class SampleTable {
 public:
  // `slots` is a power of two; half of them can be used.
  explicit SampleTable(size_t slots) : limit_(slots / 2), slots_(first_slots < slots ? first_slots : slots) {}

  size_t size() const { return size_; }
  bool full() const { return size_ >= limit_; }
  Record* find(uint64_t hash) {
    Record& slot = slot_of(hash);
    return slot.hash == 0 ? nullptr : &slot;
  }
  // A new one when there is none; not when the table is full. Ends the life of all pointers.
  Record& find_or_add(uint64_t hash) {
    Record* slot = &slot_of(hash);
    if (slot->hash != 0) return *slot;
    if (size_ >= slots_.size() / 2) {
      rebuild(slots_.size() * 2, [](const Record&) { return true; });
      slot = &slot_of(hash);
    }
    ++size_;
    slot->hash = hash;
    return *slot;
  }
  template <typename Keep>
  void keep_if(Keep keep) {
    rebuild(slots_.size(), keep);
  }
  void clear() {
    std::vector<Record>(slots_.size()).swap(slots_);
    size_ = 0;
  }
  template <typename Visit>
  void each(Visit visit) const {
    for (const Record& record : slots_) {
      if (record.hash != 0) visit(record);
    }
  }

 private:
  static constexpr size_t first_slots = 1024;

  Record& slot_of(uint64_t hash) {
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at].hash != 0 && slots_[at].hash != hash) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  template <typename Keep>
  void rebuild(size_t slots, Keep keep) {
    std::vector<Record> old(slots);
    old.swap(slots_);
    size_ = 0;
    for (const Record& record : old) {
      if (record.hash == 0 || !keep(record)) continue;
      slot_of(record.hash) = record;
      ++size_;
    }
  }

  size_t limit_;
  std::vector<Record> slots_;
  size_t size_ = 0;
};

}  // namespace redoubt

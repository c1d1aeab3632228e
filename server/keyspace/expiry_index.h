// When keys of one database expire: pairs of time and entry in one array, without order. An entry knows its place, and
// removal moves the last pair into the hole, so that all is constant time. The active expiry cycle walks the array, which
// holds the times, at some nanoseconds per key; eviction samples it. Grows by chunks: nothing is ever copied.
// Not thread-safe. Does not own the entries.
//
// A TimeIndex is that for any times that entries have; Place tells where an entry keeps its place: `static uint32_t
// get(const Entry&)` and `static void set(Entry&, uint32_t)`, no_place when it has none.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/int128.h"
#include "server/keyspace/entry.h"

namespace redoubt {

template <typename Place>
class TimeIndex {
 public:
  struct Pair {
    int64_t at_ms;  // Unix time
    Entry* entry;
  };
  static constexpr uint32_t no_place = UINT32_MAX;

  size_t size() const { return size_; }
  const Pair& operator[](size_t place) const { return chunks_[place / chunk_pairs][place % chunk_pairs]; }
  int64_t time_of(const Entry& entry) const { return (*this)[Place::get(entry)].at_ms; }
  bool contains(const Entry& entry) const { return Place::get(entry) != no_place; }

  // Adds the entry, or changes its time.
  void set(Entry& entry, int64_t at_ms);
  // The entry must be in the index.
  void remove(Entry& entry);
  // `to` has taken the place of `from`, which goes.
  void moved(const Entry& from, Entry& to);
  void clear();
  size_t memory() const { return chunks_.size() * sizeof(Pair) * chunk_pairs; }
  // Mean of the times, over at most `samples` pairs (INFO's avg_ttl); 0 when empty.
  int64_t mean_time(size_t samples) const;

 private:
  static constexpr size_t chunk_pairs = 1024;
  Pair& at(size_t place) { return chunks_[place / chunk_pairs][place % chunk_pairs]; }

  std::vector<std::unique_ptr<Pair[]>> chunks_;
  size_t size_ = 0;
};

struct KeyPlace {
  static uint32_t get(const Entry& entry) { return entry.expiry_place(); }
  static void set(Entry& entry, uint32_t place) { entry.set_expiry_place(place); }
};
using ExpiryIndex = TimeIndex<KeyPlace>;

template <typename Place>
void TimeIndex<Place>::set(Entry& entry, int64_t at_ms) {
  if (contains(entry)) {
    at(Place::get(entry)).at_ms = at_ms;
    return;
  }
  if (size_ == chunks_.size() * chunk_pairs) chunks_.push_back(std::make_unique_for_overwrite<Pair[]>(chunk_pairs));
  at(size_) = {at_ms, &entry};
  Place::set(entry, static_cast<uint32_t>(size_++));
}

template <typename Place>
void TimeIndex<Place>::remove(Entry& entry) {
  const size_t place = Place::get(entry);
  const Pair last = at(--size_);
  at(place) = last;
  Place::set(*last.entry, static_cast<uint32_t>(place));
  Place::set(entry, no_place);
  // One spare chunk is kept, so that a size that swings around a boundary costs nothing.
  if (chunks_.size() * chunk_pairs >= size_ + 2 * chunk_pairs) chunks_.pop_back();
}

template <typename Place>
void TimeIndex<Place>::moved(const Entry& from, Entry& to) {
  if (!contains(from)) return;
  const uint32_t place = Place::get(from);
  at(place).entry = &to;
  Place::set(to, place);
}

template <typename Place>
void TimeIndex<Place>::clear() {
  chunks_.clear();
  size_ = 0;
}

template <typename Place>
int64_t TimeIndex<Place>::mean_time(size_t samples) const {
  const size_t count = std::min(samples, size_);
  if (count == 0) return 0;
  const size_t step = size_ / count;
  int128 sum = 0;
  for (size_t i = 0; i < count; ++i) sum += (*this)[i * step].at_ms;
  return static_cast<int64_t>(sum / static_cast<int128>(count));
}

}  // namespace redoubt

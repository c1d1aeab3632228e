// When keys of one database expire: pairs of time and entry in one array, without order. An entry knows its place, and
// removal moves the last pair into the hole, so that all is constant time. The active expiry cycle walks the array, which
// holds the times, at some nanoseconds per key; eviction samples it. Grows by chunks: nothing is ever copied.
// Not thread-safe. Does not own the entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "server/keyspace/entry.h"

namespace redoubt {

class ExpiryIndex {
 public:
  struct Pair {
    int64_t at_ms;  // Unix time
    Entry* entry;
  };

  size_t size() const { return size_; }
  const Pair& operator[](size_t place) const { return chunks_[place / chunk_pairs][place % chunk_pairs]; }
  int64_t time_of(const Entry& entry) const { return (*this)[entry.expiry_place()].at_ms; }

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

}  // namespace redoubt

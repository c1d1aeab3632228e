#include "server/keyspace/expiry_index.h"

#include <algorithm>

#include "common/base/int128.h"

namespace redoubt {

void ExpiryIndex::set(Entry& entry, int64_t at_ms) {
  if (entry.is_volatile()) {
    at(entry.expiry_place()).at_ms = at_ms;
    return;
  }
  if (size_ == chunks_.size() * chunk_pairs) chunks_.push_back(std::make_unique_for_overwrite<Pair[]>(chunk_pairs));
  at(size_) = {at_ms, &entry};
  entry.set_expiry_place(static_cast<uint32_t>(size_++));
}

void ExpiryIndex::remove(Entry& entry) {
  const size_t place = entry.expiry_place();
  const Pair last = at(--size_);
  at(place) = last;
  last.entry->set_expiry_place(static_cast<uint32_t>(place));
  entry.set_expiry_place(Entry::no_expiry);
  // One spare chunk is kept, so that a size that swings around a boundary costs nothing.
  if (chunks_.size() * chunk_pairs >= size_ + 2 * chunk_pairs) chunks_.pop_back();
}

void ExpiryIndex::moved(const Entry& from, Entry& to) {
  if (!from.is_volatile()) return;
  at(from.expiry_place()).entry = &to;
  to.set_expiry_place(from.expiry_place());
}

void ExpiryIndex::clear() {
  chunks_.clear();
  size_ = 0;
}

int64_t ExpiryIndex::mean_time(size_t samples) const {
  const size_t count = std::min(samples, size_);
  if (count == 0) return 0;
  const size_t step = size_ / count;
  int128 sum = 0;
  for (size_t i = 0; i < count; ++i) sum += (*this)[i * step].at_ms;
  return static_cast<int64_t>(sum / static_cast<int128>(count));
}

}  // namespace redoubt

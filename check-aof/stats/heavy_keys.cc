#include "check-aof/stats/heavy_keys.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

namespace redoubt {

HeavyKeys::HeavyKeys(size_t capacity)
    : capacity_(std::max<size_t>(capacity, 2)), slots_(std::bit_ceil(capacity_ * 2), none) {
  entries_.reserve(capacity_);
}

uint32_t& HeavyKeys::slot_of(uint64_t hash) {
  size_t at = hash & (slots_.size() - 1);
  while (slots_[at] != none && entries_[slots_[at]].hash != hash) at = (at + 1) & (slots_.size() - 1);
  return slots_[at];
}

void HeavyKeys::add(uint64_t hash, uint64_t database, std::string_view key, uint64_t bytes) {
  uint32_t* slot = &slot_of(hash);
  if (*slot == none) {
    if (entries_.size() == capacity_) {
      forget_the_lower_half();
      slot = &slot_of(hash);
    }
    *slot = static_cast<uint32_t>(entries_.size());
    entries_.push_back({{std::string(key.substr(0, longest_key)), database, 0, 0, forgotten_}, hash, 0});
  }
  Entry& entry = entries_[*slot];
  ++entry.key.commands;
  entry.key.bytes += bytes;
  entry.standing += bytes;
}

void HeavyKeys::forget_the_lower_half() {
  std::vector<uint64_t> standings;
  standings.reserve(entries_.size());
  for (const Entry& entry : entries_) standings.push_back(entry.standing);
  const auto middle = standings.begin() + static_cast<ptrdiff_t>(standings.size() / 2);
  std::nth_element(standings.begin(), middle, standings.end());
  const uint64_t subtracted = *middle;
  forgotten_ += subtracted;
  std::erase_if(entries_, [&](const Entry& entry) { return entry.standing <= subtracted; });
  std::fill(slots_.begin(), slots_.end(), none);
  for (size_t i = 0; i < entries_.size(); ++i) {
    entries_[i].standing -= subtracted;
    slot_of(entries_[i].hash) = static_cast<uint32_t>(i);
  }
}

std::vector<HeavyKey> HeavyKeys::top(size_t most) const {
  std::vector<const HeavyKey*> order;
  order.reserve(entries_.size());
  for (const Entry& entry : entries_) order.push_back(&entry.key);
  const size_t count = std::min(most, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                    [](const HeavyKey* a, const HeavyKey* b) {
                      if (a->bytes != b->bytes) return a->bytes > b->bytes;
                      return std::pair(a->database, a->key) < std::pair(b->database, b->key);
                    });
  std::vector<HeavyKey> heavy;
  for (size_t i = 0; i < count; ++i) heavy.push_back(*order[i]);
  return heavy;
}

}  // namespace redoubt

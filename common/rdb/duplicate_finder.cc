#include "common/rdb/duplicate_finder.h"

#include <algorithm>
#include <utility>

namespace redoubt {

void DuplicateFinder::clear() {
  if (used_ == 0) return;
  used_ = 0;
  if (slots_.size() > kept_size) {
    slots_ = {};
  } else {
    std::fill(slots_.begin(), slots_.end(), Hash{});
  }
}

bool DuplicateFinder::add(std::string_view member) {
  if (!key_) key_.emplace();
  const XXH128_hash_t hash = XXH3_128bits_withSecret(member.data(), member.size(), key_->secret, hash_secret_size);
  if (used_ * 2 >= slots_.size()) {
    if (slots_.size() >= most_slots) return !find({hash.low64 | 1, hash.high64});
    grow();
  }
  return insert({hash.low64 | 1, hash.high64});
}

bool DuplicateFinder::find(Hash hash) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash.high & mask; slots_[at].low != 0; at = (at + 1) & mask) {
    if (slots_[at] == hash) return true;
  }
  return false;
}

bool DuplicateFinder::insert(Hash hash) {
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash.high & mask;; at = (at + 1) & mask) {
    if (slots_[at] == hash) return false;
    if (slots_[at].low != 0) continue;
    slots_[at] = hash;
    ++used_;
    return true;
  }
}

void DuplicateFinder::grow() {
  std::vector<Hash> old(std::max(first_size, slots_.size() * 2));
  std::swap(old, slots_);
  used_ = 0;
  for (const Hash& hash : old) {
    if (hash.low != 0) insert(hash);
  }
}

}  // namespace redoubt

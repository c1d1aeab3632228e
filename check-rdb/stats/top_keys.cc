#include "check-rdb/stats/top_keys.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace redoubt {
namespace {

bool larger(const TopKey& a, const TopKey& b) { return a.memory_bytes > b.memory_bytes; }

}  // namespace

void TopKeys::offer(TopKey key) {
  if (!wants(key.memory_bytes)) return;
  if (keys_.size() == most_) {
    std::pop_heap(keys_.begin(), keys_.end(), larger);
    keys_.pop_back();
  }
  keys_.push_back(std::move(key));
  std::push_heap(keys_.begin(), keys_.end(), larger);
}

std::vector<TopKey> TopKeys::sorted() const {
  std::vector<TopKey> all = keys_;
  std::sort(all.begin(), all.end(), [](const TopKey& a, const TopKey& b) {
    return std::tie(b.memory_bytes, a.db, a.name) < std::tie(a.memory_bytes, b.db, b.name);
  });
  return all;
}

}  // namespace redoubt

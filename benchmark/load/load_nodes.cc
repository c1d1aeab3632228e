#include "benchmark/load/load_nodes.h"

#include <algorithm>
#include <utility>

#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr int64_t least_pause_ns = 20'000'000;
constexpr int64_t most_pause_ns = 500'000'000;

}  // namespace

bool same_nodes(const NodeTable& one, const NodeTable& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](const LoadNode& a, const LoadNode& b) {
    return a.number == b.number && a.name == b.name && a.slots == b.slots;
  });
}

std::string_view redirection_of(std::string_view error) {
  const std::string_view word = error.substr(0, error.find(' '));
  return word == "MOVED" || word == "ASK" ? word : std::string_view();
}

std::shared_ptr<const NodeTable> LoadNodes::table() const {
  const std::scoped_lock lock(mutex_);
  return table_;
}

// Doubts that the answer does not settle, such as those of keys without a tag, are followed less and less often.
void LoadNodes::look() {
  if (!fetch_ || doubted_.load(std::memory_order_relaxed) == 0 || monotonic_ns() < next_ns_) return;
  std::shared_ptr<const NodeTable> fetched = fetch_(doubted_.exchange(0) - 1);
  const bool changed = fetched && !same_nodes(*fetched, *table_);
  pause_ns_ = changed ? least_pause_ns : std::clamp(pause_ns_ * 2, least_pause_ns, most_pause_ns);
  next_ns_ = monotonic_ns() + pause_ns_;
  if (!changed) return;
  const std::scoped_lock lock(mutex_);
  table_ = std::move(fetched);
  ++version_;
}

}  // namespace redoubt

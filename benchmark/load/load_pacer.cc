#include "benchmark/load/load_pacer.h"

namespace redoubt {
namespace {

constexpr double ns_per_second = 1e9;

}  // namespace

LoadPacer::LoadPacer(EventLoop& loop, double rate) : interval_ns_(ns_per_second / rate), timer_(loop, *this) {}

uint64_t LoadPacer::due(int64_t now_ns) {
  if (began_ns_ == 0) began_ns_ = now_ns;
  if (now_ns < start_of(next_)) return 0;
  const auto last = static_cast<uint64_t>(static_cast<double>(now_ns - began_ns_) / interval_ns_);
  return last < next_ ? 1 : last - next_ + 1;  // below: by rounding
}

uint64_t LoadPacer::take(uint64_t count) {
  const uint64_t first = next_;
  next_ += count;
  return first;
}

int64_t LoadPacer::start_of(uint64_t slot) const {
  return began_ns_ + static_cast<int64_t>(static_cast<double>(slot) * interval_ns_);
}

void LoadPacer::wake_at_next() { timer_.set(next_start()); }

void LoadPacer::on_ready(bool /*readable*/, bool /*writable*/, bool /*hung_up*/) { timer_.take_expired(); }

}  // namespace redoubt

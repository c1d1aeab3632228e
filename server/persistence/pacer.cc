#include "server/persistence/pacer.h"

#include <algorithm>

namespace redoubt {

int64_t Pacer::slice_ns(int64_t now_ns, bool worked) {
  if (worked) last_work_ns_ = now_ns;
  if (now_ns - last_work_ns_ > idle_after_ns) {
    last_slice_ns_ = now_ns;
    return idle_ns;
  }
  const int64_t earned = std::min((now_ns - last_slice_ns_) / shares, longest_ns);
  if (earned < shortest_ns) return 0;
  last_slice_ns_ = now_ns;
  return earned;
}

}  // namespace redoubt

// How much of the executor's time a walk over the data set gets: all that nobody else wants, and a fifth of it when clients
// keep the server busy, in slices that they hardly notice. Executor thread only.
#pragma once

#include <cstdint>

namespace redoubt {

class Pacer {
 public:
  // How long the walk may go on now; 0: not in this tick. `worked`: clients were served in it.
  int64_t slice_ns(int64_t now_ns, bool worked);

 private:
  static constexpr int64_t shares = 5;              // the walk gets one of so many
  static constexpr int64_t shortest_ns = 50'000;    // slices that are shorter are not worth a start
  static constexpr int64_t longest_ns = 1'000'000;  // a busy server's
  static constexpr int64_t idle_ns = 500'000;       // an idle server's, one after the other
  static constexpr int64_t idle_after_ns = 200'000;

  int64_t last_work_ns_ = 0;
  int64_t last_slice_ns_ = 0;
};

}  // namespace redoubt

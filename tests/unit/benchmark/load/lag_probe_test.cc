// How late a loop is, told by a timer in its queue.
#include "benchmark/load/lag_probe.h"

#include <gtest/gtest.h>

#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr int64_t ms = 1'000'000;

class Ticks : public TickHandler {
 public:
  void on_tick_start(int64_t) override {}
  void on_tick_end() override {}
  void on_tick_over(int64_t) override {}
};

// Runs a loop that is busy with something else for so long, and then has time again.
void run_busy(EventLoop& loop, int64_t busy_ns) {
  bool was_busy = false;
  loop.every(1, [&]() -> int64_t {
    if (was_busy) {
      loop.stop();
      return 0;
    }
    was_busy = true;
    const int64_t until_ns = monotonic_ns() + busy_ns;
    while (monotonic_ns() < until_ns) {
    }
    return 10;
  });
  Ticks ticks;
  loop.run(ticks);
}

TEST(LagProbe, TellsHowLongWhatIsReadyWaited) {
  EventLoop loop;
  const std::atomic<bool> measuring = true;
  LagProbe probe(loop, measuring);
  probe.begin();
  run_busy(loop, 50 * ms);
  EXPECT_GE(probe.lag().max(), static_cast<uint64_t>(40 * ms));
  EXPECT_GE(probe.lag().count(), 20u) << "each of the times that were missed counts";
  EXPECT_LT(probe.lag().percentile(30), probe.lag().max() - 5 * ms) << "they became due one after another";
}

TEST(LagProbe, CountsOnlyWhatIsMeasured) {
  EventLoop loop;
  std::atomic<bool> measuring = false;
  LagProbe probe(loop, measuring);
  probe.begin();
  probe.record(5);
  run_busy(loop, 5 * ms);
  EXPECT_EQ(probe.lag().count(), 0u);
  measuring = true;
  probe.record(5);
  probe.record(-5);
  EXPECT_EQ(probe.lag().count(), 2u);
  EXPECT_EQ(probe.lag().max(), 5u);
  EXPECT_EQ(probe.lag().min(), 0u);
}

}  // namespace
}  // namespace redoubt

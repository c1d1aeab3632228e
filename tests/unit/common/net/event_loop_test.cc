// The loop on a thread of its own, woken and called from another.
#include "common/net/event_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "tests/support/process_run.h"

namespace redoubt {
namespace {

class Ticks final : public TickHandler {
 public:
  void on_tick_start(int64_t) override {}
  void on_tick_end() override { ++ended; }
  void on_tick_over(int64_t) override {}
  std::atomic<int> ended = 0;
};

class EventLoopTest : public testing::Test {
 protected:
  EventLoopTest() {
    loop_.every(1'000'000, [] { return int64_t{0}; });
    thread_ = std::thread([this] { loop_.run(ticks_); });
  }
  ~EventLoopTest() override {
    loop_.post([this] { loop_.stop(); });
    thread_.join();
  }

  EventLoop loop_;
  Ticks ticks_;
  std::thread thread_;
};

TEST_F(EventLoopTest, AWakeMakesATickEachTime) {
  // The loop is about to sleep, asleep or busy: whichever it is, the wake is not lost. Were one, the next tick would come
  // with Asio's turn, a tenth of a second later.
  for (int round = 0; round < 20'000; ++round) {
    const int before = ticks_.ended;
    loop_.wake();
    while (ticks_.ended == before) std::this_thread::yield();
  }
}

TEST_F(EventLoopTest, APostedCallRunsOnTheLoopsThread) {
  for (int round = 0; round < 1000; ++round) {
    std::promise<std::thread::id> ran;
    loop_.post([&ran] { ran.set_value(std::this_thread::get_id()); });
    EXPECT_EQ(ran.get_future().get(), thread_.get_id());
  }
}

TEST(EventLoopWithoutTimers, APostedCallRunsAlsoLate) {
  EventLoop loop;
  Ticks ticks;
  std::thread thread([&] { loop.run(ticks); });
  for (int call = 0; call < 3; ++call) {
    std::promise<void> ran;
    loop.post([&ran] { ran.set_value(); });
    EXPECT_EQ(ran.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  }
  loop.post([&loop] { loop.stop(); });
  thread.join();
}

TEST_F(EventLoopTest, SleepsWhenNobodyWakesIt) {
  loop_.wake();
  ASSERT_TRUE(eventually([this] { return ticks_.ended > 0; }));
  std::promise<void> ran;
  loop_.post([&ran] { ran.set_value(); });
  ran.get_future().get();
  const int before = ticks_.ended;
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_LE(ticks_.ended - before, 4) << "two turns of Asio at most, and the tick of the post";
}

}  // namespace
}  // namespace redoubt

// The loop that a program runs on: readiness of descriptors, timers, signals and calls from other threads, on one thread.
//
// The loop sleeps in an epoll set of its own, in which the descriptors of clients stand: a request costs no system call
// beyond its recv and send, and a tick one wait. What happens now and then is Boost.Asio's: timers, signals and posted
// calls. Its turn comes when the next timer is due, when a signal interrupts the wait, or after post().
// (Asio as the outer loop costs an epoll_ctl per request, or three more system calls per tick.)
//
// A tick: wait, on_tick_start, the handlers of what is ready, on_tick_end, on_tick_over. The clock is read twice.
// When the handlers have taken a millisecond, the rest of what is ready has its turn in the next tick, without a wait.
// Only post() and wake() may be called from other threads.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>

namespace redoubt {

// What to call when a descriptor is ready.
class ReadyHandler {
 public:
  // `hung_up`: the other side sends nothing any more; there may be something left to read before the end.
  virtual void on_ready(bool readable, bool writable, bool hung_up) = 0;

 protected:
  ~ReadyHandler() = default;
};

class TickHandler {
 public:
  // `now_ns` is monotonic, read when the wait was over.
  virtual void on_tick_start(int64_t now_ns) = 0;
  virtual void on_tick_end() = 0;
  // How long the tick took, its end included.
  virtual void on_tick_over(int64_t took_ns) = 0;

 protected:
  ~TickHandler() = default;
};

class EventLoop {
 public:
  // level: told at each tick while ready. edge: told once; who leaves something unread must call change(). An edge costs
  // the kernel one look at the socket less per event.
  enum class Trigger : uint8_t { level, edge };

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // The handler must live until unwatch, which is for tick ends and for the handler itself. Errors and hang-ups are
  // reported as readable. Throws std::system_error when the system refuses.
  void watch(int descriptor, ReadyHandler& handler, bool read, bool write, Trigger trigger = Trigger::level);
  // Also makes an edge-triggered descriptor report again what it is ready for now.
  void change(int descriptor, ReadyHandler& handler, bool read, bool write, Trigger trigger = Trigger::level);
  void unwatch(int descriptor, ReadyHandler& handler);

  // Calls f on the loop's thread, soon. From any thread.
  void post(std::function<void()> f);
  // Has the loop run a tick soon. From any thread; costs a system call only when the loop sleeps.
  void wake();
  // Calls f every so many milliseconds; f returns the time to the next call, 0 to end it.
  void every(int64_t first_ms, std::function<int64_t()> f);
  void on_signals(std::initializer_list<int> signals, std::function<void(int)> f);

  // Runs until stop(), which ends it with the tick under way: what else was ready in it is left alone.
  void run(TickHandler& handler);
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace redoubt

// The loop that a program runs on: readiness of descriptors, timers, signals and calls from other threads, on one thread.
//
// The loop sleeps in an epoll set of its own, level-triggered, in which the descriptors of clients stand: a request costs
// no system call beyond its recv and send, and a tick one wait. What happens now and then is Boost.Asio's: timers, signals
// and posted calls. Its turn comes when the next timer is due, when a signal interrupts the wait, or when post() wakes us.
// (Asio as the outer loop costs an epoll_ctl per request, or three more system calls per tick.)
//
// A tick: wait, on_tick_start, the handlers of what is ready, on_tick_end. Only post() may be called from other
// threads.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>

namespace redoubt {

// What to call when a descriptor is ready.
class ReadyHandler {
 public:
  virtual void on_ready(bool readable, bool writable) = 0;

 protected:
  ~ReadyHandler() = default;
};

class TickHandler {
 public:
  virtual void on_tick_start() = 0;
  virtual void on_tick_end() = 0;

 protected:
  ~TickHandler() = default;
};

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // The handler must live until unwatch, which is for tick ends and for the handler itself. Errors and hang-ups are
  // reported as readable. Throws std::system_error when the system refuses.
  void watch(int descriptor, ReadyHandler& handler, bool read, bool write);
  void change(int descriptor, ReadyHandler& handler, bool read, bool write);
  void unwatch(int descriptor);

  // Calls f on the loop's thread, soon. From any thread.
  void post(std::function<void()> f);
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

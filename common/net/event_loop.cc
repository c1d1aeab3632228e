#include "common/net/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <vector>

#include "common/base/clock.h"

namespace redoubt {
namespace {

constexpr int max_events = 256;
constexpr double tick_us = 1000;
// Asio gets its turn at least this often, should a signal have gone to another thread.
constexpr int64_t longest_sleep_ns = 100'000'000;

struct Periodic {
  boost::asio::steady_timer timer;
  std::function<int64_t()> call;
  int64_t due_ns = 0;
};

}  // namespace

struct EventLoop::Impl {
  Impl() : io(1) {
    set_descriptor = epoll_create1(EPOLL_CLOEXEC);
    wake_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (set_descriptor < 0 || wake_descriptor < 0) {
      throw std::system_error(errno, std::generic_category(), "event loop");
    }
    control(EPOLL_CTL_ADD, wake_descriptor, nullptr, true, false, Trigger::level);
  }
  ~Impl() {
    close(set_descriptor);
    close(wake_descriptor);
  }

  void control(int operation, int descriptor, ReadyHandler* handler, bool read, bool write, Trigger trigger) {
    epoll_event event{};
    event.events =
        (read ? EPOLLIN | EPOLLRDHUP : 0u) | (write ? EPOLLOUT : 0u) | (trigger == Trigger::edge ? EPOLLET : 0u);
    event.data.ptr = handler;
    if (epoll_ctl(set_descriptor, operation, descriptor, &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }

  void schedule(const std::shared_ptr<Periodic>& periodic, int64_t delay_ms) {
    periodic->due_ns = monotonic_ns() + delay_ms * 1'000'000;
    periodic->timer.expires_after(std::chrono::milliseconds(delay_ms));
    periodic->timer.async_wait([this, periodic](const boost::system::error_code& error) {
      if (error) return;
      const int64_t next = periodic->call();
      if (next > 0) {
        schedule(periodic, next);
      } else {
        std::erase(timers, periodic);
      }
    });
  }

  void wait_for_signal(std::function<void(int)> f) {
    signals->async_wait([this, f = std::move(f)](const boost::system::error_code& error, int signal) {
      if (error) return;
      f(signal);
      wait_for_signal(f);
    });
  }

  int64_t next_due() const {
    int64_t due = last_turn_ns + longest_sleep_ns;
    for (const auto& timer : timers) due = std::min(due, timer->due_ns);
    return due;
  }

  // Collects what is ready, at the latest when Asio's turn comes; false when a signal came in between.
  bool wait(int64_t now_ns) {
    const int64_t left_ns = due_ns - now_ns;
    const int longest_ms = left_ns <= 0 ? 0 : static_cast<int>((left_ns + 999'999) / 1'000'000);
    // Who wakes us sets `woken` and then looks whether we sleep: one of the two sees the other.
    sleeping = true;
    const int count = epoll_wait(set_descriptor, events, max_events, woken ? 0 : longest_ms);
    sleeping = false;
    woken = false;
    next_event = 0;
    event_count = std::max(count, 0);
    return count >= 0;
  }

  void wake() {
    if (woken.exchange(true) || !sleeping) return;
    const uint64_t one = 1;
    (void)!write(wake_descriptor, &one, sizeof one);
  }

  // Calls the handlers of what was collected until the time of the tick is used up.
  void handle_events() {
    const uint64_t start = cycles();
    while (next_event < event_count && !stopped) {
      const epoll_event event = events[next_event++];
      if (event.data.ptr == nullptr) {
        uint64_t count;
        (void)!read(wake_descriptor, &count, sizeof count);
        continue;
      }
      const bool hung_up = (event.events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) != 0;
      const bool readable = hung_up || (event.events & EPOLLIN) != 0;
      static_cast<ReadyHandler*>(event.data.ptr)->on_ready(readable, (event.events & EPOLLOUT) != 0, hung_up);
      if (cycles() - start > tick_cycles) break;
    }
  }

  // Takes the events of a handler that goes out of those that wait for the next tick.
  void forget(const ReadyHandler& handler) {
    const auto gone = [&handler](const epoll_event& event) { return event.data.ptr == &handler; };
    epoll_event* kept = std::remove_if(events + next_event, events + event_count, gone);
    event_count = static_cast<int>(kept - events);
  }

  void asio_turn() {
    posted = false;
    io.restart();  // a turn in which nothing is left to wait for stops it
    io.poll();
    last_turn_ns = monotonic_ns();
    due_ns = next_due();
  }

  boost::asio::io_context io;
  std::unique_ptr<boost::asio::signal_set> signals;
  std::vector<std::shared_ptr<Periodic>> timers;
  int set_descriptor = -1;
  int wake_descriptor = -1;
  int64_t last_turn_ns = 0;
  int64_t due_ns = 0;                  // of the next turn of Asio
  std::atomic<bool> sleeping = false;  // or about to
  std::atomic<bool> woken = false;
  std::atomic<bool> posted = false;
  bool stopped = false;
  epoll_event events[max_events];
  int next_event = 0;  // of those collected, the first that was not handled
  int event_count = 0;
  const uint64_t tick_cycles = static_cast<uint64_t>(cycles_per_us() * tick_us);
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::watch(int descriptor, ReadyHandler& handler, bool read, bool write, Trigger trigger) {
  impl_->control(EPOLL_CTL_ADD, descriptor, &handler, read, write, trigger);
}

void EventLoop::change(int descriptor, ReadyHandler& handler, bool read, bool write, Trigger trigger) {
  impl_->control(EPOLL_CTL_MOD, descriptor, &handler, read, write, trigger);
}

void EventLoop::unwatch(int descriptor, ReadyHandler& handler) {
  impl_->control(EPOLL_CTL_DEL, descriptor, nullptr, false, false, Trigger::level);
  impl_->forget(handler);
}

void EventLoop::post(std::function<void()> f) {
  boost::asio::post(impl_->io, std::move(f));
  impl_->posted = true;
  impl_->wake();
}

void EventLoop::wake() { impl_->wake(); }

void EventLoop::every(int64_t first_ms, std::function<int64_t()> f) {
  auto periodic = std::make_shared<Periodic>(Periodic{boost::asio::steady_timer(impl_->io), std::move(f)});
  impl_->timers.push_back(periodic);
  impl_->schedule(periodic, first_ms);
  impl_->due_ns = 0;
}

void EventLoop::on_signals(std::initializer_list<int> signals, std::function<void(int)> f) {
  impl_->signals = std::make_unique<boost::asio::signal_set>(impl_->io);
  for (const int signal : signals) impl_->signals->add(signal);
  impl_->wait_for_signal(std::move(f));
}

void EventLoop::run(TickHandler& handler) {
  Impl& loop = *impl_;
  loop.asio_turn();
  int64_t ended_ns = monotonic_ns();
  while (!loop.stopped) {
    const bool interrupted = loop.next_event == loop.event_count && !loop.wait(ended_ns);
    const int64_t started_ns = monotonic_ns();
    handler.on_tick_start(started_ns);
    loop.handle_events();
    if (interrupted || loop.posted || started_ns >= loop.due_ns) loop.asio_turn();
    handler.on_tick_end();
    ended_ns = monotonic_ns();
    handler.on_tick_over(ended_ns - started_ns);
  }
}

void EventLoop::stop() { impl_->stopped = true; }

}  // namespace redoubt
